"""Revocation: a device's certificates are no longer to be accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ops.devices.platform import Platform
from ops.devices.records import Reason, Revoked
from ops.devices.register import Known, Registered, Status
from ops.errors import ExitCode, OpsError


@dataclass(frozen=True, slots=True)
class Revocation:
    """A revoked certificate. at: when it was revoked, now or before."""

    device: str
    serial: str
    reason: Reason
    at: datetime
    by: str


def revoke(platform: Platform, device: str, *, reason: Reason, serial: str | None, now: datetime) -> list[Revocation]:
    """Revoke what a device could connect with, or one certificate of it. What is revoked already stays as it is.

    Args:
        platform: the stack's.
        device: its id.
        reason: for the revocation list.
        serial: hexadecimal; of one certificate alone, None for all of them.
        now: the moment of revocation.

    Returns:
        The revoked certificates of those asked for.

    Raises:
        OpsError: no such device, or no such certificate of it.
    """
    wanted = serial.lower().lstrip("0") if serial is not None else None

    def judge(known: Known) -> list[Revoked]:
        return [
            Revoked(device=device, serial=each.issued.serial, reason=reason, at=now, by=platform.operator)
            for each in _asked_for(known, device, wanted)
            if each.status(now, platform.trusted) in (Status.VALID, Status.UNTRUSTED)
        ]

    known = platform.register.commit(judge)
    return [
        Revocation(device, each.issued.serial, each.revoked.reason, each.revoked.at, each.revoked.by)
        for each in _asked_for(known, device, wanted)
        if each.revoked is not None
    ]


def _asked_for(known: Known, device: str, serial: str | None) -> list[Registered]:
    of_device = known.of_device(device)
    found = [each for each in of_device if serial is None or each.issued.serial == serial]
    if found:
        return found
    serials = ", ".join(each.issued.serial for each in of_device)
    raise OpsError(
        ExitCode.UNKNOWN_DEVICE,
        f"{device} has no certificate {serial}; it has {serials}" if of_device else f"there is no device {device!r}",
        "`python -m ops devices list` shows the devices and their certificates.",
    )
