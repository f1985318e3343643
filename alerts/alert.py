"""One alert, as data: what is watched, when it fires, who is told, and where it is said what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Operator = Literal["GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"]
Aggregation = Literal["Average", "Count", "Maximum", "Minimum", "Total"]

SIGNS: Final[Mapping[Operator, str]] = {
    "GreaterThan": ">",
    "GreaterThanOrEqual": ">=",
    "LessThan": "<",
    "LessThanOrEqual": "<=",
}
"""Azure's operators as people and PromQL write them."""


@dataclass(frozen=True, slots=True)
class Tiered:
    """A threshold that is the table's own, one a tier."""

    dev: float
    prod: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A threshold that follows from a stack's settings: a field of :class:`alerts.figures.Figures`, times a share."""

    name: str
    times: float = 1


Threshold = Tiered | Figure


def same(value: float) -> Tiered:
    """A threshold that is the same in every tier."""
    return Tiered(dev=value, prod=value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """A platform metric of Azure Monitor.

    target: which of the platform's resources, by the name the program gives it. type: their ARM type. name,
    aggregation, dimensions: as Azure documents them (facts/azure_metrics.json); a dimension's values are those
    included, ``*`` for each by itself. window, frequency: ISO 8601, a pair Azure takes (alerts/limits.py).
    """

    target: str
    type: str
    name: str
    aggregation: Aggregation
    operator: Operator
    threshold: Threshold
    window: str = "PT15M"
    frequency: str = "PT5M"
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: Literal["metric"] = "metric"


@dataclass(frozen=True, kw_only=True, slots=True)
class Log:
    """A query over the workspace, in KQL.

    query: with ``{figure}`` for figures. measure: column that is aggregated; empty counts rows. dimensions: columns by
    which rows are told apart, each an alert of its own.
    """

    query: str
    aggregation: Aggregation = "Count"
    measure: str = ""
    operator: Operator = "GreaterThan"
    threshold: Threshold
    window: str = "PT15M"
    frequency: str = "PT5M"
    dimensions: tuple[str, ...] = ()
    kind: Literal["log"] = "log"

    @property
    def table(self) -> str:
        """The table it asks; of a query that the program gives, the query's name."""
        return self.query.split("\n", 1)[0].strip("{}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prometheus:
    """A PromQL expression over the metrics of broker, probe and collector.

    expression: gives the series that fire, with ``{threshold}`` and ``{figure}``. pending: ISO 8601, how long it must
    hold. window: the longest range it looks back over.
    """

    expression: str
    threshold: Threshold
    pending: str = "PT5M"
    window: str = "PT5M"
    kind: Literal["prometheus"] = "prometheus"


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """Events of the activity log.

    scope: the cell's resource group, or the subscription. equals: what fields must be. any_of: of each field, one of
    these values.
    """

    scope: Literal["group", "subscription"]
    equals: Mapping[str, str]
    any_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: Literal["activity log"] = "activity log"


Signal = Metric | Log | Prometheus | Activity


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One row of the table.

    id: name of the rule and of its runbook, lower-case words joined by hyphens; never given twice. area: what of the
    platform it is about. title: what is wrong, as a sentence without its full stop. severity: 0 (critical) to 4, as
    Azure counts. needs: what a stack must have for the alert to make sense (:mod:`alerts.figures`). source: who says
    that signal and threshold mean this.
    """

    id: str
    area: str
    title: str
    severity: Literal[0, 1, 2, 3, 4]
    signal: Signal
    source: str
    needs: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The action group that is told."""
        return GROUPS[self.severity]

    @property
    def runbook(self) -> str:
        """Path of the page that says what to do, from the project's root."""
        return f"{RUNBOOKS}{self.id}.md"


RUNBOOKS: Final = "docs/runbooks/alerts/"
"""Where the runbooks are, from the project's root."""


GROUPS: Final[Mapping[int, str]] = {0: "page", 1: "page", 2: "notify", 3: "notify", 4: "notify"}
"""Severity to action group: ``page`` calls somebody at any hour, ``notify`` waits for the morning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """A recording rule: a PromQL expression under a name of its own, for alerts and dashboards."""

    name: str
    expression: str
    about: str
