"""A device's own certificate request: for devices whose key never leaves them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ops.devices.authority import PublicKey
from ops.errors import ExitCode, OpsError

_CURVES: Final = (ec.SECP256R1, ec.SECP384R1)
_ALLOWED: Final = "an ECDSA key on P-256 or P-384"


def public_key_of(path: Path, device: str) -> PublicKey:
    """The key that a request asks a certificate for; everything else in it but the name is left aside.

    Args:
        path: PEM file.
        device: id of the device the request must be for.

    Raises:
        OpsError: the file cannot be read, is no request, is not signed with its own key, is for another device, or its
            key is of a kind the platform does not take.
    """
    request = _request(path)
    key = _supported(path, request)
    if not request.is_signature_valid:
        raise _wrong(path, "is not signed with the key it holds", "Make the request anew; it was changed on its way.")
    named = [str(each.value) for each in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if named != [device]:
        found = ", ".join(named) or "none"
        raise _wrong(
            path,
            f"is for another device: common name {found}, wanted {device}",
            f"Make it with the subject CN={device}.",
        )
    return key


def _request(path: Path) -> x509.CertificateSigningRequest:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OpsError(
            ExitCode.LOCAL_FILE, f"{path} cannot be read: {error.strerror}", "Name the file with the device's request."
        ) from error
    try:
        return x509.load_pem_x509_csr(content)
    except ValueError as error:
        raise _wrong(path, "is no certificate request", "Give PEM text: -----BEGIN CERTIFICATE REQUEST-----") from error


def _supported(path: Path, request: x509.CertificateSigningRequest) -> PublicKey:
    try:
        key = request.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey):
        found = f"an ECDSA key on {key.curve.name}"
    else:
        kind = type(key).__name__.removesuffix("PublicKey").lstrip("_") if key is not None else "unknown"
        size = getattr(key, "key_size", None)
        found = f"a key of kind {kind}" + (f" with {size} bits" if size else "")
    raise _wrong(path, f"has {found}; allowed is {_ALLOWED}", "Make a P-256 key on the device and a request with it.")


def _wrong(path: Path, finding: str, mend: str) -> OpsError:
    return OpsError(ExitCode.CERTIFICATE_REQUEST, f"the request {path} {finding}", mend)
