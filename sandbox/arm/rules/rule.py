"""What a rule is, and the few shapes most rules have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.property_path import value_at
from sandbox.protocol.package import Values
from sandbox.wire import Unknown

Problems = Iterable[tuple[str, str]]
"""Path and message of each thing that is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One documented fact about a type.

    id: short name, unique. types: ARM types in lower case, or ``*`` for all. kind: ``range``, ``format`` or
    ``relation``. source: where the fact is published. judge: the problems in opened inputs.
    """

    id: str
    types: tuple[str, ...]
    kind: str
    source: str
    judge: Callable[[Values], Problems]


def known(values: Values, path: str) -> Any:
    """The value at a path; None where there is none or it is not known yet."""
    value = value_at(values, path)
    return None if isinstance(value, Unknown) else value


def absent(values: Values, path: str) -> bool:
    """Whether the request says nothing there; a value not known yet is something."""
    return value_at(values, path) is None


def open_to_doubt(values: Values, *paths: str) -> bool:
    """Whether one of the values is not known yet, so that a rule about several of them must wait."""
    return any(isinstance(value_at(values, path), Unknown) for path in paths)


def between(rule_id: str, arm_type: str, path: str, low: float, high: float, source: str, *, also: tuple = ()) -> Rule:
    """A number from ``low`` to ``high``, or one of ``also``."""

    def judge(values: Values) -> Iterator[tuple[str, str]]:
        value = known(values, path)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and not low <= value <= high and value not in also:
            others = f" or {', '.join(map(str, also))}" if also else ""
            yield path, f"{value} is outside {low} to {high}{others}"

    return Rule(rule_id, (arm_type,), "range", source, judge)


def one_of(rule_id: str, arm_type: str, path: str, allowed: tuple[Any, ...], source: str) -> Rule:
    """One of a list of values."""

    def judge(values: Values) -> Iterator[tuple[str, str]]:
        value = known(values, path)
        if value is not None and value not in allowed:
            yield path, f"{value!r} is not one of {', '.join(map(str, allowed))}"

    return Rule(rule_id, (arm_type,), "range", source, judge)
