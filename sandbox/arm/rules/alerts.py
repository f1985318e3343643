"""Rules of alerts: windows, frequencies, sizes of groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known, one_of, open_to_doubt
from sandbox.protocol.package import Values

_METRIC: Final = "microsoft.insights/metricalerts"
_LOG: Final = "microsoft.insights/scheduledqueryrules"
_GROUP: Final = "microsoft.insights/actiongroups"
_PROMETHEUS: Final = "microsoft.alertsmanagement/prometheusrulegroups"
_ACTIVITY: Final = "microsoft.insights/activitylogalerts"

_METRIC_SOURCE: Final = "learn.microsoft.com, Create a metric alert rule; azurerm: monitor_metric_alert"
_LOG_SOURCE: Final = "learn.microsoft.com, Create a log search alert rule; azurerm: ..._query_rules_alert_v2"
_PROMETHEUS_SOURCE: Final = "learn.microsoft.com, Azure Monitor managed service for Prometheus rule groups"

_METRIC_FREQUENCIES: Final = ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H")
_METRIC_WINDOWS: Final = (*_METRIC_FREQUENCIES, "PT6H", "PT12H", "P1D")
_HOURS: Final = ("PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D")
_LOG_FREQUENCIES: Final = ("PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", *_HOURS)

_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_MOST_RULES: Final = 20
_LONGEST_SHORT_NAME: Final = 12


def _minutes(duration: str) -> int:
    found = _DURATION.fullmatch(duration)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return (days * 24 + hours) * 60 + minutes


def _pair(values: Values) -> Iterator[tuple[str, str]]:
    window, frequency = known(values, "windowSize"), known(values, "evaluationFrequency")
    if isinstance(window, str) and isinstance(frequency, str) and _minutes(frequency) > _minutes(window):
        yield "evaluationFrequency", f"{frequency} is longer than windowSize {window}"


def _short_name(values: Values) -> Iterator[tuple[str, str]]:
    name = known(values, "groupShortName")
    if isinstance(name, str) and not 1 <= len(name) <= _LONGEST_SHORT_NAME:
        yield "groupShortName", f"{name!r} has {len(name)} characters; 1 to {_LONGEST_SHORT_NAME} are taken"


def _receivers(values: Values) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for kind in ("emailReceivers", "azureAppPushReceivers", "webhookReceivers"):
        for at, receiver in enumerate(known(values, kind) or []):
            name = receiver.get("name")
            if name in seen:
                yield f"{kind}[{at}].name", f"{name!r} is given twice; names of receivers are unique in a group"
            seen.add(name)


def _group_size(values: Values) -> Iterator[tuple[str, str]]:
    if open_to_doubt(values, "rules"):
        return
    rules = known(values, "rules") or []
    if not 1 <= len(rules) <= _MOST_RULES:
        yield "rules", f"{len(rules)} rules; a group takes 1 to {_MOST_RULES}"


def _one_kind(values: Values) -> Iterator[tuple[str, str]]:
    for at, rule in enumerate(known(values, "rules") or []):
        if ("record" in rule) == ("alert" in rule):
            yield f"rules[{at}]", "a rule records or alerts, and does one of both"


def _category(values: Values) -> Iterator[tuple[str, str]]:
    if open_to_doubt(values, "condition", "condition.allOf"):
        return
    conditions = known(values, "condition.allOf") or []
    if not any(each.get("field") == "category" for each in conditions):
        yield "condition.allOf", "no condition on the field 'category'"


RULES: Final = (
    one_of("metric-alert-window", _METRIC, "windowSize", _METRIC_WINDOWS, _METRIC_SOURCE),
    one_of("metric-alert-frequency", _METRIC, "evaluationFrequency", _METRIC_FREQUENCIES, _METRIC_SOURCE),
    one_of("log-alert-window", _LOG, "windowSize", (*_LOG_FREQUENCIES, "P2D"), _LOG_SOURCE),
    one_of("log-alert-frequency", _LOG, "evaluationFrequency", _LOG_FREQUENCIES, _LOG_SOURCE),
    Rule("alert-window-pair", (_METRIC, _LOG), "relation", _METRIC_SOURCE, _pair),
    between("metric-alert-severity", _METRIC, "severity", 0, 4, "REST: MetricAlert.severity"),
    between("log-alert-severity", _LOG, "severity", 0, 4, "REST: ScheduledQueryRule.severity"),
    Rule("action-group-short-name", (_GROUP,), "format", "REST: Action Groups - Create Or Update", _short_name),
    Rule("action-group-receivers", (_GROUP,), "relation", "REST: Action Groups: unique receiver names", _receivers),
    Rule("prometheus-group-size", (_PROMETHEUS,), "range", _PROMETHEUS_SOURCE, _group_size),
    Rule("prometheus-rule-kind", (_PROMETHEUS,), "relation", _PROMETHEUS_SOURCE, _one_kind),
    one_of(
        "prometheus-interval",
        _PROMETHEUS,
        "interval",
        tuple(f"PT{minutes}M" for minutes in range(1, 16)),
        _PROMETHEUS_SOURCE,
    ),
    Rule("activity-alert-category", (_ACTIVITY,), "relation", "REST: Activity Log Alerts: AlertRuleAllOf", _category),
)
