"""The platform's own certificates: root CAs, device-issuing CAs, and the certificate of the host devices connect to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pulumi
from pulumi_azure_native import keyvault

from components.cell import Cell
from components.certificate_authority import (
    Authority,
    Birth,
    Server,
    generations,
    issuing_ca,
    root_ca,
    server_certificate,
)
from components.component import AmoraComponent
from components.vault_secret import stored_secret

# What Azure itself calls PEM text in a vault (learn.microsoft.com, Key Vault certificates: content type).
PEM: Final = "application/x-pem-file"

ROOT_CA: Final = "root-ca"
DEVICE_CA: Final = "device-ca"
TRUST_BUNDLE: Final = "device-trust-bundle"
"""Name in the vault of what a broker trusts devices by."""

SERVER_CHAIN: Final = "mqtt-server-chain"
SERVER_KEY: Final = "mqtt-server-key"
"""Names in the vault of the MQTT host's certificate and key."""


def key_secret(authority: str, generation: int) -> str:
    """Name in the vault of a CA's private key, such as ``device-ca-key-1``."""
    return f"{authority}-key-{generation}"


def certificate_secret(authority: str, generation: int) -> str:
    """Name in the vault of a CA's certificate, such as ``device-ca-certificate-1``."""
    return f"{authority}-certificate-{generation}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificatesArgs:
    """What the certificates need.

    vault_name: the vault that keeps them. server_names: DNS names of the MQTT host. root_generation,
    issuing_generation: raised by one, a new CA stands beside the old one, which stays trusted until the next raise;
    nothing else changes a CA. root_years, issuing_years: of 365 days, for CAs yet to be made. server_days: that the
    host's certificate is valid; server_renewal_days: before its end at which an ``up`` renews it.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    server_names: tuple[str, ...]
    root_generation: int
    issuing_generation: int
    root_years: int
    issuing_years: int
    server_days: int
    server_renewal_days: int


class Certificates(AmoraComponent):
    """Keys are Pulumi secrets from birth and go to the vault; certificates are public.

    trust_bundle_uri, server_chain_uri, server_key_uri: ``secretUriWithVersion``. secrets: every secret by its name in
    the vault, for who gives a right on one. device_key_names: of those with the keys of the trusted issuing CAs.
    trust_bundle_pem: what a broker trusts devices by: every trusted root and
    issuing CA. root_certificate_pem: what a device trusts the host by: the trusted roots, oldest first.
    device_authorities: of the trusted issuing CAs, oldest first: ``generation``, ``keySecretName``, ``certificatePem``
    and ``issuerPem``; the last one issues.
    """

    token = "amora:data:Certificates"
    trust_bundle_uri: pulumi.Output[str]
    server_chain_uri: pulumi.Output[str]
    server_key_uri: pulumi.Output[str]
    secrets: dict[str, keyvault.Secret]
    device_key_names: tuple[str, ...]
    trust_bundle_pem: pulumi.Output[str]
    root_certificate_pem: pulumi.Output[str]
    device_authorities: pulumi.Output[list[dict[str, Any]]]

    def __init__(self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        roots = [root_ca(self, birth) for birth in _births(args, ROOT_CA, args.root_generation, args.root_years)]
        issuing = [
            issuing_ca(self, birth, roots[-1])
            for birth in _births(args, DEVICE_CA, args.issuing_generation, args.issuing_years)
        ]
        # Devices that know the oldest trusted root alone are still to be served, so that root signs the server.
        server = server_certificate(
            self,
            "mqtt-server",
            names=args.server_names,
            days=args.server_days,
            renewal_days=args.server_renewal_days,
            root=roots[0],
        )
        # The root above a trusted issuing CA belongs to it, even when its own generation has passed.
        trusted = [*roots, *issuing]
        self.trust_bundle_pem = _bundle([*(ca.certificate_pem for ca in roots), *_chain(issuing)])
        self.root_certificate_pem = _bundle([ca.certificate_pem for ca in roots])
        self.secrets = {}
        self.device_key_names = tuple(key_secret(DEVICE_CA, each.generation) for each in issuing)
        for kind, authorities in ((ROOT_CA, roots), (DEVICE_CA, issuing)):
            for authority in authorities:
                self._keep_authority(args, kind, authority)
        self.trust_bundle_uri = self._keep(args, TRUST_BUNDLE, self.trust_bundle_pem, [ca.ends for ca in trusted])
        self.server_chain_uri = self._keep(args, SERVER_CHAIN, server.certificate_pem, [server.ends])
        self.server_key_uri = self._keep_server_key(args, server)
        self.device_authorities = pulumi.Output.all(*(_described(ca) for ca in issuing))
        self.register_outputs(
            {
                "trustBundleUri": self.trust_bundle_uri,
                "serverChainUri": self.server_chain_uri,
                "serverKeyUri": self.server_key_uri,
            }
        )

    def _keep_authority(self, args: CertificatesArgs, kind: str, authority: Authority) -> None:
        self._keep(args, key_secret(kind, authority.generation), authority.key_pem, [authority.ends])
        self._keep(args, certificate_secret(kind, authority.generation), authority.certificate_pem, [authority.ends])

    def _keep_server_key(self, args: CertificatesArgs, server: Server) -> pulumi.Output[str]:
        return self._keep(args, SERVER_KEY, server.key_pem, [server.ends])

    def _keep(
        self, args: CertificatesArgs, name: str, value: pulumi.Output[str], ends: Sequence[pulumi.Output[str]]
    ) -> pulumi.Output[str]:
        self.secrets[name] = stored_secret(
            self,
            name,
            vault_name=args.vault_name,
            resource_group_name=args.resource_group_name,
            value=value,
            content_type=PEM,
            expires=pulumi.Output.all(*ends).apply(lambda times: min(seconds_of(time) for time in times)),
            tags=dict(args.cell.tags),
        )
        return self.secrets[name].properties.secret_uri_with_version


def _births(args: CertificatesArgs, name: str, current: int, years: int) -> list[Birth]:
    subject = f"Amora Sync {args.cell.names.environment} {name.replace('-', ' ').replace('ca', 'CA')}"
    # What is leaving is not protected: the next raise takes it away. A raise by two at once is refused where CAs are
    # protected, since it would cut off every device in one step.
    return [
        Birth(name, subject, generation, years, protect=args.cell.protect and generation == current)
        for generation in generations(current)
    ]


def _chain(issuing: Sequence[Authority]) -> list[pulumi.Output[str]]:
    return [pem for ca in issuing for pem in (ca.issuer_pem, ca.certificate_pem)]


def _bundle(pems: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
    """PEM text of certificates, each once."""
    return pulumi.Output.all(*pems).apply(lambda texts: "".join(dict.fromkeys(texts)))


def _described(authority: Authority) -> pulumi.Output[dict[str, Any]]:
    return pulumi.Output.all(authority.certificate_pem, authority.issuer_pem).apply(
        lambda pems: {
            "generation": authority.generation,
            "keySecretName": key_secret(DEVICE_CA, authority.generation),
            "certificatePem": pems[0],
            "issuerPem": pems[1],
        }
    )


def seconds_of(time: str) -> int:
    """Seconds since 1970 of an RFC 3339 time; the provider writes fractions down to nanoseconds."""
    return int(datetime.fromisoformat(time).timestamp())
