"""Certificate requests and certificates from the tls provider's inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from sandbox.protocol.package import Failure, Values
from sandbox.tls_package.keys import PrivateKey, load_private

_KEY_USAGES: Final[Mapping[str, str]] = {
    "cert_signing": "key_cert_sign",
    "content_commitment": "content_commitment",
    "crl_signing": "crl_sign",
    "data_encipherment": "data_encipherment",
    "decipher_only": "decipher_only",
    "digital_signature": "digital_signature",
    "encipher_only": "encipher_only",
    "key_agreement": "key_agreement",
    "key_encipherment": "key_encipherment",
}
_EXTENDED: Final[Mapping[str, ObjectIdentifier]] = {
    "any_extended": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code_signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email_protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "ipsec_end_system": ObjectIdentifier("1.3.6.1.5.5.7.3.5"),
    "ipsec_tunnel": ObjectIdentifier("1.3.6.1.5.5.7.3.6"),
    "ipsec_user": ObjectIdentifier("1.3.6.1.5.5.7.3.7"),
    "microsoft_commercial_code_signing": ObjectIdentifier("1.3.6.1.4.1.311.2.1.22"),
    "microsoft_kernel_code_signing": ObjectIdentifier("1.3.6.1.4.1.311.61.1.1"),
    "microsoft_server_gated_crypto": ObjectIdentifier("1.3.6.1.4.1.311.10.3.3"),
    "netscape_server_gated_crypto": ObjectIdentifier("2.16.840.1.113730.4.1"),
    "ocsp_signing": ExtendedKeyUsageOID.OCSP_SIGNING,
    "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
}
ALLOWED_USES: Final = (*_KEY_USAGES, *_EXTENDED)

_SUBJECT: Final[Sequence[tuple[str, ObjectIdentifier]]] = (
    ("country", NameOID.COUNTRY_NAME),
    ("organization", NameOID.ORGANIZATION_NAME),
    ("organizationalUnit", NameOID.ORGANIZATIONAL_UNIT_NAME),
    ("locality", NameOID.LOCALITY_NAME),
    ("province", NameOID.STATE_OR_PROVINCE_NAME),
    ("postalCode", NameOID.POSTAL_CODE),
    ("serialNumber", NameOID.SERIAL_NUMBER),
    ("commonName", NameOID.COMMON_NAME),
)


def judge(inputs: Values) -> list[Failure]:
    """What is wrong with a certificate's inputs."""
    failures = [
        Failure(f"allowedUses[{index}]", f"{use!r} is no allowed use; allowed are {', '.join(ALLOWED_USES)}")
        for index, use in enumerate(inputs.get("allowedUses") or ())
        if use not in ALLOWED_USES
    ]
    if int(inputs.get("validityPeriodHours", 0)) < 0 or "validityPeriodHours" not in inputs:
        failures.append(Failure("validityPeriodHours", "validityPeriodHours is required and must be at least 0"))
    if int(inputs.get("earlyRenewalHours", 0)) < 0:
        failures.append(Failure("earlyRenewalHours", "earlyRenewalHours must be at least 0"))
    if "maxPathLength" in inputs and not inputs.get("isCaCertificate"):
        failures.append(Failure("maxPathLength", "maxPathLength needs isCaCertificate to be true"))
    return failures


def subject(values: Values | None) -> x509.Name:
    """A distinguished name from the provider's subject object."""
    given = values or {}
    parts = [x509.NameAttribute(oid, str(given[key])) for key, oid in _SUBJECT if given.get(key)]
    parts += [x509.NameAttribute(NameOID.STREET_ADDRESS, line) for line in given.get("streetAddresses") or ()]
    return x509.Name(parts)


def alternative_names(inputs: Values) -> x509.SubjectAlternativeName | None:
    """The subject alternative names the inputs list; None when they list none."""
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in inputs.get("dnsNames") or ()]
    names += [x509.IPAddress(ip_address(text)) for text in inputs.get("ipAddresses") or ()]
    names += [x509.UniformResourceIdentifier(uri) for uri in inputs.get("uris") or ()]
    return x509.SubjectAlternativeName(names) if names else None


