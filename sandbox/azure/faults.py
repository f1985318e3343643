"""Faults on demand: how Azure, or the way to it, fails without the program's fault.

A fault waits in the store until a write meets its target, strikes as often as it was told to, and is gone.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from sandbox.azure import errors, ids
from sandbox.azure.errors import ArmError
from sandbox.store import Store, StoredFault


class Kind(StrEnum):
    """What goes wrong."""

    THROTTLE = "throttle"
    CONFLICT = "conflict"
    FAIL = "fail"
    SLOW = "slow"
    LOST_RESPONSE = "lost-response"
    ROLE_LAG = "role-lag"
    KILL_BEFORE = "kill-before"
    KILL_AFTER = "kill-after"


MEANING: Final = {
    Kind.THROTTLE: "429 TooManyRequests with Retry-After (the provider waits and repeats)",
    Kind.CONFLICT: "409 AnotherOperationInProgress (the provider waits and repeats)",
    Kind.FAIL: "500 InternalServerError: the create fails, nothing exists",
    Kind.SLOW: "the create lasts the given seconds",
    Kind.LOST_RESPONSE: "the resource is created, the answer never arrives",
    Kind.ROLE_LAG: "403 AuthorizationFailed until the role has reached every server; an app cannot read its secret",
    Kind.KILL_BEFORE: "the engine dies (SIGKILL) before Azure has done anything",
    Kind.KILL_AFTER: "the engine dies (SIGKILL) after Azure has created the resource, before it hears so",
}

_AFTER: Final = frozenset({Kind.LOST_RESPONSE, Kind.KILL_AFTER})


# Types whose own identity uses roles: a lagging one shows in what they cannot do, not in what the deployer cannot.
_WITH_IDENTITY: Final = frozenset({"microsoft.app/containerapps", "microsoft.app/jobs"})


def _lagging_role(resource_id: str) -> ArmError:
    kind = parsed.type if (parsed := ids.parse(resource_id)) else ""
    if kind.lower() in _WITH_IDENTITY:
        return errors.SECRET_NOT_FETCHED(name="secret", identity="of the app")
    return errors.NOT_AUTHORIZED(client=ids.CLIENT_ID, type=kind, id=resource_id)


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of a store, as one run meets them.

    engine: tells the process id of the Pulumi engine, for the faults that kill it; None when there is none to kill.
    """

    store: Store
    engine: Callable[[], int | None]

    def before(self, resource_id: str) -> None:
        """Strike before Azure does anything. Raises :class:`ArmError` or kills or delays."""
        fault = self._take(resource_id, after=False)
        if fault is None:
            return
        match Kind(fault.kind):
            case Kind.THROTTLE:
                raise errors.too_many_requests(fault.seconds)
            case Kind.CONFLICT:
                raise errors.another_operation(resource_id)
            case Kind.FAIL:
                raise errors.INTERNAL(id=resource_id)
            case Kind.ROLE_LAG:
                raise _lagging_role(resource_id)
            case Kind.SLOW:
                time.sleep(fault.seconds)
            case _:
                self._kill()

    def due_after(self, resource_id: str) -> StoredFault | None:
        """Use up the fault that is to strike when Azure is done; None if there is none."""
        return self._take(resource_id, after=True)

    def strike_after(self, fault: StoredFault | None, resource_id: str) -> None:
        """Strike when Azure is done and the answer is on its way. Raises :class:`ArmError` or kills."""
        if fault is None:
            return
        if Kind(fault.kind) is Kind.KILL_AFTER:
            self._kill()
        raise ArmError(
            0, "ConnectionReset", f"Put {resource_id}: read: connection reset by peer; the outcome is not known"
        )

    def _take(self, resource_id: str, *, after: bool) -> StoredFault | None:
        def strikes(fault: StoredFault) -> bool:
            matches = fnmatchcase(resource_id.lower(), fault.target.lower())
            return matches and (Kind(fault.kind) in _AFTER) is after

        return self.store.take_fault(strikes)

    def _kill(self) -> None:
        engine = self.engine()
        if engine is None:
            raise ArmError(0, "NoEngine", "the fault kills the engine, and no engine was started by this sandbox")
        # Creates run side by side: another one's fault may have killed it a moment ago.
        with suppress(ProcessLookupError):
            os.kill(engine, signal.SIGKILL)
        # The engine is gone; whatever is answered now must not look like an answer.
        raise ArmError(0, "EngineKilled", "the engine was killed by a fault of the sandbox")
