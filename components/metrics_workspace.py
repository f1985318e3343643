"""Where metrics go: the Azure Monitor workspace, and the way Prometheus writes into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_azure_native import monitor

from components.app_identity import Right
from components.cell import Cell
from components.component import AmoraComponent
from components.diagnostics import diagnostics
from components.lock import delete_lock

STREAM: Final = "Microsoft-PrometheusMetrics"
"""The stream of Prometheus' metrics (Microsoft.Insights REST, data collection rules)."""

_DESTINATION: Final = "workspace"
_RULES: Final = "Microsoft.Insights/dataCollectionRules"

# Part of the address that the workspace itself names as its ingestion endpoint.
_WRITE_VERSION: Final = "2023-04-24"


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsWorkspaceArgs:
    """What the workspace needs.

    resource_group_name: the cell's group. workspace_id: the Log Analytics workspace, for the rule's errors.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]


class MetricsWorkspace(AmoraComponent):
    """An Azure Monitor workspace with an endpoint and a rule of its own for remote write.

    Azure makes an endpoint and a rule with every workspace, in a resource group that it manages; ours carry our tags,
    send their errors to our logs, and are known by name before a deployment (docs/decisions/0095-metrics.md).

    workspace_id: ARM id, for rules and dashboards. query_endpoint: where PromQL is asked. write_url: where Prometheus
    writes. rule_id: the data collection rule, on which whoever writes has a right.
    """

    token = "amora:monitoring:MetricsWorkspace"
    workspace_id: pulumi.Output[str]
    query_endpoint: pulumi.Output[str]
    write_url: pulumi.Output[str]
    rule_id: pulumi.Output[str]
    rule_scope_name: str

    def __init__(self, name: str, args: MetricsWorkspaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        workspace = self._workspace(name, args)
        endpoint = self._endpoint(name, args)
        rule = self._rule(name, args, workspace, endpoint)
        diagnostics(self, f"{name}-rule", rule.id, args.workspace_id)
        if args.cell.locks:
            delete_lock(self, f"{name}-workspace", workspace.id, "Metrics of the platform; they cannot be had again.")
        self.workspace_id = workspace.id
        self.query_endpoint = workspace.metrics.apply(_query_endpoint)
        self.write_url = pulumi.Output.concat(
            endpoint.metrics_ingestion.apply(_ingestion_endpoint),
            "/dataCollectionRules/",
            rule.immutable_id,
            f"/streams/{STREAM}/api/v1/write?api-version={_WRITE_VERSION}",
        )
        self.rule_id = rule.id
        self.rule_scope_name = f"{_RULES}/{args.cell.names.of(_RULES, 'metrics')}"
        self.register_outputs(
            {
                "workspaceId": self.workspace_id,
                "queryEndpoint": self.query_endpoint,
                "writeUrl": self.write_url,
                "ruleId": self.rule_id,
            }
        )

    def right_to_write(self) -> Right:
        """What a collector's identity needs: on the rule alone."""
        return Right(
            name="metrics",
            role="Monitoring Metrics Publisher",
            scope=self.rule_id,
            scope_name=self.rule_scope_name,
        )

    def _workspace(self, name: str, args: MetricsWorkspaceArgs) -> monitor.AzureMonitorWorkspace:
        return monitor.AzureMonitorWorkspace(
            f"{name}-workspace",
            azure_monitor_workspace_name=args.cell.names.of("Microsoft.Monitor/accounts"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            # Entra identities alone write and ask; without the public way rules and the portal could not ask either.
            public_network_access="Enabled",
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:monitor:AzureMonitorWorkspace", protect=args.cell.protect),
        )

    def _endpoint(self, name: str, args: MetricsWorkspaceArgs) -> monitor.DataCollectionEndpoint:
        return monitor.DataCollectionEndpoint(
            f"{name}-endpoint",
            data_collection_endpoint_name=args.cell.names.of("Microsoft.Insights/dataCollectionEndpoints", "metrics"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            kind="Linux",
            description="Takes in Prometheus' metrics.",
            network_acls=monitor.DataCollectionEndpointNetworkAclsArgs(public_network_access="Enabled"),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:monitor:DataCollectionEndpoint"),
        )

    def _rule(
        self,
        name: str,
        args: MetricsWorkspaceArgs,
        workspace: monitor.AzureMonitorWorkspace,
        endpoint: monitor.DataCollectionEndpoint,
    ) -> monitor.DataCollectionRule:
        return monitor.DataCollectionRule(
            f"{name}-rule",
            data_collection_rule_name=args.cell.names.of(_RULES, "metrics"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            kind="Linux",
            description="Prometheus' metrics into the workspace.",
            data_collection_endpoint_id=endpoint.id,
            data_sources=monitor.DataCollectionRuleDataSourcesArgs(
                prometheus_forwarder=[monitor.PrometheusForwarderDataSourceArgs(name="prometheus", streams=[STREAM])]
            ),
            destinations=monitor.DataCollectionRuleDestinationsArgs(
                monitoring_accounts=[
                    monitor.MonitoringAccountDestinationArgs(name=_DESTINATION, account_resource_id=workspace.id)
                ]
            ),
            data_flows=[monitor.DataFlowArgs(streams=[STREAM], destinations=[_DESTINATION])],
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:monitor:DataCollectionRule"),
        )


def _query_endpoint(metrics: Any) -> str:
    return metrics.prometheus_query_endpoint


def _ingestion_endpoint(ingestion: Any) -> str:
    return ingestion.endpoint
