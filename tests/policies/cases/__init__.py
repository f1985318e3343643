"""The cases of every rule, one module a service, as the rules are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.policies.subjects import Subject


@dataclass(frozen=True, kw_only=True)
class Cases:
    """The cases of a rule about one resource.

    passes, fails, not_applicable: subjects; a failing one with words of the finding. unread: subjects that the rule
    cannot judge, with the path. assumed: subjects with an unknown value that counts as given. deferred: subjects that
    are judged in the deployment alone, with the path. also_passes: as passes, spelled as ARM's published types do not
    have it and Azure takes it all the same: a number or a truth value as text, the other way round, other letter case.
    """

    passes: tuple[Subject, ...]
    fails: tuple[tuple[Subject, str], ...]
    also_passes: tuple[Subject, ...] = ()
    unread: tuple[tuple[Subject, str], ...] = ()
    assumed: tuple[Subject, ...] = ()
    deferred: tuple[tuple[Subject, str], ...] = ()
    not_applicable: tuple[Subject, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StackCases:
    """The cases of a rule about a stack.

    fails: a stack, the name of the resource the finding is about, words of the finding. unread: a stack and the path
    that cannot be read. assumed: stacks where the value that leads to a resource is not known.
    """

    passes: tuple[tuple[Subject, ...], ...]
    fails: tuple[tuple[tuple[Subject, ...], str, str], ...]
    unread: tuple[tuple[tuple[Subject, ...], str], ...] = ()
    assumed: tuple[tuple[Subject, ...], ...] = ()
    not_applicable: tuple[tuple[Subject, ...], ...] = ((Subject("random:index/randomPassword:RandomPassword"),),)


AnyCases = Cases | StackCases
CaseTable = Mapping[str, AnyCases]
