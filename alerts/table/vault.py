"""Key Vault: reachable, quick, nothing in it runs out, nobody tries doors."""

from __future__ import annotations

from typing import Final

from alerts.alert import Activity, Aggregation, Alert, Log, Metric, Operator, Threshold, Tiered, same

_AMBA: Final = "Azure Monitor Baseline Alerts, Microsoft.KeyVault/vaults"
_EVENTS: Final = (
    "learn.microsoft.com, Key Vault logging: operations; 30 days before the end, logged with or without a subscriber"
)


def _vault(name: str, operator: Operator, threshold: Threshold, aggregation: Aggregation = "Average") -> Metric:
    return Metric(
        target="vault",
        type="Microsoft.KeyVault/vaults",
        name=name,
        aggregation=aggregation,
        operator=operator,
        threshold=threshold,
    )


ALERTS: Final = (
    Alert(
        id="vault-unavailable",
        area="vault",
        title="The vault fails to answer requests",
        severity=1,
        signal=_vault("Availability", "LessThan", same(90)),
        source=f"{_AMBA}: of the few requests in a quarter of an hour a single failure is a percent or more",
    ),
    Alert(
        id="vault-saturated",
        area="vault",
        title="The vault is near the requests it takes",
        severity=1,
        signal=_vault("SaturationShoebox", "GreaterThan", same(75)),
        source=_AMBA,
    ),
    Alert(
        id="vault-slow",
        area="vault",
        title="The vault takes longer than a second to answer",
        severity=3,
        signal=_vault("ServiceApiLatency", "GreaterThan", same(1000)),
        source=_AMBA,
    ),
    Alert(
        id="secret-near-expiry",
        area="vault",
        title="A secret, key or certificate in the vault ends within 30 days",
        severity=2,
        signal=Log(
            query="""AZKVAuditLogs
| where OperationName endswith "NearExpiryEventGridNotification\"""",
            threshold=same(0),
            window="P1D",
            frequency="PT6H",
            dimensions=("Id",),
        ),
        source=_EVENTS,
    ),
    Alert(
        id="secret-expired",
        area="vault",
        title="A secret, key or certificate in the vault has ended",
        severity=1,
        signal=Log(
            query="""AZKVAuditLogs
| where OperationName endswith "ExpiredEventGridNotification\"""",
            threshold=same(0),
            window="PT1H",
            frequency="PT15M",
            dimensions=("Id",),
        ),
        source=_EVENTS,
    ),
    Alert(
        id="vault-access-denied",
        area="vault",
        title="Somebody asks the vault for what they may not have",
        severity=2,
        signal=Log(
            query="""AZKVAuditLogs
| where HttpStatusCode == 403
| extend caller = coalesce(tostring(Identity.claim.appid), CallerIpAddress)""",
            threshold=Tiered(dev=50, prod=10),
            dimensions=("caller",),
        ),
        source="MCSB LT-3; roles take up to ten minutes to spread, so a few denials follow a deployment",
    ),
    Alert(
        id="vault-deleted",
        area="vault",
        title="Somebody deletes the vault",
        severity=1,
        signal=Activity(
            scope="group",
            equals={"category": "Administrative", "operationName": "Microsoft.KeyVault/vaults/delete"},
        ),
        source=f"{_AMBA}: activity log",
    ),
)
