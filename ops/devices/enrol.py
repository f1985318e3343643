"""Enrolment: a device's key and certificate. It can be killed and run again at any moment."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography import x509

from ops.devices.authority import PublicKey, pem_of
from ops.devices.device_id import device_id, is_device_id
from ops.devices.folder import DeviceFolder
from ops.devices.platform import Platform
from ops.devices.records import Issued
from ops.devices.register import Known
from ops.devices.request import public_key_of
from ops.errors import ExitCode, OpsError

# Devices whose certificates go into the register with one write. A killed run signs at most so many anew.
_BATCH: Final = 100
_DEVICE_COLUMN: Final = "device"
_REQUEST_COLUMN: Final = "csr"


class Outcome(StrEnum):
    """What became of a device.

    ``kept``: it had its certificate already. ``elsewhere``: it has one, for a key that is not here.
    """

    ISSUED = "issued"
    RENEWED = "renewed"
    KEPT = "kept"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device to enrol. request: its own certificate request; without one its key is made here."""

    device: str
    request: Path | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A device with its certificate. folder: where its files lie."""

    device: str
    outcome: Outcome
    serial: str
    generation: int
    not_after: datetime
    folder: str


def wanted_in(path: Path) -> list[Wanted]:
    """The devices of a CSV file with the column ``device`` and, where devices made requests, ``csr``: a file beside it.

    Raises:
        OpsError: the file cannot be read, has no such column, or names an illegal device or one twice. Every wrong row
            is named at once.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            found = [(rows.line_num, row) for row in rows]
            columns = rows.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _bad_file(path, f"cannot be read: {error}") from error
    if _DEVICE_COLUMN not in columns:
        raise _bad_file(path, f"has no column {_DEVICE_COLUMN!r}; found: {', '.join(columns) or 'nothing'}")
    wanted: dict[str, Wanted] = {}
    wrong = []
    for line, row in found:
        device, request = row[_DEVICE_COLUMN] or "", row.get(_REQUEST_COLUMN) or ""
        if not is_device_id(device):
            wrong.append(f"line {line}: {device!r} is no device id")
        elif device in wanted:
            wrong.append(f"line {line}: {device} a second time")
        wanted[device] = Wanted(device, path.parent / request if request else None)
    if wrong:
        raise OpsError(
            ExitCode.DEVICE_ID,
            f"{path} has {len(wrong)} wrong rows, nothing was enrolled:\n  " + "\n  ".join(wrong),
            "Allowed are 3 to 32 lower-case letters, digits and `-`, each device once.",
        )
    return list(wanted.values())


def enrol(
    platform: Platform,
    folder: DeviceFolder,
    wanted: Sequence[Wanted],
    *,
    renew_within: timedelta | None,
    now: datetime,
    done: Callable[[int], None] = lambda _: None,
) -> list[Enrolment]:
    """Give each device a certificate, unless it has one.

    The order of writes is what makes it safe to kill: key, register, certificate. A key without a certificate gets one
    at the next run; a registered certificate that is not on the disk is written from the register.

    Args:
        platform: the stack's.
        folder: where the files go.
        wanted: the devices.
        renew_within: certificates that end within it, or that an older CA signed, are renewed; None renews none.
        now: the moment of issue.
        done: told how many devices more are done.

    Raises:
        OpsError: a request is wrong (before anything is issued), a key file is, the vault or the register refuses.
    """
    requested = {each.device: public_key_of(each.request, each.device) for each in wanted if each.request is not None}
    devices = [device_id(each.device) for each in wanted]
    run = _Run(platform, folder, requested, renew_within, now)
    run.platform.register.load()
    enrolled: list[Enrolment] = []
    for batch in _batches(devices):
        enrolled += run.enrol(batch)
        done(len(batch))
    return enrolled


@dataclass(frozen=True, slots=True)
class _Run:
    platform: Platform
    folder: DeviceFolder
    requested: Mapping[str, PublicKey]
    renew_within: timedelta | None
    now: datetime

    def enrol(self, devices: Sequence[str]) -> list[Enrolment]:
        known = self.platform.register.known
        before = {device: self._current(known, device) for device in devices}
        keys = {device: self._key_or_new(device) for device in devices if self._due(before[device])}
        if keys:
            authority = self.platform.authority(self.platform.issuing_generation)
            # Before a device is told apart from others: a CA that has ended issues to none.
            authority.refuse_ended(self.now)
            known = self.platform.register.commit(lambda latest: self._signed(latest, keys))
        return [self._settled(known, device, before[device], keys.get(device)) for device in devices]

    def _signed(self, known: Known, keys: Mapping[str, PublicKey]) -> list[Issued]:
        return [self._sign(device, key) for device, key in keys.items() if self._due(self._current(known, device))]

    def _sign(self, device: str, key: PublicKey) -> Issued:
        settings, generation = self.platform.settings, self.platform.issuing_generation
        certificate = self.platform.authority(generation).issue(
            device, key, days=settings.certificate_days, list_base=settings.crl_url, now=self.now
        )
        return Issued(
            device=device,
            serial=f"{certificate.serial_number:x}",
            generation=generation,
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            certificate_pem=pem_of(certificate),
            at=self.now,
            by=self.platform.operator,
        )

    def _settled(self, known: Known, device: str, before: Issued | None, key: PublicKey | None) -> Enrolment:
        current = self._current(known, device)
        assert current is not None, f"{device} has no certificate after its enrolment"  # noqa: S101 - commit's promise
        own = key if key is not None else self._key(device)
        if own is None or own != x509.load_pem_x509_certificate(current.certificate_pem.encode()).public_key():
            outcome = Outcome.ELSEWHERE
        else:
            self.folder.write_chain(device, current.certificate_pem + self._issuer_pem(current))
            fresh = Outcome.ISSUED if before is None else Outcome.RENEWED
            outcome = Outcome.KEPT if before is not None and before.serial == current.serial else fresh
        place = str(self.folder.of(device))
        return Enrolment(device, outcome, current.serial, current.generation, current.not_after, place)

    def _issuer_pem(self, issued: Issued) -> str:
        authorities = self.platform.settings.authorities
        return next(each.certificate_pem for each in authorities if each.generation == issued.generation)

    def _current(self, known: Known, device: str) -> Issued | None:
        return known.current(device, self.now, self.platform.trusted)

    def _due(self, current: Issued | None) -> bool:
        if current is None:
            return True
        if self.renew_within is None:
            return False
        of_older = current.generation < self.platform.issuing_generation
        return of_older or current.not_after - self.now < self.renew_within

    def _key(self, device: str) -> PublicKey | None:
        if device in self.requested:
            return self.requested[device]
        key = self.folder.key(device)
        return key.public_key() if key is not None else None

    def _key_or_new(self, device: str) -> PublicKey:
        return self.requested.get(device) or self.folder.key_or_new(device).public_key()


def _batches(devices: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(devices), _BATCH):
        yield devices[start : start + _BATCH]


def _bad_file(path: Path, finding: str) -> OpsError:
    return OpsError(
        ExitCode.LOCAL_FILE,
        f"{path} {finding}",
        f"Write a CSV file whose first line is `{_DEVICE_COLUMN}` (or `{_DEVICE_COLUMN},{_REQUEST_COLUMN}`), and then "
        "one device a line.",
    )
