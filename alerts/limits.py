"""Windows and frequencies that Azure takes, per kind of rule, and the sizes of groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

METRIC_FREQUENCIES: Final = ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H")
METRIC_WINDOWS: Final = ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D")
"""learn.microsoft.com, Create a metric alert rule; terraform-provider-azurerm ``monitor_metric_alert``."""

LOG_FREQUENCIES: Final = (
    "PT1M",
    "PT5M",
    "PT10M",
    "PT15M",
    "PT30M",
    "PT45M",
    "PT1H",
    "PT2H",
    "PT3H",
    "PT4H",
    "PT5H",
    "PT6H",
    "P1D",
)
LOG_WINDOWS: Final = (*LOG_FREQUENCIES, "P2D")
"""terraform-provider-azurerm ``monitor_scheduled_query_rules_alert_v2``: a query looks back two days at most."""

RULES_A_GROUP: Final = 20
"""Rules in a Prometheus rule group (learn.microsoft.com, Prometheus rule groups)."""

_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_IN_SECONDS: Final = (86_400, 3_600, 60, 1)
_UNITS: Final[Mapping[str, int]] = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def seconds(duration: str) -> int:
    """An ISO 8601 duration of days, hours, minutes and seconds.

    Raises:
        ValueError: it is none.
    """
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        raise ValueError(f"{duration!r} is no duration such as PT5M or P1D")
    return sum(int(part or 0) * unit for part, unit in zip(found.groups(), _IN_SECONDS, strict=True))


def promql_duration(duration: str) -> str:
    """The duration as PromQL and Prometheus' rule files write it: ``PT90M`` is ``90m``."""
    left = seconds(duration)
    for unit, size in _UNITS.items():
        if left % size == 0 and left >= size:
            return f"{left // size}{unit}"
    return "0s"
