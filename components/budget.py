"""The budget of a cell: whoever answers for it is told before the money is gone, and when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import consumption

from components.cell import Cell
from components.component import AmoraComponent

# Percent of the month's amount -> what is held against it: the cost so far, or Azure's forecast of the whole month.
# The forecast comes first in time; 80 and 100 are what Azure's own quickstart tells.
NOTIFICATIONS: Final[Mapping[str, tuple[int, str]]] = {
    "forecasted-100": (100, "Forecasted"),
    "actual-80": (80, "Actual"),
    "actual-100": (100, "Actual"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetArgs:
    """What a budget needs.

    scope: id of the resource group whose cost counts. monthly_amount: in the currency of the subscription's bill.
    start: the first month, ``2026-12``; Azure takes the running one or one of the next twelve and never changes it.
    emails: who is told, at least one.
    """

    cell: Cell
    scope: pulumi.Input[str]
    monthly_amount: int
    start: str
    emails: tuple[str, ...]


class Budget(AmoraComponent):
    """A monthly budget over the cell's resource group. It tells; it stops nothing."""

    token = "amora:cost:Budget"

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        consumption.Budget(
            f"{name}-monthly",
            budget_name=args.cell.names.of("Microsoft.Consumption/budgets"),
            scope=args.scope,
            category="Cost",
            amount=args.monthly_amount,
            time_grain="Monthly",
            # Without an end Azure takes one ten years later.
            time_period=consumption.BudgetTimePeriodArgs(start_date=f"{args.start}-01T00:00:00Z"),
            notifications={key: _notification(*each, args.emails) for key, each in NOTIFICATIONS.items()},
            opts=self.child("azure-native:consumption:Budget"),
        )
        self.register_outputs({})


def _notification(percent: int, kind: str, emails: tuple[str, ...]) -> consumption.NotificationArgs:
    return consumption.NotificationArgs(
        enabled=True,
        operator="GreaterThanOrEqualTo",
        threshold=percent,
        threshold_type=kind,
        contact_emails=list(emails),
    )
