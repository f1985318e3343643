"""The register of devices: every certificate that was issued or revoked, in the order it happened, in one blob.

Only its end is written to, and only by who has read all of it: an append names the length it was judged by, and is
judged anew when somebody else was faster. Two operators therefore lose nothing and give no device two certificates.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ops.devices.containers import ChangedError, Container
from ops.devices.records import Issued, ListSigned, Record, Revoked, decoded, encoded
from ops.errors import ExitCode, OpsError

NAME: Final = "devices.jsonl"
"""Name of the register's blob in its container."""

_ATTEMPTS: Final = 60
_LONGEST_PAUSE: Final = 0.25


class Status(StrEnum):
    """What a certificate is good for. ``untrusted``: its CA is of a generation that brokers trust no more."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNTRUSTED = "untrusted"


@dataclass(slots=True)
class Registered:
    """A certificate in the register."""

    issued: Issued
    revoked: Revoked | None = None

    def status(self, now: datetime, trusted: AbstractSet[int]) -> Status:
        """What it is good for, given the generations that are trusted."""
        if self.revoked is not None:
            return Status.REVOKED
        if now >= self.issued.not_after:
            return Status.EXPIRED
        return Status.VALID if self.issued.generation in trusted else Status.UNTRUSTED


@dataclass(slots=True)
class Known:
    """What the register says.

    length: bytes it was read from. certificates: by serial, in the order of issue. lists: last one by generation.
    """

    length: int = 0
    certificates: dict[str, Registered] = field(default_factory=dict)
    lists: dict[int, ListSigned] = field(default_factory=dict)
    _by_device: dict[str, list[Registered]] = field(default_factory=dict)

    def take(self, data: bytes, source: str) -> None:
        """Take in the lines that follow what is known."""
        for record in decoded(data, source):
            if isinstance(record, Revoked) and record.serial not in self.certificates:
                raise OpsError(
                    ExitCode.UNREADABLE,
                    f"{source} revokes a certificate it never issued: {record.serial} of {record.device}",
                    "Compare the storage account's versions and its log, and put the last good content back.",
                )
            self._take(record)
        self.length += len(data)

    def of_device(self, device: str) -> list[Registered]:
        """The certificates of a device, oldest first."""
        return self._by_device.get(device, [])

    def current(self, device: str, now: datetime, trusted: AbstractSet[int]) -> Issued | None:
        """The newest certificate a device can connect with; None when it has none."""
        valid = [each for each in self.of_device(device) if each.status(now, trusted) is Status.VALID]
        return valid[-1].issued if valid else None

    def _take(self, record: Record) -> None:
        match record:
            case Issued():
                registered = Registered(record)
                self.certificates[record.serial] = registered
                self._by_device.setdefault(record.device, []).append(registered)
            case Revoked():
                registered = self.certificates[record.serial]
                # The first revocation counts: its date is on the lists.
                registered.revoked = registered.revoked or record
            case ListSigned():
                self.lists[record.generation] = record


class Register:
    """The register in a container."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self.known = Known()

    def load(self) -> Known:
        """Read what has been written since the last time."""
        content = self._container.read(NAME, self.known.length)
        if content is not None and content.data:
            self.known.take(content.data, f"{self._container.url}/{NAME}")
        return self.known

    def commit(self, judge: Callable[[Known], Sequence[Record]]) -> Known:
        """Append what ``judge`` wants to write, given all that is known.

        Args:
            judge: called again when somebody else has written in the meantime; an empty answer writes nothing.

        Raises:
            OpsError: others write without a pause.
        """
        known = self.load()
        for _ in range(_ATTEMPTS):
            data = encoded(judge(known))
            if not data:
                return known
            try:
                if known.length == 0:
                    self._container.begin(NAME)
                self._container.append(NAME, data, at=known.length)
            except ChangedError:
                time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - only spreads the writers
                known = self.load()
                continue
            known.take(data, f"{self._container.url}/{NAME}")
            return known
        raise OpsError(
            ExitCode.CONTENDED,
            f"the register was changed by somebody else {_ATTEMPTS} times in a row",
            "Ask who enrols at the moment, wait for them, then run this again; nothing of it was written.",
        )
