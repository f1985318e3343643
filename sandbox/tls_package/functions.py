"""Functions of pulumi-tls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha1
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.protocol.package import Values
from sandbox.tls_package import keys
from sandbox.tls_package.certificates import moment


def _public_key(arguments: Values) -> Values:
    text = arguments.get("privateKeyPem") or arguments.get("privateKeyOpenssh")
    if not text:
        raise ValueError("one of privateKeyPem and privateKeyOpenssh is needed")
    key = keys.load_private(text)
    resource_id, _ = keys.outputs_of(key)
    return {**arguments, **keys.public_outputs(key), "algorithm": keys.algorithm_of(key), "id": resource_id}


def _certificate(arguments: Values) -> Values:
    if "content" not in arguments:
        raise ValueError("the sandbox reads certificates from content; it opens no connection to url")
    found = x509.load_pem_x509_certificates(arguments["content"].encode())
    return {"certificates": [_described(each) for each in found], "content": arguments["content"], "id": "content"}


def _described(certificate: x509.Certificate) -> Values:
    try:
        is_ca = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_ca = False
    der = certificate.public_bytes(Encoding.DER)
    return {
        "certPem": certificate.public_bytes(Encoding.PEM).decode(),
        "isCa": is_ca,
        "issuer": certificate.issuer.rfc4514_string(),
        "notAfter": moment(certificate.not_valid_after_utc),
        "notBefore": moment(certificate.not_valid_before_utc),
        "publicKeyAlgorithm": keys.algorithm_of(certificate.public_key()),  # pyright: ignore[reportArgumentType]
        "serialNumber": str(certificate.serial_number),
        "sha1Fingerprint": sha1(der, usedforsecurity=False).hexdigest(),
        "subject": certificate.subject.rfc4514_string(),
        "version": 3,
    }


FUNCTIONS: Final[Mapping[str, Callable[[Values], Values]]] = {
    "tls:index/getCertificate:getCertificate": _certificate,
    "tls:index/getPublicKey:getPublicKey": _public_key,
}
"""Functions by token."""
