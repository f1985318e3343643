"""The EMQX cluster of a cell: its files and secrets in the vault, the right to read them, and a node in each slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
from pulumi_azure_native import app

from components import ports
from components.app_identity import AppIdentity, AppIdentityArgs
from components.brokers.emqx import configuration
from components.brokers.emqx.arguments import AccessRedis, CoreEnvironment, EmqxClusterArgs, Issuer, Migration
from components.brokers.emqx.cluster_tls import cluster_certificate
from components.brokers.emqx.configuration import Configuration, DatabaseLogin, RedisServer, Tokens
from components.brokers.emqx.node import HEALTH_PATH, Common, Seat, emqx_node
from components.brokers.interface import Backend, MetricsEndpoint
from components.component import AmoraComponent
from components.secrets_in_use import Keeping, Kept, SecretsInUse

METRICS_PATHS: Final = ("/api/v5/prometheus/stats", "/api/v5/prometheus/auth")
METRICS_PARAMETERS: Final = {"mode": "node"}
"""Of the node that is asked alone (docs.emqx.com, Integrate with Prometheus): each node is asked for itself."""

API_KEY_SECRET: Final = "emqx-api-key"
METRICS_KEY_SECRET: Final = "emqx-metrics-key"

# EMQX 5.8 follows file:// for the passwords of database and Redis, but not for these.
_VARIABLES: Final = {
    "EMQX_NODE__COOKIE": "emqx-cookie",
    "EMQX_DASHBOARD__DEFAULT_PASSWORD": "emqx-dashboard-password",
    "AMORA_API_KEY": API_KEY_SECRET,
    "AMORA_METRICS_KEY": METRICS_KEY_SECRET,
}
_DATABASE_PASSWORD: Final = "emqx-database-password"
_REDIS_KEY: Final = "redis-key"


class EmqxCluster(AmoraComponent):
    """A broker cell (:class:`components.brokers.interface.BrokerCell`): a Container App and an identity a node."""

    token = "amora:broker:EmqxCluster"
    backends: tuple[Backend, ...]
    nodes: tuple[str, ...]
    metrics: tuple[MetricsEndpoint, ...]
    app_ids: dict[str, pulumi.Output[str]]
    principal_ids: dict[str, pulumi.Output[str]]
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: EmqxClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        secrets, common = _common(self, name, args)
        identities = {slot: self._identity(slot, args) for slot in sorted(args.slots)}
        made = self._nodes(args, common, secrets, identities)
        self.backends = tuple(_backend(slot, args) for slot in range(1, ports.SLOTS + 1))
        self.nodes = tuple(_named(slot) for slot in made)
        self.metrics = tuple(_metrics(slot, args) for slot in made)
        self.app_ids = {_named(slot): _app_id(slot, args) for slot in made}
        self.principal_ids = {_named(slot): identity.principal_id for slot, identity in identities.items()}
        self.ready = list(made.values())
        self.register_outputs({"appIds": self.app_ids, "principalIds": self.principal_ids})

    def _identity(self, slot: int, args: EmqxClusterArgs) -> AppIdentity:
        return AppIdentity(
            f"{_named(slot)}-identity",
            AppIdentityArgs(
                cell=args.cell, resource_group_name=args.resource_group_name, app=_named(slot), rights=args.rights
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _nodes(
        self, args: EmqxClusterArgs, common: Common, secrets: SecretsInUse, identities: Mapping[int, AppIdentity]
    ) -> dict[int, app.ContainerApp]:
        made: dict[int, app.ContainerApp] = {}
        before: app.ContainerApp | None = None
        for slot, node in sorted(args.slots.items()):
            place, identity = _place(slot, args), identities[slot]
            seat = Seat(
                environment_id=place.environment_id,
                host=place.static_ip,
                identity=identity,
                rights=secrets.rights(_named(slot), identity, common.secrets_of(node)),
                after=before,
            )
            before = made[slot] = emqx_node(self, slot, node, common, seat)
        return made


def _app_id(slot: int, args: EmqxClusterArgs) -> pulumi.Output[str]:
    # Text, not the app's id: that is unknown while the app is made anew, and every alert on it would change with it.
    name = args.cell.names.of("Microsoft.App/containerApps", _named(slot))
    environment_id = pulumi.Output.from_input(_place(slot, args).environment_id)
    return environment_id.apply(lambda text: f"{text.rpartition('/')[0].rpartition('/')[0]}/containerApps/{name}")


def _common(owner: EmqxCluster, name: str, args: EmqxClusterArgs) -> tuple[SecretsInUse, Common]:
    keeping = Keeping(
        cell=args.cell,
        resource_group_name=args.resource_group_name,
        vault=args.vault,
        depends_on=args.depends_on,
        used_by="the EMQX nodes",
    )
    secrets = SecretsInUse(owner, name, keeping)
    for variable, secret in _VARIABLES.items():
        secrets.variable(variable, secrets.named(secret, args.secret_uris[secret]))
    password = secrets.named(_DATABASE_PASSWORD, args.secret_uris[_DATABASE_PASSWORD])
    secrets.file(configuration.DATABASE_PASSWORD, password)
    if args.redis is not None:
        key = secrets.named(_REDIS_KEY, args.redis.key_uri, after=args.redis.ready)
        secrets.file(configuration.REDIS_KEY, key)
    secrets.file(configuration.SERVER_CHAIN, secrets.named("mqtt-server-chain", args.server_chain_uri))
    secrets.file(configuration.SERVER_KEY, secrets.named("mqtt-server-key", args.server_key_uri))
    secrets.file(configuration.TRUST_BUNDLE, secrets.named("device-trust-bundle", args.trust_bundle_uri))
    secrets.file(configuration.CONFIGURATION, secrets.kept(Kept("emqx-configuration", _emqx_conf(args))))
    rules = configuration.checked_file(configuration.ACCESS_RULES, args.topics.access_rules)
    secrets.file(configuration.ACCESS_RULES, secrets.kept(Kept("emqx-access-rules", pulumi.Output.from_input(rules))))
    if args.cluster_tls:
        _keep_cluster_tls(secrets, owner, name, args)
    licence = secrets.kept(Kept("emqx-licence", args.licence)) if args.licence is not None else None
    if args.migration is not None:
        _keep_migration(secrets, args, args.migration)
    common = Common(
        cell=args.cell,
        resource_group_name=args.resource_group_name,
        cpu=args.cpu,
        memory_gigabytes=args.memory_gigabytes,
        cluster_tls=args.cluster_tls,
        secrets=secrets.app_secrets,
        files=secrets.files,
        secret_variables=secrets.variables,
        licence_secret=licence,
        init_containers=(args.migration.container,) if args.migration else (),
        depends_on=args.depends_on,
    )
    return secrets, common


def _keep_migration(secrets: SecretsInUse, args: EmqxClusterArgs, migration: Migration) -> None:
    for secret in migration.secrets:
        secrets.named(secret, args.secret_uris[secret])
    for file, text in migration.files.items():
        kept = Kept(f"emqx-{file.replace('.', '-')}", pulumi.Output.from_input(configuration.checked_file(file, text)))
        secrets.file(file, secrets.kept(kept))


def _keep_cluster_tls(secrets: SecretsInUse, owner: EmqxCluster, name: str, args: EmqxClusterArgs) -> None:
    hosts = [each.static_ip for each in args.environments]
    made = cluster_certificate(owner, name, hosts=hosts, generation=args.generation)
    options = pulumi.Output.from_input(configuration.ssl_dist_conf())
    for file, kept in (
        (configuration.CLUSTER_AUTHORITY, Kept("emqx-cluster-authority", made.authority, made.ends)),
        (configuration.CLUSTER_CERTIFICATE, Kept("emqx-cluster-certificate", made.certificate, made.ends)),
        (configuration.CLUSTER_KEY, Kept("emqx-cluster-key", made.key, made.ends)),
        (configuration.DISTRIBUTION_TLS, Kept("emqx-distribution-tls", options)),
    ):
        secrets.file(file, secrets.kept(kept))


def _emqx_conf(args: EmqxClusterArgs) -> pulumi.Output[str]:
    """The file, once the addresses of the environments, of the database, of Redis and of the tenant are known."""
    tokens, redis = args.tokens, args.redis
    hosts = pulumi.Output.all(*(each.static_ip for each in args.environments))
    issuer = pulumi.Output.all(tokens.issuer, tokens.audience, tokens.jwks) if tokens else None
    return pulumi.Output.all(hosts, args.database.host, redis.host if redis else None, issuer).apply(
        lambda known: configuration.emqx_conf(_configuration(args, *known))
    )


def _configuration(
    args: EmqxClusterArgs,
    hosts: Sequence[str],
    database_host: str,
    redis_host: str | None,
    issuer: Sequence[str] | None,
) -> Configuration:
    database = args.database
    return Configuration(
        seeds=configuration.seed_names(tuple(hosts)),
        cluster_tls=args.cluster_tls,
        tokens=_tokens(args.tokens, issuer),
        database=DatabaseLogin(
            host=database_host,
            port=database.port,
            name=database.name,
            username=database.username,
            pooled=database.pooled,
        ),
        redis=_redis(args.redis, redis_host),
        max_packet_bytes=args.topics.max_packet_bytes,
        client_id_expression=args.topics.client_id_expression,
        session_expiry_seconds=args.session_expiry_seconds,
        memory_gigabytes=args.memory_gigabytes,
    )


def _tokens(wanted: Issuer | None, known: Sequence[str] | None) -> Tokens | None:
    if wanted is None or known is None:
        return None
    issuer, audience, jwks = known
    return Tokens(issuer=issuer, audience=audience, jwks=jwks, username_claim=wanted.username_claim)


def _redis(wanted: AccessRedis | None, host: str | None) -> RedisServer | None:
    return None if wanted is None or host is None else RedisServer(host=host, port=wanted.port)


def _named(slot: int) -> str:
    return f"emqx-{slot}"


def _place(slot: int, args: EmqxClusterArgs) -> CoreEnvironment:
    return args.environments[(slot - 1) % len(args.environments)]


def _backend(slot: int, args: EmqxClusterArgs) -> Backend:
    return Backend(
        name=_named(slot),
        host=_place(slot, args).static_ip,
        mqtt_port=ports.of_slot("mqtt", slot),
        web_socket_port=ports.of_slot("websocket", slot),
        health_port=ports.of_slot("api", slot),
        health_path=HEALTH_PATH,
    )


def _metrics(slot: int, args: EmqxClusterArgs) -> MetricsEndpoint:
    return MetricsEndpoint(
        name=_named(slot),
        host=_place(slot, args).static_ip,
        port=ports.of_slot("api", slot),
        kind="emqx",
        paths=METRICS_PATHS,
        parameters=METRICS_PARAMETERS,
        user=configuration.METRICS_USER,
        key_secret=METRICS_KEY_SECRET,
    )
