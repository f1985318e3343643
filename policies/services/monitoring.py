"""Logs: that they are kept, and that everything that writes any sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about, is_at_least, is_flag, is_given
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule

_WORKSPACE: Final = "azure-native:operationalinsights:Workspace"
_INSIGHTS: Final = "azure-native:applicationinsights:Component"
_SETTING: Final = "azure-native:monitor:DiagnosticSetting"
_QUERY_ALERT: Final = "azure-native:monitor:ScheduledQueryRule"
_EVERY_LOG: Final = "allLogs"
# The words of the entry that a workspace writes when it stops to take logs (learn.microsoft.com, "Set daily cap").
_CAP_REACHED: Final = "overquota"
# How Azure writes "no cap".
_NO_CAP: Final = -1.0

# Types with resource logs, and the log categories that must be on (learn.microsoft.com, "Supported resource log
# categories"); a category group that holds them does as well.
LOGS: Final[Mapping[str, tuple[str, ...]]] = {
    "azure-native:app:ManagedEnvironment": ("ContainerAppConsoleLogs", "ContainerAppSystemLogs"),
    "azure-native:applicationinsights:Component": (),
    "azure-native:cdn:Profile": (
        "FrontDoorAccessLog",
        "FrontDoorHealthProbeLog",
        "FrontDoorWebApplicationFirewallLog",
    ),
    "azure-native:containerregistry:Registry": ("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"),
    "azure-native:containerservice:ManagedCluster": ("kube-audit-admin", "guard"),
    "azure-native:dbforpostgresql:Server": ("PostgreSQLLogs",),
    "azure-native:keyvault:Vault": ("AuditEvent",),
    "azure-native:monitor:DataCollectionRule": ("LogErrors",),
    "azure-native:network:ApplicationGateway": ("ApplicationGatewayAccessLog", "ApplicationGatewayFirewallLog"),
    "azure-native:network:BastionHost": ("BastionAuditLogs",),
    "azure-native:network:LoadBalancer": ("LoadBalancerHealthEvent",),
    "azure-native:network:NetworkSecurityGroup": ("NetworkSecurityGroupEvent",),
    "azure-native:network:PublicIPAddress": ("DDoSProtectionNotifications",),
    "azure-native:network:VirtualNetwork": (),
    "azure-native:operationalinsights:Workspace": ("Audit",),
    "azure-native:redis:Redis": ("ConnectedClientList",),
    "azure-native:redisenterprise:Database": ("ConnectionEvents",),
    # A storage account's logs are those of its services.
    "azure-native:storage:BlobServiceProperties": ("StorageRead", "StorageWrite", "StorageDelete"),
    "azure-native:trafficmanager:Profile": ("ProbeHealthStatusEvents",),
}
# Types whose category group `audit` holds every category of LOGS.
_AUDIT_SUFFICES: Final = frozenset(
    {
        "azure-native:containerregistry:Registry",
        "azure-native:keyvault:Vault",
        "azure-native:network:BastionHost",
        "azure-native:operationalinsights:Workspace",
        "azure-native:redis:Redis",
        "azure-native:redisenterprise:Database",
        "azure-native:storage:BlobServiceProperties",
    }
)

RETENTION = Rule(
    id="LOG-01",
    title="Logs are kept for 30 days or longer",
    severity=Severity.MEDIUM,
    applies_to=(_WORKSPACE,),
    protects="whoever looks for what happened before an incident was noticed",
    references=("learn.microsoft.com, Log Analytics retention",),
    remedy="set retention.logDays to 30 or more",
    judge=is_at_least("retentionInDays", 30, default=30),
)

LOCAL_AUTH = Rule(
    id="LOG-02",
    title="The workspace takes logs by Entra identities, not by its shared key",
    severity=Severity.MEDIUM,
    applies_to=(_WORKSPACE,),
    protects="the logs, from entries that nobody vouches for",
    references=("MCSB IM-1", "learn.microsoft.com, Microsoft Entra authentication for Azure Monitor Logs"),
    remedy="set features.disableLocalAuth to true",
    judge=is_flag("features.disableLocalAuth", wanted=True, default=False),
)

WORKSPACE_BASED = Rule(
    id="LOG-03",
    title="Application Insights keeps its data in the workspace",
    severity=Severity.MEDIUM,
    applies_to=(_INSIGHTS,),
    protects="telemetry: the classic kind was retired on 2024-02-29",
    references=("Azure.AppInsights.Workspace",),
    remedy="set workspaceResourceId",
    judge=is_given("workspaceResourceId", "a workspace"),
)

INSIGHTS_LOCAL_AUTH = Rule(
    id="LOG-04",
    title="Application Insights takes telemetry by Entra identities",
    severity=Severity.MEDIUM,
    applies_to=(_INSIGHTS,),
    protects="telemetry, from entries that nobody vouches for",
    references=("Azure.AppInsights.LocalAuth", "MCSB IM-1"),
    remedy="set disableLocalAuth to true",
    judge=is_flag("disableLocalAuth", wanted=True, default=False),
)

DIAGNOSTICS = StackRule(
    id="LOG-05",
    title="Everything that has logs sends them to the workspace",
    severity=Severity.MEDIUM,
    about=tuple(LOGS),
    protects="whoever has to find out what happened",
    references=(
        "Azure.KeyVault.Logs",
        "Azure.FrontDoor.Logs",
        "Azure.AKS.AuditAdmin",
        "MCSB LT-3",
    ),
    remedy="add diagnostics(...) for the resource to its component (components/diagnostics.py)",
)


@DIAGNOSTICS.check
def _(stack: Stack) -> Judged:
    return about(stack.of(*LOGS), lambda resource: _silent(stack, resource))


DESTINATION = Rule(
    id="LOG-06",
    title="A diagnostic setting sends something to the workspace",
    severity=Severity.LOW,
    applies_to=(_SETTING,),
    protects="whoever has to find out what happened",
    references=("MCSB LT-3",),
    remedy="set workspaceId, and enable a category group of logs or metrics",
)


@DESTINATION.check
def _(setting: Resource) -> Iterator[Finding]:
    if not setting.given("workspaceId"):
        yield Finding("workspaceId", NOTHING, "the workspace")
    if not _enabled(setting, "logs") and not _enabled(setting, "metrics"):
        yield Finding("logs", "none enabled", "an enabled category group or category")


CAP_ALERT = StackRule(
    id="LOG-07",
    title="A workspace of production that stops at a daily amount tells somebody",
    severity=Severity.MEDIUM,
    about=(_WORKSPACE,),
    protects="whoever looks for what happened on a day whose logs were cut off",
    references=("learn.microsoft.com, Set daily cap on Log Analytics workspace",),
    remedy="leave retention.logDailyGigabytes out, or add a ScheduledQueryRule on the workspace for OverQuota",
    levels=IN_PROD,
)


@CAP_ALERT.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_WORKSPACE), lambda workspace: _capped_in_silence(stack, workspace))


def _capped_in_silence(stack: Stack, workspace: Resource) -> Finding | None:
    path = "workspaceCapping.dailyQuotaGb"
    cap = workspace.number(path, _NO_CAP)
    if cap == _NO_CAP or any(_tells_of_cap(rule) for rule in stack.linking(workspace, _QUERY_ALERT, "scopes")):
        return None
    return Finding(path, f"{cap:g} and no alert", "an alert that names OverQuota")


def _tells_of_cap(rule: Resource) -> bool:
    queries = (item.text("query").casefold() for item in rule.items("criteria.allOf"))
    return rule.flag("enabled", default=True) and any(_CAP_REACHED in query for query in queries)


def _silent(stack: Stack, resource: Resource) -> Finding | None:
    wanted = LOGS[resource.token]
    sent: set[str] = set()
    for setting in stack.linking(resource, _SETTING, "resourceUri"):
        sent |= _enabled(setting, "logs")
    enough = {_EVERY_LOG, *(("audit",) if resource.token in _AUDIT_SUFFICES else ())}
    if sent & enough or (wanted and sent.issuperset(wanted)):
        return None
    return Finding("", ", ".join(sorted(sent)) or "no logs sent", " or ".join(sorted(enough)))


def _enabled(setting: Resource, kind: str) -> set[str]:
    on = [item for item in setting.items(kind) if item.flag("enabled", default=False)]
    return {item.text("categoryGroup") or item.text("category") for item in on}
