"""Where logs go: the Log Analytics workspace and, for the SDK's telemetry, Application Insights."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import applicationinsights, operationalinsights

from components.cell import Cell
from components.component import AmoraComponent
from components.diagnostics import diagnostics
from components.lock import delete_lock


@dataclass(frozen=True, kw_only=True, slots=True)
class MonitoringArgs:
    """What monitoring needs.

    resource_group_name: the cell's group. retention_days: 30 to 730. daily_gigabytes: most a day the workspace takes
    in, None without a cap. telemetry_percent: 1 to 100 of the SDK's telemetry that is kept.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    retention_days: int
    daily_gigabytes: float | None
    telemetry_percent: int = 100


class Monitoring(AmoraComponent):
    """The cell's Log Analytics workspace and the Application Insights on top of it."""

    token = "amora:monitoring:Monitoring"
    workspace_id: pulumi.Output[str]
    connection_string: pulumi.Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        workspace = self._workspace(name, args)
        insights = self._insights(name, args, workspace)
        diagnostics(self, f"{name}-workspace", workspace.id, workspace.id, logs=("audit",))
        diagnostics(self, f"{name}-insights", insights.id, workspace.id)
        if args.cell.locks:
            delete_lock(self, f"{name}-workspace", workspace.id, "Logs of the platform; they cannot be had again.")
        self.workspace_id = workspace.id
        # Whoever has it can write telemetry in the platform's name.
        self.connection_string = pulumi.Output.secret(insights.connection_string)
        self.register_outputs({"workspaceId": self.workspace_id, "connectionString": self.connection_string})

    def _workspace(self, name: str, args: MonitoringArgs) -> operationalinsights.Workspace:
        cap = args.daily_gigabytes
        return operationalinsights.Workspace(
            f"{name}-workspace",
            workspace_name=args.cell.names.of("Microsoft.OperationalInsights/workspaces"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
            retention_in_days=args.retention_days,
            workspace_capping=operationalinsights.WorkspaceCappingArgs(daily_quota_gb=cap) if cap is not None else None,
            features=operationalinsights.WorkspaceFeaturesArgs(
                disable_local_auth=True, enable_log_access_using_only_resource_permissions=True
            ),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:operationalinsights:Workspace", protect=args.cell.protect),
        )

    def _insights(
        self, name: str, args: MonitoringArgs, workspace: operationalinsights.Workspace
    ) -> applicationinsights.Component:
        return applicationinsights.Component(
            f"{name}-insights",
            resource_name_=args.cell.names.of("Microsoft.Insights/components"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            kind="web",
            application_type="web",
            ingestion_mode="LogAnalytics",
            workspace_resource_id=workspace.id,
            # Devices and apps have no Entra identity: their SDK sends with the connection string.
            disable_local_auth=False,
            sampling_percentage=args.telemetry_percent,
            # Addresses of users are left out, as is Azure's default.
            disable_ip_masking=False,
            tags=dict(args.cell.tags),
            opts=self.child(
                "azure-native:applicationinsights:Component",
                secret_outputs=("connectionString", "instrumentationKey"),
            ),
        )
