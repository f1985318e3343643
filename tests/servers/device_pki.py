"""Certificate authorities, device certificates and revocation lists for real TLS handshakes.

In the form the platform uses: a root, below it an issuing authority for devices, ECDSA on P-256; a device's
certificate has its id as common name, clientAuth, and the distribution point of the issuing authority's list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


def days(number: float) -> datetime:
    """So many days from now; before now when negative."""
    return datetime.now(UTC) + timedelta(days=number)


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A certificate with its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key, PKCS 8, without a password."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Paths of the certificate and of its key, written into the folder."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_bytes(self.pem)
        key.write_bytes(self.key_pem)
        return certificate, key


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """What a certificate below an authority says.

    usage: extended key usage, None for no such extension. distribution_point: address of the revocation list, None
    for a certificate without one. host: subject alternative name, for servers.
    """

    usage: x509.ObjectIdentifier | None = CLIENT
    distribution_point: str | None = None
    host: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Issuing distribution point of a list: its address, and which certificates it is about."""

    address: str | None = None
    only_users: bool = False
    only_authorities: bool = False
    critical: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class RevocationList:
    """What a revocation list says. scope: None for a list without issuing distribution point."""

    revoked: tuple[Certificate, ...] = ()
    this_update: datetime | None = None
    next_update: datetime | None = None
    scope: Scope | None = None
    number: int | None = 1
    authority_key: bool = True

    def revoking(self, *certificates: Certificate) -> RevocationList:
        """The same list with these certificates revoked too."""
        return replace(self, revoked=(*self.revoked, *certificates))


class Authority:
    """A certificate authority, its own root or below another."""

    def __init__(self, name: str, *, below: Authority | None = None, path_length: int | None = None) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = below.own if below else None
        signer = issuer.key if issuer else key
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer.certificate.subject if issuer else _name(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(days(-1))
            .not_valid_after(days(3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
            .add_extension(_key_usage(authority=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        self.own = Certificate(key=key, certificate=certificate)

    def issue(self, common_name: str, leaf: Leaf) -> Certificate:
        """A certificate for this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(common_name))
            .issuer_name(self.own.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(leaf.not_before or days(-1))
            .not_valid_after(leaf.not_after or days(30))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(authority=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(self._key_identifier(), critical=False)
        )
        if leaf.usage:
            builder = builder.add_extension(x509.ExtendedKeyUsage([leaf.usage]), critical=False)
        if leaf.distribution_point:
            point = x509.DistributionPoint(_names(leaf.distribution_point), None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        if leaf.host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(leaf.host)]), critical=False)
        return Certificate(key=key, certificate=builder.sign(self.own.key, hashes.SHA256()))

    def sign(self, wanted: RevocationList) -> x509.CertificateRevocationList:
        """A revocation list of this authority."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.own.certificate.subject)
            .last_update(wanted.this_update or days(-1))
            .next_update(wanted.next_update or days(7))
        )
        if wanted.number is not None:
            builder = builder.add_extension(x509.CRLNumber(wanted.number), critical=False)
        if wanted.authority_key:
            builder = builder.add_extension(self._key_identifier(), critical=False)
        if wanted.scope:
            builder = builder.add_extension(_issuing_distribution_point(wanted.scope), critical=wanted.scope.critical)
        for each in wanted.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(days(-0.5)).build())
        return builder.sign(self.own.key, hashes.SHA256())

    def _key_identifier(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self.own.key.public_key())


def bundle(authorities: Iterable[Authority]) -> bytes:
    """The authorities' certificates, PEM, one after the other."""
    return b"".join(authority.own.pem for authority in authorities)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Amora"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _names(address: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(address)]


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _issuing_distribution_point(scope: Scope) -> x509.IssuingDistributionPoint:
    return x509.IssuingDistributionPoint(
        full_name=_names(scope.address) if scope.address else None,
        relative_name=None,
        only_contains_user_certs=scope.only_users,
        only_contains_ca_certs=scope.only_authorities,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
