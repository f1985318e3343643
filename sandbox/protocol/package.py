"""What a package (azure-native, random, tls) must answer. Values are those of :mod:`sandbox.wire`.

Dependencies between the parts: the servicer knows gRPC and this module; a package knows this module and
:mod:`sandbox.wire`; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

Values = dict[str, Any]
"""Inputs or outputs of a resource: property name to a value as :func:`sandbox.wire.decode` gives it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One input that was refused: its path (``subnets[0].addressPrefix``; empty for the resource) and why."""

    path: str
    reason: str


class RefusedError(Exception):
    """A request was refused; the text is shown to the user as it is, so it names code, finding and mend."""


class PartiallyCreatedError(RefusedError):
    """The resource exists but its creation did not complete; it is kept in the state with these outputs."""

    def __init__(self, message: str, resource_id: str, outputs: Values) -> None:
        super().__init__(message)
        self.resource_id = resource_id
        self.outputs = outputs


class Change(Enum):
    """How a property differs between the last inputs and the new ones."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Difference:
    """What an update would change.

    changes: property path to the kind of change; empty means nothing to do.
    replaces: those paths that force a replacement.
    delete_before_replace: the old resource must go first (its name can exist only once).
    """

    changes: Mapping[str, Change] = field(default_factory=dict)
    replaces: frozenset[str] = frozenset()
    delete_before_replace: bool = False


@dataclass(frozen=True, slots=True)
class Created:
    """A created (or previewed) resource. ``resource_id`` is empty in a preview."""

    resource_id: str
    outputs: Values


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as it is now: its inputs (what a program would say) and outputs."""

    resource_id: str
    inputs: Values
    outputs: Values


class Package(Protocol):
    """One provider package. Every method may raise :class:`RefusedError`; anything else is a defect."""

    name: str
    version: str

    def configure(self, config: Values) -> None:
        """Take the provider's configuration (``subscriptionId``, ``location``...)."""
        ...

    def check(
        self, token: str, urn: str, old_inputs: Values, inputs: Values, seed: bytes
    ) -> tuple[Values, list[Failure]]:
        """Inputs completed by defaults and names, and what is wrong with them. ``seed`` makes names repeatable."""
        ...

    def diff(self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values, inputs: Values) -> Difference:
        """What changes between the last inputs and the new ones."""
        ...

    def create(self, token: str, urn: str, inputs: Values, *, preview: bool) -> Created:
        """Make the resource. In a preview inputs may be UNKNOWN and outputs not known stay UNKNOWN or are left out."""
        ...

    def read(self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values) -> Found | None:
        """The resource as it is, or None if it is gone. ``old_inputs`` is empty on import."""
        ...

    def update(
        self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values, inputs: Values, *, preview: bool
    ) -> Values:
        """Change the resource in place and return its outputs."""
        ...

    def delete(self, token: str, resource_id: str, inputs: Values, outputs: Values) -> None:
        """Remove the resource; one that is gone already is no error."""
        ...

    def invoke(self, token: str, arguments: Values, *, preview: bool) -> Values:
        """Answer a function call."""
        ...
