"""What the pack knows of the stack it judges.

The engine starts the pack with the stack's configuration in the environment, as it starts the program
(``PULUMI_CONFIG``; the policy library itself hands rules no more than tags, which a file backend does not keep).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from policies.rule import AnyRule, Level, Tier

_PROJECT: Final = "amora-sync"


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The stack as far as it decides how strict the rules are.

    tier: the strictest where the configuration names none, as when a state file alone is judged. preview: nothing is
    deployed, and what Azure draws is not known. today: for the expiry of exemptions. settings: the stack's own, by
    group.
    """

    tier: Tier
    preview: bool
    today: date
    settings: Mapping[str, Any] = field(default_factory=dict)

    def setting(self, path: str) -> str:
        """A setting of the stack file by ``group.key``, as text; empty where the stack file does not have it."""
        here: Any = self.settings
        for step in path.split("."):
            here = here.get(step) if isinstance(here, Mapping) else None
        return json.dumps(here) if isinstance(here, bool | int | float) else str(here or "")

    def holds(self, condition: str) -> bool:
        """Whether the stack file says what the condition says: ``group.key=value``, or ``group.key`` for any value."""
        path, _, value = condition.partition("=")
        return self.setting(path) == value if value else self.setting(path) not in ("", "false")

    def level(self, rule: AnyRule) -> Level:
        """How a rule is enforced on this stack."""
        level = rule.levels.at(self.tier)
        chosen = bool(rule.advice_while) and self.holds(rule.advice_while)
        early = rule.advice_until is not None and self.today < rule.advice_until
        return Level.ADVISORY if level is Level.MANDATORY and (chosen or early) else level


def context_from(environment: Mapping[str, str], today: date) -> Context:
    """The context of the run this process was started for.

    Args:
        environment: variables of the process.
        today: the day by which exemptions are judged.
    """
    settings = _settings(environment.get("PULUMI_CONFIG") or "{}")
    tier: Tier = "dev" if (settings.get("tier") or settings.get("environment")) == "dev" else "prod"
    return Context(tier=tier, preview=environment.get("PULUMI_DRY_RUN") == "true", today=today, settings=settings)


def _settings(config: str) -> dict[str, Any]:
    prefix = f"{_PROJECT}:"
    return {
        key.removeprefix(prefix): _opened(value) for key, value in json.loads(config).items() if key.startswith(prefix)
    }


def _opened(value: str) -> Any:
    # A group of settings is JSON, a single setting is text.
    try:
        return json.loads(value) if value[:1] in "{[" else value
    except ValueError:
        return value
