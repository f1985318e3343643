"""What the register of devices holds: one line of JSON a fact, never changed once written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from ops.errors import ExitCode, OpsError


class Reason(StrEnum):
    """Why a certificate is revoked, in the words of RFC 5280 (5.3.1), those that are for a device."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A certificate was signed. serial: hexadecimal. generation: of the CA. by: ``user@host``."""

    kind: ClassVar[str] = "issued"
    device: str
    serial: str
    generation: int
    not_before: datetime
    not_after: datetime
    certificate_pem: str
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Revoked:
    """A certificate was revoked; brokers know it from the next revocation list on."""

    kind: ClassVar[str] = "revoked"
    device: str
    serial: str
    reason: Reason
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListSigned:
    """A revocation list of a CA got its number."""

    kind: ClassVar[str] = "listSigned"
    generation: int
    number: int
    at: datetime
    by: str


Record = Issued | Revoked | ListSigned
_KINDS: Final = {kind.kind: kind for kind in (Issued, Revoked, ListSigned)}


def encoded(records: Sequence[Record]) -> bytes:
    """Lines of JSON, one a record."""
    return "".join(f"{json.dumps(_written(record), separators=(',', ':'))}\n" for record in records).encode()


def decoded(content: bytes, source: str) -> Iterator[Record]:
    """The records of lines of JSON.

    Args:
        content: whole lines.
        source: what they were read from, for the error.

    Raises:
        OpsError: a line is no record.
    """
    for line in content.splitlines():
        try:
            yield _read(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise OpsError(
                ExitCode.UNREADABLE,
                f"{source} holds a line that is no record: {line[:80]!r}",
                "Nothing writes there but `python -m ops devices`. Compare the storage account's versions and its log, "
                "and put the last good content back.",
            ) from error


def _written(record: Record) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    texts = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
    return {"kind": record.kind, **texts}


def _read(line: dict[str, Any]) -> Record:
    kind = _KINDS[line["kind"]]
    values: dict[str, Any] = {field.name: line[field.name] for field in fields(kind)}
    for name in ("at", "not_before", "not_after"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    if kind is Revoked:
        values["reason"] = Reason(values["reason"])
    return kind(**values)
