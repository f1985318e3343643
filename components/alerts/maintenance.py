"""When nobody is told: alerts fire and are seen, their action groups are left out. Deleted guards are always told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import alertsmanagement

from components.cell import Cell
from components.component import AmoraComponent

# What people do is no matter of the hour: a vault or a lock that is deleted is told in maintenance too.
# terraform-provider-azurerm, monitor_alert_processing_rule_suppression: values of monitor_service.
_ALWAYS_TOLD: Final = ("ActivityLog Administrative",)


@dataclass(frozen=True, kw_only=True, slots=True)
class MaintenanceArgs:
    """When nobody is told.

    group_id: ARM id of the resource group whose alerts are meant. days: ``Monday`` to ``Sunday``. start, end: UTC,
    ``HH:MM``, on the same day.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    group_id: pulumi.Input[str]
    days: tuple[str, ...]
    start: str
    end: str


class Maintenance(AmoraComponent):
    """An alert processing rule that takes the action groups off, on some days of the week.

    Alerts on what somebody did (the activity log, administrative) keep theirs.
    """

    token = "amora:monitoring:Maintenance"

    def __init__(self, name: str, args: MaintenanceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        alertsmanagement.AlertProcessingRuleByName(
            f"{name}-rule",
            alert_processing_rule_name=args.cell.names.of("Microsoft.AlertsManagement/actionRules", "maintenance"),
            resource_group_name=args.resource_group_name,
            location="global",
            properties=alertsmanagement.AlertProcessingRulePropertiesArgs(
                description="Weekly maintenance: alerts fire, nobody is told.",
                enabled=True,
                scopes=[args.group_id],
                conditions=[
                    alertsmanagement.ConditionArgs(
                        field="MonitorService", operator="NotEquals", values=list(_ALWAYS_TOLD)
                    )
                ],
                actions=[alertsmanagement.RemoveAllActionGroupsArgs(action_type="RemoveAllActionGroups")],
                schedule=alertsmanagement.ScheduleArgs(
                    time_zone="UTC",
                    recurrences=[
                        alertsmanagement.WeeklyRecurrenceArgs(
                            recurrence_type="Weekly",
                            days_of_week=list(args.days),
                            start_time=f"{args.start}:00",
                            end_time=f"{args.end}:00",
                        )
                    ],
                ),
            ),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:alertsmanagement:AlertProcessingRuleByName"),
        )
        self.register_outputs({})
