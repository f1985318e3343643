"""Alerts on platform metrics: one rule a resource, since few types take several in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor

from components.alerts.interface import MetricRule
from components.cell import Cell
from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricAlertsArgs:
    """What metric alerts need.

    rules: of the stack. targets: the resources of each target a rule may name, by a name that becomes part of the
    rule's. action_groups: ARM ids by name. depends_on: resources that a target names by text alone.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    rules: tuple[MetricRule, ...]
    targets: Mapping[str, Mapping[str, pulumi.Input[str]]]
    action_groups: Mapping[str, pulumi.Input[str]]
    depends_on: Sequence[pulumi.Resource] = ()


class MetricAlerts(AmoraComponent):
    """A metric alert for every rule and every resource it is about."""

    token = "amora:monitoring:MetricAlerts"

    def __init__(self, name: str, args: MetricAlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        for rule in args.rules:
            if rule.target not in args.targets:
                raise ValueError(f"{rule.id}: found the target {rule.target}; allowed: {', '.join(args.targets)}")
            for resource, resource_id in args.targets[rule.target].items():
                self._alert(name, args, rule, resource, resource_id)
        self.register_outputs({})

    def _alert(
        self, name: str, args: MetricAlertsArgs, rule: MetricRule, resource: str, resource_id: pulumi.Input[str]
    ) -> None:
        monitor.MetricAlert(
            f"{name}-{rule.id}-{resource}",
            rule_name=args.cell.names.of("Microsoft.Insights/metricAlerts", f"{rule.id}-{resource}"),
            resource_group_name=args.resource_group_name,
            location="global",
            description=rule.description,
            severity=rule.severity,
            enabled=True,
            scopes=[resource_id],
            evaluation_frequency=rule.frequency,
            window_size=rule.window,
            criteria=_criteria(rule),
            auto_mitigate=True,
            actions=[monitor.MetricAlertActionArgs(action_group_id=args.action_groups[rule.group])],
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:monitor:MetricAlert", depends_on=args.depends_on),
        )


def _criteria(rule: MetricRule) -> monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs:
    return monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
        odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        all_of=[
            monitor.MetricCriteriaArgs(
                criterion_type="StaticThresholdCriterion",
                name=rule.metric,
                metric_namespace=rule.type,
                metric_name=rule.metric,
                time_aggregation=rule.aggregation,
                operator=rule.operator,
                threshold=rule.threshold,
                dimensions=[
                    monitor.MetricDimensionArgs(name=dimension, operator="Include", values=list(values))
                    for dimension, values in rule.dimensions.items()
                ],
            )
        ],
    )
