from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.application_gateway import GATEWAY
from tests.policies.cases.key_vault import VAULT
from tests.policies.cases.kubernetes import CLUSTER
from tests.policies.cases.load_balancers import BALANCER
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

WORKSPACE = Kind("operationalinsights:Workspace", baselines.WORKSPACE)
METRICS = Kind("monitor:AzureMonitorWorkspace", baselines.METRICS)
COLLECTION_RULE = Kind("monitor:DataCollectionRule", baselines.COLLECTION_RULE)
INSIGHTS = Kind("applicationinsights:Component", baselines.INSIGHTS)
SETTING = Kind("monitor:DiagnosticSetting", baselines.DIAGNOSTICS)
BLOBS = Kind("storage:BlobServiceProperties", baselines.BLOB_SERVICE)
DOOR = Kind("cdn:Profile", baselines.DOOR)


def logging(*logs: object, **changes: object) -> Subject:
    on = list(logs) or [{"categoryGroup": "allLogs", "enabled": True}]
    return SETTING({"logs": on, **changes}, name="setting", links={"resourceUri": ("subject",)})


def group(name: str, *, enabled: bool = True) -> dict[str, object]:
    return {"categoryGroup": name, "enabled": enabled}


def category(name: str) -> dict[str, object]:
    return {"category": name, "enabled": True}


ALERT = Kind(
    "monitor:ScheduledQueryRule",
    {"enabled": True, "criteria": {"allOf": [{"query": "_LogOperation | where Detail has 'OverQuota'"}]}},
    name="alert",
    links={"scopes": ("subject",)},
)
CAPPED = {"workspaceCapping": {"dailyQuotaGb": 1}}
DOOR_LOGS = ("FrontDoorAccessLog", "FrontDoorHealthProbeLog", "FrontDoorWebApplicationFirewallLog")

CASES: CaseTable = {
    "LOG-01": Cases(
        passes=(WORKSPACE(), WORKSPACE({"retentionInDays": 730}), WORKSPACE.without("retentionInDays")),
        fails=((WORKSPACE({"retentionInDays": 29}), "found 29, wanted 30 or more"),),
        unread=unread(WORKSPACE, "retentionInDays"),
    ),
    "LOG-02": Cases(
        passes=(WORKSPACE(),),
        fails=(
            (WORKSPACE({"features.disableLocalAuth": False}), "features.disableLocalAuth"),
            (WORKSPACE.without("features"), "features.disableLocalAuth"),
        ),
        unread=unread(WORKSPACE, "features.disableLocalAuth"),
    ),
    "LOG-03": Cases(
        passes=(INSIGHTS(),),
        fails=((INSIGHTS.without("workspaceResourceId"), "a workspace"),),
        assumed=(INSIGHTS.unknown("workspaceResourceId"),),
    ),
    "LOG-04": Cases(
        passes=(INSIGHTS(),),
        fails=(
            (INSIGHTS({"disableLocalAuth": False}), "found false"),
            (INSIGHTS.without("disableLocalAuth"), "found false"),
        ),
        unread=unread(INSIGHTS, "disableLocalAuth"),
    ),
    "LOG-05": StackCases(
        passes=(
            (VAULT(), logging()),
            (VAULT(), logging(group("audit"))),
            (VAULT(), logging(category("AuditEvent"))),
            (DOOR(), logging(*(category(name) for name in DOOR_LOGS))),
            (BLOBS(), logging(group("audit"))),
            (CLUSTER(), logging(category("kube-audit-admin"), category("guard"))),
            (GATEWAY(), logging()),
            (BALANCER(), logging()),
            (COLLECTION_RULE(), logging(category("LogErrors"))),
        ),
        fails=(
            ((VAULT(),), "subject", "no logs sent"),
            ((VAULT(), SETTING(name="setting")), "subject", "no logs sent"),
            ((VAULT(), logging(group("allLogs", enabled=False))), "subject", "no logs sent"),
            ((DOOR(), logging(group("audit"))), "subject", "found audit, wanted allLogs"),
            ((CLUSTER(), logging(category("kube-audit-admin"))), "subject", "found kube-audit-admin"),
            ((GATEWAY(),), "subject", "no logs sent"),
            ((DOOR(), logging(category("FrontDoorAccessLog"))), "subject", "FrontDoorAccessLog"),
            ((VAULT(), VAULT(name="other"), logging()), "other", "no logs sent"),
            ((COLLECTION_RULE(), logging(group("audit"))), "subject", "found audit, wanted allLogs"),
        ),
        unread=(((VAULT(), logging(UNKNOWN)), "logs.0"), ((VAULT(), logging(logs=UNKNOWN)), "logs")),
        assumed=((VAULT(), logging(resourceUri=UNKNOWN)),),
    ),
    "LOG-06": Cases(
        passes=(SETTING(), SETTING({"logs": [], "metrics": [{"category": "AllMetrics", "enabled": True}]})),
        fails=(
            (SETTING({"logs": []}), "none enabled"),
            (SETTING({"logs.0.enabled": False}), "none enabled"),
            (SETTING.without("workspaceId"), "the workspace"),
        ),
        unread=unread(SETTING, "logs", "logs.0.enabled"),
        assumed=(SETTING.unknown("workspaceId"),),
    ),
    "LOG-07": StackCases(
        passes=(
            (WORKSPACE(),),
            (WORKSPACE({"workspaceCapping": {"dailyQuotaGb": -1}}),),
            (WORKSPACE(CAPPED), ALERT()),
        ),
        fails=(
            ((WORKSPACE(CAPPED),), "subject", "workspaceCapping.dailyQuotaGb: found 1 and no alert"),
            ((WORKSPACE(CAPPED), ALERT(links={})), "subject", "an alert that names OverQuota"),
            ((WORKSPACE(CAPPED), ALERT({"enabled": False})), "subject", "no alert"),
            ((WORKSPACE(CAPPED), ALERT({"criteria.allOf.0.query": "Heartbeat"})), "subject", "no alert"),
        ),
        unread=(((WORKSPACE({"workspaceCapping": UNKNOWN}),), "workspaceCapping"),),
        assumed=((WORKSPACE(CAPPED), ALERT({"scopes": UNKNOWN})),),
    ),
}
