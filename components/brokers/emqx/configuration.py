"""What EMQX reads at its start: ``emqx.conf``, the distribution's TLS options, and the script that starts it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from components import ports
from components.brokers.emqx.queries import AUTHENTICATION_QUERY, AUTHORIZATION_COMMAND, AUTHORIZATION_QUERY
from components.container_app import FILES_PATH

LARGEST_FILE: Final = 25_000
"""Bytes below which a file must stay (learn.microsoft.com, About Azure Key Vault secrets: 25 KB)."""

API_USER: Final = "amora"
"""Name of the key that opens EMQX's API; the key itself is the vault's ``emqx-api-key``."""

METRICS_USER: Final = "amora-metrics"
"""Name of the key that the collector reads metrics with; the key itself is the vault's ``emqx-metrics-key``."""

MQTT_PORT: Final = 8883
WEB_SOCKET_PORT: Final = 8083
API_PORT: Final = 18083
"""Ports inside the container, the same for every node; each is exposed under a port of the slot."""

CONNECTIONS_A_GIGABYTE: Final = 4_000
"""Most connections of a listener, a GiB of memory: 150 KB a TLS connection (github.com/emqx/emqx issue 3277), and as
much again for the sessions behind them."""

CONNECTIONS_A_SECOND: Final = 200
"""New connections a listener takes; the rest wait. A 2 vCPU node does some 1,000 TLS handshakes a second at most."""

MESSAGES_A_SECOND: Final = 100
BYTES_A_SECOND: Final = "1MB/s"
"""Of one client; the topic contract's busiest device stays far below."""

RETAINED_MESSAGES: Final = 100_000
"""Most retained messages of the cluster, held in every node's memory: about 100 MB of state messages of 1 KB."""

# The public authorities in the image (Debian's ca-certificates): Azure's PostgreSQL and Redis have certificates of
# DigiCert Global Root G2 and Microsoft RSA Root CA 2017 (learn.microsoft.com, PostgreSQL flexible server: TLS; Azure
# Certificate Authority details).
_PUBLIC_AUTHORITIES: Final = "/etc/ssl/certs/ca-certificates.crt"
_ETC: Final = "/opt/emqx/etc"
# The image's own (github.com/emqx/emqx deploy/docker/Dockerfile at v5.8.9).
_ENTRYPOINT: Final = ("/usr/bin/docker-entrypoint.sh", "/opt/emqx/bin/emqx", "foreground")

CONFIGURATION: Final = "emqx.conf"
ACCESS_RULES: Final = "acl.conf"
DISTRIBUTION_TLS: Final = "ssl_dist.conf"
SERVER_CHAIN: Final = "server-chain.pem"
SERVER_KEY: Final = "server-key.pem"
TRUST_BUNDLE: Final = "device-trust.pem"
DATABASE_PASSWORD: Final = "database-password"
REDIS_KEY: Final = "redis-key"
CLUSTER_AUTHORITY: Final = "cluster-authority.pem"
CLUSTER_CERTIFICATE: Final = "cluster-certificate.pem"
CLUSTER_KEY: Final = "cluster-key.pem"
"""Names of the files below :data:`components.container_app.FILES_PATH`."""


