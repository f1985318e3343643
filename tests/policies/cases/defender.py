from __future__ import annotations

from tests.policies import baselines_machines as baselines
from tests.policies.cases import Cases, CaseTable
from tests.policies.cases.shorthand import Kind, unread

PLAN = Kind("security:Pricing", baselines.PRICING)

CASES: CaseTable = {
    "DEF-01": Cases(
        passes=(PLAN(), PLAN({"pricingTier": "standard"})),
        fails=((PLAN({"pricingTier": "Free"}), "found Free"), (PLAN.without("pricingTier"), "wanted Standard")),
        unread=unread(PLAN, "pricingTier"),
    ),
}
