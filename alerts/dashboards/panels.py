"""What an operator sees at a glance: panels in rows, each with the alerts whose thresholds belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from alerts.alert import Aggregation

Unit = Literal["short", "percent", "seconds", "bytes", "ops", "gigabytes"]

COLUMNS: Final = 24
"""Columns of the grid; the portal's has half as many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AzureMetric:
    """A platform metric of the resources the program calls ``target``."""

    target: str
    type: str
    name: str
    aggregation: Aggregation


@dataclass(frozen=True, slots=True)
class PromQl:
    """A PromQL expression, and how its series are named."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Kql:
    """A query over the workspace that gives a time, a number and, where several lines are drawn, a name."""

    query: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One panel. row: its heading. width: of 24 columns. alerts: whose thresholds are drawn into it."""

    title: str
    row: str
    unit: Unit
    source: AzureMetric | PromQl | Kql
    width: int = 8
    alerts: tuple[str, ...] = ()


_APP: Final = "Microsoft.App/containerApps"
_PG: Final = "Microsoft.DBforPostgreSQL/flexibleServers"
_REDIS: Final = "Microsoft.Cache/redisEnterprise"
_DOOR: Final = "Microsoft.Cdn/profiles"


def _metric(target: str, type_: str, name: str, aggregation: Aggregation) -> AzureMetric:
    return AzureMetric(target=target, type=type_, name=name, aggregation=aggregation)


