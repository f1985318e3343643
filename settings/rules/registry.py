"""The registry of rules between settings: one fact, one message, one source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from settings.model import Settings
from settings.problem import Problem

Judgement = Callable[[Settings], "Problem | Iterable[Problem] | None"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A fact that must hold between settings.

    path: the setting the message names, unless the judgement names a more exact one.
    source: where the fact comes from, for the reader of the message.
    """

    path: str
    source: str
    judge: Judgement

    @property
    def name(self) -> str:
        """The judgement's name, e.g. ``subnets_are_disjoint``."""
        return self.judge.__name__

    @property
    def fact(self) -> str:
        """The judgement's docstring: what must hold, in one sentence for the reference."""
        return " ".join((self.judge.__doc__ or "").split())

    def problems(self, settings: Settings) -> Iterator[Problem]:
        """What is wrong by this rule."""
        found = self.judge(settings)
        for each in (found,) if isinstance(found, Problem) else found or ():
            yield replace(each, path=each.path or self.path, source=self.source)


REGISTERED: list[Rule] = []


def rule(path: str, *, source: str) -> Callable[[Judgement], Judgement]:
    """Register a judgement over final settings; it returns what is wrong, or nothing."""

    def register(judge: Judgement) -> Judgement:
        REGISTERED.append(Rule(path, source, judge))
        return judge

    return register
