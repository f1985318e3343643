"""The rules about the rules: what could not be judged, and what need not hold."""

from __future__ import annotations

from typing import Final

from policies.rule import ADVICE, Rule, Severity, StackRule

_ANY: Final = ("*",)
_PREVIEW: Final = "github.com/pulumi/pulumi-policy issues 181 and 258"

UNREAD: Final = Rule(
    id="PACK-01",
    title="Every rule can read what it guards",
    severity=Severity.HIGH,
    applies_to=_ANY,
    protects="the pack itself: Pulumi lets a mandatory rule pass when a value is not known yet",
    references=(_PREVIEW,),
    remedy="pass the property as a value that is known before the deployment, not as another resource's output",
)
UNREAD_IN_STACK: Final = StackRule(
    id="PACK-02",
    title="Every rule about the stack can read what it guards",
    severity=Severity.HIGH,
    about=_ANY,
    protects="the pack itself: Pulumi lets a mandatory rule pass when a value is not known yet",
    references=(_PREVIEW,),
    remedy="pass the property as a value that is known before the deployment, not as another resource's output",
)
EXEMPT: Final = Rule(
    id="PACK-03",
    title="What an exemption covers is shown",
    severity=Severity.LOW,
    applies_to=_ANY,
    protects="the reviewer, who sees what is not enforced and until when",
    references=("policies/exemptions.py",),
    remedy="make the rule hold, and remove the exemption",
    levels=ADVICE,
)
EXEMPT_IN_STACK: Final = StackRule(
    id="PACK-04",
    title="What an exemption from a rule about the stack covers is shown",
    severity=Severity.LOW,
    about=_ANY,
    protects="the reviewer, who sees what is not enforced and until when",
    references=("policies/exemptions.py",),
    remedy="make the rule hold, and remove the exemption",
    levels=ADVICE,
)
EXPIRED: Final = StackRule(
    id="PACK-05",
    title="No exemption has expired",
    severity=Severity.HIGH,
    about=_ANY,
    protects="every rule an exemption was made from",
    references=("policies/exemptions.py",),
    remedy="make the rule hold and remove the exemption, or renew it with a reason that is true today",
)

PACK_RULES: Final = (UNREAD, UNREAD_IN_STACK, EXEMPT, EXEMPT_IN_STACK, EXPIRED)
"""They have no judgement of their own: the pack reports them while it judges by the others."""
