"""The certificate that nodes of a cluster show each other, and the authority that signs it and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pulumi
import pulumi_tls as tls

if TYPE_CHECKING:
    from components.component import AmoraComponent

YEARS: Final = 10
"""Of 365 days that authority and certificate are valid. A new one cuts the cluster in two while nodes move to it, so it
is made by a generation of the secrets, never because time has passed."""

_HOURS_A_YEAR: Final = 365 * 24
_ORGANIZATION: Final = "Amora Sync"


@dataclass(frozen=True, slots=True)
class ClusterCertificate:
    """PEM texts. authority, certificate: public. key: secret. ends: RFC 3339."""

    authority: pulumi.Output[str]
    certificate: pulumi.Output[str]
    key: pulumi.Output[str]
    ends: pulumi.Output[str]


def cluster_certificate(
    owner: AmoraComponent, name: str, *, hosts: Sequence[pulumi.Input[str]], generation: int
) -> ClusterCertificate:
    """Make the authority and the certificate of a generation.

    Args:
        owner: the cluster.
        name: its logical name.
        hosts: addresses in the nodes' names. The distribution compares what stands behind the @ with the certificate's
            DNS names, even where it is an address, and cannot be told not to (OTP 25, inet_tls_dist). RPC compares
            addresses.
        generation: of the platform's secrets: raised by one, everything here is made anew beside the old.
    """
    own = f"{name}-cluster-{generation}"
    authority_key = _private_key(owner, f"{own}-authority-key")
    authority = tls.SelfSignedCert(
        f"{own}-authority",
        private_key_pem=authority_key.private_key_pem,
        subject=tls.SelfSignedCertSubjectArgs(
            common_name=f"EMQX cluster authority {generation}", organization=_ORGANIZATION
        ),
        is_ca_certificate=True,
        set_subject_key_id=True,
        allowed_uses=["cert_signing"],
        validity_period_hours=YEARS * _HOURS_A_YEAR,
        early_renewal_hours=0,
        opts=owner.child("tls:index/selfSignedCert:SelfSignedCert"),
    )
    key = _private_key(owner, f"{own}-key")
    request = tls.CertRequest(
        f"{own}-request",
        private_key_pem=key.private_key_pem,
        subject=tls.CertRequestSubjectArgs(common_name=f"EMQX node {generation}", organization=_ORGANIZATION),
        dns_names=list(hosts),
        ip_addresses=list(hosts),
        opts=owner.child("tls:index/certRequest:CertRequest"),
    )
    certificate = tls.LocallySignedCert(
        f"{own}-certificate",
        cert_request_pem=request.cert_request_pem,
        ca_cert_pem=authority.cert_pem,
        ca_private_key_pem=authority_key.private_key_pem,
        is_ca_certificate=False,
        set_subject_key_id=True,
        # A node is server to one peer and client to the next.
        allowed_uses=["digital_signature", "server_auth", "client_auth"],
        validity_period_hours=YEARS * _HOURS_A_YEAR,
        early_renewal_hours=0,
        opts=owner.child("tls:index/locallySignedCert:LocallySignedCert"),
    )
    return ClusterCertificate(
        authority.cert_pem, certificate.cert_pem, key.private_key_pem, certificate.validity_end_time
    )


def _private_key(owner: AmoraComponent, name: str) -> tls.PrivateKey:
    return tls.PrivateKey(
        name, algorithm="ECDSA", ecdsa_curve="P256", opts=owner.child("tls:index/privateKey:PrivateKey")
    )
