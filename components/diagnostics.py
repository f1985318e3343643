"""Diagnostic settings: a resource's logs to the platform's workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import pulumi
from pulumi_azure_native import monitor

if TYPE_CHECKING:
    from components.component import AmoraComponent

# Azure's name for "every log of this type, also those added later".
ALL_LOGS = "allLogs"

OWN_TABLES: Final[Mapping[str, str]] = {
    "azure-native:dbforpostgresql:Server": "PGSQLServerLogs",
    "azure-native:keyvault:Vault": "AZKVAuditLogs",
}
"""Types whose logs go to AzureDiagnostics unless asked, and the table they then go to.

learn.microsoft.com, Azure Monitor Logs reference, by table. Container Apps, registry, storage, Redis, Application
Insights and the workspace always have tables of their own; Front Door, security groups, networks, addresses have none.
"""


def diagnostics(
    owner: AmoraComponent,
    name: str,
    resource_id: pulumi.Input[str],
    workspace_id: pulumi.Input[str],
    *,
    logs: Sequence[str] = (ALL_LOGS,),
    metrics: bool = False,
    own_tables: bool = False,
) -> monitor.DiagnosticSetting:
    """Send a resource's logs to a Log Analytics workspace.

    Args:
        owner: the component the resource belongs to.
        name: logical name of the resource the setting is for.
        resource_id: its ARM id.
        workspace_id: ARM id of the workspace.
        logs: category groups (``allLogs``, ``audit``).
        metrics: whether platform metrics are copied to the workspace too; they cost as logs do and are in Azure
            Monitor anyway, so only types without platform alerts need it.
        own_tables: whether logs go to tables of the type's own instead of AzureDiagnostics; only for types that let
            one choose (:data:`OWN_TABLES`). For others Azure decides, and would show the wish as a drift for ever.
    """
    return monitor.DiagnosticSetting(
        f"{name}-diagnostics",
        name="to-workspace",
        resource_uri=resource_id,
        workspace_id=workspace_id,
        logs=[monitor.DiagnosticsLogSettingsArgs(category_group=group, enabled=True) for group in logs],
        log_analytics_destination_type="Dedicated" if own_tables else None,
        metrics=[monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)] if metrics else [],
        opts=owner.child("azure-native:monitor:DiagnosticSetting"),
    )
