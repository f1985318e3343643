"""After an engine that was killed: free the stack, and take what it had begun into the state.

A killed engine leaves two things behind: the backend's lock, and creates whose outcome it did not write. Azure may have
made those resources; a plain ``up`` would then fail with "cannot create already existing resource". Here every such
create is written into the state under its ARM id and read by a refresh: what Azure has stays, what it has not goes.
(``pulumi refresh --import-pending-creates`` of engine 3.259.0 marks the operations and then forgets them.)
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psutil

from ops.errors import ExitCode, OpsError
from ops.pulumi_stack import PulumiStack, StackResource, StackState, failure
from sandbox import arm
from sandbox.wire import UNKNOWN_STRING

# The backend's words for a lock (pkg/backend/diy/lock.go).
_LOCK: Final = re.compile(r"created by (?P<user>[^@\s]*)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<time>\S+)")
# Seconds. The kernel counts a process's start from the boot, a lock's time is the wall clock's: they differ a little.
_CLOCKS_DIFFER: Final = 10
_SUBSCRIPTION: Final = re.compile(r"^/subscriptions/([^/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock of the stack and who holds it.

    pid: a process id on ``host``. time: when it was written (RFC 3339).
    """

    user: str
    host: str
    pid: int
    time: str

    def is_left_behind(self) -> bool:
        """Whether its process ran on this host and is gone, or its id is another's by now."""
        if self.host != socket.gethostname():
            return False
        try:
            process = psutil.Process(self.pid)
            ended = process.status() == psutil.STATUS_ZOMBIE
            return ended or process.create_time() > datetime.fromisoformat(self.time).timestamp() + _CLOCKS_DIFFER
        except psutil.NoSuchProcess:
            return True


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was done.

    adopted: URN to ARM id of creates taken into the state; dropped: URNs of creates that Azure has not.
    """

    unlocked: tuple[Lock, ...]
    adopted: dict[str, str]
    dropped: tuple[str, ...]

    @property
    def nothing_to_do(self) -> bool:
        """Whether the stack was as it should be."""
        return not (self.unlocked or self.adopted or self.dropped)


def locks(text: str) -> list[Lock]:
    """The locks that Pulumi's refusal names."""
    return [Lock(m["user"], m["host"], int(m["pid"]), m["time"]) for m in _LOCK.finditer(text)]


def recover(stack: PulumiStack) -> Recovery:
    """Recover a stack; nothing happens to one that needs nothing.

    Raises:
        OpsError: a lock is held by a process that lives or that runs on another host; an id cannot be known; Pulumi
            refuses the repair.
    """
    unlocked = _unlock(stack)
    state = stack.state()
    if not state.pending:
        return Recovery(tuple(unlocked), {}, ())
    creating = [resource for operation, resource in state.pending if operation == "creating"]
    candidates = dict(_candidates(creating, state))
    stack.import_deployment(with_creates_adopted(state.deployment, candidates))
    if candidates:
        _read_adopted(stack, candidates)
    kept = {resource.urn for resource in stack.state().resources}
    adopted = {urn: arm_id for urn, arm_id in candidates.items() if urn in kept}
    dropped = tuple(resource.urn for resource in creating if resource.urn not in adopted)
    return Recovery(tuple(unlocked), adopted, dropped)


