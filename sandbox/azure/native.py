"""The azure-native provider in front of the stand-in: Check, Diff and the retries of Pulumi's own provider."""

# ruff: noqa: ARG002, D102 - arguments and meaning of the methods are those of sandbox.protocol.package.Package
from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from sandbox import arm, wire
from sandbox.azure import create_only, functions, outputs
from sandbox.azure.errors import ArmError
from sandbox.azure.resource_manager import ResourceManager
from sandbox.protocol.differences import changes
from sandbox.protocol.package import Change, Created, Difference, Failure, Found, Values
from sandbox.store import StoredResource

Result = TypeVar("Result")

# azure-native's client (azcore) repeats a throttled request after its Retry-After, three times; of the conflicts it
# repeats those that say another operation is under way (provider/pkg/azure).
_REPEATED: Final = frozenset({"TooManyRequests", "AnotherOperationInProgress"})
_ATTEMPTS: Final = 4
# A conflict carries no Retry-After; Azure's next try is seconds later, the sandbox's need not be.
_CONFLICT_SECONDS: Final = 0.05
_LOCATION: Final = "location"


class AzureNative:
    """azure-native 3.29.0 over the stand-in for Azure Resource Manager."""

    name = "azure-native"
    version = "3.29.0"

    def __init__(self, manager: ResourceManager) -> None:
        self._manager = manager

    def configure(self, config: Values) -> None:
        """Nothing to take: the sandbox has one subscription and one tenant."""

    def check(
        self, token: str, urn: str, old_inputs: Values, inputs: Values, seed: bytes
    ) -> tuple[Values, list[Failure]]:
        if not arm.covered(token):
            return inputs, [Failure("", _no_checker(token))]
        named = _named(token, urn, old_inputs, inputs, seed)
        findings = arm.check(token, wire.plain(named))
        return named, [Failure(f.path, f"{f.message} [{f.kind}]") for f in findings if f.severity == "error"]

    def diff(self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values, inputs: Values) -> Difference:
        found = changes(_normalised(old_inputs), _normalised(inputs))
        forced = {*arm.id_inputs(token), _LOCATION} | create_only.PROVIDER_REPLACES.get(token, frozenset())
        replaces = frozenset(
            path
            for path, kind in found.items()
            if _top(path) in forced and not _backfilled(path, kind, old_outputs, inputs)
        )
        return Difference(found, replaces, delete_before_replace=bool(replaces))

    def create(self, token: str, urn: str, inputs: Values, *, preview: bool) -> Created:
        if preview:
            return Created("", outputs.previewed(arm.arm_type(token, wire.plain(inputs)), inputs, {}))
        stored = _repeated(lambda: self._manager.create(token, inputs))
        return Created(stored.id, _state(stored))

    def read(self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values) -> Found | None:
        stored = self._manager.get(resource_id)
        if stored is None:
            return None
        inputs = wire.with_marks_of(stored.inputs, old_inputs)
        return Found(stored.id, inputs, _state(stored))

    def update(
        self, token: str, resource_id: str, old_inputs: Values, old_outputs: Values, inputs: Values, *, preview: bool
    ) -> Values:
        if preview:
            return {**old_outputs, **outputs.previewed(arm.arm_type(token, wire.plain(inputs)), inputs, old_outputs)}
        return _state(_repeated(lambda: self._manager.update(token, resource_id, inputs)))

    def delete(self, token: str, resource_id: str, inputs: Values, outputs: Values) -> None:
        _repeated(lambda: self._manager.delete(resource_id))

    def invoke(self, token: str, arguments: Values, *, preview: bool) -> Values:
        if wire.has_unknown(arguments):
            raise ArmError(400, "UnknownArgument", f"{token} was called with a value that is not known yet")
        return functions.call(self._manager.store, token, arguments)


def _no_checker(token: str) -> str:
    return (
        f"{token} has no checker in the sandbox, so nothing can be said of it. "
        "Add its ARM type and rules to sandbox/arm (CONTRIBUTING.md, 'A sandbox check')."
    )


def _named(token: str, urn: str, old_inputs: Values, inputs: Values, seed: bytes) -> Values:
    """The inputs with the resource's own name: the program's, the one it had, or azure-native's automatic one."""
    own = arm.id_inputs(token)[-1] if arm.id_inputs(token) else ""
    if not own or own in inputs:
        return inputs
    if own in old_inputs:
        return {**inputs, own: old_inputs[own]}
    logical = urn.rsplit("::", 1)[1]
    return {**inputs, own: f"{logical}{sha256(seed or urn.encode()).hexdigest()[:8]}"}


def _normalised(inputs: Values) -> Values:
    location = inputs.get(_LOCATION)
    return {**inputs, _LOCATION: location.replace(" ", "").lower()} if isinstance(location, str) else inputs


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _backfilled(path: str, kind: Change, old_outputs: Values, inputs: Values) -> bool:
    """A property newly named with the value it has already: azure-native updates instead of replacing."""
    return kind is Change.ADD and path in old_outputs and old_outputs[path] == inputs.get(path)


def _state(stored: StoredResource) -> Values:
    return outputs.merged(stored.inputs, stored.outputs)


def _repeated(call: Callable[[], Result]) -> Result:
    """The call, repeated as azure-native's client repeats it."""

    def pause(state: RetryCallState) -> float:
        error: Any = state.outcome.exception() if state.outcome else None
        return error.retry_after if error is not None and error.retry_after is not None else _CONFLICT_SECONDS

    retrying = Retrying(
        retry=retry_if_exception(lambda e: isinstance(e, ArmError) and e.code in _REPEATED),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=pause,
        reraise=True,
    )
    return retrying(call)
