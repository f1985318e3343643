"""Security rules of the subnets, as one table.

Container Apps subnets: learn.microsoft.com "Firewall integration" of workload profiles environments (2026-04-01), which
names the service tags and the load balancer's node ports. PostgreSQL: learn.microsoft.com "Private access (VNet
integration)" of flexible server, which wants its ports both ways inside the delegated subnet. Every subnet ends in a
deny for both directions, so that Azure's own allow-all-inside-the-network rules never apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from components import ports

LOAD_BALANCER_NODE_PORTS: Final = "30000-32767"
_AZURE_DNS: Final = "168.63.129.16"
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """One security rule.

    source, destination: a subnet's role, a service tag, an address prefix or ``*``; ``{location}`` is the region.
    ports: destination ports or ranges.
    """

    name: str
    direction: Literal["Inbound", "Outbound"]
    source: str
    destination: str
    ports: tuple[str, ...]
    protocol: Literal["Tcp", "Udp", "*"] = "Tcp"
    access: Literal["Allow", "Deny"] = "Allow"


def _inbound(name: str, source: str, to: str, *open_ports: str | int) -> Rule:
    return Rule(name, "Inbound", source, to, tuple(map(str, open_ports)))


def _outbound(name: str, source: str, to: str, *open_ports: str | int) -> Rule:
    return Rule(name, "Outbound", source, to, tuple(map(str, open_ports)))


def _inside(role: str) -> tuple[Rule, ...]:
    return (
        Rule("inside-in", "Inbound", role, role, (_ANY,), "*"),
        Rule("inside-out", "Outbound", role, role, (_ANY,), "*"),
    )


_DENY: Final = (
    Rule("deny-in", "Inbound", _ANY, _ANY, (_ANY,), "*", "Deny"),
    Rule("deny-out", "Outbound", _ANY, _ANY, (_ANY,), "*", "Deny"),
)

_NODE_PORTS: Final = tuple(ports.of_all_slots(purpose) for purpose in ("mqtt", "websocket", "api"))
_ENDPOINT_PORTS: Final = (ports.HTTPS, ports.MANAGED_REDIS, ports.CLASSIC_REDIS)
_PLATFORM_TAGS: Final = (
    "MicrosoftContainerRegistry",
    "AzureFrontDoor.FirstParty",
    "AzureActiveDirectory",
    "AzureMonitor",
    "AzureContainerRegistry",
    "Storage.{location}",
)


def _container_apps(role: str) -> tuple[Rule, ...]:
    """What the platform itself needs in a workload profiles environment's subnet."""
    tags = tuple(
        _outbound(f"to-{tag.split('.{')[0].replace('.', '-').lower()}", role, tag, 443) for tag in _PLATFORM_TAGS
    )
    dns = Rule("to-azure-dns", "Outbound", role, _AZURE_DNS, (str(ports.DNS),), "*")
    balancer = Rule("from-load-balancer", "Inbound", "AzureLoadBalancer", role, (LOAD_BALANCER_NODE_PORTS,))
    return (*_inside(role), balancer, *tags, dns)


_TO_DATA: Final = (
    _outbound("to-database", "core", "database", ports.POSTGRESQL, ports.PGBOUNCER),
    _outbound("to-endpoints", "core", "endpoints", *_ENDPOINT_PORTS),
)

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "core": (
        _inbound("from-edge", "edge", "core", *_NODE_PORTS, ports.HTTPS, LOAD_BALANCER_NODE_PORTS),
        _inbound(
            "from-operators", "operators", "core", ports.of_all_slots("api"), ports.HTTPS, LOAD_BALANCER_NODE_PORTS
        ),
        *_container_apps("core"),
        *_TO_DATA,
        *_DENY,
    ),
    "edge": (
        _inbound("from-clients", "Internet", "edge", ports.HTTPS, ports.MQTT_TLS, LOAD_BALANCER_NODE_PORTS),
        *_container_apps("edge"),
        _outbound("to-core", "edge", "core", *_NODE_PORTS, ports.HTTPS, LOAD_BALANCER_NODE_PORTS),
        _outbound("to-endpoints", "edge", "endpoints", ports.HTTPS),
        *_DENY,
    ),
    "database": (
        _inbound("from-core", "core", "database", ports.POSTGRESQL, ports.PGBOUNCER),
        _inbound("from-operators", "operators", "database", ports.POSTGRESQL, ports.PGBOUNCER),
        _inbound("inside-in", "database", "database", ports.POSTGRESQL, ports.PGBOUNCER),
        _outbound("inside-out", "database", "database", ports.POSTGRESQL, ports.PGBOUNCER),
        _outbound("to-storage", "database", "Storage.{location}", 443),
        _outbound("to-entra", "database", "AzureActiveDirectory", 443),
        *_DENY,
    ),
    "endpoints": (
        _inbound("from-core", "core", "endpoints", *_ENDPOINT_PORTS),
        _inbound("from-edge", "edge", "endpoints", ports.HTTPS),
        _inbound("from-operators", "operators", "endpoints", *_ENDPOINT_PORTS),
        *_DENY,
    ),
    "operators": (
        _outbound("to-core", "operators", "core", ports.of_all_slots("api"), ports.HTTPS, LOAD_BALANCER_NODE_PORTS),
        _outbound("to-database", "operators", "database", ports.POSTGRESQL, ports.PGBOUNCER),
        _outbound("to-endpoints", "operators", "endpoints", *_ENDPOINT_PORTS),
        _outbound("to-entra", "operators", "AzureActiveDirectory", 443),
        _outbound("to-monitor", "operators", "AzureMonitor", 443),
        *_DENY,
    ),
}
"""Rules by the role of the subnet, first match wins; priorities follow the order."""

PROBE_RULES: Final = (
    _outbound("to-front-door", "core", "AzureFrontDoor.Frontend", ports.HTTPS),
    # Service tags know no single address of ours; the edge's is one of Azure's in its region.
    _outbound("to-public-endpoints", "core", "AzureCloud.{location}", ports.HTTPS, ports.MQTT_TLS),
)
"""What a probe in the core needs besides, to go out and come back by the public endpoints."""


def rules(role: str, *, probe: bool) -> tuple[Rule, ...]:
    """The rules of a subnet.

    Args:
        role: a key of :data:`RULES`.
        probe: whether a probe runs in the core.
    """
    own = RULES[role]
    if role != "core" or not probe:
        return own
    return (*(rule for rule in own if rule.access == "Allow"), *PROBE_RULES, *_DENY)
