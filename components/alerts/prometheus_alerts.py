"""Recording and alert rules over the metrics of broker, edge and probe, in Azure's managed Prometheus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import alertsmanagement

from components.alerts.interface import PrometheusRule, RecordingRule
from components.cell import Cell
from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class PrometheusAlertsArgs:
    """What the rules need.

    metrics_id: ARM id of the Azure Monitor workspace. groups: by name, recordings and alerts of each, together at most
    20, evaluated in this order once a minute. action_groups: ARM ids by name.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    metrics_id: pulumi.Input[str]
    groups: Mapping[str, tuple[Sequence[RecordingRule], Sequence[PrometheusRule]]]
    action_groups: Mapping[str, pulumi.Input[str]]


class PrometheusAlerts(AmoraComponent):
    """A rule group for every group."""

    token = "amora:monitoring:PrometheusAlerts"

    def __init__(self, name: str, args: PrometheusAlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        for group, (recordings, alerts) in args.groups.items():
            rules = [*map(_recording, recordings), *(_alert(each, args.action_groups) for each in alerts)]
            self._group(name, args, group, rules)
        self.register_outputs({})

    def _group(
        self, name: str, args: PrometheusAlertsArgs, group: str, rules: list[alertsmanagement.PrometheusRuleArgs]
    ) -> None:
        alertsmanagement.PrometheusRuleGroup(
            f"{name}-{group}",
            rule_group_name=args.cell.names.of("Microsoft.AlertsManagement/prometheusRuleGroups", group),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            scopes=[args.metrics_id],
            enabled=True,
            interval="PT1M",
            rules=rules,
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:alertsmanagement:PrometheusRuleGroup"),
        )


def _recording(rule: RecordingRule) -> alertsmanagement.PrometheusRuleArgs:
    return alertsmanagement.PrometheusRuleArgs(record=rule.name, expression=rule.expression, enabled=True)


def _alert(rule: PrometheusRule, action_groups: Mapping[str, pulumi.Input[str]]) -> alertsmanagement.PrometheusRuleArgs:
    return alertsmanagement.PrometheusRuleArgs(
        alert=rule.id,
        expression=rule.expression,
        for_=rule.pending,
        severity=rule.severity,
        enabled=True,
        annotations={"description": rule.description},
        actions=[alertsmanagement.PrometheusRuleGroupActionArgs(action_group_id=action_groups[rule.group])],
        resolve_configuration=alertsmanagement.PrometheusRuleResolveConfigurationArgs(
            auto_resolved=True, time_to_resolve="PT10M"
        ),
    )
