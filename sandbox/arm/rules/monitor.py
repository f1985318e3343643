"""Rules of logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known, one_of, open_to_doubt
from sandbox.protocol.package import Values

_WORKSPACE: Final = "microsoft.operationalinsights/workspaces"
_COMPONENT: Final = "microsoft.insights/components"
_DIAGNOSTIC: Final = "microsoft.insights/diagnosticsettings"
_DESTINATIONS: Final = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")


def _quota(values: Values) -> Iterator[tuple[str, str]]:
    quota = known(values, "workspaceCapping.dailyQuotaGb")
    if isinstance(quota, int | float) and quota != -1 and quota < 0.023:
        yield "workspaceCapping.dailyQuotaGb", f"{quota} is neither -1 (no cap) nor at least 0.023"


def _workspace_based(values: Values) -> Iterator[tuple[str, str]]:
    if "workspaceResourceId" not in values:
        yield "workspaceResourceId", "missing; classic Application Insights was retired on 2024-02-29"


def _has_destination(values: Values) -> Iterator[tuple[str, str]]:
    if not any(name in values for name in _DESTINATIONS):
        yield "workspaceId", f"no destination; give one of {', '.join(_DESTINATIONS)}"


def _categories(values: Values) -> Iterator[tuple[str, str]]:
    logs = known(values, "logs") or []
    groups = [each.get("categoryGroup") for each in logs if each.get("categoryGroup")]
    single = [each.get("category") for each in logs if each.get("category")]
    if groups and single:
        yield "logs", f"category groups {groups} and categories {single} are both given; Azure takes one kind"


def _something(values: Values) -> Iterator[tuple[str, str]]:
    named = known(values, "logs") or known(values, "metrics")
    if not named and not open_to_doubt(values, "logs", "metrics"):
        yield "logs", "neither logs nor metrics are named; a setting without either is refused"


RULES: Final = (
    between(
        "workspace-retention",
        _WORKSPACE,
        "retentionInDays",
        30,
        730,
        "learn.microsoft.com, Manage data retention in a Log Analytics workspace (PerGB2018)",
    ),
    Rule("workspace-quota", (_WORKSPACE,), "range", "learn.microsoft.com, Set daily cap on a workspace", _quota),
    one_of(
        "insights-retention",
        _COMPONENT,
        "retentionInDays",
        (30, 60, 90, 120, 180, 270, 365, 550, 730),
        "learn.microsoft.com, Application Insights data retention",
    ),
    Rule(
        "insights-workspace",
        (_COMPONENT,),
        "relation",
        "learn.microsoft.com, Migrate to workspace-based Application Insights",
        _workspace_based,
    ),
    Rule("diagnostic-destination", (_DIAGNOSTIC,), "relation", "REST: Diagnostic Settings - Create", _has_destination),
    Rule("diagnostic-categories", (_DIAGNOSTIC,), "relation", "REST: Diagnostic Settings - Create", _categories),
    Rule("diagnostic-something", (_DIAGNOSTIC,), "relation", "REST: Diagnostic Settings - Create", _something),
)
