"""Every query of the alerts as Microsoft's language service reads it, against the columns Azure documents."""

import re
from functools import cache

import pytest

from alerts.alert import Log
from alerts.catalogue import ALERTS
from alerts.dashboards.panels import PANELS, Kql
from alerts.published import log_tables
from tests.recorded_program import ROOT, record_stack
from tools import kusto_queries

TABLES = {name: table["columns"] for name, table in log_tables().items()}
NUMERIC = {"int", "long", "real", "decimal"}
SIGNALS = {each.id: each.signal for each in ALERTS if isinstance(each.signal, Log)}
TABLE_QUERIES = {name: signal.query for name, signal in SIGNALS.items() if not signal.query.startswith("{")}

PANEL_QUERIES = {panel.title: panel.source.query for panel in PANELS if isinstance(panel.source, Kql)}


@cache
def declared():
    """What the program declares, which is where a query is whole."""
    found = {}
    for stack in ("dev", "prod"):
        for each in record_stack(stack).of("monitor:ScheduledQueryRule"):
            found[f"{stack} {each.name}"] = each.inputs["criteria"]["allOf"][0]["query"]
    return found


@cache
def checked():
    return kusto_queries.checked({**TABLE_QUERIES, **declared(), **of_runbooks(), **PANEL_QUERIES}, TABLES)


RUNBOOK_QUERY = re.compile(r"--analytics-query '(?P<query>.*)'$", re.MULTILINE)


@cache
def of_runbooks():
    """Queries of the runbooks, with what the shell puts in replaced by a word."""
    found = {}
    for each in sorted((ROOT / "docs" / "runbooks" / "alerts").glob("*.md")):
        for number, query in enumerate(RUNBOOK_QUERY.findall(each.read_text(encoding="utf-8")), start=1):
            found[f"{each.stem} {number}"] = re.sub(r"'\"\$\w+\"'", "word", query)
    return found


@pytest.mark.parametrize("name", sorted(of_runbooks()))
def test_the_service_finds_nothing_in_a_runbook(name):
    assert errors(checked()[name]) == []


def errors(query):
    return [each for each in query.findings if each.severity != "Suggestion"]


@pytest.mark.parametrize("name", sorted({**TABLE_QUERIES, **declared(), **PANEL_QUERIES}))
def test_the_service_finds_nothing(name):
    assert errors(checked()[name]) == []


@pytest.mark.parametrize("name", sorted(TABLE_QUERIES))
def test_what_is_measured_and_told_apart_are_columns_of_the_result(name):
    signal, columns = SIGNALS[name], checked()[name].columns
    if signal.measure:
        assert columns[signal.measure] in NUMERIC
    assert {columns[each] for each in signal.dimensions} <= {"string", *NUMERIC}


def test_every_alert_of_the_table_is_declared_or_left_out_for_a_reason():
    ids = {name.split(" ", 1)[1].removeprefix("log-alerts-") for name in declared()}
    assert ids <= set(SIGNALS)
    assert len(ids) >= len(SIGNALS) - 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("ContainerAppSystemLogs | where Reason_s == 'x'", "KS142"),
        ("ContainerAppSystemLogs_CL | count", "KS204"),
        ("Usage | where Quantity > 'x'", "KS106"),
        ("Usage | where", "KS006"),
    ],
    ids=["unknown column", "unknown table", "wrong type", "unfinished"],
)
def test_a_mistake_is_found(query, code):
    found = kusto_queries.checked({"query": query}, TABLES)["query"]
    assert code in {each.code for each in errors(found)}
