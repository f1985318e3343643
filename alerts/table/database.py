"""PostgreSQL: alive, its sizes, its connections, its standby."""

from __future__ import annotations

from typing import Final

from alerts.alert import Aggregation, Alert, Figure, Metric, Operator, Threshold, Tiered, same

_AMBA: Final = "Azure Monitor Baseline Alerts, Microsoft.DBforPostgreSQL/flexibleServers"
_GIBIBYTE: Final = 1024**3


def _server(
    name: str,
    aggregation: Aggregation,
    operator: Operator,
    threshold: Threshold,
    window: str = "PT15M",
    frequency: str = "PT5M",
) -> Metric:
    return Metric(
        target="database",
        type="Microsoft.DBforPostgreSQL/flexibleServers",
        name=name,
        aggregation=aggregation,
        operator=operator,
        threshold=threshold,
        window=window,
        frequency=frequency,
    )


ALERTS: Final = (
    Alert(
        id="database-down",
        area="database",
        title="The database answers nobody",
        severity=1,
        signal=_server("is_db_alive", "Maximum", "LessThan", same(1), "PT5M", "PT1M"),
        source=_AMBA,
    ),
    Alert(
        id="database-cpu-high",
        area="database",
        title="The database is short of CPU",
        severity=2,
        signal=_server("cpu_percent", "Average", "GreaterThan", Figure("cpu_percent")),
        source=f"{_AMBA}: 90, here the stack's own",
    ),
    Alert(
        id="database-memory-high",
        area="database",
        title="The database is short of memory",
        severity=2,
        signal=_server("memory_percent", "Average", "GreaterThan", Figure("database_memory_percent")),
        source=f"{_AMBA}: 90; PostgreSQL uses free memory as a cache, so this is above the stack's own",
    ),
    Alert(
        id="database-storage-high",
        area="database",
        title="The database's storage fills up",
        severity=2,
        signal=_server("storage_percent", "Average", "GreaterThan", Figure("storage_percent"), "PT1H"),
        source=f"{_AMBA}: 90, here the stack's own",
    ),
    Alert(
        id="database-storage-full",
        area="database",
        title="The database has so little storage left that it will soon take no writes",
        severity=0,
        signal=_server("storage_percent", "Average", "GreaterThan", Figure("database_full_percent")),
        source="learn.microsoft.com, PostgreSQL flexible server storage: read-only at 95 percent, or with 5 GiB left",
    ),
    Alert(
        id="database-connections-high",
        area="database",
        title="The database has nearly as many connections as it takes",
        severity=2,
        signal=_server("active_connections", "Average", "GreaterThan", Figure("database_connections")),
        source="learn.microsoft.com, Limits in PostgreSQL flexible server: max_connections by size",
    ),
    Alert(
        id="database-connections-failing",
        area="database",
        title="Connections to the database are refused",
        severity=3,
        signal=_server("connections_failed", "Total", "GreaterThan", Tiered(dev=50, prod=20)),
        source=f"{_AMBA}: 5 in 5 minutes; failed log-ins are throttled, so a few are no harm",
    ),
    Alert(
        id="database-disk-busy",
        area="database",
        title="The database's disk does as many operations as it can",
        severity=2,
        signal=_server("disk_iops_consumed_percentage", "Average", "GreaterThan", same(90)),
        source=_AMBA,
    ),
    Alert(
        id="database-transaction-ids",
        area="database",
        title="The database uses up its transaction ids and will stop taking writes",
        severity=1,
        signal=_server("maximum_used_transactionIDs", "Maximum", "GreaterThan", same(1e9), "PT1H", "PT15M"),
        source="postgresql.org, Preventing Transaction ID Wraparound Failures: half of the two billion",
    ),
    Alert(
        id="database-replication-behind",
        area="database",
        title="A copy of the database lags behind",
        severity=2,
        signal=_server("physical_replication_delay_in_bytes", "Maximum", "GreaterThan", same(_GIBIBYTE)),
        source="learn.microsoft.com, PostgreSQL flexible server metrics: replication slots; a failover replays the WAL",
        needs=("standby",),
    ),
)
