"""The resources of pulumi-tls, as the schema of 5.6.2 declares them (hashicorp/terraform-provider-tls)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox import clock
from sandbox.generated import EXPIRY, Kind, Outputs
from sandbox.protocol.package import Values
from sandbox.tls_package import certificates, keys


def _key(inputs: Values) -> Outputs:
    return keys.outputs_of(keys.generate(inputs))


def _request(inputs: Values) -> Outputs:
    pem = certificates.request(inputs)
    algorithm = keys.algorithm_of(keys.load_private(inputs["privateKeyPem"]))
    return sha1(pem.encode(), usedforsecurity=False).hexdigest(), {"certRequestPem": pem, "keyAlgorithm": algorithm}


def _certificate(sign: Callable[[Values, datetime], x509.Certificate], key_input: str, algorithm_output: str) -> Any:
    def make(inputs: Values) -> Outputs:
        start = clock.now()
        made = sign(inputs, start)
        outputs = {
            "certPem": made.public_bytes(Encoding.PEM).decode(),
            "validityStartTime": certificates.moment(start),
            "validityEndTime": certificates.moment(start + timedelta(hours=inputs["validityPeriodHours"])),
            algorithm_output: keys.algorithm_of(keys.load_private(inputs[key_input])),
        }
        return str(made.serial_number), {**outputs, EXPIRY: _expired({**inputs, **outputs})}

    return make


def _expired(values: Values) -> bool:
    end = values.get("validityEndTime")
    if not isinstance(end, str):
        return False
    early = timedelta(hours=int(values.get("earlyRenewalHours") or 0))
    return clock.now() >= datetime.fromisoformat(end) - early


_CERTIFICATE: Final = ("certPem", EXPIRY, "validityEndTime", "validityStartTime")
_KEY_OUTPUTS: Final = (
    "privateKeyOpenssh",
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
    "publicKeyOpenssh",
    "publicKeyPem",
)
_RENEWAL: Final = frozenset({"earlyRenewalHours"})

KINDS: Final[Mapping[str, Kind]] = {
    "tls:index/certRequest:CertRequest": Kind(_request, ("certRequestPem", "keyAlgorithm")),
    "tls:index/locallySignedCert:LocallySignedCert": Kind(
        _certificate(certificates.locally_signed, "caPrivateKeyPem", "caKeyAlgorithm"),
        (*_CERTIFICATE, "caKeyAlgorithm"),
        defaults={"earlyRenewalHours": 0, "isCaCertificate": False, "setSubjectKeyId": False},
        in_place=_RENEWAL,
        judge=certificates.judge,
        expired=_expired,
    ),
    "tls:index/privateKey:PrivateKey": Kind(
        _key,
        _KEY_OUTPUTS,
        frozenset(_KEY_OUTPUTS[:3]),
        {"ecdsaCurve": "P224", "rsaBits": 2048},
        judge=keys.judge,
    ),
    "tls:index/selfSignedCert:SelfSignedCert": Kind(
        _certificate(certificates.self_signed, "privateKeyPem", "keyAlgorithm"),
        (*_CERTIFICATE, "keyAlgorithm"),
        defaults={
            "earlyRenewalHours": 0,
            "isCaCertificate": False,
            "setAuthorityKeyId": False,
            "setSubjectKeyId": False,
        },
        in_place=_RENEWAL,
        judge=certificates.judge,
        expired=_expired,
    ),
}
"""Kinds by token."""
