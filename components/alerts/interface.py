"""What a rule is to the components that declare it: the table behind it is none of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Rule(Protocol):
    """What every rule has.

    id: lower-case words joined by hyphens, part of the rule's name. severity: 0 (critical) to 4. group: the name of an
    action group.
    """

    @property
    def id(self) -> str: ...  # noqa: D102 - said above
    @property
    def description(self) -> str: ...  # noqa: D102
    @property
    def severity(self) -> int: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102


class ThresholdRule(Rule, Protocol):
    """A rule with a threshold over a window. operator, aggregation: Azure's words. window, frequency: ISO 8601."""

    @property
    def aggregation(self) -> str: ...  # noqa: D102
    @property
    def operator(self) -> str: ...  # noqa: D102
    @property
    def threshold(self) -> float: ...  # noqa: D102
    @property
    def window(self) -> str: ...  # noqa: D102
    @property
    def frequency(self) -> str: ...  # noqa: D102


class MetricRule(ThresholdRule, Protocol):
    """A platform metric. target: name of the resources it is about. type: their ARM type. dimensions: their values."""

    @property
    def target(self) -> str: ...  # noqa: D102
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def metric(self) -> str: ...  # noqa: D102
    @property
    def dimensions(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102


class LogRule(ThresholdRule, Protocol):
    """A KQL query. measure: the column that is aggregated; empty counts rows. dimensions: columns that split."""

    @property
    def query(self) -> str: ...  # noqa: D102
    @property
    def measure(self) -> str: ...  # noqa: D102
    @property
    def dimensions(self) -> tuple[str, ...]: ...  # noqa: D102


class PrometheusRule(Rule, Protocol):
    """A PromQL expression that gives what fires. pending: ISO 8601, how long it must hold."""

    @property
    def expression(self) -> str: ...  # noqa: D102
    @property
    def pending(self) -> str: ...  # noqa: D102


class RecordingRule(Protocol):
    """A PromQL expression under a name."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def expression(self) -> str: ...  # noqa: D102


class ActivityRule(Rule, Protocol):
    """Events of the activity log. scope: ``group`` or ``subscription``. equals, any_of: of their fields."""

    @property
    def scope(self) -> str: ...  # noqa: D102
    @property
    def equals(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def any_of(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102
