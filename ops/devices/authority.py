"""A device-issuing CA: what everybody may know of it, and, with its key, what it signs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ops.errors import ExitCode, OpsError

PublicKey = ec.EllipticCurvePublicKey

# A device whose clock is behind must not find its new certificate to be of the future.
_CLOCK_SKEW: Final = timedelta(hours=1)
_LIST_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """A CA that brokers trust.

    generation: counted from 1. key_secret_name: of its key in the vault. issuer: the root above it.
    """

    generation: int
    key_secret_name: str
    certificate: x509.Certificate
    issuer: x509.Certificate

    @property
    def ends(self) -> datetime:
        """When nothing it signed is valid any more: its own end, or the root's if that comes first."""
        return min(self.certificate.not_valid_after_utc, self.issuer.not_valid_after_utc)

    @property
    def list_name(self) -> str:
        """File name of its revocation list."""
        return f"device-ca-{self.generation}.crl"

    def list_url(self, base: str) -> str:
        """Address of its revocation list, as it stands in every certificate it signs."""
        return f"{base}/{self.list_name}"

    @property
    def certificate_pem(self) -> str:
        """Its certificate as PEM text."""
        return pem_of(self.certificate)


@dataclass(frozen=True, slots=True)
class RevokedSerial:
    """An entry of a revocation list."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags


class Authority:
    """A CA with its key.

    Raises:
        OpsError: the text is no key, or not the key of the certificate.
    """

    def __init__(self, trusted: TrustedAuthority, key_pem: str) -> None:
        self.trusted = trusted
        self._key = _key_of(trusted, key_pem)

    def issue(
        self, device: str, public_key: PublicKey, *, days: int, list_base: str, now: datetime
    ) -> x509.Certificate:
        """Sign a device's certificate.

        Args:
            device: its id, the certificate's common name.
            public_key: the device's key.
            days: that it is valid; less where the CA or its root ends sooner.
            list_base: where the revocation lists are served, without a final slash.
            now: the moment of issue.

        Raises:
            OpsError: the CA has ended.
        """
        self.refuse_ended(now)
        authority = self.trusted.certificate
        distribution = x509.DistributionPoint(_full_name(self.trusted.list_url(list_base)), None, None, None)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device)]))
            .issuer_name(authority.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(max(now - _CLOCK_SKEW, authority.not_valid_before_utc))
            .not_valid_after(min(now + timedelta(days=days), self.trusted.ends))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_signs_only(), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(self._authority_key_id(), critical=False)
            .add_extension(x509.CRLDistributionPoints([distribution]), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def revocation_list(
        self, revoked: Iterable[RevokedSerial], *, number: int, days: int, list_base: str, now: datetime
    ) -> x509.CertificateRevocationList:
        """Sign a revocation list.

        EMQX enforces only lists with an issuing distribution point (docs.emqx.com, CRL check): it is the address in the
        certificates, and the list is of end entities alone.

        Args:
            revoked: its entries.
            number: greater than that of every list before.
            days: until it must be replaced; brokers refuse every device once it has ended.
            list_base: where the lists are served.
            now: the moment of signing.

        Raises:
            OpsError: the CA has ended.
        """
        self.refuse_ended(now)
        point = x509.IssuingDistributionPoint(
            full_name=_full_name(self.trusted.list_url(list_base)),
            relative_name=None,
            only_contains_user_certs=True,
            only_contains_ca_certs=False,
            only_some_reasons=None,
            indirect_crl=False,
            only_contains_attribute_certs=False,
        )
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.trusted.certificate.subject)
            .last_update(now - _LIST_SKEW)
            .next_update(min(now + timedelta(days=days), self.trusted.ends))
            .add_extension(self._authority_key_id(), critical=False)
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(point, critical=True)
        )
        for each in revoked:
            builder = builder.add_revoked_certificate(_entry(each))
        return builder.sign(self._key, hashes.SHA256())

    def refuse_ended(self, now: datetime) -> None:
        """Refuse to sign with a CA that has ended.

        Raises:
            OpsError: it has.
        """
        if now < self.trusted.ends:
            return
        raise OpsError(
            ExitCode.AUTHORITY,
            f"device CA {self.trusted.generation} ended on {self.trusted.ends:%Y-%m-%d}; nothing it signs is accepted",
            "Raise certificates.issuingGeneration by one, run `pulumi up`, then this again "
            "(docs/runbooks/rotate-certificates.md).",
        )

    def _authority_key_id(self) -> x509.AuthorityKeyIdentifier:
        own = self.trusted.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def pem_of(certificate: x509.Certificate) -> str:
    """A certificate as PEM text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def _key_of(trusted: TrustedAuthority, key_pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(key_pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == trusted.certificate.public_key():
        return key
    raise OpsError(
        ExitCode.AUTHORITY,
        f"the secret {trusted.key_secret_name} is not the key of device CA {trusted.generation}",
        "Run `pulumi up`: it writes the key of the state into the vault. If it changes nothing, look at the secret's "
        "versions for who wrote the last one.",
    )


def _full_name(url: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(url)]


def _signs_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _entry(revoked: RevokedSerial) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(revoked.serial).revocation_date(revoked.at)
    if revoked.reason is not x509.ReasonFlags.unspecified:
        # RFC 5280, 5.3.1: the reason is left out rather than given as unspecified.
        builder = builder.add_extension(x509.CRLReason(revoked.reason), critical=False)
    return builder.build()
