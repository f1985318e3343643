"""Mutants of what a program declares: each property that a rule reads, with a value it should not have.

A rule is run with its reads watched; what it reads of a resource is a guarded property. The mutants follow from the
value: a truth value is flipped, a number becomes 0 and huge, a text another one, a list empty, and each is left out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any
from unittest.mock import patch

from policies.context import Context
from policies.exemptions import EXEMPTIONS
from policies.judging import Verdict, judged, judged_stack
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import AnyRule, Level, Rule, StackRule
from tests.policies import subjects

BadValue = tuple[str, str, Any]

OTHER = "mutated"
_HUGE = 10**12


@dataclass(frozen=True)
class Declared:
    """A resource of the program: inputs as plain values, and by property the URNs that went into it."""

    token: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    links: Mapping[str, tuple[str, ...]]
    protect: bool

    def resource(self, inputs: Mapping[str, Any] | None = None) -> Resource:
        values = self.inputs if inputs is None else inputs
        return Resource(
            self.token,
            self.name,
            self.urn,
            values,
            protect=self.protect,
            links=lambda name: iter(self.links.get(name, ())),
        )


@dataclass(frozen=True)
class Mutant:
    """One property of one resource with another value.

    path: with `*` for a position in a list. kind: what was done to it.
    """

    declared: Declared
    path: str
    kind: str
    inputs: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.declared.token.removeprefix("azure-native:"), starred(self.path), self.kind


def starred(path: str) -> str:
    return ".".join("*" if step.isdigit() else step for step in path.split("."))


class _Reads:
    """Which rule read what of which resource."""

    def __init__(self, resources: Iterable[Declared]) -> None:
        self.found: dict[tuple[str, str], dict[str, AnyRule]] = {}
        self._owners: dict[int, str] = {}
        self._kept: list[Any] = []
        for each in resources:
            self._own(each.inputs, each.urn)

    def _own(self, value: Any, urn: str) -> None:
        if isinstance(value, Mapping):
            self._owners[id(value)] = urn
            self._kept.append(value)
        for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            self._own(item, urn)

    @contextmanager
    def by(self, rule: AnyRule) -> Iterator[None]:
        value, free, reads = Properties.value, Properties.free, self

        def watched_value(self: Properties, path: str) -> Any:
            reads.note(rule, self, path)
            return value(self, path)

        def watched_free(self: Properties, path: str) -> Properties:
            result = free(self, path)
            reads.adopt(result, self)
            return result

        with patch.object(Properties, "value", watched_value), patch.object(Properties, "free", watched_free):
            yield

    def note(self, rule: AnyRule, holder: Properties, path: str) -> None:
        owner = self._owners.get(id(holder._values))
        if owner is not None:
            self.found.setdefault((owner, holder.at(path)), {})[rule.id] = rule

    def adopt(self, made: Properties, holder: Properties) -> None:
        owner = self._owners.get(id(holder._values))
        if owner is not None:
            self._kept.append(made._values)
            self._owners[id(made._values)] = owner


@dataclass
class Program:
    """What a program declares, with the rules that hold on its stack."""

    declared: list[Declared]
    context: Context
    rules: tuple[AnyRule, ...]
    guards: dict[tuple[str, str], dict[str, AnyRule]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.declared = [self._copied(each) for each in self.declared]
        self.rules = tuple(rule for rule in self.rules if self.context.level(rule) is Level.MANDATORY)
        self._by_urn = {each.urn: each for each in self.declared}
        self.guards = self._watched()

    @staticmethod
    def _copied(each: Declared) -> Declared:
        # No two resources share an object, so that each object tells whose it is.
        return Declared(each.token, each.name, each.urn, copy.deepcopy(dict(each.inputs)), each.links, each.protect)

    def _watched(self) -> dict[tuple[str, str], dict[str, AnyRule]]:
        reads = _Reads(self.declared)
        for rule in self.rules:
            with reads.by(rule):
                self._verdicts(rule, self.declared)
        return reads.found

    def _verdicts(self, rule: AnyRule, declared: Iterable[Declared]) -> list[Verdict]:
        if isinstance(rule, StackRule):
            return [judged_stack(rule, self._stack(declared), EXEMPTIONS, self.context)]
        return [judged(rule, each.resource(), EXEMPTIONS, self.context) for each in declared]

    @staticmethod
    def _stack(declared: Iterable[Declared]) -> Stack:
        return Stack(tuple(each.resource() for each in declared))

    def mutants(self, bad: Iterable[BadValue]) -> Iterator[Mutant]:
        """Every mutant of every guarded property.

        Args:
            bad: token, path and a value that must be refused, where the type of the property does not tell one.
        """
        for urn, path in sorted(self.guards):
            declared = self._by_urn[urn]
            token, where = declared.token.removeprefix("azure-native:"), starred(path)
            worse = [value for kind, at, value in bad if fnmatchcase(token, kind) and fnmatchcase(where, at)]
            for kind, inputs in mutated(declared.inputs, path.split("."), worse):
                yield Mutant(declared, path, kind, inputs)

    def of(self, token: str) -> list[Declared]:
        """The resources of a type, without ``azure-native:``."""
        return [each for each in self.declared if each.token == f"azure-native:{token}"]

    def refusing(self, bad: Iterable[BadValue]) -> set[str]:
        """Rules that refuse a mutant or a stack without one of its resources."""
        found: set[str] = set()
        for mutant in self.mutants(bad):
            rules = self.guards[mutant.declared.urn, mutant.path]
            found |= {name for name, rule in rules.items() if name not in found and self._refuses(rule, mutant)}
        for each in self.declared:
            found |= self.refused_without(each) if each.links else set()
        return found

    def refuses(self, declared: Declared, changes: Mapping[str, Any]) -> bool:
        """Whether a mandatory rule refuses a resource with several properties changed."""
        changed = declared.resource(subjects.changed(declared.inputs, changes))
        return any(
            _refused(judged(rule, changed, EXEMPTIONS, self.context)) for rule in self.rules if isinstance(rule, Rule)
        )

    def guarded(self, declared: Declared, paths: Iterable[str]) -> bool:
        """Whether a mandatory rule about this resource reads one of the paths."""
        read = [self.guards.get((declared.urn, path), {}) for path in paths]
        return any(isinstance(rule, Rule) for rules in read for rule in rules.values())

    def refuses_unprotected(self, declared: Declared) -> bool:
        """Whether a mandatory rule refuses a resource that Pulumi may delete."""
        bare = replace(declared, protect=False).resource()
        return any(
            _refused(judged(rule, bare, EXEMPTIONS, self.context)) for rule in self.rules if isinstance(rule, Rule)
        )

    def catches(self, mutant: Mutant) -> bool:
        """Whether a mandatory rule that reads the property refuses the mutant."""
        return any(self._refuses(rule, mutant) for rule in self.guards[mutant.declared.urn, mutant.path].values())

    def _refuses(self, rule: AnyRule, mutant: Mutant) -> bool:
        changed = mutant.declared.resource(mutant.inputs)
        if isinstance(rule, Rule):
            return _refused(judged(rule, changed, EXEMPTIONS, self.context))
        others = (each.resource() for each in self.declared if each.urn != changed.urn)
        return _refused(judged_stack(rule, Stack((changed, *others)), EXEMPTIONS, self.context))

    def refused_without(self, gone: Declared) -> set[str]:
        """Rules about the stack that refuse it without one of its resources."""
        rest = self._stack(each for each in self.declared if each.urn != gone.urn)
        stack_rules = (rule for rule in self.rules if isinstance(rule, StackRule))
        return {rule.id for rule in stack_rules if _refused(judged_stack(rule, rest, EXEMPTIONS, self.context))}


def _refused(verdict: Verdict) -> bool:
    return bool(verdict.findings or verdict.unread)


def mutated(
    inputs: Mapping[str, Any], steps: list[str], bad: Iterable[Any] = ()
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The mutants of one property: what was done, and all inputs with it; none where the property is not given."""
    named = _spelled(inputs, steps)
    if named is None:
        return
    original = _at(inputs, named)
    for kind, value in _others(original):
        yield kind, _with(inputs, named, value)
    for value in bad:
        yield "bad", _with(inputs, named, value)
    yield "left out", _with(inputs, named, None)


