"""What every broker cell gives to the rest of the platform, whatever runs in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import pulumi


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """One place for a broker node, there or not: the edge finds by its health whether a node answers.

    name: such as ``emqx-1``. host: address inside the network. mqtt_port: MQTT over TLS, ended by the broker.
    web_socket_port: MQTT over WebSocket without TLS, inside the network only. health_port: HTTP; ``health_path``
    answers 200 while the node takes clients.
    """

    name: str
    host: pulumi.Input[str]
    mqtt_port: int
    web_socket_port: int
    health_port: int
    health_path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsEndpoint:
    """Where a node's metrics are read in Prometheus' text format.

    name: the node's. kind: what runs there, as the metrics' ``job``. paths: of its documents. parameters: what is asked
    of each. user, key_secret: HTTP basic authentication: the user, and the name in the vault of the key that opens it.
    """

    name: str
    kind: str
    host: pulumi.Input[str]
    port: int
    paths: tuple[str, ...]
    parameters: Mapping[str, str]
    user: str
    key_secret: str


@runtime_checkable
class BrokerCell(Protocol):
    """A broker in one region.

    backends: every place a node may take, in use or not, so that a new node changes nothing in front of it.
    nodes: names of the places in use. metrics: of the nodes in use. app_ids: ARM ids of what runs, by node, for
    alerts; known before it runs, so whoever names one waits for ``ready``. principal_ids: object ids of the nodes'
    identities, by node. ready: what runs, for whoever depends on it.
    """

    backends: tuple[Backend, ...]
    nodes: tuple[str, ...]
    metrics: tuple[MetricsEndpoint, ...]
    app_ids: dict[str, pulumi.Output[str]]
    principal_ids: dict[str, pulumi.Output[str]]
    ready: list[pulumi.Resource]
