"""A certificate authority of one generation: born once, never renewed, trusted until the generation after the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pulumi
import pulumi_tls as tls

if TYPE_CHECKING:
    from components.component import AmoraComponent

ORGANIZATION: Final = "Amora Sync"
CURVE: Final = "P256"
"""Every key of the platform's certificates: small devices verify ECDSA P-256 in hardware, and every broker takes it."""

_KEY: Final = "tls:index/privateKey:PrivateKey"
_REQUEST: Final = "tls:index/certRequest:CertRequest"
_SELF_SIGNED: Final = "tls:index/selfSignedCert:SelfSignedCert"
_SIGNED: Final = "tls:index/locallySignedCert:LocallySignedCert"

HOURS_A_DAY: Final = 24
_HOURS_A_YEAR: Final = 365 * HOURS_A_DAY
_CA_USES: Final = ("cert_signing", "crl_signing")
# Settings that change later are for the next generation: a CA made anew would cut off every device below it.
_BORN_ONCE: Final = (
    "allowedUses",
    "earlyRenewalHours",
    "isCaCertificate",
    "maxPathLength",
    "setSubjectKeyId",
    "subject",
    "validityPeriodHours",
)
# A CA stays below the root that was current at its birth; a new root signs the next one.
_ISSUER: Final = ("caCertPem", "caPrivateKeyPem")


def generations(current: int) -> tuple[int, ...]:
    """The generations that are trusted: the current one and the one before it, oldest first."""
    return tuple(range(max(1, current - 1), current + 1))


@dataclass(frozen=True, slots=True)
class Birth:
    """What a CA is made from.

    name: logical name without generation, such as ``root-ca``. subject: common name without generation. years: of
    365 days that it is valid. protect: Pulumi refuses to delete or replace it.
    """

    name: str
    subject: str
    generation: int
    years: int
    protect: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA. key_pem: secret. issuer_pem: the certificate above it, its own for a root. ends: RFC 3339."""

    generation: int
    key_pem: pulumi.Output[str]
    certificate_pem: pulumi.Output[str]
    issuer_pem: pulumi.Output[str]
    ends: pulumi.Output[str]


def private_key(owner: AmoraComponent, name: str, *, protect: bool = False) -> tls.PrivateKey:
    """An ECDSA P-256 key under a logical name."""
    return tls.PrivateKey(name, algorithm="ECDSA", ecdsa_curve=CURVE, opts=owner.child(_KEY, protect=protect))


def root_ca(owner: AmoraComponent, birth: Birth) -> Authority:
    """A root CA: signs CAs that sign no further CA, the server certificate, and nothing else."""
    name = f"{birth.name}-{birth.generation}"
    key = private_key(owner, f"{name}-key", protect=birth.protect)
    certificate = tls.SelfSignedCert(
        name,
        private_key_pem=key.private_key_pem,
        subject=tls.SelfSignedCertSubjectArgs(**_subject(birth)),
        is_ca_certificate=True,
        max_path_length=1,
        set_subject_key_id=True,
        allowed_uses=list(_CA_USES),
        validity_period_hours=birth.years * _HOURS_A_YEAR,
        # The provider renews what has ended; nothing sooner, and a protected CA not even then.
        early_renewal_hours=0,
        opts=owner.child(_SELF_SIGNED, protect=birth.protect, ignore_changes=_BORN_ONCE),
    )
    return Authority(
        birth.generation, key.private_key_pem, certificate.cert_pem, certificate.cert_pem, certificate.validity_end_time
    )


def issuing_ca(owner: AmoraComponent, birth: Birth, root: Authority) -> Authority:
    """A CA below the root that is current when it is born."""
    name = f"{birth.name}-{birth.generation}"
    key = private_key(owner, f"{name}-key", protect=birth.protect)
    request = tls.CertRequest(
        f"{name}-request",
        private_key_pem=key.private_key_pem,
        subject=tls.CertRequestSubjectArgs(**_subject(birth)),
        opts=owner.child(_REQUEST, protect=birth.protect, ignore_changes=("subject",)),
    )
    certificate = tls.LocallySignedCert(
        name,
        cert_request_pem=request.cert_request_pem,
        ca_cert_pem=root.certificate_pem,
        ca_private_key_pem=root.key_pem,
        is_ca_certificate=True,
        # The provider leaves a length of 0 out of the certificate; the root's 1 is what forbids a CA below this one.
        max_path_length=0,
        set_subject_key_id=True,
        allowed_uses=list(_CA_USES),
        validity_period_hours=birth.years * _HOURS_A_YEAR,
        early_renewal_hours=0,
        opts=owner.child(
            _SIGNED,
            protect=birth.protect,
            ignore_changes=(*(each for each in _BORN_ONCE if each != "subject"), *_ISSUER),
        ),
    )
    return Authority(
        birth.generation,
        key.private_key_pem,
        certificate.cert_pem,
        certificate.ca_cert_pem,
        certificate.validity_end_time,
    )


@dataclass(frozen=True, slots=True)
class Server:
    """A server certificate. certificate_pem: alone, since it is signed by a root."""

    key_pem: pulumi.Output[str]
    certificate_pem: pulumi.Output[str]
    ends: pulumi.Output[str]


def server_certificate(
    owner: AmoraComponent, name: str, *, names: Sequence[str], days: int, renewal_days: int, root: Authority
) -> Server:
    """A certificate for host names, renewed by the first ``up`` within ``renewal_days`` of its end.

    Args:
        owner: the component it belongs to.
        name: logical name.
        names: DNS names, the first of which is the common name too.
        days: that it is valid.
        renewal_days: before its end at which an ``up`` renews it.
        root: signs it.
    """
    key = private_key(owner, f"{name}-private-key")
    request = tls.CertRequest(
        f"{name}-request",
        private_key_pem=key.private_key_pem,
        subject=tls.CertRequestSubjectArgs(common_name=names[0], organization=ORGANIZATION),
        dns_names=list(names),
        opts=owner.child(_REQUEST),
    )
    certificate = tls.LocallySignedCert(
        name,
        cert_request_pem=request.cert_request_pem,
        ca_cert_pem=root.certificate_pem,
        ca_private_key_pem=root.key_pem,
        is_ca_certificate=False,
        set_subject_key_id=True,
        allowed_uses=["digital_signature", "server_auth"],
        validity_period_hours=days * HOURS_A_DAY,
        early_renewal_hours=renewal_days * HOURS_A_DAY,
        opts=owner.child(_SIGNED),
    )
    return Server(key.private_key_pem, certificate.cert_pem, certificate.validity_end_time)


def _subject(birth: Birth) -> Mapping[str, str]:
    return {"common_name": f"{birth.subject} {birth.generation}", "organization": ORGANIZATION}
