"""How the platform is kept: protection against deletion, retention, alerts, backup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from settings.groups.base import Group, matching, setting
from settings.groups.data import ObjectId
from settings.secret import Secret

Email = Annotated[
    str,
    matching(
        r"(?=.{6,254}$)[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
    ),
]

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
TimeOfDay = Annotated[str, matching(r"([01]\d|2[0-3]):[0-5]\d")]
RunbookAddress = Annotated[str, matching(r"|https://[^\s?#]{1,200}(?<!/)")]


class Protection(Group):
    """What stands between a mistaken command and data that cannot be had again."""

    protect: bool = setting(
        "Pulumi refuses to delete or replace what holds data: vault, database, DNS zone, workspace.",
        default=False,
    )
    locks: bool = setting("The same resources carry Azure's CanNotDelete lock.", default=False)


class Retention(Group):
    """How long logs and deleted secrets are kept."""

    log_days: int = setting(
        "Days the Log Analytics workspace keeps logs.",
        default=30,
        ge=30,
        le=730,
        source="learn.microsoft.com, Log Analytics retention: 30 to 730 days, the first 31 included in the price",
    )
    log_daily_gigabytes: float | None = setting(
        "Most gigabytes a day the workspace takes in; beyond it logs are dropped. Left out, there is no cap.",
        default=None,
        ge=0.1,
        le=10_000,
    )
    telemetry_percent: int = setting(
        "Percent of the SDK's telemetry that Application Insights keeps where the SDK itself does not sample. Sampling "
        "in the SDK is better: it keeps or leaves a trace as a whole.",
        default=100,
        ge=1,
        le=100,
        source="learn.microsoft.com, Sampling in Application Insights with OpenTelemetry: ingestion sampling",
    )
    console_log_plan: Literal["analytics", "basic"] = setting(
        "Plan that the table with what containers write has been given (how: docs/runbooks/alerts/logs-surging.md). "
        "Basic costs a fifth to take in, keeps 30 days, bills searches, and cannot be alerted on: overdue revocation "
        "lists are then noticed by nobody. Auxiliary is not offered: Azure sets it up on new custom tables that an "
        "agent or an API fills, and this table is Azure's own.",
        default="analytics",
        source="learn.microsoft.com, Log Analytics table plans: ContainerAppConsoleLogs takes Basic; Set up a table "
        "with the Auxiliary plan: supported on new, DCR-based custom tables",
    )
    deleted_secret_days: int = setting(
        "Days a deleted vault or secret can be recovered; create-only.",
        default=90,
        ge=7,
        le=90,
        source="learn.microsoft.com, Key Vault soft-delete overview: 7 to 90 days",
    )


class Operators(Group):
    """Who keeps the platform day by day."""

    groups: Mapping[ObjectId, str] = setting(
        "Entra groups that enrol and revoke devices, sign revocation lists and start the operators' jobs: display name "
        "by object id. Without one, nobody may; the runbook has the rights to give by hand.",
        default={},
        allowed="an object with the groups' object ids, each with the group's display name",
    )


class Metrics(Group):
    """How often metrics are collected, and whether of the edge too."""

    interval_seconds: int = setting(
        "Seconds between two looks at a node, a replica or the probe. Ingestion is paid by the sample.",
        default=30,
        ge=10,
        le=120,
        source="Prometheus takes a series for gone after five minutes without a sample",
    )
    edge: bool = setting(
        "A collector stands beside HAProxy in every replica of the edge. Without it the edge needs one image less, and "
        "it has no alerts on connections and on the nodes it sees.",
        default=True,
    )


class Thresholds(Group):
    """When an alert fires."""

    cpu_percent: int = setting("CPU of a node, a replica or the database.", default=80, ge=10, le=99)
    memory_percent: int = setting("Memory of the same.", default=80, ge=10, le=99)
    storage_percent: int = setting("Storage of the database.", default=80, ge=10, le=99)
    connections_percent: int = setting("Connections, of those planned or taken.", default=80, ge=10, le=99)
    latency_milliseconds: int = setting(
        "95th percentile of the way from a device to an app.",
        default=100,
        ge=1,
        le=10_000,
        source="success criterion of the project: 95 % of state updates under 100 ms",
    )
    undelivered_percent: float = setting(
        "Messages that are not delivered.",
        default=0.1,
        ge=0.001,
        le=50,
        source="success criterion of the project: 99.9 % delivered",
    )
    certificate_days: int = setting("Days left of a certificate or secret.", default=30, ge=1, le=180)


class MaintenanceWindow(Group):
    """A time every week in which alerts are seen in the portal and nobody is told, save of a deleted vault or lock."""

    days: tuple[Weekday, ...] = setting(
        "Days of the week.", allowed="days such as Sunday, 1 to 7", min_length=1, max_length=7
    )
    start: TimeOfDay = setting("When it begins, UTC.", allowed="a time such as 02:00, in quotes")
    end: TimeOfDay = setting("When it ends, UTC; later on the same day.", allowed="a time such as 04:30, in quotes")


class Alerts(Group):
    """Who is told, and when."""

    emails: tuple[Email, ...] = setting(
        "Addresses that receive every alert.",
        default=(),
        allowed="a list of e-mail addresses such as ops@example.com, at most 100",
        max_length=100,
        source="learn.microsoft.com, Azure Monitor limits: action groups",
    )
    webhook: Secret | None = setting("Address that receives every alert, with its token.", default=None)
    app_push: tuple[Email, ...] = setting(
        "Accounts whose Azure mobile app rings when an alert cannot wait (severity 0 and 1).",
        default=(),
        allowed="a list of e-mail addresses of Azure accounts, at most 10",
        max_length=10,
        source="learn.microsoft.com, Azure Monitor limits: 10 Azure app actions an action group",
    )
    maintenance: MaintenanceWindow | None = setting("When alerts tell nobody.", default=None)
    runbooks: RunbookAddress = setting(
        "Where docs/runbooks/alerts is published; alerts then carry links instead of paths.",
        default="",
        allowed="an https address without a final slash, such as https://docs.example.com/runbooks/alerts",
    )
    thresholds: Thresholds = setting("When an alert fires.", default=Thresholds())


class Backup(Group):
    """What can be had again after a loss."""

    enabled: bool = setting(
        "Broker configuration and device register are exported to a storage account of their own.", default=True
    )
    postgres_days: int = setting(
        "Days to which the database can be taken back.",
        default=7,
        ge=7,
        le=35,
        source="learn.microsoft.com, PostgreSQL flexible server backup: 7 to 35 days",
    )
    geo_redundant: bool = setting(
        "Backups of the database, the register of device certificates and the exports are copied to the paired region; "
        "create-only.",
        default=False,
    )
    export_hours: int = setting("Hours between two exports.", default=24, ge=1, le=168)
    export_days: int = setting("Days an export is kept.", default=35, ge=7, le=3650)


class Budget(Group):
    """What a month may cost before somebody is told. A budget tells; it stops nothing."""

    start: Annotated[str, matching(r"20(1[89]|[2-9]\d)-(0[1-9]|1[0-2])")] = setting(
        "Month from which cost is counted. Azure takes the running month or one of the next twelve when the budget is "
        "made, and never changes it: it stays as it is once deployed.",
        default="",
        allowed="a year and a month such as 2026-12",
        computed="none; without it there is no budget",
        source="Microsoft.Consumption/budgets 2024-08-01: timePeriod",
    )
    monthly_amount: int = setting(
        "Cost of a month, in the currency of the subscription's bill.",
        default=0,
        computed="400 USD in dev, 3,000 USD in prod, and 2,944 USD more where a DDoS plan is made",
        ge=1,
        le=1_000_000,
        source="azure.microsoft.com/pricing; the sum is in docs/decisions/0074-budget.md",
    )
