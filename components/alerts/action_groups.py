"""Who is told: one group that calls somebody at any hour, one that waits for the morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import monitor

from components.cell import Cell
from components.component import AmoraComponent

PAGE: Final = "page"
NOTIFY: Final = "notify"
# At most 12 characters (Microsoft.Insights REST: groupShortName); it begins every message.
_SHORT: Final = {PAGE: "amora page", NOTIFY: "amora notify"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionGroupsArgs:
    """Who receives alerts.

    emails: every alert, at most 100. app_push: Azure accounts whose mobile app rings for what cannot wait, at most 10.
    webhook: address that receives every alert, with its token; None for none.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    emails: tuple[str, ...]
    app_push: tuple[str, ...]
    webhook: pulumi.Output[str] | None


class ActionGroups(AmoraComponent):
    """The action groups by name, ``page`` and ``notify``: their ARM ids."""

    token = "amora:monitoring:ActionGroups"
    ids: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ActionGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.ids = {
            PAGE: self._group(name, args, PAGE, app_push=args.app_push).id,
            NOTIFY: self._group(name, args, NOTIFY, app_push=()).id,
        }
        self.register_outputs({"ids": self.ids})

    def _group(self, name: str, args: ActionGroupsArgs, role: str, *, app_push: Sequence[str]) -> monitor.ActionGroup:
        return monitor.ActionGroup(
            f"{name}-{role}",
            action_group_name=args.cell.names.of("Microsoft.Insights/actionGroups", role),
            resource_group_name=args.resource_group_name,
            location="global",
            group_short_name=_SHORT[role],
            enabled=True,
            email_receivers=[
                {"name": f"email-{number}", "email_address": address, "use_common_alert_schema": True}
                for number, address in enumerate(args.emails, start=1)
            ],
            azure_app_push_receivers=[
                {"name": f"app-{number}", "email_address": address} for number, address in enumerate(app_push, start=1)
            ],
            webhook_receivers=[
                monitor.WebhookReceiverArgs(name="webhook", service_uri=args.webhook, use_common_alert_schema=True)
            ]
            if args.webhook is not None
            else [],
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:monitor:ActionGroup"),
        )
