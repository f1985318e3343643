"""The dashboards: whole, in their grids, with the table's thresholds, and readable by what shows them."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import promql_parser
import pytest
from grafana_foundation_sdk.models import dashboard as model

from alerts.__main__ import pages
from alerts.catalogue import BY_ID
from alerts.dashboards import grafana, portal
from alerts.dashboards.panels import COLUMNS, PANELS, AzureMetric, Kql, PromQl, placed
from alerts.dashboards.picture import GRAFANA, PORTAL, grafana_picture, portal_picture
from alerts.dashboards.thresholds import lines
from alerts.figures import figures
from alerts.published import azure_metrics
from alerts.resolved import threshold_of
from settings import from_stack_file
from tests.recorded_program import ROOT

KNOWN = figures(from_stack_file(ROOT / "Pulumi.prod.yaml"))
NAMES = {name: (name.replace(" ", "-"),) for name in ("database", "cache", "edge", "front door", "metrics")}
ROWS = ["Connections", "Throughput", "Latency", "Errors", "Database", "Cache", "Edge", "Cost"]


def made(**changes):
    return grafana.dashboard("Amora", "amora-test", "rg", {**NAMES, **changes}, KNOWN)


def drawn(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] == "timeseries"]


def test_every_part_of_the_platform_has_its_row():
    assert [heading for heading, _, _ in placed(PANELS)] == ROWS


@pytest.mark.parametrize("panel", PANELS, ids=lambda each: each.title)
def test_a_panel_asks_for_what_is_published(panel):
    if isinstance(panel.source, AzureMetric):
        metric = azure_metrics()[panel.source.type]["metrics"][panel.source.name]
        assert panel.source.aggregation in metric["aggregations"]
    elif isinstance(panel.source, PromQl):
        promql_parser.parse(panel.source.expression)
    assert set(panel.alerts) <= set(BY_ID)


def test_panels_fill_their_rows_and_never_overlap():
    taken = set()
    for _, _, places in placed(PANELS):
        assert sum(place.width for place in places) == COLUMNS
        for place in places:
            cells = {
                (x, y) for x in range(place.x, place.x + place.width) for y in range(place.y, place.y + place.height)
            }
            assert not cells & taken
            taken |= cells


def test_a_row_that_is_too_wide_is_refused():
    with pytest.raises(ValueError, match="found 26 columns; allowed: 24"):
        placed((replace(PANELS[0], width=13), replace(PANELS[1], width=13)))


def test_the_lines_are_the_tables_thresholds():
    panels = {panel["title"]: panel for panel in drawn(made())}
    steps = panels["Storage of the database"]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step["value"] for step in steps] == [None, KNOWN.storage_percent, KNOWN.database_full_percent]
    for panel in PANELS:
        for name, value in lines(panel, KNOWN):
            assert value == threshold_of(BY_ID[name].signal.threshold, KNOWN)  # pyright: ignore[reportAttributeAccessIssue]


def test_a_line_is_named_with_its_plain_number():
    panels = {panel["title"]: panel for panel in drawn(made())}
    assert panels["CPU of the edge"]["description"] == "Lines: edge-cpu-high 1600000000"


def test_an_alert_the_stack_does_not_have_draws_no_line():
    without = replace(KNOWN, features=KNOWN.features - {"front door"})
    (panel,) = [each for each in PANELS if "front-door-origin-unhealthy" in each.alerts]
    assert lines(panel, KNOWN)
    assert lines(panel, without) == []


def test_grafanas_own_model_reads_it_and_gives_it_back():
    text = made()
    read = model.Dashboard.from_json(json.loads(json.dumps(text)))
    again = json.loads(json.dumps(read.to_json(), default=lambda part: part.to_json()))
    assert (again["title"], again["uid"], again["schemaVersion"]) == (text["title"], text["uid"], text["schemaVersion"])
    assert len(again["panels"]) == len(text["panels"])
    for given, back in zip(text["panels"], again["panels"], strict=True):
        assert back["gridPos"]["w"] == given["gridPos"]["w"]
        assert back.get("targets", []) == given.get("targets", [])


def test_ids_of_panels_are_given_once():
    ids = [panel["id"] for panel in made()["panels"]]
    assert len(ids) == len(set(ids))


def test_what_a_stack_does_not_have_is_not_shown():
    assert len(drawn(made(cache=()))) == len(drawn(made())) - 2


def test_the_portal_shows_metrics_and_logs_inside_its_grid():
    (lens,) = portal.lenses("Amora", dict.fromkeys(NAMES, ("/id",)), "/workspace")
    charts = [part for part in lens["parts"] if part["metadata"]["type"].endswith("MonitorChartPart")]
    logs = [part for part in lens["parts"] if part["metadata"]["type"].endswith("LogsDashboardPart")]
    assert len(charts) == sum(isinstance(panel.source, AzureMetric) for panel in PANELS)
    assert len(logs) == sum(isinstance(panel.source, Kql) for panel in PANELS)
    for part in lens["parts"]:
        assert part["position"]["x"] + part["position"]["colSpan"] <= 12


def words_of(picture):
    return " ".join(ET.fromstring(picture).itertext())  # noqa: S314 - our own picture


def test_grafanas_picture_is_one_and_the_same_and_has_every_panel():
    text = grafana_picture(KNOWN)
    assert text == grafana_picture(KNOWN)
    shown = words_of(text)
    for panel in PANELS:
        assert panel.title[:20] in shown
    assert "Alerts that fire" in shown
    assert "database-storage-full: 92" in shown


def test_the_portals_picture_has_what_the_portal_can_draw_and_no_more():
    text = portal_picture()
    assert text == portal_picture()
    shown = words_of(text)
    for panel in PANELS:
        assert (panel.title[:20] in shown) is not isinstance(panel.source, PromQl), panel.title
    assert "Average storage_percent" in shown
    assert "ContainerAppSystemLogs" in shown


@pytest.mark.parametrize("name", [GRAFANA, PORTAL])
def test_no_title_in_a_picture_is_cut(name):
    shown = words_of(pages()[name])
    assert "…" not in shown
    for panel in PANELS:
        assert (panel.title in shown) is (name == GRAFANA or not isinstance(panel.source, PromQl))


def test_the_greater_threshold_is_above_and_parts_still_to_come_have_theirs():
    shown = words_of(pages()[GRAFANA])
    assert shown.index("database-storage-full: 92") < shown.index("database-storage-high: 80")
    assert "latency-high: 0.1" in shown


def boxes_in(element, lower):
    """The panels' frames in the picture: x, y, width, height."""
    for each in element:
        if each.tag.endswith("}g"):
            yield from boxes_in(each, lower + int(re.fullmatch(r"translate\(0 (\d+)\)", each.attrib["transform"])[1]))
        elif each.tag.endswith("}rect") and "rx" in each.attrib:
            x, y, across, down = (int(each.attrib[name]) for name in ("x", "y", "width", "height"))
            yield x, y + lower, across, down


@pytest.mark.parametrize("picture", [grafana_picture(KNOWN), portal_picture()], ids=["Grafana", "portal"])
def test_panels_in_a_picture_are_inside_it_and_never_overlap(picture):
    svg = ET.fromstring(picture)  # noqa: S314 - our own picture
    width, height = int(svg.attrib["width"]), int(svg.attrib["height"])
    boxes = list(boxes_in(svg, 0))
    assert len(boxes) > 1
    assert all(x >= 0 and x + across <= width and y + down <= height for x, y, across, down in boxes)
    for number, (x, y, across, down) in enumerate(boxes):
        for left, top, wide, high in boxes[:number]:
            assert x >= left + wide or left >= x + across or y >= top + high or top >= y + down
