"""What is due: exports, logs and metrics within their limits, Azure's own health, the guards of the data."""

from __future__ import annotations

from typing import Final

from alerts.alert import Activity, Alert, Figure, Log, Metric, same

_CAP: Final = "learn.microsoft.com, Set daily cap on a Log Analytics workspace"
_ACCOUNT: Final = "Microsoft.Monitor/accounts"
_LIMITS: Final = "learn.microsoft.com, Monitor Azure Monitor workspace metrics ingestion: 80 percent"

ALERTS: Final = (
    Alert(
        id="export-missed",
        area="backup",
        title="No export of the broker's configuration has reached the store in two days",
        severity=2,
        signal=Log(
            query="""StorageBlobLogs
| where OperationName in ("PutBlob", "PutBlockList") and StatusCode startswith "2"
| where ObjectKey contains "/backup/\"""",
            operator="LessThan",
            threshold=same(1),
            window="P2D",
            frequency="PT6H",
        ),
        source="settings: backup.exportHours; a query looks back two days at most",
        needs=("export",),
    ),
    Alert(
        id="logs-stopped",
        area="cost",
        title="The workspace has reached its daily cap and drops logs until tomorrow",
        severity=1,
        signal=Log(
            query="""_LogOperation
| where Category =~ "Ingestion" and Detail contains "OverQuota\"""",
            threshold=same(0),
            window="PT5M",
        ),
        source=_CAP,
        needs=("daily cap",),
    ),
    Alert(
        id="logs-near-their-cap",
        area="cost",
        title="The workspace has taken in most of what its daily cap lets it",
        severity=2,
        signal=Log(
            query="""Usage
| where IsBillable
| summarize gigabytes = sum(Quantity) / 1000""",
            aggregation="Maximum",
            measure="gigabytes",
            threshold=Figure("log_gigabytes", 0.8),
            window="P1D",
            frequency="PT1H",
        ),
        source=_CAP,
        needs=("daily cap",),
    ),
    Alert(
        id="logs-surging",
        area="cost",
        title="A table takes in twice as much as on the day before",
        severity=3,
        signal=Log(
            query="""Usage
| where IsBillable
| extend today = TimeGenerated > ago(1d)
| summarize now = sumif(Quantity, today), before = sumif(Quantity, not(today)) by DataType
| where now > 1000 and now > 2 * before""",
            threshold=same(0),
            window="P2D",
            frequency="PT6H",
            dimensions=("DataType",),
        ),
        source="learn.microsoft.com, Analyze usage in a Log Analytics workspace; under a gigabyte it is no surge",
    ),
    Alert(
        id="metrics-ingestion-high",
        area="cost",
        title="The metrics workspace takes in nearly as many events a minute as it may",
        severity=3,
        signal=Metric(
            target="metrics",
            type=_ACCOUNT,
            name="EventsPerMinuteIngestedPercentUtilization",
            aggregation="Average",
            operator="GreaterThan",
            threshold=same(80),
            window="PT30M",
        ),
        source=_LIMITS,
    ),
    Alert(
        id="metrics-series-high",
        area="cost",
        title="The metrics workspace holds nearly as many time series as it may",
        severity=3,
        signal=Metric(
            target="metrics",
            type=_ACCOUNT,
            name="ActiveTimeSeriesPercentUtilization",
            aggregation="Average",
            operator="GreaterThan",
            threshold=same(80),
            window="PT30M",
        ),
        source=_LIMITS,
    ),
    Alert(
        id="azure-incident",
        area="health",
        title="Azure reports an incident, a maintenance or an advisory",
        severity=2,
        signal=Activity(scope="subscription", equals={"category": "ServiceHealth"}),
        source="learn.microsoft.com, Service Health alerts; APRL: configure them for every subscription",
    ),
    Alert(
        id="resource-unhealthy",
        area="health",
        title="Azure holds one of the platform's resources for unavailable or degraded",
        severity=1,
        signal=Activity(
            scope="group",
            equals={"category": "ResourceHealth"},
            any_of={
                "properties.currentHealthStatus": ("Unavailable", "Degraded"),
                "properties.cause": ("PlatformInitiated", "Unknown"),
            },
        ),
        source="learn.microsoft.com, Resource Health alerts: what a user did is left out",
    ),
    Alert(
        id="lock-removed",
        area="health",
        title="Somebody takes a delete lock off",
        severity=2,
        signal=Activity(
            scope="group",
            equals={"category": "Administrative", "operationName": "Microsoft.Authorization/locks/delete"},
        ),
        source="learn.microsoft.com, Lock your resources",
    ),
)
