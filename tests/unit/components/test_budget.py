"""The budget: what it counts, when it tells, whom, and that its start stays."""

import pytest

from components.budget import NOTIFICATIONS, Budget, BudgetArgs
from components.cell import Cell
from components.naming import Names
from tests.recorded_program import record

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-amora-test-eu1"
EMAILS = ("ops@amora.example.com", "owner@amora.example.com")


@pytest.fixture(scope="module")
def budget():
    cell = Cell(names=Names("test", "eu1"), location="westeurope", zones=(), tags={}, protect=True, locks=True)
    args = BudgetArgs(cell=cell, scope=GROUP, monthly_amount=500, start="2026-12", emails=EMAILS)
    return record(lambda: Budget("budget", args) and None).one("budget-monthly")


def test_it_counts_the_cost_of_the_group_by_the_month(budget):
    assert budget.inputs["scope"] == GROUP
    assert (budget.inputs["category"], budget.inputs["timeGrain"], budget.inputs["amount"]) == ("Cost", "Monthly", 500)
    assert budget.inputs["budgetName"] == "bgt-amora-test-eu1"


def test_it_begins_with_the_month_and_is_made_anew_for_another(budget):
    assert budget.inputs["timePeriod"] == {"startDate": "2026-12-01T00:00:00Z"}
    assert "timePeriod.startDate" in budget.replace_on_changes


def test_everybody_is_told_of_the_forecast_before_the_cost(budget):
    told = budget.inputs["notifications"]
    assert set(told) == set(NOTIFICATIONS)
    assert {(each["thresholdType"], each["threshold"]) for each in told.values()} == {
        ("Forecasted", 100),
        ("Actual", 80),
        ("Actual", 100),
    }
    assert all(each["enabled"] and each["contactEmails"] == list(EMAILS) for each in told.values())