PANELS: Final = (
    Panel(
        title="Clients",
        row="Connections",
        unit="short",
        source=PromQl("sum by (node) (emqx_live_connections_count)", "{{node}}"),
        alerts=("connections-high",),
    ),
    Panel(
        title="Running nodes, as each node sees them",
        row="Connections",
        unit="short",
        source=PromQl("emqx_cluster_nodes_running", "{{node}}"),
        alerts=("cluster-too-small",),
    ),
    Panel(
        title="Log-ins refused a second",
        row="Connections",
        unit="ops",
        source=PromQl("sum by (node) (rate(emqx_authentication_failure[5m]))", "{{node}}"),
    ),
    Panel(
        title="Messages in a second",
        row="Throughput",
        unit="ops",
        source=PromQl("sum by (node) (rate(emqx_messages_received[5m]))", "{{node}}"),
        width=12,
    ),
    Panel(
        title="Messages out a second",
        row="Throughput",
        unit="ops",
        source=PromQl("sum by (node) (rate(emqx_messages_sent[5m]))", "{{node}}"),
        width=12,
    ),
    Panel(
        title="Round trip of the probe, 95th percentile",
        row="Latency",
        unit="seconds",
        source=PromQl("amora:probe_round_trip_seconds:p95_5m", "{{path}}"),
        alerts=("latency-high",),
    ),
    Panel(
        title="Messages slower than the objective",
        row="Latency",
        unit="percent",
        source=PromQl("100 * amora:probe_slow:ratio_1h", "{{path}}"),
    ),
    Panel(
        title="Work that waits in the nodes",
        row="Latency",
        unit="short",
        source=PromQl("emqx_vm_run_queue", "{{node}}"),
        alerts=("broker-run-queue-long",),
    ),
    Panel(
        title="Messages of the probe that were lost",
        row="Errors",
        unit="percent",
        source=PromQl("100 * amora:probe_lost:ratio_1h", "{{path}}"),
    ),
    Panel(
        title="Messages the broker dropped a second",
        row="Errors",
        unit="ops",
        source=PromQl("sum by (node) (rate(emqx_delivery_dropped[5m]))", "{{node}}"),
    ),
    Panel(
        title="Containers that ended",
        row="Errors",
        unit="short",
        source=Kql(
            """ContainerAppSystemLogs
| where Reason in ("ContainerTerminated", "ContainerBackOff", "Error")
| summarize ended = count() by bin(TimeGenerated, 15m), ContainerAppName"""
        ),
    ),
    Panel(
        title="CPU of the database",
        row="Database",
        unit="percent",
        source=_metric("database", _PG, "cpu_percent", "Average"),
        alerts=("database-cpu-high",),
        width=6,
    ),
    Panel(
        title="Storage of the database",
        row="Database",
        unit="percent",
        source=_metric("database", _PG, "storage_percent", "Average"),
        alerts=("database-storage-high", "database-storage-full"),
        width=6,
    ),
    Panel(
        title="Connections of the database",
        row="Database",
        unit="short",
        source=_metric("database", _PG, "active_connections", "Average"),
        alerts=("database-connections-high",),
        width=6,
    ),
    Panel(
        title="The database answers",
        row="Database",
        unit="short",
        source=_metric("database", _PG, "is_db_alive", "Maximum"),
        alerts=("database-down",),
        width=6,
    ),
    Panel(
        title="Memory of the cache",
        row="Cache",
        unit="percent",
        source=_metric("cache", _REDIS, "usedmemorypercentage", "Maximum"),
        alerts=("cache-memory-high",),
        width=12,
    ),
    Panel(
        title="Load of the cache",
        row="Cache",
        unit="percent",
        source=_metric("cache", _REDIS, "serverLoad", "Maximum"),
        alerts=("cache-load-high",),
        width=12,
    ),
    Panel(
        title="Replicas of the edge",
        row="Edge",
        unit="short",
        source=_metric("edge", _APP, "Replicas", "Maximum"),
        alerts=("edge-replicas-low", "edge-at-its-limit"),
        width=6,
    ),
    Panel(
        title="CPU of the edge",
        row="Edge",
        unit="short",
        source=_metric("edge", _APP, "UsageNanoCores", "Average"),
        alerts=("edge-cpu-high",),
        width=6,
    ),
    Panel(
        title="Connections of an edge replica",
        row="Edge",
        unit="short",
        source=PromQl("haproxy_process_current_connections", "{{replica}}"),
        width=6,
    ),
    Panel(
        title="The edge, seen by Front Door",
        row="Edge",
        unit="percent",
        source=_metric("front door", _DOOR, "OriginHealthPercentage", "Average"),
        alerts=("front-door-origin-unhealthy",),
        width=6,
    ),
    Panel(
        title="Taken into the workspace, by table",
        row="Cost",
        unit="gigabytes",
        source=Kql(
            """Usage
| where IsBillable
| summarize gigabytes = sum(Quantity) / 1000 by bin(TimeGenerated, 1d), DataType"""
        ),
        width=12,
    ),
    Panel(
        title="Events a minute in the metrics workspace",
        row="Cost",
        unit="percent",
        source=_metric("metrics", "Microsoft.Monitor/accounts", "EventsPerMinuteIngestedPercentUtilization", "Average"),
        alerts=("metrics-ingestion-high",),
        width=12,
    ),
)
"""The panels, row by row. What fires is a row of its own in each dashboard."""


@dataclass(frozen=True, slots=True)
class Place:
    """A panel and where it stands: columns of 24, and lines."""

    panel: Panel
    x: int
    y: int
    width: int
    height: int


HEADING: Final = 1
HEIGHT: Final = 8
"""Lines of a heading and of a panel."""


def placed(panels: tuple[Panel, ...]) -> list[tuple[str, int, list[Place]]]:
    """The rows: heading, its line, and the panels under it.

    Raises:
        ValueError: panels of a row are wider than the grid.
    """
    rows: list[tuple[str, int, list[Place]]] = []
    y = 0
    for row in dict.fromkeys(panel.row for panel in panels):
        x, places = 0, []
        for panel in (each for each in panels if each.row == row):
            places.append(Place(panel, x, y + HEADING, panel.width, HEIGHT))
            x += panel.width
        if x > COLUMNS:
            raise ValueError(f"row {row}: found {x} columns; allowed: {COLUMNS}")
        rows.append((row, y, places))
        y += HEADING + HEIGHT
    return rows


def panels_of(targets: frozenset[str]) -> tuple[Panel, ...]:
    """The panels whose resources a stack has; those of a row share what is left of it."""
    there = [panel for panel in PANELS if not isinstance(panel.source, AzureMetric) or panel.source.target in targets]
    return tuple(there)