def request(inputs: Values) -> str:
    """A PEM certificate request."""
    key = load_private(inputs["privateKeyPem"])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(inputs.get("subject")))
    names = alternative_names(inputs)
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(key, _hash_for(key)).public_bytes(serialization.Encoding.PEM).decode()


def self_signed(inputs: Values, start: datetime) -> x509.Certificate:
    """A certificate signed with its own key, valid from a moment on."""
    key = load_private(inputs["privateKeyPem"])
    name = subject(inputs.get("subject"))
    return _signed(inputs, name, name, key.public_key(), key, alternative_names(inputs), None, start)


def locally_signed(inputs: Values, start: datetime) -> x509.Certificate:
    """A certificate for a request, signed by a CA of ours, valid from a moment on.

    Raises:
        ValueError: request, CA certificate or key cannot be read, or the key is not the CA's.
    """
    wanted = _parsed(x509.load_pem_x509_csr, inputs["certRequestPem"], "certRequestPem")
    authority = _parsed(x509.load_pem_x509_certificate, inputs["caCertPem"], "caCertPem")
    key = load_private(inputs["caPrivateKeyPem"])
    if key.public_key() != authority.public_key():
        raise ValueError("caPrivateKeyPem is not the key of caCertPem")
    try:
        names = wanted.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = None
    return _signed(inputs, wanted.subject, authority.subject, wanted.public_key(), key, names, authority, start)


def _parsed(load: Any, text: str, name: str) -> Any:
    try:
        return load(text.encode())
    except ValueError as error:
        raise ValueError(f"{name} is no PEM of its kind") from error


def _signed(
    inputs: Values,
    name: x509.Name,
    issuer: x509.Name,
    public_key: Any,
    key: PrivateKey,
    names: x509.SubjectAlternativeName | None,
    authority: x509.Certificate | None,
    start: datetime,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start.replace(microsecond=0))
        .not_valid_after(start.replace(microsecond=0) + timedelta(hours=inputs["validityPeriodHours"]))
    )
    for extension, critical in _extensions(inputs, public_key, key, names, authority):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, _hash_for(key))


def _extensions(
    inputs: Values, public_key: Any, key: PrivateKey, names: x509.SubjectAlternativeName | None, authority: Any
) -> list[tuple[x509.ExtensionType, bool]]:
    is_ca = bool(inputs.get("isCaCertificate"))
    # The provider sets Go's MaxPathLen and not MaxPathLenZero: a length of 0 is left out of the certificate
    # (hashicorp/terraform-provider-tls internal/provider/common_cert.go; Go's crypto/x509 marshalBasicConstraints).
    length = int(inputs.get("maxPathLength") or 0) or None if is_ca else None
    uses = set(inputs.get("allowedUses") or ())
    found: list[tuple[x509.ExtensionType, bool]] = [(x509.BasicConstraints(ca=is_ca, path_length=length), True)]
    bits = {field: use in uses for use, field in _KEY_USAGES.items()}
    if any(bits.values()):
        # encipher_only and decipher_only have a meaning beside key_agreement alone (RFC 5280, 4.2.1.3).
        if not bits["key_agreement"]:
            bits |= {"encipher_only": False, "decipher_only": False}
        found.append((x509.KeyUsage(**bits), True))
    extended = [oid for use, oid in _EXTENDED.items() if use in uses]
    if extended:
        found.append((x509.ExtendedKeyUsage(extended), False))
    if names is not None:
        found.append((names, False))
    # The provider marks every CA's key, and others on request; a CA's mark is what its certificates point to.
    if is_ca or inputs.get("setSubjectKeyId"):
        found.append((x509.SubjectKeyIdentifier.from_public_key(public_key), False))
    if inputs.get("setAuthorityKeyId") or (authority is not None and _has_subject_key_id(authority)):
        found.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False))
    return found


def _has_subject_key_id(certificate: x509.Certificate) -> bool:
    return any(isinstance(extension.value, x509.SubjectKeyIdentifier) for extension in certificate.extensions)


def _hash_for(key: PrivateKey) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def moment(time: datetime) -> str:
    """RFC 3339 as Go's ``MarshalText`` writes it for the provider: fractions down to nanoseconds, none when none."""
    text = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"
