"""The judgements most rules share: a property is what it must be, a list holds what it must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from policies.finding import Finding, Unread
from policies.properties import Properties, UnknownError
from policies.resources import Resource
from policies.rule import Judged

# How a finding calls what is left out.
NOTHING = "nothing"


def is_text(path: str, *wanted: str, default: str = "") -> Callable[[Resource], Finding | None]:
    """The text at a path is one of these; `default` is what Azure takes where it is left out."""

    def judge(resource: Resource) -> Finding | None:
        if resource.same(path, *wanted, default=default):
            return None
        return Finding(path, resource.text(path, default) or NOTHING, " or ".join(wanted))

    return judge


def is_flag(path: str, *, wanted: bool, default: bool) -> Callable[[Resource], Finding | None]:
    """The truth value at a path; `default` is what Azure takes where it is left out."""

    def judge(resource: Resource) -> Finding | None:
        found = resource.flag(path, default=default)
        return None if found is wanted else Finding(path, _spelled(truth=found), _spelled(truth=wanted))

    return judge


def is_at_least(path: str, least: float, *, default: float) -> Callable[[Resource], Finding | None]:
    """The number at a path is not below the least; `default` is what Azure takes where it is left out."""

    def judge(resource: Resource) -> Finding | None:
        found = resource.number(path, default)
        return None if found >= least else Finding(path, f"{found:g}", f"{least:g} or more")

    return judge


def is_given(path: str, wanted: str) -> Callable[[Resource], Finding | None]:
    """Something stands at a path; what Azure has yet to answer with counts. `wanted` says in words what it must be."""

    def judge(resource: Resource) -> Finding | None:
        return None if resource.given(path) else Finding(path, NOTHING, wanted)

    return judge


def in_zones(placed: Properties, path: str, least: int, wanted: str) -> Finding | None:
    """At least so many zones stand at a path. `wanted` says in words how many."""
    zones = placed.texts(path)
    return None if len(set(zones)) >= least else Finding(placed.at(path), ", ".join(zones) or NOTHING, wanted)


def each(items: Iterable[Properties], judge: Callable[[Properties], Judged]) -> Iterator[Finding | Unread]:
    """Judge every item of a list, also behind one that cannot be read."""
    for item in items:
        try:
            yield from listed(judge(item))
        except UnknownError as unknown:
            yield Unread(unknown.path, encrypted=unknown.encrypted)


def about(resources: Iterable[Resource], judge: Callable[[Resource], Judged]) -> Iterator[Finding | Unread]:
    """For rules about the stack: judge some of its resources, and say which one is meant."""
    for resource in resources:
        try:
            for said in listed(judge(resource)):
                yield replace(said, urn=said.urn or resource.urn)
        except UnknownError as unknown:
            yield Unread(unknown.path, resource.urn, unknown.encrypted)


def listed(judged: Judged) -> Iterable[Finding | Unread]:
    """A judgement's answer as a list, whatever form it had."""
    if judged is None:
        return ()
    return (judged,) if isinstance(judged, Finding) else judged


def _spelled(*, truth: bool) -> str:
    return "true" if truth else "false"
