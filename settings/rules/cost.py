"""Rules of the budget."""

from __future__ import annotations

from settings.model import Settings
from settings.problem import Problem
from settings.rules.registry import rule


@rule("budget.start", source="learn.microsoft.com, Azure Well-Architected: set spending guardrails")
def prod_has_a_budget(settings: Settings) -> Problem | None:
    """Prod has a budget."""
    if settings.tier != "prod" or settings.budget.start:
        return None
    return Problem(
        found="nothing, so no budget in prod",
        allowed="the month of the first deployment, such as 2026-12",
        mend="`pulumi config set --path 'amora-sync:budget.start' 2026-12`, with the running month.",
    )


@rule(
    "alerts.emails",
    source="Microsoft.Consumption/budgets 2024-08-01: contactEmails; contactRoles alone are refused",
)
def a_budget_tells_somebody(settings: Settings) -> Problem | None:
    """A budget has an address that it tells; the webhook of alerts is none."""
    if not settings.budget.start or settings.alerts.emails:
        return None
    return Problem(
        found="no address, with budget.start",
        allowed="at least one address where there is a budget",
        mend="`pulumi config set --path 'amora-sync:alerts.emails[0]' ops@example.com`, or remove budget.start.",
    )
