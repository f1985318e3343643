"""The certificates in the register, as an operator asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops.devices.platform import Platform
from ops.devices.register import Registered, Status


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate in the register. reason: of its revocation, "" for none."""

    device: str
    status: Status
    serial: str
    generation: int
    not_before: datetime
    not_after: datetime
    reason: str
    issued_at: datetime
    issued_by: str


def listed(
    platform: Platform,
    *,
    status: Status | None,
    generation: int | None,
    ends_within: timedelta | None,
    now: datetime,
) -> list[Listed]:
    """The certificates that fit every given filter, by device and time of issue.

    Raises:
        OpsError: the register refuses or cannot be read.
    """
    rows = [_row(each, platform, now) for each in platform.register.load().certificates.values()]
    return sorted(_filtered(rows, status, generation, ends_within, now), key=lambda row: (row.device, row.issued_at))


def _row(registered: Registered, platform: Platform, now: datetime) -> Listed:
    issued, revoked = registered.issued, registered.revoked
    return Listed(
        device=issued.device,
        status=registered.status(now, platform.trusted),
        serial=issued.serial,
        generation=issued.generation,
        not_before=issued.not_before,
        not_after=issued.not_after,
        reason=revoked.reason if revoked is not None else "",
        issued_at=issued.at,
        issued_by=issued.by,
    )


def _filtered(
    rows: Iterable[Listed], status: Status | None, generation: int | None, within: timedelta | None, now: datetime
) -> Iterable[Listed]:
    for row in rows:
        if status is not None and row.status is not status:
            continue
        if generation is not None and row.generation != generation:
            continue
        if within is None or row.not_after - now < within:
            yield row
