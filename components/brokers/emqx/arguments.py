"""What an EMQX cluster is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_azure_native import app

from components.app_identity import Right
from components.brokers.emqx.node import Node
from components.cell import Cell
from components.secrets_in_use import VaultPlace


@dataclass(frozen=True, kw_only=True, slots=True)
class CoreEnvironment:
    """A Container Apps environment nodes stand in. static_ip: its address inside the network."""

    environment_id: pulumi.Input[str]
    static_ip: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicRules:
    """What the topic contract says to a broker.

    access_rules: the text of ``acl.conf``. client_id_expression: how an app's client id follows from its username.
    max_packet_bytes: the largest packet.
    """

    access_rules: str
    client_id_expression: str
    max_packet_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """As :class:`Tokens`, of a tenant that may be made by the same deployment."""

    issuer: pulumi.Input[str]
    audience: pulumi.Input[str]
    jwks: pulumi.Input[str]
    username_claim: Literal["sub", "oid"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """As :class:`DatabaseLogin`, of a server that may be made by the same deployment."""

    host: pulumi.Input[str]
    port: int
    name: str
    username: str
    pooled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRedis:
    """A Redis with access rules.

    host, port: where it answers, with TLS, as one server. key_uri: ``secretUriWithVersion`` of ``redis-key``. ready:
    what keeps the key and answers; the right to read the key waits for it.
    """

    host: pulumi.Input[str]
    port: int
    key_uri: pulumi.Input[str]
    ready: tuple[pulumi.Resource, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """What brings the database to its version before EMQX starts.

    container: it alone sees the credentials, as environment variables. secrets: those it names, which are among the
    cluster's ``secret_uris``. files: text of the files it reads, by name; they hold no secret.
    """

    container: app.InitContainerArgs
    secrets: tuple[str, ...]
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class EmqxClusterArgs:
    """What a cluster needs.

    environments: one, or one a zone; slot k stands in number (k - 1) mod n. slots: what runs in each, 1 to 10. cpu,
    memory_gigabytes: of a node. rights: what a node's identity may do besides reading its secrets: pull the image.
    vault: where secrets and files are. secret_uris: ``emqx-cookie``, ``emqx-dashboard-password``, ``emqx-api-key``,
    ``emqx-database-password`` and those of the migration.
    server_chain_uri, server_key_uri, trust_bundle_uri: the MQTT host's certificate, and what devices are trusted by.
    tokens: None while the identity tenant is not known. cluster_tls: whether nodes talk over TLS. generation: of the
    platform's secrets. redis: None where all access rules are in the database. licence: key for releases that want
    one. migration: None where the database is ready by itself.
    depends_on: what must be effective before a node starts: vault, registry, the secrets' components.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environments: tuple[CoreEnvironment, ...]
    slots: Mapping[int, Node]
    cpu: float
    memory_gigabytes: float
    rights: tuple[Right, ...]
    vault: VaultPlace
    secret_uris: Mapping[str, pulumi.Input[str]]
    server_chain_uri: pulumi.Input[str]
    server_key_uri: pulumi.Input[str]
    trust_bundle_uri: pulumi.Input[str]
    database: Database
    tokens: Issuer | None
    topics: TopicRules
    session_expiry_seconds: int
    cluster_tls: bool
    generation: int
    redis: AccessRedis | None = None
    licence: pulumi.Output[str] | None = None
    migration: Migration | None = None
    depends_on: tuple[pulumi.Resource, ...] = ()
