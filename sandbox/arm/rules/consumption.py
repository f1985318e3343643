"""Rules of Microsoft.Consumption: budgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from sandbox.arm.rules.rule import Rule, known
from sandbox.protocol.package import Values

_BUDGET: Final = "microsoft.consumption/budgets"
_SPECIFICATION: Final = "Microsoft.Consumption 2024-08-01, Budget"
# UTC, with or without the time of day.
_FIRST_OF_A_MONTH: Final = re.compile(r"(\d{4})-(\d\d)-01(T00:00(:00)?Z?)?")
_EARLIEST: Final = ("2017", "06")
_MOST_NOTIFICATIONS: Final = 5


def _start(values: Values) -> Iterator[tuple[str, str]]:
    start = known(values, "timePeriod.startDate")
    if start is None:
        return
    found = _FIRST_OF_A_MONTH.fullmatch(str(start))
    if found is None or found.groups()[:2] < _EARLIEST:
        yield "timePeriod.startDate", f"{start!r} is not the first of a month, on or after June 1, 2017"


def _notifications(values: Values) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, each in (known(values, "notifications") or {}).items():
        if isinstance(each, dict):
            yield f"notifications.{key}", each


def _few(values: Values) -> Iterator[tuple[str, str]]:
    count = len(known(values, "notifications") or {})
    if count > _MOST_NOTIFICATIONS:
        yield "notifications", f"{count} notifications; a budget takes at most {_MOST_NOTIFICATIONS}"


def _thresholds(values: Values) -> Iterator[tuple[str, str]]:
    for path, each in _notifications(values):
        threshold = known(each, "threshold")
        if isinstance(threshold, int | float) and not 0 <= threshold <= 1000:
            yield f"{path}.threshold", f"{threshold} is outside 0 to 1000 percent"


def _receivers(values: Values) -> Iterator[tuple[str, str]]:
    for path, each in _notifications(values):
        if not each.get("contactEmails") and not each.get("contactGroups"):
            yield f"{path}.contactEmails", "neither an e-mail address nor an action group; roles alone do not count"


RULES: Final = (
    Rule("budget-start", (_BUDGET,), "format", f"{_SPECIFICATION}: timePeriod", _start),
    Rule("budget-notifications", (_BUDGET,), "range", f"{_SPECIFICATION}: up to five notifications", _few),
    Rule("budget-threshold", (_BUDGET,), "range", f"{_SPECIFICATION}: Notification.threshold", _thresholds),
    Rule("budget-receiver", (_BUDGET,), "relation", f"{_SPECIFICATION}: Notification.contactEmails", _receivers),
)
