"""Revocation lists: signed, numbered, and put where brokers fetch them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ops.devices.authority import RevokedSerial
from ops.devices.containers import ChangedError, Container
from ops.devices.folder import replace
from ops.devices.platform import Platform
from ops.devices.records import ListSigned
from ops.devices.register import Known
from ops.errors import ExitCode, OpsError

# EMQX reads DER and PEM when it first fetches a list, and PEM alone whenever it refreshes one
# (emqx/emqx apps/emqx/src/emqx_crl_cache.erl, parse_crls).
_CONTENT_TYPE: Final = "application/x-pem-file"
_ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True)
class SignedList:
    """A revocation list. published: False when a newer one is there already. file: on this disk, "" for none."""

    generation: int
    number: int
    entries: int
    this_update: datetime
    next_update: datetime
    url: str
    published: bool
    file: str


def sign_lists(platform: Platform, *, publish: bool, out: Path | None, now: datetime) -> list[SignedList]:
    """Sign a list of every trusted CA.

    Args:
        platform: the stack's.
        publish: put them where brokers fetch them.
        out: folder for PEM files on this disk.
        now: the moment of signing.

    Raises:
        OpsError: the vault, the register or the lists' container refuses; a CA has ended.
    """
    return [_sign_list(platform, each.generation, publish, out, now) for each in platform.settings.authorities]


def _sign_list(platform: Platform, generation: int, publish: bool, out: Path | None, now: datetime) -> SignedList:  # noqa: FBT001
    authority, settings = platform.authority(generation), platform.settings
    authority.refuse_ended(now)
    entries: list[RevokedSerial] = []
    numbers: list[int] = []

    def judge(known: Known) -> list[ListSigned]:
        last = known.lists.get(generation)
        entries[:] = _entries(known, generation, last)
        numbers[:] = [last.number + 1 if last is not None else 1]
        return [ListSigned(generation=generation, number=numbers[0], at=now, by=platform.operator)]

    # The number is taken before the list is signed: it stands for exactly what the register held then.
    platform.register.commit(judge)
    signed = authority.revocation_list(
        entries, number=numbers[0], days=settings.crl_days, list_base=settings.crl_url, now=now
    )
    pem = signed.public_bytes(Encoding.PEM)
    name = authority.trusted.list_name
    assert signed.next_update_utc is not None  # noqa: S101 - it was set
    return SignedList(
        generation=generation,
        number=numbers[0],
        entries=len(entries),
        this_update=signed.last_update_utc,
        next_update=signed.next_update_utc,
        url=authority.trusted.list_url(settings.crl_url),
        published=publish and _published(platform.lists, name, pem, numbers[0]),
        file=_written(out, name, pem) if out is not None else "",
    )


def _entries(known: Known, generation: int, last: ListSigned | None) -> list[RevokedSerial]:
    """RFC 5280, 3.3: an entry stays until one list after the certificate's end has shown it."""
    return [
        RevokedSerial(int(each.issued.serial, 16), each.revoked.at, x509.ReasonFlags[_member(each.revoked.reason)])
        for each in known.certificates.values()
        if each.revoked is not None
        and each.issued.generation == generation
        and (last is None or each.issued.not_after > last.at)
    ]


def _member(reason: str) -> str:
    return next(flag.name for flag in x509.ReasonFlags if flag.value == reason)


def _published(lists: Container, name: str, pem: bytes, number: int) -> bool:
    """Whether the list was put in its place; not over a newer one that another operator has signed since."""
    for _ in range(_ATTEMPTS):
        there = lists.read(name)
        if there is not None and _number(there.data) >= number:
            return False
        try:
            lists.write(name, pem, content_type=_CONTENT_TYPE, over=there.etag if there is not None else None)
        except ChangedError:
            continue
        return True
    raise OpsError(
        ExitCode.CONTENDED,
        f"{lists.url}/{name} was changed by somebody else {_ATTEMPTS} times in a row",
        "Run this again; the number of the list that was signed is left out.",
    )


def _number(pem: bytes) -> int:
    try:
        found = x509.load_pem_x509_crl(pem).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (ValueError, x509.ExtensionNotFound):
        # Whatever lies there is no list: ours is better.
        return 0
    return found


def _written(folder: Path, name: str, pem: bytes) -> str:
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace(path, pem, mode=0o644)
    except OSError as error:
        raise OpsError(
            ExitCode.LOCAL_FILE, f"{path} cannot be written: {error.strerror}", "Choose another --out."
        ) from error
    return str(path)
