"""What a device is given: key, certificate, CA and the roots it trusts the host by, as PEM and as PKCS#12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from ops.devices.folder import DeviceFolder, PrivateKey, replace
from ops.devices.platform import Platform
from ops.devices.records import Issued
from ops.errors import ExitCode, OpsError

LEAST_PASSWORD: Final = 12
"""Characters of a PKCS#12 password at least: it is all that guards the key on its way to the device."""

PEM: Final = "bundle.pem"
PKCS12: Final = "bundle.p12"
ROOTS: Final = "roots.pem"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a bundle. pkcs12: "" for a device whose key never left it."""

    device: str
    serial: str
    not_after: datetime
    pem: str
    pkcs12: str
    roots: str


def bundle(platform: Platform, folder: DeviceFolder, device: str, *, password: str | None, now: datetime) -> Bundle:
    """Write a device's bundle beside its key.

    Args:
        platform: the stack's.
        folder: where the device's files lie.
        device: its id.
        password: of the PKCS#12 file; None when the key is not here, and there is none to write.
        now: what counts as now.

    Raises:
        OpsError: the device has no valid certificate, or one for another key; a file cannot be written.
    """
    known = platform.register.load()
    current = known.current(device, now, platform.trusted)
    if current is None:
        raise OpsError(
            ExitCode.UNKNOWN_DEVICE,
            f"{device} has no certificate it could connect with",
            f"`python -m ops devices enrol {device}` gives it one.",
        )
    certificate = x509.load_pem_x509_certificate(current.certificate_pem.encode())
    key = folder.key(device)
    if key is not None and key.public_key() != certificate.public_key():
        raise OpsError(
            ExitCode.ENROLLED_ALREADY,
            f"the certificate of {device} ({current.serial}) is for another key than the one in {folder.of(device)}",
            "Make the bundle where the device was enrolled, or revoke it and enrol it here.",
        )
    authority = next(each for each in platform.settings.authorities if each.generation == current.generation)
    chain = current.certificate_pem + authority.certificate_pem
    place = folder.of(device)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(place / ROOTS, platform.settings.roots_pem.encode(), mode=0o644)
        replace(place / PEM, (_key_pem(key) + chain).encode(), mode=0o600)
        if key is not None and password is not None:
            above = [authority.certificate, authority.issuer]
            replace(place / PKCS12, _pkcs12(device, key, certificate, above, password), mode=0o600)
    except OSError as error:
        raise OpsError(
            ExitCode.LOCAL_FILE, f"{place} cannot be written to: {error.strerror}", "Choose another --out."
        ) from error
    return _written(current, place, with_key=key is not None and password is not None)


def checked_password(text: str) -> str:
    """A password that is long enough.

    Raises:
        OpsError: it is not.
    """
    if len(text) >= LEAST_PASSWORD:
        return text
    raise OpsError(
        ExitCode.LOCAL_FILE,
        f"the password has {len(text)} characters; allowed are {LEAST_PASSWORD} and more",
        "Draw one, e.g. `openssl rand -base64 18`, and give it to the device on another way than the file.",
    )


def _written(issued: Issued, place: Path, *, with_key: bool) -> Bundle:
    return Bundle(
        device=issued.device,
        serial=issued.serial,
        not_after=issued.not_after,
        pem=str(place / PEM),
        pkcs12=str(place / PKCS12) if with_key else "",
        roots=str(place / ROOTS),
    )


def _key_pem(key: PrivateKey | None) -> str:
    if key is None:
        return ""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _pkcs12(
    device: str, key: PrivateKey, certificate: x509.Certificate, above: list[x509.Certificate], password: str
) -> bytes:
    encryption = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(device.encode(), key, certificate, above, encryption)