class IllegalConfigurationError(ValueError):
    """EMQX cannot be configured so; the text names what was found and what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """Whose tokens let app clients in.

    issuer: ``iss``. audience: ``aud``. jwks: address of the signing keys, https. username_claim: the claim that is the
    client's username: ``sub``, or ``oid`` in a tenant whose ``sub`` differs from app to app.
    """

    issuer: str
    audience: str
    jwks: str
    username_claim: Literal["sub", "oid"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseLogin:
    """Where EMQX reads service accounts and access rows.

    host: DNS name, also in the server's certificate. port: of PostgreSQL or of its PgBouncer. name: the database.
    username: the login. pooled: behind PgBouncer, where prepared statements do not survive.
    """

    host: str
    port: int
    name: str
    username: str
    pooled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisServer:
    """Where EMQX reads further access rules. host: DNS name, also in the server's certificate. port: with TLS."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """What ``emqx.conf`` is made of.

    seeds: names of the seed nodes. cluster_tls: whether nodes talk to each other over TLS. tokens: None while the
    tenant is not known, and then no app gets in. redis: None where it is not asked. max_packet_bytes,
    client_id_expression: of the topic contract. session_expiry_seconds: 0 or more that a session of MQTT 3.1.1 outlives
    its connection. memory_gigabytes: of a node.
    """

    seeds: tuple[str, ...]
    cluster_tls: bool
    tokens: Tokens | None
    database: DatabaseLogin
    max_packet_bytes: int
    client_id_expression: str
    session_expiry_seconds: int
    memory_gigabytes: float
    redis: RedisServer | None = None


@dataclass(frozen=True, slots=True)
class ClusterFiles:
    """Paths of the certificates that nodes show each other."""

    authority: str = f"{FILES_PATH}/{CLUSTER_AUTHORITY}"
    certificate: str = f"{FILES_PATH}/{CLUSTER_CERTIFICATE}"
    key: str = f"{FILES_PATH}/{CLUSTER_KEY}"


def emqx_conf(wanted: Configuration) -> str:
    """The text of ``emqx.conf``.

    Raises:
        IllegalConfigurationError: it would not fit into a secret of the vault, or a value cannot stand in it.
    """
    text = _rendered(
        "emqx.conf.j2",
        seeds=wanted.seeds,
        cluster_tls=wanted.cluster_tls,
        cluster_files=ClusterFiles(),
        tokens=wanted.tokens,
        database=wanted.database,
        database_password=f"{FILES_PATH}/{DATABASE_PASSWORD}",
        redis=wanted.redis,
        redis_key=f"{FILES_PATH}/{REDIS_KEY}",
        queries={
            "authentication": AUTHENTICATION_QUERY,
            "authorization": AUTHORIZATION_QUERY,
            "redis": AUTHORIZATION_COMMAND,
        },
        trust_bundle=f"{FILES_PATH}/{TRUST_BUNDLE}",
        server_chain=f"{FILES_PATH}/{SERVER_CHAIN}",
        server_key=f"{FILES_PATH}/{SERVER_KEY}",
        public_authorities=_PUBLIC_AUTHORITIES,
        ports={"mqtt": MQTT_PORT, "web_socket": WEB_SOCKET_PORT, "api": API_PORT},
        max_connections=int(wanted.memory_gigabytes * CONNECTIONS_A_GIGABYTE),
        connection_rate=CONNECTIONS_A_SECOND,
        message_rate=MESSAGES_A_SECOND,
        byte_rate=BYTES_A_SECOND,
        max_packet_bytes=wanted.max_packet_bytes,
        max_retained_messages=RETAINED_MESSAGES,
        session_expiry_seconds=wanted.session_expiry_seconds,
        client_id_expression=wanted.client_id_expression,
    )
    return checked_file(CONFIGURATION, text)


def ssl_dist_conf(files: ClusterFiles | None = None) -> str:
    """The TLS options of the Erlang distribution, as ``-ssl_dist_optfile`` reads them."""
    return _rendered("ssl_dist.conf.j2", cluster_files=files or ClusterFiles())


def start_script(
    *,
    cluster_tls: bool,
    metrics_role: str | None,
    files: str = FILES_PATH,
    etc: str = _ETC,
    entrypoint: tuple[str, ...] = _ENTRYPOINT,
) -> str:
    """What ``sh -c`` runs in a node's container: the limit raised, the files in place, then EMQX itself.

    Args:
        cluster_tls: whether the distribution's TLS options are among the files.
        metrics_role: role of the collector's key, None where EMQX knows no roles.
        files: folder of the mounted files.
        etc: EMQX's own configuration folder.
        entrypoint: the image's entry point and what it starts.
    """
    copied = [CONFIGURATION, ACCESS_RULES, *([DISTRIBUTION_TLS] if cluster_tls else [])]
    keys = {
        "AMORA_API_KEY": (API_USER, None),
        "AMORA_METRICS_KEY": (METRICS_USER, metrics_role),
    }
    return _rendered("start.sh.j2", copied=copied, files=files, etc=etc, keys=keys, entrypoint=entrypoint)


def checked_file(name: str, text: str) -> str:
    """The text itself.

    Raises:
        IllegalConfigurationError: it does not fit into a secret of the vault.
    """
    size = len(text.encode())
    if size < LARGEST_FILE:
        return text
    raise IllegalConfigurationError(
        f"{name} has {size:,} bytes; a secret of the vault holds less than {LARGEST_FILE:,}\n"
        "Shorten it, or split it into two files."
    )


def seed_names(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the seed nodes, whether each is in use or not: a node more or less changes no other node.

    Args:
        hosts: addresses of the core environments in their order.
    """
    return tuple(node_name(slot, hosts[(slot - 1) % len(hosts)]) for slot in range(1, 4))


def node_name(slot: int, host: str) -> str:
    """The Erlang name of a node. Its ports follow from the number in it (emqx/ekka, ekka_dist)."""
    if not 1 <= slot <= ports.SLOTS:
        raise ValueError(f"slot {slot} is outside 1 to {ports.SLOTS}")
    return f"emqx{slot}@{host}"


def _quoted(value: Any) -> str:
    """A string of EMQX's HOCON. Its parser knows no escape for control characters, and they have no business here."""
    text = str(value)
    if not text.isprintable():
        raise IllegalConfigurationError(f"{CONFIGURATION}: {text!r} has characters that cannot be printed")
    return json.dumps(text, ensure_ascii=False)


def _environment() -> Environment:
    # Plain text, no markup: nothing is to be escaped but what a template quotes itself.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=select_autoescape(()),
    )
    environment.filters["quoted"] = _quoted
    return environment


def _rendered(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(values)
