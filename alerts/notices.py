"""What a production stack is told that it goes without: what would otherwise be missed in the night it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alerts.catalogue import ALERTS
from alerts.figures import Figures

_MISSED: Final[Mapping[str, tuple[str, str]]] = {
    "probe": (
        "probe.enabled: found false; nobody measures the objectives",
        "Set up the probe: docs/runbooks/set-up-the-probe.md.",
    ),
    "edge metrics": (
        "metrics.edge: found false; nobody sees the edge's connections, nor which nodes it reaches",
        "Set metrics.edge to true as soon as the collector's image can be had.",
    ),
    "console log alerts": (
        "retention.consoleLogPlan: found basic; nobody notices an overdue revocation list",
        "Set retention.consoleLogPlan to analytics (docs/runbooks/alerts/logs-surging.md).",
    ),
    "call": (
        "alerts.appPush: found nothing, and no alerts.webhook; severity 0 and 1 come as mail like the rest",
        "Name in alerts.appPush the accounts whose Azure app rings, or set alerts.webhook.",
    ),
}
"""By feature: what is found and follows from it, and the mend."""


def notices(figures: Figures) -> tuple[str, ...]:
    """Of a production stack, a sentence for each choice by which nobody is told of something; its mend below it."""
    if figures.tier != "prod":
        return ()
    return tuple(
        f"{found}{_off(feature)}.\n  {mend}"
        for feature, (found, mend) in _MISSED.items()
        if feature not in figures.features
    )


def _off(feature: str) -> str:
    alerts = [alert.id for alert in ALERTS if feature in alert.needs]
    return f" (off: {', '.join(alerts)})" if alerts else ""
