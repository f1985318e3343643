"""The stack's outputs: one table of names, meanings and values. docs/outputs.md is made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.app_identity import AppIdentity
from components.brokers.interface import BrokerCell
from components.cell import Cell
from components.certificates import Certificates
from components.container_environment import ContainerEnvironment
from components.dns_zone import DnsZone
from components.entry.interface import Entry
from components.identity.interface import IdentityTenant
from components.monitoring import Monitoring
from components.network import Network
from components.postgres import Postgres
from components.redis.interface import Redis
from components.registry import Registry
from components.resource_group import ResourceGroup
from components.vault import Vault
from components.versioned_store import VersionedStore


@dataclass(frozen=True, kw_only=True, slots=True)
class DevicePolicy:
    """What the operators' commands hold to when they issue a device's certificate.

    certificate_days: that it is valid. crl_days: until a revocation list must be replaced. crl_url: where the lists
    are served, without a final slash; it becomes part of every certificate and cannot be changed for those issued.
    """

    certificate_days: int
    crl_days: int
    crl_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """How an app's user signs in, and by what the broker knows the token; empty texts while that is not known.

    mode: how the tenant came to be. tenant: its name. issuer, jwks, audience, username_claim: as in ``emqx.conf``.
    scope: what an app asks for.
    """

    mode: str
    tenant: str
    issuer: str
    jwks: str
    audience: str
    scope: str
    username_claim: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rooms:
    """The components whose outputs a stack gives."""

    cell: Cell
    foundation: ResourceGroup
    monitoring: Monitoring
    network: Network
    zone: DnsZone
    vault: Vault
    certificates: Certificates
    devices: DevicePolicy
    registry: Registry
    store: VersionedStore
    database: Postgres
    redis: Redis | None
    apps_identity: AppIdentity
    identity_tenant: IdentityTenant
    sign_in: SignIn
    broker: BrokerCell
    edge_environment: ContainerEnvironment
    entry: Entry


@dataclass(frozen=True, slots=True)
class StackOutput:
    """One output: its name, its type in words, what it is, and where it comes from."""

    name: str
    kind: str
    meaning: str
    value: Callable[[Rooms], Any]


OUTPUTS: Final[tuple[StackOutput, ...]] = (
    StackOutput("environment", "text", "Name of the environment.", lambda rooms: rooms.cell.names.environment),
    StackOutput("region", "text", "Short name of the region cell.", lambda rooms: rooms.cell.names.region),
    StackOutput("location", "text", "Azure region.", lambda rooms: rooms.cell.location),
    StackOutput("resourceGroupName", "text", "The cell's resource group.", lambda rooms: rooms.foundation.name),
    StackOutput("networkId", "ARM id", "The virtual network.", lambda rooms: rooms.network.network_id),
    StackOutput(
        "outboundAddress",
        "IPv4 address, or empty",
        "The address the platform's own connections come from; empty without a NAT gateway.",
        lambda rooms: rooms.network.outbound_address or "",
    ),
    StackOutput(
        "nameServers",
        "list of host names",
        "Name servers of the public zone: NS records for the parent zone, before domain.delegated becomes true.",
        lambda rooms: rooms.zone.name_servers,
    ),
    StackOutput(
        "delegationSigners",
        "list of texts",
        "DS records for the parent zone; empty without DNSSEC.",
        lambda rooms: rooms.zone.delegation_signers,
    ),
    StackOutput(
        "webSocketEndpoints",
        "list of addresses",
        "Where apps connect to; an app takes one by a hash of its user (docs/decisions/0070-front-door-shards.md).",
        lambda rooms: rooms.entry.endpoints,
    ),
    StackOutput(
        "edgeAddress",
        "IPv4 address",
        "Where devices connect to, on port 8883; domain.mqttHost points to it.",
        lambda rooms: rooms.edge_environment.static_ip,
    ),
    StackOutput("vaultUri", "address", "The Key Vault, by its private name.", lambda rooms: rooms.vault.uri),
    StackOutput(
        "rootCertificates",
        "PEM text",
        "Root CAs a device trusts the MQTT host by: the current one and the one before, oldest first.",
        lambda rooms: rooms.certificates.root_certificate_pem,
    ),
    StackOutput(
        "deviceAuthorities",
        "list of objects",
        "The trusted device-issuing CAs, oldest first, the last of which issues: generation, name of the key in the "
        "vault, PEM of the certificate and of the one above it.",
        lambda rooms: rooms.certificates.device_authorities,
    ),
    StackOutput(
        "deviceCertificateDays",
        "number",
        "Days a device's certificate is valid.",
        lambda rooms: rooms.devices.certificate_days,
    ),
    StackOutput(
        "crlDays", "number", "Days until a revocation list must be replaced.", lambda rooms: rooms.devices.crl_days
    ),
    StackOutput(
        "redisEndpoint",
        "host and port, or empty",
        "Redis, by its private name, with TLS; empty without one.",
        lambda rooms: rooms.redis.endpoint if rooms.redis else "",
    ),
    StackOutput(
        "appsIdentityId",
        "ARM id",
        "Identity for the apps' back ends; Redis takes its tokens.",
        lambda rooms: rooms.apps_identity.identity_id,
    ),
    StackOutput(
        "appsClientId",
        "GUID",
        "Client id of the same, to ask for its tokens.",
        lambda rooms: rooms.apps_identity.client_id,
    ),
    StackOutput(
        "crlUrl",
        "address",
        "Where the revocation lists are served, inside the network; part of every device's certificate.",
        lambda rooms: rooms.devices.crl_url,
    ),
    StackOutput(
        "identityMode",
        "text",
        "How the tenant of the apps' users came to be: existing, b2c or externalId.",
        lambda rooms: rooms.sign_in.mode,
    ),
    StackOutput(
        "identityTenant",
        "text",
        "Its name, the first part of <tenant>.onmicrosoft.com; empty where the stack file names none.",
        lambda rooms: rooms.sign_in.tenant,
    ),
    StackOutput(
        "identityTenantId",
        "GUID, or empty",
        "Its id: for identity.tenantId, once a tenant was made.",
        lambda rooms: rooms.identity_tenant.tenant_id,
    ),
    StackOutput(
        "tokenIssuer",
        "address, or empty",
        "`iss` of the tokens the broker takes; empty while no app is let in.",
        lambda rooms: rooms.sign_in.issuer,
    ),
    StackOutput(
        "tokenKeys",
        "address, or empty",
        "Where the tenant publishes the keys that sign them.",
        lambda rooms: rooms.sign_in.jwks,
    ),
    StackOutput(
        "tokenAudience",
        "GUID, or empty",
        "`aud` of the tokens: the client id of the broker's app registration.",
        lambda rooms: rooms.sign_in.audience,
    ),
    StackOutput(
        "tokenScope",
        "text, or empty",
        "What an app asks the tenant for to get such a token (docs/clients.md).",
        lambda rooms: rooms.sign_in.scope,
    ),
    StackOutput(
        "tokenUsernameClaim",
        "text",
        "The claim an app sends as its username.",
        lambda rooms: rooms.sign_in.username_claim,
    ),
    StackOutput("registryServer", "host name", "The container registry.", lambda rooms: rooms.registry.server),
    StackOutput(
        "crlContainerUrl",
        "address",
        "Container of the revocation lists, one blob an issuing CA.",
        lambda rooms: rooms.store.crl_container_url,
    ),
    StackOutput(
        "registerContainerUrl",
        "address",
        "Container of the register of device certificates.",
        lambda rooms: rooms.store.register_container_url,
    ),
    StackOutput(
        "backupContainerUrl",
        "address",
        "Container of the broker's exports.",
        lambda rooms: rooms.store.backup_container_url,
    ),
    StackOutput(
        "databaseHost",
        "host name",
        "The PostgreSQL server, by its private name.",
        lambda rooms: rooms.database.host_name,
    ),
    StackOutput(
        "brokerApiAddresses",
        "list of addresses",
        "EMQX's API of each node in use, inside the network; its key is the vault's emqx-api-key.",
        lambda rooms: [pulumi.Output.format("http://{0}:{1}", each.host, each.port) for each in rooms.broker.metrics],
    ),
    StackOutput("workspaceId", "ARM id", "The Log Analytics workspace.", lambda rooms: rooms.monitoring.workspace_id),
    StackOutput(
        "telemetryConnectionString",
        "secret text",
        "Application Insights connection string for the SDK's telemetry.",
        lambda rooms: rooms.monitoring.connection_string,
    ),
)


def export(rooms: Rooms) -> None:
    """Give the stack its outputs."""
    for output in OUTPUTS:
        pulumi.export(output.name, output.value(rooms))