def _others(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield "flipped", not value
    elif isinstance(value, int | float):
        yield "zero", 0
        yield "huge", _HUGE
    elif isinstance(value, str):
        yield "other", OTHER
    elif isinstance(value, list) and value:
        yield "emptied", []


def _spelled(inputs: Any, steps: list[str]) -> list[Any] | None:
    """The steps as the inputs spell them, with positions as numbers; None where there is nothing."""
    here, named = inputs, []
    for step in steps:
        if isinstance(here, list) and step.isdigit() and int(step) < len(here):
            name: Any = int(step)
        elif isinstance(here, Mapping):
            name = next((key for key in here if key == step or key.casefold() == step), None)
        else:
            name = None
        if name is None or (here := here[name]) is None:
            return None
        named.append(name)
    return named


def _at(inputs: Any, steps: list[Any]) -> Any:
    for step in steps:
        inputs = inputs[step]
    return inputs


def _with(inputs: Any, steps: list[Any], value: Any) -> Any:
    """A copy with another value at a path, None for no value; what is not on the way is shared."""
    first, *rest = steps
    changed = list(inputs) if isinstance(inputs, list) else dict(inputs)
    if rest:
        changed[first] = _with(inputs[first], rest, value)
    elif value is None:
        del changed[first]
    else:
        changed[first] = value
    return changed
