"""The Prometheus rules of a stack in Prometheus' own form, as ``promtool`` and a Prometheus of one's own read them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from alerts.limits import RULES_A_GROUP, promql_duration
from alerts.resolved import PrometheusRule, RecordingRule, Rules


def groups(rules: Rules) -> dict[str, tuple[Sequence[RecordingRule], Sequence[PrometheusRule]]]:
    """The rule groups by name: recordings first, then the alerts of each area, none larger than Azure takes."""
    made: dict[str, tuple[Sequence[RecordingRule], Sequence[PrometheusRule]]] = {}
    for number, part in enumerate(_parts(rules.recording), start=1):
        made[f"recordings-{number}"] = (part, ())
    for area in dict.fromkeys(rule.area for rule in rules.prometheus):
        of_area = [rule for rule in rules.prometheus if rule.area == area]
        for number, part in enumerate(_parts(of_area), start=1):
            made[f"{area}-{number}"] = ((), part)
    return made


def rule_file(rules: Rules) -> dict[str, Any]:
    """The content of a rule file."""
    return {
        "groups": [
            {"name": name, "interval": "1m", "rules": [*map(_recording, recordings), *map(_alert, alerts)]}
            for name, (recordings, alerts) in groups(rules).items()
        ]
    }


def _parts(rules: Sequence[Any]) -> list[Sequence[Any]]:
    left = iter(rules)
    return [part for part in iter(lambda: tuple(islice(left, RULES_A_GROUP)), ()) if part]


def _recording(rule: RecordingRule) -> dict[str, Any]:
    return {"record": rule.name, "expr": rule.expression}


def _alert(rule: PrometheusRule) -> dict[str, Any]:
    return {
        "alert": rule.id,
        "expr": rule.expression,
        "for": promql_duration(rule.pending),
        "labels": {"severity": str(rule.severity)},
        "annotations": {"description": rule.description},
    }
