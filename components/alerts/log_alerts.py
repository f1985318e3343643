"""Alerts on logs: KQL over the workspace, by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor

from components.alerts.interface import LogRule
from components.cell import Cell
from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class LogAlertsArgs:
    """What log alerts need. workspace_id: where they ask. rules: of the stack. action_groups: ARM ids by name."""

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    rules: tuple[LogRule, ...]
    action_groups: Mapping[str, pulumi.Input[str]]


class LogAlerts(AmoraComponent):
    """A log search alert for every rule."""

    token = "amora:monitoring:LogAlerts"

    def __init__(self, name: str, args: LogAlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        for rule in args.rules:
            self._alert(name, args, rule)
        self.register_outputs({})

    def _alert(self, name: str, args: LogAlertsArgs, rule: LogRule) -> None:
        monitor.ScheduledQueryRule(
            f"{name}-{rule.id}",
            rule_name=args.cell.names.of("Microsoft.Insights/scheduledQueryRules", rule.id),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            kind="LogAlert",
            display_name=rule.id,
            description=rule.description,
            severity=rule.severity,
            enabled=True,
            scopes=[args.workspace_id],
            evaluation_frequency=rule.frequency,
            window_size=rule.window,
            criteria=monitor.ScheduledQueryRuleCriteriaArgs(all_of=[_condition(rule)]),
            auto_mitigate=True,
            # A table nothing has written to yet would be refused; the tests have parsed the query.
            skip_query_validation=True,
            actions=monitor.ActionsArgs(action_groups=[args.action_groups[rule.group]]),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:monitor:ScheduledQueryRule"),
        )


def _condition(rule: LogRule) -> monitor.ConditionArgs:
    return monitor.ConditionArgs(
        criterion_type="StaticThresholdCriterion",
        query=rule.query,
        time_aggregation=rule.aggregation,
        metric_measure_column=rule.measure or None,
        # ARM's own words: the SDK's enumeration lacks some of them and spells others otherwise.
        operator=rule.operator,
        threshold=rule.threshold,
        dimensions=[monitor.DimensionArgs(name=column, operator="Include", values=["*"]) for column in rule.dimensions],
        failing_periods=monitor.ConditionFailingPeriodsArgs(
            number_of_evaluation_periods=1, min_failing_periods_to_alert=1
        ),
    )
