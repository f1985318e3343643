"""The table for one stack: thresholds as numbers, queries as text, ready to be declared, shown and tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alerts.alert import SIGNS, Activity, Alert, Figure, Log, Metric, Prometheus, Threshold
from alerts.catalogue import alerts_of, recordings_of
from alerts.figures import NUMBERS, Figures

REVOCATION_LISTS: Final = "revocation_lists"
"""The one query that the program gives: only the app that serves the lists knows its lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What every kind of rule has: id, description (with the runbook), severity 0 to 4, action group."""

    id: str
    description: str
    severity: int
    group: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricRule(Rule):
    """A metric alert; the fields of :class:`alerts.alert.Metric` with the threshold as a number."""

    target: str
    type: str
    metric: str
    aggregation: str
    operator: str
    threshold: float
    window: str
    frequency: str
    dimensions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogRule(Rule):
    """A log search alert; the fields of :class:`alerts.alert.Log` with query and threshold final."""

    query: str
    aggregation: str
    measure: str
    operator: str
    threshold: float
    window: str
    frequency: str
    dimensions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PrometheusRule(Rule):
    """A Prometheus alert: its whole expression, and how long it must hold."""

    expression: str
    pending: str
    area: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityRule(Rule):
    """An activity log alert; the fields of :class:`alerts.alert.Activity`."""

    scope: str
    equals: Mapping[str, str]
    any_of: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingRule:
    """A recording rule: the name of what it records, and its expression."""

    name: str
    expression: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Everything of a stack, by kind."""

    metric: tuple[MetricRule, ...]
    log: tuple[LogRule, ...]
    prometheus: tuple[PrometheusRule, ...]
    activity: tuple[ActivityRule, ...]
    recording: tuple[RecordingRule, ...]


def rules(figures: Figures, queries: Mapping[str, str] | None = None, runbooks: str = "") -> Rules:
    """The rules of a stack.

    Args:
        figures: of the stack.
        queries: KQL that the program gives, by :data:`REVOCATION_LISTS`; left out, its name stands in its place.
        runbooks: where the runbooks are published, without a final slash; empty gives their paths in the project.
    """
    found = alerts_of(figures)
    given = queries or {}
    return Rules(
        metric=tuple(
            _metric(each, each.signal, figures, runbooks) for each in found if isinstance(each.signal, Metric)
        ),
        log=tuple(_log(each, each.signal, figures, given, runbooks) for each in found if isinstance(each.signal, Log)),
        prometheus=tuple(
            _prometheus(each, each.signal, figures, runbooks) for each in found if isinstance(each.signal, Prometheus)
        ),
        activity=tuple(_activity(each, each.signal, runbooks) for each in found if isinstance(each.signal, Activity)),
        recording=tuple(
            RecordingRule(name=each.name, expression=filled(each.expression, figures))
            for each in recordings_of(figures)
        ),
    )


def threshold_of(threshold: Threshold, figures: Figures) -> float:
    """A threshold as the number that holds in a stack."""
    if isinstance(threshold, Figure):
        return round(figures.value(threshold.name) * threshold.times, 9)
    return threshold.prod if figures.tier == "prod" else threshold.dev


def number(value: float) -> str:
    """A number as queries and people write it: without a zero behind the point."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def condition(alert: Alert, figures: Figures) -> str:
    """When the alert fires, in a line."""
    signal = alert.signal
    if isinstance(signal, Metric):
        limit = number(threshold_of(signal.threshold, figures))
        return f"{signal.aggregation} {signal.name} {SIGNS[signal.operator]} {limit}"
    if isinstance(signal, Log):
        counted = f"{signal.aggregation} {signal.measure}" if signal.measure else "rows"
        what = f"{counted} of {signal.table}"
        return f"{what} {SIGNS[signal.operator]} {number(threshold_of(signal.threshold, figures))}"
    if isinstance(signal, Prometheus):
        return _expression(signal, figures)
    return ", ".join(
        [
            *(f"{field} = {value}" for field, value in signal.equals.items()),
            *(f"{field} in {', '.join(values)}" for field, values in signal.any_of.items()),
        ]
    )


def filled(template: str, figures: Figures, threshold: float | None = None) -> str:
    """A PromQL template with its figures; braces of its own are doubled in it."""
    values = {name: number(figures.value(name)) for name in NUMBERS}
    if threshold is not None:
        values["threshold"] = number(threshold)
    return template.format_map(values)


def _expression(signal: Prometheus, figures: Figures) -> str:
    return filled(signal.expression, figures, threshold_of(signal.threshold, figures))


def _described(alert: Alert, runbooks: str) -> str:
    page = f"{runbooks}/{alert.id}.md" if runbooks else alert.runbook
    return f"{alert.title}. What to do: {page}"


def _metric(alert: Alert, signal: Metric, figures: Figures, runbooks: str) -> MetricRule:
    return MetricRule(
        id=alert.id,
        description=_described(alert, runbooks),
        severity=alert.severity,
        group=alert.group,
        target=signal.target,
        type=signal.type,
        metric=signal.name,
        aggregation=signal.aggregation,
        operator=signal.operator,
        threshold=threshold_of(signal.threshold, figures),
        window=signal.window,
        frequency=signal.frequency,
        dimensions=signal.dimensions,
    )


def _log(alert: Alert, signal: Log, figures: Figures, queries: Mapping[str, str], runbooks: str) -> LogRule:
    given = {f"{{{name}}}": query for name, query in queries.items()}
    return LogRule(
        id=alert.id,
        description=_described(alert, runbooks),
        severity=alert.severity,
        group=alert.group,
        query=given.get(signal.query, signal.query),
        aggregation=signal.aggregation,
        measure=signal.measure,
        operator=signal.operator,
        threshold=threshold_of(signal.threshold, figures),
        window=signal.window,
        frequency=signal.frequency,
        dimensions=signal.dimensions,
    )


def _prometheus(alert: Alert, signal: Prometheus, figures: Figures, runbooks: str) -> PrometheusRule:
    return PrometheusRule(
        id=alert.id,
        description=_described(alert, runbooks),
        severity=alert.severity,
        group=alert.group,
        expression=_expression(signal, figures),
        pending=signal.pending,
        area=alert.area,
    )


def _activity(alert: Alert, signal: Activity, runbooks: str) -> ActivityRule:
    return ActivityRule(
        id=alert.id,
        description=_described(alert, runbooks),
        severity=alert.severity,
        group=alert.group,
        scope=signal.scope,
        equals=signal.equals,
        any_of=signal.any_of,
    )
