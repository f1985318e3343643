"""Defender for Cloud: the plans that a stack declares are on."""

from __future__ import annotations

from typing import Final

from policies.judgements import is_text
from policies.rule import Rule, Severity

_PRICING: Final = "azure-native:security:Pricing"

PLAN = Rule(
    id="DEF-01",
    title="A Defender plan that the stack declares is on",
    severity=Severity.MEDIUM,
    applies_to=(_PRICING,),
    protects="the subscription: declaring a plan as Free switches it off for everyone in it",
    references=("Azure.Defender.OssRdb", "CKV_AZURE_19", "CIS Azure 2.0.0 §2.1"),
    remedy="set pricingTier to Standard, or leave the plan to whoever runs the subscription",
    judge=is_text("pricingTier", "Standard", default="Free"),
)
