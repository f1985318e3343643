"""The Grafana dashboard: the JSON model that Azure's "dashboards with Grafana" and any other Grafana reads."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from alerts.dashboards.panels import COLUMNS, HEADING, AzureMetric, Kql, Panel, Place, PromQl, panels_of, placed
from alerts.dashboards.thresholds import lines
from alerts.figures import Figures
from alerts.resolved import number

SUBSCRIPTION: Final = "__subscription__"
WORKSPACE: Final = "__workspace__"
"""Words in the model that the program replaces by the subscription's id and the workspace's ARM id."""

_AZURE: Final = {"type": "grafana-azure-monitor-datasource", "uid": "${azure}"}
_PROMETHEUS: Final = {"type": "prometheus", "uid": "${prometheus}"}
_SCHEMA: Final = 39
# github.com/grafana/grafana packages/grafana-data/src/valueFormats/categories.ts
_UNITS: Final = {
    "short": "short",
    "percent": "percent",
    "seconds": "s",
    "bytes": "bytes",
    "ops": "ops",
    "gigabytes": "decgbytes",
}
_FIRING: Final = """alertsmanagementresources
| where type == 'microsoft.alertsmanagement/alerts'
| where properties.essentials.monitorCondition == 'Fired'
| where tolower(tostring(properties.essentials.targetResourceGroup)) == tolower('$group')
| project alert = tostring(properties.essentials.alertRule), severity = tostring(properties.essentials.severity),
  since = todatetime(properties.essentials.startDateTime), target = tostring(properties.essentials.targetResourceName)
| order by severity asc, since desc"""
"""Azure Resource Graph: alerts that are firing now."""


def dashboard(
    title: str, uid: str, group: str, resources: Mapping[str, tuple[str, ...]], known: Figures
) -> dict[str, Any]:
    """The model.

    Args:
        title: of the dashboard. uid: that lasts, at most 40 characters.
        uid: its identity in Grafana.
        group: name of the resource group.
        resources: names of the resources by target.
        known: the stack's figures, for the lines.
    """
    panels: list[dict[str, Any]] = [_firing()]
    offset = HEIGHT_OF_FIRING
    for heading, y, places in placed(panels_of(frozenset(name for name, there in resources.items() if there))):
        panels.append(_heading(heading, y + offset))
        panels.extend(_panel(place, offset, group, resources, known) for place in places)
    for place, panel in enumerate(panels, start=1):
        panel["id"] = place
    return {
        "uid": uid,
        "title": title,
        "tags": ["amora"],
        "schemaVersion": _SCHEMA,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "utc",
        "templating": {
            "list": [_data_source("azure", _AZURE), _data_source("prometheus", _PROMETHEUS), _constant(group)]
        },
        "annotations": {"list": []},
        "panels": panels,
    }


HEIGHT_OF_FIRING: Final = 6
"""Lines of the table of alerts, which is above all panels."""


def _firing() -> dict[str, Any]:
    return {
        "type": "table",
        "title": "Alerts that fire",
        "gridPos": {"x": 0, "y": 0, "w": COLUMNS, "h": HEIGHT_OF_FIRING},
        "datasource": _AZURE,
        "targets": [
            {
                "refId": "A",
                "datasource": _AZURE,
                "queryType": "Azure Resource Graph",
                "subscriptions": [SUBSCRIPTION],
                "azureResourceGraph": {"query": _FIRING, "resultFormat": "table"},
            }
        ],
        "fieldConfig": {"defaults": {}, "overrides": []},
        "options": {},
    }


def _heading(title: str, y: int) -> dict[str, Any]:
    return {
        "type": "row",
        "title": title,
        "collapsed": False,
        "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": HEADING},
        "panels": [],
    }


def _panel(
    place: Place, offset: int, group: str, resources: Mapping[str, tuple[str, ...]], known: Figures
) -> dict[str, Any]:
    panel = place.panel
    drawn = lines(panel, known)
    steps = [
        {"color": "green", "value": None},
        *({"color": "red", "value": value} for _, value in sorted(drawn, key=itemgetter(1))),
    ]
    return {
        "type": "timeseries",
        "title": panel.title,
        "description": "Lines: " + ", ".join(f"{name} {number(value)}" for name, value in drawn) if drawn else "",
        "gridPos": {"x": place.x, "y": place.y + offset, "w": place.width, "h": place.height},
        "datasource": _PROMETHEUS if isinstance(panel.source, PromQl) else _AZURE,
        "targets": [_target(panel, group, resources)],
        "fieldConfig": {
            "defaults": {
                "unit": _UNITS[panel.unit],
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"thresholdsStyle": {"mode": "line" if drawn else "off"}},
            },
            "overrides": [],
        },
        "options": {},
    }


def _target(panel: Panel, group: str, resources: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    source = panel.source
    if isinstance(source, PromQl):
        return {"refId": "A", "datasource": _PROMETHEUS, "expr": source.expression, "legendFormat": source.legend}
    if isinstance(source, Kql):
        asked = {"query": source.query, "resources": [WORKSPACE], "resultFormat": "time_series"}
        return {"refId": "A", "datasource": _AZURE, "queryType": "Azure Log Analytics", "azureLogAnalytics": asked}
    return {
        "refId": "A",
        "datasource": _AZURE,
        "queryType": "Azure Monitor",
        "subscription": SUBSCRIPTION,
        "azureMonitor": _metric(source, group, resources[source.target]),
    }


def _metric(source: AzureMetric, group: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "resources": [
            {
                "subscription": SUBSCRIPTION,
                "resourceGroup": group,
                "metricNamespace": source.type,
                "resourceName": name,
            }
            for name in names
        ],
        "metricNamespace": source.type,
        "metricName": source.name,
        "aggregation": source.aggregation,
        "timeGrain": "auto",
        "dimensionFilters": [],
    }


def _data_source(name: str, source: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "datasource", "name": name, "label": name.capitalize(), "query": source["type"], "current": {}}


def _constant(group: str) -> dict[str, Any]:
    return {"type": "constant", "name": "group", "query": group, "hide": 2, "current": {"text": group, "value": group}}
