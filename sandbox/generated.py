"""Packages whose resources live in Pulumi's state alone: values are made once and kept (random, tls)."""

# ruff: noqa: ARG002 - the arguments are those of sandbox.protocol.package.Package
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from sandbox import wire
from sandbox.protocol.differences import changes
from sandbox.protocol.package import Change, Created, Difference, Failure, Found, RefusedError, Values
from sandbox.wire import UNKNOWN, Secret

Outputs = tuple[str, Values]
"""A resource's id and the outputs beside its inputs."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of resource.

    make: the id and outputs for opened, completed inputs; raises ValueError with the provider's words.
    outputs: names of the outputs, for previews. secret: those that are secret.
    defaults: inputs the provider fills in. in_place: inputs a change of which replaces nothing.
    judge: what is wrong with (known) inputs: input and reason.
    expired: whether opened outputs have run out, so that the resource is to be replaced.
    """

    make: Callable[[Values], Outputs]
    outputs: tuple[str, ...]
    secret: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    in_place: frozenset[str] = frozenset()
    judge: Callable[[Values], list[Failure]] = lambda _: []
    expired: Callable[[Values], bool] = lambda _: False


EXPIRY: Final = "readyForRenewal"


class GeneratedPackage:
    """A package over a table of kinds."""

    name = ""
    version = ""
    kinds: Mapping[str, Kind]
    functions: Mapping[str, Callable[[Values], Values]] = MappingProxyType({})

    def configure(self, config: Values) -> None:
        """Nothing to take."""

    def check(
        self, token: str, urn: str, old_inputs: Values, inputs: Values, seed: bytes
    ) -> tuple[Values, list[Failure]]:
        """Inputs with the provider's defaults, and what is wrong with them."""
        kind = self.kinds.get(token)
        if kind is None:
            return inputs, [Failure("", f"{token} has no stand-in; known are {', '.join(sorted(self.kinds))}")]
        completed = {**kind.defaults, **inputs}
        opened = wire.plain(completed)
        return completed, [] if wire.has_unknown(opened) else kind.judge(opened)

    def diff(self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values, inputs: Values) -> Difference:
        """Every change replaces but the few that need nothing made anew; so does having run out."""
        kind = self.kinds[token]
        found = changes(old_inputs, inputs)
        replaces = {path for path in found if path.split(".")[0].split("[")[0] not in kind.in_place}
        if kind.expired({**wire.plain(old_outputs), **wire.plain(inputs)}):
            found[EXPIRY] = Change.UPDATE
            replaces.add(EXPIRY)
        return Difference(found, frozenset(replaces))

    def create(self, token: str, urn: str, inputs: Values, *, preview: bool) -> Created:
        """Make the values; a preview leaves them unknown."""
        kind = self.kinds[token]
        if preview or wire.has_unknown(inputs):
            return Created("", {**inputs, **dict.fromkeys(kind.outputs, UNKNOWN)})
        try:
            resource_id, made = kind.make(wire.plain(inputs))
        except ValueError as error:
            raise RefusedError(f"{token}: {error}") from error
        marked = {key: Secret(value) if key in kind.secret else value for key, value in made.items()}
        return Created(resource_id, {**inputs, **marked})

    def read(self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values) -> Found | None:
        """What the state says: there is no other place."""
        outputs = dict(old_outputs)
        if EXPIRY in self.kinds[token].outputs:
            outputs[EXPIRY] = self.kinds[token].expired(wire.plain(old_outputs))
        return Found(resource_id, old_inputs, outputs)

    def update(
        self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values, inputs: Values, *, preview: bool
    ) -> Values:
        """Take the changed inputs; nothing is made anew."""
        return {**old_outputs, **inputs}

    def delete(self, token: str, resource_id: str, inputs: Values, outputs: Values) -> None:
        """Nothing is kept anywhere but in the state."""

    def invoke(self, token: str, arguments: Values, *, preview: bool) -> Values:
        """Answer one of the package's functions."""
        function = self.functions.get(token)
        if function is None:
            raise RefusedError(f"the function {token} has no stand-in; known are {', '.join(sorted(self.functions))}")
        try:
            return function(wire.plain(arguments))
        except ValueError as error:
            raise RefusedError(f"{token}: {error}") from error
