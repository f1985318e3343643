"""The contract for a mosquitto: its rows as roles of the dynamic security plugin, and the broker's configuration.

A file of ACL lines would not do: mosquitto 2.0 does not look at it when a client subscribes, only when it delivers. The
plugin judges publishing, subscribing and delivery apart, and answers an MQTT 5 client with 135 (Not authorized).
It knows no QoS and no retain flag in its rules.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from topics.acl_rows import Row
from topics.contract import MAX_PACKET_BYTES, TOPICS

_ITERATIONS: Final = 101  # of PBKDF2, the plugin's own default
_MAX_QOS: Final = max(level for topic in TOPICS for level in topic.qos)


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """Someone the broker knows.

    username: what the password belongs to, or the common name of a certificate. password: nothing for a client
    that shows a certificate. rows: what it may do.
    """

    username: str
    rows: tuple[Row, ...]
    password: str | None = None


def dynamic_security(clients: Iterable[Client]) -> str:
    """The plugin's file: everyone by name, each with a role of its own, everything else denied."""
    known = list(clients)
    return json.dumps(
        {
            "defaultACLAccess": {
                "publishClientSend": False,
                "publishClientReceive": False,
                "subscribe": False,
                "unsubscribe": True,
            },
            "clients": [_client(client) for client in known],
            "roles": [{"rolename": client.username, "acls": list(_acls(client.rows))} for client in known],
        },
        indent=1,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """What a configuration names, each a path.

    plugin: ``mosquitto_dynamic_security.so``. security: what ``dynamic_security`` gives. device_authorities:
    certificates that devices' certificates lead to, PEM. certificate, key: of the broker, PEM.
    """

    plugin: Path
    security: Path
    device_authorities: Path
    certificate: Path
    key: Path


def configuration(
    files: Files, *, device_port: int, app_port: int, web_socket_port: int, address: str = "127.0.0.1"
) -> str:
    """``mosquitto.conf`` with three listeners: devices by certificate, everyone else by password.

    Everyone else comes by plain MQTT, or by WebSocket over TLS as on the platform. On each the username is the client
    id too, so that nobody ends another's session.
    """
    return f"""\
user root
per_listener_settings false
allow_anonymous false
persistence false
set_tcp_nodelay true
max_packet_size {MAX_PACKET_BYTES}
log_dest stderr
log_type all
plugin {files.plugin}
plugin_opt_config_file {files.security}

listener {device_port} {address}
cafile {files.device_authorities}
certfile {files.certificate}
keyfile {files.key}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
max_qos {_MAX_QOS}

listener {app_port} {address}
use_username_as_clientid true
max_qos {_MAX_QOS}

listener {web_socket_port} {address}
protocol websockets
certfile {files.certificate}
keyfile {files.key}
use_username_as_clientid true
max_qos {_MAX_QOS}
"""


def _client(client: Client) -> dict[str, object]:
    # Without a password of its own, a client that shows a certificate could be entered by password.
    salt = secrets.token_bytes(12)
    password = client.password or secrets.token_urlsafe(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return {
        "username": client.username,
        "password": base64.b64encode(digest).decode(),
        "salt": base64.b64encode(salt).decode(),
        "iterations": _ITERATIONS,
        "roles": [{"rolename": client.username}],
    }


def _acls(rows: Iterable[Row]) -> Iterator[dict[str, object]]:
    for row in rows:
        if row.action == "publish":
            yield _acl("publishClientSend", row.topic)
            continue
        yield _acl("subscribePattern", row.topic)
        # EMQX judges a shared subscription by its topic alone; the plugin looks at all of it.
        yield _acl("subscribePattern", f"$share/+/{row.topic}")
        yield _acl("publishClientReceive", row.topic)


def _acl(kind: str, pattern: str) -> dict[str, object]:
    return {"acltype": kind, "topic": pattern, "allow": True}
