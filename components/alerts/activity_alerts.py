"""Alerts on Azure's activity log: its own incidents, the health of our resources, what nobody should do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor

from components.alerts.interface import ActivityRule
from components.cell import Cell
from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityAlertsArgs:
    """What the alerts need. scopes: ARM id by a rule's scope. rules: of the stack. action_groups: ARM ids by name."""

    cell: Cell
    resource_group_name: pulumi.Input[str]
    scopes: Mapping[str, pulumi.Input[str]]
    rules: tuple[ActivityRule, ...]
    action_groups: Mapping[str, pulumi.Input[str]]


class ActivityAlerts(AmoraComponent):
    """An activity log alert for every rule."""

    token = "amora:monitoring:ActivityAlerts"

    def __init__(self, name: str, args: ActivityAlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        for rule in args.rules:
            self._alert(name, args, rule)
        self.register_outputs({})

    def _alert(self, name: str, args: ActivityAlertsArgs, rule: ActivityRule) -> None:
        monitor.ActivityLogAlert(
            f"{name}-{rule.id}",
            activity_log_alert_name=args.cell.names.of("Microsoft.Insights/activityLogAlerts", rule.id),
            resource_group_name=args.resource_group_name,
            location="global",
            description=rule.description,
            enabled=True,
            scopes=[args.scopes[rule.scope]],
            condition=monitor.AlertRuleAllOfConditionArgs(all_of=_conditions(rule)),
            actions=monitor.ActionListArgs(
                action_groups=[monitor.ActionGroupArgs(action_group_id=args.action_groups[rule.group])]
            ),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:monitor:ActivityLogAlert"),
        )


def _conditions(rule: ActivityRule) -> list[monitor.AlertRuleAnyOfOrLeafConditionArgs]:
    exact = [
        monitor.AlertRuleAnyOfOrLeafConditionArgs(field=field, equals=value) for field, value in rule.equals.items()
    ]
    either = [
        monitor.AlertRuleAnyOfOrLeafConditionArgs(
            any_of=[monitor.AlertRuleLeafConditionArgs(field=field, equals=value) for value in values]
        )
        for field, values in rule.any_of.items()
    ]
    return [*exact, *either]
