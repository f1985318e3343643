"""Private keys in every form the tls provider gives them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import md5, sha1, sha256
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from sandbox.protocol.package import Failure, Values

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

CURVES: Final[Mapping[str, type[ec.EllipticCurve]]] = {
    "P224": ec.SECP224R1,
    "P256": ec.SECP256R1,
    "P384": ec.SECP384R1,
    "P521": ec.SECP521R1,
}
ALGORITHMS: Final = ("RSA", "ECDSA", "ED25519")
# RFC 3279 exponent every library uses.
_EXPONENT: Final = 65537


def judge(inputs: Values) -> list[Failure]:
    """What is wrong with a key's inputs."""
    failures = []
    if inputs.get("algorithm") not in ALGORITHMS:
        allowed = ", ".join(ALGORITHMS)
        failures.append(Failure("algorithm", f"algorithm must be one of {allowed}, got: {inputs.get('algorithm')}"))
    if inputs.get("ecdsaCurve", "P224") not in CURVES:
        failures.append(
            Failure("ecdsaCurve", f"ecdsaCurve must be one of {', '.join(CURVES)}, got: {inputs['ecdsaCurve']}")
        )
    return failures


def generate(inputs: Values) -> PrivateKey:
    """A fresh key. Defaults are the provider's: RSA of 2048 bits, curve P224."""
    match inputs["algorithm"]:
        case "RSA":
            return rsa.generate_private_key(_EXPONENT, int(inputs.get("rsaBits", 2048)))
        case "ECDSA":
            return ec.generate_private_key(CURVES[inputs.get("ecdsaCurve", "P224")]())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def load_private(pem: str) -> PrivateKey:
    """A key from PEM (PKCS#1, SEC 1, PKCS#8) or OpenSSH text.

    Raises:
        ValueError: the text is no such key.
    """
    try:
        if "OPENSSH" in pem:
            key = serialization.load_ssh_private_key(pem.encode(), None)
        else:
            key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"no private key could be read from the PEM text: {type(error).__name__}") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise ValueError(f"keys of type {type(key).__name__} are not supported")
    return key


def algorithm_of(key: PrivateKey | PublicKey) -> str:
    """``RSA``, ``ECDSA`` or ``ED25519``."""
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) else "ED25519"


def _private_pem(key: PrivateKey, form: serialization.PrivateFormat) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_outputs(key: PrivateKey) -> Values:
    """The public half: PEM, OpenSSH line, fingerprints. OpenSSH does not know the curve P224: those stay empty."""
    public = key.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    outputs: Values = {
        "publicKeyPem": pem,
        "publicKeyOpenssh": "",
        "publicKeyFingerprintMd5": "",
        "publicKeyFingerprintSha256": "",
    }
    try:
        line = public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    except (UnsupportedAlgorithm, ValueError):
        return outputs
    blob = b64decode(line.split()[1])
    digest = md5(blob, usedforsecurity=False).hexdigest()
    return {
        **outputs,
        "publicKeyOpenssh": f"{line}\n",
        "publicKeyFingerprintMd5": ":".join(digest[i : i + 2] for i in range(0, len(digest), 2)),
        "publicKeyFingerprintSha256": "SHA256:" + b64encode(sha256(blob).digest()).decode().rstrip("="),
    }


def outputs_of(key: PrivateKey) -> tuple[str, Values]:
    """Id (SHA-1 of the public key, as the provider forms it) and outputs of a key."""
    ed25519_key = isinstance(key, ed25519.Ed25519PrivateKey)
    traditional = serialization.PrivateFormat.PKCS8 if ed25519_key else serialization.PrivateFormat.TraditionalOpenSSL
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    public = public_outputs(key)
    openssh = _private_pem(key, serialization.PrivateFormat.OpenSSH) if public["publicKeyOpenssh"] else ""
    return sha1(der, usedforsecurity=False).hexdigest(), {
        **public,
        "privateKeyPem": _private_pem(key, traditional),
        "privateKeyPemPkcs8": _private_pem(key, serialization.PrivateFormat.PKCS8),
        "privateKeyOpenssh": openssh,
    }
