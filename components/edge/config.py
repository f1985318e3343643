"""``haproxy.cfg`` of the edge: the figures behind it, and its rendering."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from components.brokers.interface import Backend

TEMPLATE: Final = "haproxy.cfg.j2"
_HOST: Final = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
_NAME: Final = r"[a-z][a-z0-9-]*"
_PATH: Final = r"/[A-Za-z0-9/._-]*"
_GUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class IllegalEdgeError(ValueError):
    """The edge cannot be configured so; the text names the argument, what was found and what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Ports the container listens on, all above 1023 since the image's user is not root.

    mqtt: TLS passed through. web_socket: plain HTTP from the ingress. alive: the container's own probes, exposed
    nowhere. metrics: for the collector in the same replica, on its loopback.
    """

    mqtt: int = 8883
    web_socket: int = 8080
    alive: int = 8404
    metrics: int = 8405


@dataclass(frozen=True, kw_only=True, slots=True)
class Seconds:
    """Timeouts in seconds.

    idle: above 1.5 times the longest keepalive allowed, 120 s, so that the broker ends a silent client, not the edge
    (MQTT 5.0 §3.1.2.10); below the 240 s after which the ingress forgets a connection without a word
    (learn.microsoft.com, Ingress in Azure Container Apps). connect, check: inside one network; a lost packet is sent
    again once, and a busy node may be slow. hello: for a device to begin TLS. request: for a request's headers.
    upgrade: for a node to answer a WebSocket's upgrade. half_closed: for the other side to close too. slow_start: over
    which a node that came back is given its share, since least connections would give it everything at once.
    """

    idle: int = 200
    connect: int = 2
    check: int = 2
    hello: int = 5
    request: int = 10
    upgrade: int = 5
    half_closed: int = 10
    slow_start: int = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """Health checks, in HAProxy's notation of time; counts without a unit.

    A node that refuses is left after 3 s at most, one that accepts and hangs after 9 s: ``inter``, then ``fall`` tries
    of ``timeout check`` with ``fastinter`` between, each pause a fifth longer by ``spread-checks``. A place without a
    node is asked every ``downinter``, so a new node is found within 8 s.
    """

    inter: str = "1s"
    fastinter: str = "500ms"
    downinter: str = "5s"
    fall: int = 3
    rise: int = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much one replica takes on.

    frontend: connections of devices, and again of apps. process: both, and what the probes need, so that a full
    replica is not taken for a dead one. new_a_second: connections accepted a second, devices and apps each.
    address_requests: upgrades of one client address in ``address_window`` seconds; offices and carriers put many
    clients behind one address.
    """

    frontend: int
    process: int
    new_a_second: int = 100
    address_requests: int = 200
    address_window: int = 10


# HAProxy's configuration manual, maxconn: 33 kB a connection, 20,000 to 25,000 connections in 1 GB. A quarter of it,
# for devices and apps together: the rest is for the kernel's buffers, which count to the container too.
_CONNECTIONS_A_GIGABYTE: Final = 5000
_FRONTENDS: Final = 2
_PROBES: Final = 100


def limits(memory_gigabytes: float) -> Limits:
    """What a replica with so much memory takes on.

    Args:
        memory_gigabytes: memory of a replica, in GiB.
    """
    each = int(memory_gigabytes * _CONNECTIONS_A_GIGABYTE / _FRONTENDS)
    return Limits(frontend=each, process=_FRONTENDS * each + _PROBES)


@dataclass(frozen=True, kw_only=True, slots=True)
class EdgeConfig:
    """All that ``haproxy.cfg`` says.

    nodes: every place for a node, in use or not, with hosts that are known. cpu, memory_gigabytes: vCPU and GiB of a
    replica. drain_seconds: how long a stopping replica keeps its connections. promoted: whether this region takes
    clients. front_door_ids: ids of the Front Door profiles in front of the WebSocket; none: clients come straight to
    the ingress.
    """

    nodes: Sequence[Backend]
    cpu: float
    memory_gigabytes: float
    drain_seconds: int
    promoted: bool
    front_door_ids: Sequence[str] = ()
    ports: Ports = field(default_factory=Ports)
    seconds: Seconds = field(default_factory=Seconds)
    checks: Checks = field(default_factory=Checks)
    limits: Limits | None = None


def render(config: EdgeConfig) -> str:
    """The text of ``haproxy.cfg``.

    Raises:
        IllegalEdgeError: a value would not stand in the file as one word, or the nodes' health paths differ.
    """
    for node in config.nodes:
        _word("nodes.name", node.name, _NAME, "lower-case letters, digits and hyphens")
        _word("nodes.host", str(node.host), _HOST, "an IPv4 address or a host name")
        _word("nodes.health_path", node.health_path, _PATH, "a path such as /status")
    for each in config.front_door_ids:
        _word("front_door_ids", each, _GUID, "a GUID")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE).render(
        nodes=config.nodes,
        health_path=_health_path(config.nodes),
        threads=max(ceil(config.cpu), 1),
        drain_seconds=config.drain_seconds,
        promoted=config.promoted,
        front_door_ids=config.front_door_ids,
        ports=config.ports,
        seconds=config.seconds,
        checks=config.checks,
        limits=config.limits or limits(config.memory_gigabytes),
    )


def _health_path(nodes: Sequence[Backend]) -> str:
    paths = sorted({node.health_path for node in nodes})
    if len(paths) != 1:
        raise IllegalEdgeError(f"nodes.health_path: found {', '.join(paths) or 'no node'}; allowed: one path for all")
    return paths[0]


def _word(name: str, found: str, pattern: str, allowed: str) -> None:
    if not re.fullmatch(pattern, found):
        raise IllegalEdgeError(f"{name}: found {found!r}; allowed: {allowed}")
