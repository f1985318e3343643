from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.governance import GROUP
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN

BUDGET = Kind("consumption:Budget", baselines.BUDGET)
OF_GROUP = BUDGET(name="budget", links={"scope": ("subject",)})
ACTION_GROUP = f"{baselines.GROUP}/providers/Microsoft.Insights/actionGroups/ag-amora-prod-eu1"

CASES: CaseTable = {
    "COST-01": StackCases(
        passes=((GROUP(), OF_GROUP),),
        fails=(
            ((GROUP(),), "subject", "a budget"),
            ((GROUP(), BUDGET(name="budget")), "subject", "a budget"),
            ((GROUP(), GROUP(name="other"), OF_GROUP), "other", "a budget"),
        ),
        assumed=((GROUP(), BUDGET({"scope": UNKNOWN}, name="budget", links={"scope": ("subject",)})),),
    ),
    "COST-02": Cases(
        passes=(
            BUDGET(),
            BUDGET({"notifications.told.contactEmails": [], "notifications.told.contactGroups": [ACTION_GROUP]}),
        ),
        fails=(
            (BUDGET.without("notifications"), "kind Actual"),
            (BUDGET({"notifications.foretold": None}), "kind Forecasted"),
            (BUDGET({"notifications.told.enabled": False}), "kind Actual"),
            (BUDGET({"notifications.told.threshold": 101}), "kind Actual"),
            (BUDGET({"notifications.told.contactEmails": []}), "kind Actual"),
            (
                BUDGET({"notifications.told.contactEmails": [], "notifications.told.contactRoles": ["Owner"]}),
                "kind Actual",
            ),
        ),
        unread=unread(
            BUDGET,
            "notifications",
            "notifications.told.enabled",
            "notifications.told.threshold",
            "notifications.told.contactEmails",
        ),
        assumed=(BUDGET({"notifications.told.contactEmails": [], "notifications.told.contactGroups": UNKNOWN}),),
    ),
}