def with_creates_adopted(deployment: dict[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """A deployment whose pending creates became resources.

    Args:
        deployment: the ``deployment`` of ``pulumi stack export``.
        ids: ARM id by URN of the creates to take over; every other pending operation is dropped, as its resource is
            in the state already or lives nowhere but in the state.
    """
    begun = [operation["resource"] for operation in deployment.get("pending_operations") or ()]
    taken = [{**resource, "id": ids[resource["urn"]], "outputs": {}} for resource in begun if resource["urn"] in ids]
    # The old half of a replacement gives way to the new one.
    kept = [
        resource
        for resource in deployment.get("resources") or ()
        if not (resource["urn"] in ids and resource.get("pendingReplacement"))
    ]
    return {**deployment, "resources": kept + taken, "pending_operations": []}


def adopt(stack: PulumiStack) -> dict[str, str]:
    """Take into the state what Azure has and the state lacks, of all that the program declares.

    For the case that Azure made a resource and its answer was lost: the engine counts the create as failed and keeps
    nothing of it. Only ids of this stack's own names are looked at, and a following ``preview`` shows what the program
    would change on them.

    Returns:
        ARM id by URN of what was taken over.

    Raises:
        OpsError: Pulumi cannot preview the stack or refuses the repair.
    """
    state = stack.state()
    planned = [step for step in stack.planned() if step["op"] == "create"]
    declared = {step["urn"]: step["newState"] for step in planned}
    candidates = {
        urn: arm_id
        for urn, resource in declared.items()
        if resource["type"] in arm.known_tokens()
        and (arm_id := arm.resource_id(resource["type"], resource.get("inputs") or {}, _subscription_of(state)))
        and "{" not in arm_id
        and UNKNOWN_STRING not in arm_id
    }
    known = {resource.urn for resource in state.resources}
    wanted: dict[str, str] = {}
    operations = []
    for urn, arm_id in candidates.items():
        resource = declared[urn]
        if resource.get("parent") in known and resource.get("provider", "").rpartition("::")[0] in known:
            wanted[urn] = arm_id
            operations.append({"type": "creating", "resource": _known_dependencies(resource, known)})
    if not wanted:
        return {}
    pending = {**state.deployment, "pending_operations": operations}
    stack.import_deployment(with_creates_adopted(pending, wanted))
    _read_adopted(stack, wanted)
    kept = {resource.urn for resource in stack.state().resources}
    return {urn: arm_id for urn, arm_id in wanted.items() if urn in kept}


def _known_dependencies(resource: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """The resource without dependencies on what is not in the state; the next ``up`` writes them whole."""
    by_property = resource.get("propertyDependencies") or {}
    return {
        **resource,
        "dependencies": [urn for urn in resource.get("dependencies") or () if urn in known],
        "propertyDependencies": {key: [u for u in urns or () if u in known] for key, urns in by_property.items()},
    }


def _read_adopted(stack: PulumiStack, candidates: Mapping[str, str]) -> None:
    targets = [part for urn in candidates for part in ("--target", urn)]
    result = stack.run("refresh", "--yes", "--skip-preview", *targets, reads_config=True)
    if result.returncode != 0:
        raise failure(
            result,
            f"stack {stack.name}: what a killed run had begun could not be read",
            "Mend what it names, then run `pulumi refresh` and `pulumi up`.",
        )


def _unlock(stack: PulumiStack) -> list[Lock]:
    found = _locks(stack)
    if not found:
        return []
    held = [lock for lock in found if not lock.is_left_behind()]
    if held:
        who = "; ".join(f"{lock.user}@{lock.host}, process {lock.pid}, since {lock.time}" for lock in held)
        raise OpsError(
            ExitCode.LOCKED,
            f"stack {stack.name} is locked by {who}",
            "Wait until that run has ended. If it died on another host, make sure of that, then `pulumi cancel`.",
        )
    result = stack.run("cancel", "--yes")
    if result.returncode != 0:
        raise failure(result, f"the lock of stack {stack.name} could not be removed", "Remove it with `pulumi cancel`.")
    return found


def _locks(stack: PulumiStack) -> list[Lock]:
    # The backend tells its locks only to a command that wants one itself; this one then ends on its impossible target.
    nothing = f"urn:pulumi:{stack.name}::none::none::none"
    result = stack.run("refresh", "--yes", "--skip-preview", "--target", nothing, reads_config=True)
    return locks(result.stderr + result.stdout)


def _candidates(creating: list[StackResource], state: StackState) -> Iterator[tuple[str, str]]:
    """URN and ARM id of each pending create that Azure may have; others (random, tls) live in the state alone."""
    for resource in creating:
        if resource.type in arm.known_tokens():
            yield resource.urn, arm.resource_id(resource.type, resource.inputs, _subscription_of(state))


def _subscription_of(state: StackState) -> str:
    for known in state.resources:
        found = _SUBSCRIPTION.match(known.id)
        if found:
            return found[1]
    configured = os.environ.get("ARM_SUBSCRIPTION_ID")
    if configured:
        return configured
    raise OpsError(
        ExitCode.NOT_RECOVERABLE,
        "the Azure ids of the stack's resources cannot be known: the state names no subscription",
        "Set ARM_SUBSCRIPTION_ID to the stack's subscription, then run this again.",
    )
