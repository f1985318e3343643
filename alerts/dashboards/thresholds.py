"""The lines in a panel: thresholds of the alerts that belong to it."""

from __future__ import annotations

from alerts.alert import Activity
from alerts.catalogue import BY_ID, lacking
from alerts.dashboards.panels import Panel
from alerts.figures import Figures
from alerts.resolved import threshold_of


def lines(panel: Panel, figures: Figures) -> list[tuple[str, float]]:
    """Alert and threshold of each line; of alerts the stack does not have there is none."""
    found = []
    for name in panel.alerts:
        alert = BY_ID[name]
        if not isinstance(alert.signal, Activity) and not lacking(alert, figures):
            found.append((name, threshold_of(alert.signal.threshold, figures)))
    return found
