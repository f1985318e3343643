"""A rule: what it asks, of what, why, where it is enforced, and how it judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final, Literal

from policies.finding import Finding, Unread
from policies.resources import Resource, Stack

Judged = Iterable["Finding | Unread"] | Finding | None
Judgement = Callable[[Any], Judged]
Tier = Literal["dev", "prod"]


class Severity(StrEnum):
    """How bad it is when the rule does not hold."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Level(StrEnum):
    """What a violation does to a run: it fails it, is shown, or is not looked for. Pulumi's words."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Levels:
    """Enforcement by tier."""

    dev: Level
    prod: Level

    def at(self, tier: Tier) -> Level:
        """The level of a tier."""
        return self.dev if tier == "dev" else self.prod


EVERYWHERE: Final = Levels(dev=Level.MANDATORY, prod=Level.MANDATORY)
IN_PROD: Final = Levels(dev=Level.DISABLED, prod=Level.MANDATORY)
ADVICE: Final = Levels(dev=Level.ADVISORY, prod=Level.ADVISORY)


@cache
def _matches(token: str, patterns: tuple[str, ...]) -> bool:
    # Every rule is asked about every resource several times; a program has a few dozen types.
    return any(fnmatchcase(token, pattern) for pattern in patterns)


@dataclass(kw_only=True, eq=False, slots=True)
class _AnyRule:
    """What both kinds of rules have.

    id: service and number, such as ``KV-04``; never given to another rule. title: what must hold, in one sentence.
    protects: what is lost where it does not hold. references: the same rule elsewhere: PSRule for Azure
    (``Azure.KeyVault.RBAC``), Checkov (``CKV_AZURE_110``), APRL (``APRL f4201965``), CIS benchmarks, or the page that
    states the fact. remedy: what to do, in the imperative. levels: enforcement by tier.
    advice_while: a setting as ``group.key=value`` in the stack file that turns a mandatory rule into advice: what the
    stack has chosen on purpose is shown, not refused.
    advice_until: the day from which a mandatory rule is enforced; advice before it. None for a rule without a date.
    """

    id: str
    title: str
    severity: Severity
    protects: str
    references: tuple[str, ...]
    remedy: str
    levels: Levels = EVERYWHERE
    advice_while: str = ""
    advice_until: date | None = None
    judge: Judgement | None = None

    def judgement(self) -> Judgement:
        """The function that judges.

        Raises:
            TypeError: the rule was declared without one.
        """
        if self.judge is None:
            raise TypeError(f"rule {self.id} has no judgement")
        return self.judge


@dataclass(kw_only=True, eq=False, slots=True)
class Rule(_AnyRule):
    """A rule about one resource; it sees the inputs, as they are before the resource is made.

    applies_to: tokens of the types it judges, ``*`` for any part. when: which of them, None for all.
    deferred: paths of properties whose value Azure draws, with ``*`` for a step: at a preview they may be unknown, and
    are judged in the deployment, before the resource is made. Everything else a rule reads must be known at preview.
    """

    applies_to: tuple[str, ...]
    when: Callable[[Resource], bool] | None = None
    deferred: tuple[str, ...] = ()

    def check(self, judge: Callable[[Resource], Judged]) -> Callable[[Resource], Judged]:
        """Take the decorated function as the rule's judgement."""
        self.judge = judge
        return judge

    def covers(self, token: str) -> bool:
        """Whether the rule judges resources of this type."""
        return _matches(token, self.applies_to)

    def defers(self, path: str) -> bool:
        """Whether the value at this path may be unknown at a preview."""
        return any(fnmatchcase(path, pattern) for pattern in self.deferred)


@dataclass(kw_only=True, eq=False, slots=True)
class StackRule(_AnyRule):
    """A rule about how resources belong together; it sees the whole stack, with what Azure is expected to add.

    about: the tokens of the resources a finding can be about.
    """

    about: tuple[str, ...]

    def check(self, judge: Callable[[Stack], Judged]) -> Callable[[Stack], Judged]:
        """Take the decorated function as the rule's judgement."""
        self.judge = judge
        return judge


AnyRule = Rule | StackRule
