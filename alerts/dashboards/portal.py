"""The portal's dashboard: what it can draw, which is metrics and logs; PromQL is for Grafana."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from alerts.dashboards.panels import AzureMetric, Kql, Panel, PromQl, panels_of, placed

# learn.microsoft.com, The structure of Azure dashboards; Microsoft.Insights aggregation types of metric charts.
_CHART: Final = "Extension/HubsExtension/PartType/MonitorChartPart"
_LOGS: Final = "Extension/Microsoft_OperationsManagementSuite_Workspace/PartType/LogsDashboardPart"
_TEXT: Final = "Extension/HubsExtension/PartType/MarkdownPart"
_AGGREGATIONS: Final = {"Total": 1, "Minimum": 2, "Maximum": 3, "Average": 4, "Count": 7}
_HALF: Final = 2
_LINES: Final = 4


def lenses(title: str, ids: Mapping[str, Sequence[Any]], workspace_id: Any) -> list[dict[str, Any]]:
    """The lens with every part.

    Args:
        title: at its head.
        ids: ARM ids of the resources by target, as the program has them.
        workspace_id: ARM id of the workspace.
    """
    shown = tuple(
        panel
        for panel in panels_of(frozenset(name for name, there in ids.items() if there))
        if not isinstance(panel.source, PromQl)
    )
    parts = [
        _text(f"## {title}\n\n[Alerts](#blade/Microsoft_Azure_Monitoring/AzureMonitoringBrowseBlade/alertsV2)", 0, 12)
    ]
    y = 1
    for heading, _, places in placed(shown):
        parts.append(_text(f"### {heading}", y, 12))
        for place in places:
            position = {"x": place.x // _HALF, "y": y + 1, "colSpan": place.width // _HALF, "rowSpan": _LINES}
            parts.append({"position": position, "metadata": _part(place.panel, ids, workspace_id)})
        y += 1 + _LINES
    return [{"order": 0, "parts": parts}]


def shown(part: Mapping[str, Any]) -> tuple[str, str]:
    """What a part shows: its title, and the metric or the table it asks for, which a text does not."""
    metadata = part["metadata"]
    if metadata["type"] == _TEXT:
        return metadata["settings"]["content"]["content"].split("\n", 1)[0].lstrip("# "), ""
    inputs = {each["name"]: each.get("value") for each in metadata["inputs"]}
    if metadata["type"] == _LOGS:
        return inputs["PartTitle"], inputs["Query"].split("\n", 1)[0]
    chart = inputs["options"]["chart"]
    metric = chart["metrics"][0]
    aggregation = next(name for name, number in _AGGREGATIONS.items() if number == metric["aggregationType"])
    return chart["title"], f"{aggregation} {metric['name']}"


def _text(content: str, y: int, width: int) -> dict[str, Any]:
    settings = {"content": {"content": content, "title": "", "subtitle": "", "markdownSource": 1}}
    return {
        "position": {"x": 0, "y": y, "colSpan": width, "rowSpan": 1},
        "metadata": {"type": _TEXT, "inputs": [], "settings": {"content": settings["content"]}},
    }


def _part(panel: Panel, ids: Mapping[str, Sequence[Any]], workspace_id: Any) -> dict[str, Any]:
    if isinstance(panel.source, Kql):
        return _logs(panel.title, panel.source, workspace_id)
    if isinstance(panel.source, AzureMetric):
        return _chart(panel.title, panel.source, ids[panel.source.target])
    raise TypeError(f"{panel.title}: found PromQL; allowed in the portal: metrics and logs")


def _chart(title: str, source: AzureMetric, ids: Sequence[Any]) -> dict[str, Any]:
    metrics = [
        {
            "resourceMetadata": {"id": each},
            "name": source.name,
            "namespace": source.type,
            "aggregationType": _AGGREGATIONS[source.aggregation],
            "metricVisualization": {"displayName": title},
        }
        for each in ids
    ]
    chart = {"title": title, "titleKind": 2, "metrics": metrics, "visualization": {"chartType": 2}}
    return {
        "type": _CHART,
        "inputs": [
            {"name": "sharedTimeRange", "isOptional": True},
            {"name": "options", "value": {"chart": chart}, "isOptional": True},
        ],
        "settings": {},
    }


def _logs(title: str, source: Kql, workspace_id: Any) -> dict[str, Any]:
    values = {
        "Scope": {"resourceIds": [workspace_id]},
        "Query": source.query,
        "Version": "2.0",
        "TimeRange": "P1D",
        "PartTitle": title,
        "PartSubTitle": "",
        "ControlType": "FrameControlChart",
        "SpecificChart": "Line",
    }
    return {
        "type": _LOGS,
        "inputs": [{"name": name, "value": value, "isOptional": True} for name, value in values.items()],
        "settings": {},
    }
