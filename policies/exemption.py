"""Exceptions from rules, on record: which resource, which rule, why, until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from policies.context import Context
from policies.resources import Resource


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """A rule that a resource need not keep.

    rule: its id. resource: type and logical name as ``azure-native:keyvault:Vault::vault-vault``, ``*`` for any part.
    reason: why it cannot be kept, and what guards in its stead. expires: the last day it holds; from the next day on
    the rule is enforced again, and the exemption itself is a violation until it is renewed or removed. requires: a
    setting that the stack file must have for it to hold, as ``group.key`` or ``group.key=value``; empty for none.
    """

    rule: str
    resource: str
    reason: str
    expires: date
    requires: str = ""

    def expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today > self.expires

    def excuses(self, rule: str, resource: Resource, context: Context) -> bool:
        """Whether the resource need not keep the rule on this stack today."""
        return (
            rule == self.rule
            and fnmatchcase(f"{resource.token}::{resource.name}", self.resource)
            and not self.expired(context.today)
            and (not self.requires or context.holds(self.requires))
        )


def excusing(exemptions: Iterable[Exemption], rule: str, resource: Resource, context: Context) -> Exemption | None:
    """The exemption that excuses a resource from a rule."""
    return next((each for each in exemptions if each.excuses(rule, resource, context)), None)
