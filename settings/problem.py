"""What is wrong with a stack's settings, in words the person who wrote them can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One wrong setting.

    path: where, in the config's own spelling, e.g. ``network.subnets.core[0]``.
    found: what stands there; never the text of a secret.
    allowed: what may stand there.
    mend: what to do about it, in the imperative.
    source: the outside fact behind the rule; empty when the setting's own type says it all.
    """

    found: str
    allowed: str
    mend: str
    path: str = ""
    source: str = ""

    def __str__(self) -> str:
        because = f" ({self.source})" if self.source else ""
        return f"{self.path}: found {self.found}; allowed is {self.allowed}{because}.\n  {self.mend}"


class SettingsError(Exception):
    """Everything that is wrong with a stack's settings, not only the first thing.

    ``problems`` has them in the order of the settings reference; ``str()`` is the text to show.
    """

    def __init__(self, problems: Sequence[Problem], *, of: str = "") -> None:
        super().__init__(problems)
        self.problems = tuple(problems)
        self.of = of

    def __str__(self) -> str:
        count = f"{len(self.problems)} problem{'' if len(self.problems) == 1 else 's'}"
        head = f"{count} in the settings{f' of {self.of}' if self.of else ''}; docs/settings.md describes each setting."
        return "\n".join([head, *(str(problem) for problem in self.problems)])
