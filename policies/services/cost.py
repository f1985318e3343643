"""What production costs: whoever answers for it is told in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule

_BUDGET: Final = "azure-native:consumption:Budget"
_GROUP: Final = "azure-native:resources:ResourceGroup"
_PROTECTS: Final = "the money of whoever pays: a budget is the only thing that tells before the bill does"
# Percent of the amount above which the news comes too late.
_LATEST: Final = 100

GROUP_BUDGET = StackRule(
    id="COST-01",
    title="The cost of a resource group of production is watched by a budget",
    severity=Severity.MEDIUM,
    about=(_GROUP,),
    protects=_PROTECTS,
    references=("learn.microsoft.com, Azure Well-Architected: set spending guardrails", "FinOps: Budgeting"),
    remedy="set budget.start in the stack file (components/budget.py)",
    levels=IN_PROD,
)


@GROUP_BUDGET.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_GROUP), lambda group: _unwatched(stack, group))


def _unwatched(stack: Stack, group: Resource) -> Finding | None:
    return None if stack.linking(group, _BUDGET, "scope") else Finding("", NOTHING, "a budget with its id for scope")


BUDGET_TELLS = Rule(
    id="COST-02",
    title="A budget tells somebody of the forecast and of the cost, before the amount is passed",
    severity=Severity.MEDIUM,
    applies_to=(_BUDGET,),
    protects=_PROTECTS,
    references=("learn.microsoft.com, Tutorial: Create and manage budgets",),
    remedy="give the budget an Actual and a Forecasted notification of at most 100 percent, enabled, with a receiver",
)


@BUDGET_TELLS.check
def _(budget: Resource) -> Iterator[Finding]:
    told = [budget.group(f"notifications.{key}") for key in budget.keys("notifications")]
    for kind in ("Actual", "Forecasted"):
        if not any(_tells(each, kind) for each in told):
            yield Finding("notifications", NOTHING, f"an enabled notification of kind {kind} with a receiver")


def _tells(notification: Properties, kind: str) -> bool:
    return (
        notification.flag("enabled", default=False)
        and notification.same("thresholdType", kind, default="Actual")
        and notification.number("threshold", _LATEST + 1) <= _LATEST
        and (bool(notification.texts("contactEmails")) or notification.given("contactGroups"))
    )
