"""What the alerts need to know of a stack: its sizes, its tolerances, and which parts it has."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Final

from settings.model import Settings
from settings.planning import CLIENTS_A_PROFILE

_DAY_SECONDS: Final = 86_400
_GIBIBYTE: Final = 1024**3
_NANO: Final = 10**9

# learn.microsoft.com, Azure Container Registry service tiers: GiB that are in the price.
_REGISTRY_GIBIBYTES: Final = {"Basic": 10, "Standard": 100, "Premium": 500}
# Of the memory above the stack's threshold, what PostgreSQL may use as a cache: 88 percent where it is 80.
_CACHE_SHARE: Final = 0.4
# Of the storage, kept for whoever is called: 4 GiB of 128.
_TIME_TO_GROW_PERCENT: Final = 3
# learn.microsoft.com, Azure Managed Redis: connections of B0 to B5; the classic C0 and C1 have fewer.
_CACHE_CLIENTS: Final = 15_000
# learn.microsoft.com, PostgreSQL flexible server compute: GiB of memory a vCore; of burstable sizes by the size.
_MEMORY_A_CORE: Final = {"D": 4, "E": 8}
_BURSTABLE_MEMORY: Final = {
    "B1ms": 2,
    "B2s": 4,
    "B2ms": 8,
    "B4ms": 16,
    "B8ms": 32,
    "B12ms": 48,
    "B16ms": 64,
    "B20ms": 80,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """A stack's figures. Percent are 0 to 100, bytes and seconds are whole.

    tier: whose thresholds of the table hold. features: parts it has, by the names in :attr:`Alert.needs`.
    node_nano_cores, node_bytes and those of the edge: use above which a replica is short. delivery_budget: share of
    messages that may be lost. database_full_percent: use of the storage just below that at which the server takes no
    more writes; database_memory_percent: use of its memory, beyond what serves as a cache. latency_seconds: what the
    95th percentile may last; latency_budget: share that may be slower. expiry_seconds: notice before a certificate or
    licence ends.
    """

    tier: str
    features: frozenset[str]
    nodes: int
    node_cores: float
    node_nano_cores: int
    node_bytes: int
    edge_least: int
    edge_most: int
    edge_nano_cores: int
    edge_bytes: int
    cpu_percent: float
    memory_percent: float
    storage_percent: float
    connections_percent: float
    connections: int
    database_connections: int
    database_full_percent: float
    database_memory_percent: float
    cache_clients: int
    web_sockets: int
    registry_bytes: int
    latency_seconds: float
    latency_budget: float
    delivery_budget: float
    expiry_seconds: int
    log_gigabytes: float
    export_hours: int

    def value(self, name: str) -> float:
        """A figure by its name.

        Raises:
            KeyError: there is none of that name.
        """
        if name not in NUMBERS:
            raise KeyError(f"there is no figure {name!r}; there are {', '.join(NUMBERS)}")
        return getattr(self, name)


NUMBERS: Final = tuple(field.name for field in fields(Figures) if field.name not in ("tier", "features"))
"""Names of the figures a threshold or a query may ask for."""

FEATURES: Final = {
    "call": "somebody who is called",
    "cluster": "more than one node",
    "licence": "an EMQX licence",
    "emqx 6": "EMQX 6.2 or later on every node",
    "front door": "Front Door before the app clients",
    "nat": "a NAT gateway",
    "probe": "the synthetic probe",
    "standby": "a standby of the database",
    "managed cache": "Azure Managed Redis",
    "classic cache": "Azure Cache for Redis",
    "daily cap": "a daily cap of the workspace",
    "edge metrics": "a collector beside HAProxy",
    "export": "an export of the broker's configuration at least once a day",
    "console log alerts": "console logs on the Analytics plan",
}
"""What an alert may need, in words that go with "needs" and with "without"."""


def figures(settings: Settings) -> Figures:
    """The figures of a stack."""
    limits, nodes = settings.alerts.thresholds, len(settings.emqx.slots)
    cpu, memory = limits.cpu_percent / 100, limits.memory_percent / 100
    share = limits.connections_percent / 100
    return Figures(
        tier=settings.tier,
        features=_features(settings),
        nodes=nodes,
        node_cores=settings.emqx.cpu,
        node_nano_cores=round(settings.emqx.cpu * _NANO * cpu),
        node_bytes=round(settings.emqx.memory_gigabytes * _GIBIBYTE * memory),
        edge_least=settings.edge.min_replicas,
        edge_most=settings.edge.max_replicas,
        edge_nano_cores=round(settings.edge.cpu * _NANO * cpu),
        edge_bytes=round(settings.edge.memory_gigabytes * _GIBIBYTE * memory),
        cpu_percent=limits.cpu_percent,
        memory_percent=limits.memory_percent,
        storage_percent=limits.storage_percent,
        connections_percent=limits.connections_percent,
        connections=round(settings.capacity.connections * share),
        database_connections=round(largest_connections(settings.postgres.sku) * share),
        database_full_percent=read_only_percent(settings.postgres.storage_gigabytes) - _TIME_TO_GROW_PERCENT,
        database_memory_percent=round(limits.memory_percent + (100 - limits.memory_percent) * _CACHE_SHARE, 1),
        cache_clients=round(_CACHE_CLIENTS * share),
        web_sockets=round(CLIENTS_A_PROFILE * share),
        registry_bytes=round(_REGISTRY_GIBIBYTES[settings.registry.sku] * _GIBIBYTE * limits.storage_percent / 100),
        latency_seconds=limits.latency_milliseconds / 1000,
        latency_budget=0.05,
        delivery_budget=round(limits.undelivered_percent / 100, 8),
        expiry_seconds=limits.certificate_days * _DAY_SECONDS,
        log_gigabytes=settings.retention.log_daily_gigabytes or 0,
        export_hours=settings.backup.export_hours,
    )


def _features(settings: Settings) -> frozenset[str]:
    there = {
        "call": bool(settings.alerts.app_push) or settings.alerts.webhook is not None,
        "cluster": len(settings.emqx.slots) > 1,
        "licence": settings.emqx.licence is not None,
        "emqx 6": all(slot.version.startswith("6.") for slot in settings.emqx.slots.values()),
        "front door": settings.front_door.entry == "frontDoor",
        "nat": settings.network.outbound == "nat",
        "probe": settings.probe.enabled,
        "standby": settings.postgres.high_availability != "none",
        "managed cache": settings.redis.kind == "managed",
        "classic cache": settings.redis.kind == "classic",
        "daily cap": settings.retention.log_daily_gigabytes is not None,
        "edge metrics": settings.metrics.edge,
        "export": settings.backup.enabled and settings.backup.export_hours <= 24,
        "console log alerts": settings.retention.console_log_plan == "analytics",
    }
    return frozenset(name for name, given in there.items() if given)


def largest_connections(sku: str) -> int:
    """What PostgreSQL flexible server takes for ``max_connections`` at a size, where nobody says otherwise.

    learn.microsoft.com, Limits in PostgreSQL flexible server: 25 a GiB up to 2 GiB of memory, 107.43 a GiB above, at
    most 5,000.
    """
    size = sku.removeprefix("Standard_")
    memory = _BURSTABLE_MEMORY.get(size)
    if memory is None:
        family, cores = re.findall(r"([A-Z])(\d+)", size)[0]
        memory = _MEMORY_A_CORE.get(family, 4) * int(cores)
    return min(int(memory * (25 if memory <= 2 else 0.1049164697034809 * 1024)), 5000)


def read_only_percent(gibibytes: int) -> float:
    """Use of its storage from which PostgreSQL flexible server takes no writes, in percent.

    learn.microsoft.com, Storage options in PostgreSQL flexible server: at 95 percent, or with less than 5 GiB left.
    """
    return min(95, 100 * (1 - 5 / gibibytes))
