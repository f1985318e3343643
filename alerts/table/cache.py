"""Redis, managed or classic: memory, load, clients."""

from __future__ import annotations

from typing import Final

from alerts.alert import Aggregation, Alert, Figure, Metric, Threshold, same

_MANAGED: Final = "Microsoft.Cache/redisEnterprise"
_CLASSIC: Final = "Microsoft.Cache/redis"
_BEST: Final = "learn.microsoft.com, Monitor Azure Managed Redis: alerts to begin with"
_AMBA: Final = "Azure Monitor Baseline Alerts, Microsoft.Cache/redis"


def _cache(type_: str, name: str, aggregation: Aggregation, threshold: Threshold) -> Metric:
    return Metric(
        target="cache", type=type_, name=name, aggregation=aggregation, operator="GreaterThan", threshold=threshold
    )


ALERTS: Final = (
    Alert(
        id="cache-memory-high",
        area="cache",
        title="The cache's memory fills up",
        severity=2,
        signal=_cache(_MANAGED, "usedmemorypercentage", "Maximum", Figure("memory_percent")),
        source=_BEST,
        needs=("managed cache",),
    ),
    Alert(
        id="cache-load-high",
        area="cache",
        title="The cache is busy nearly all the time",
        severity=2,
        signal=_cache(_MANAGED, "serverLoad", "Maximum", Figure("cpu_percent")),
        source=_BEST,
        needs=("managed cache",),
    ),
    Alert(
        id="cache-clients-high",
        area="cache",
        title="The cache has nearly as many clients as its size takes",
        severity=3,
        signal=_cache(_MANAGED, "connectedclients", "Maximum", Figure("cache_clients")),
        source="learn.microsoft.com, Azure Managed Redis: 15,000 connections for B0 to B5",
        needs=("managed cache",),
    ),
    Alert(
        id="cache-evicting",
        area="cache",
        title="The cache throws keys away to make room",
        severity=3,
        signal=_cache(_MANAGED, "evictedkeys", "Average", same(0)),
        source=_BEST,
        needs=("managed cache",),
    ),
    Alert(
        id="cache-slow",
        area="cache",
        title="The cache takes longer than 10 ms to answer",
        severity=3,
        signal=_cache(_MANAGED, "cacheLatency", "Average", same(10_000)),
        source="a tenth of what a state update may last on its whole way; in microseconds",
        needs=("managed cache",),
    ),
    Alert(
        id="classic-cache-memory-high",
        area="cache",
        title="The classic cache's memory fills up",
        severity=2,
        signal=_cache(_CLASSIC, "usedmemorypercentage", "Maximum", Figure("memory_percent")),
        source=_AMBA,
        needs=("classic cache",),
    ),
    Alert(
        id="classic-cache-load-high",
        area="cache",
        title="The classic cache is busy nearly all the time",
        severity=2,
        signal=_cache(_CLASSIC, "serverLoad", "Maximum", Figure("cpu_percent")),
        source=_AMBA,
        needs=("classic cache",),
    ),
)
