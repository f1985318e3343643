"""PromQL of alerts and recordings: a parser other than Prometheus' takes it, and every series in it is published."""

from dataclasses import replace

import promql_parser
import pytest

from alerts.catalogue import BY_ID, RECORDINGS
from alerts.dashboards.panels import PANELS, PromQl
from alerts.figures import FEATURES, figures
from alerts.limits import RULES_A_GROUP
from alerts.prometheus_files import groups
from alerts.published import emqx_metrics, prometheus_metrics
from alerts.resolved import rules
from settings import from_stack_file
from tests.recorded_program import ROOT

EVERYTHING = rules(
    replace(figures(from_stack_file(ROOT / "Pulumi.prod.yaml")), features=frozenset(FEATURES)),
)
EXPRESSIONS = {each.id: each.expression for each in EVERYTHING.prometheus} | {
    each.name: each.expression for each in EVERYTHING.recording
}
PANEL_EXPRESSIONS = {panel.title: panel.source.expression for panel in PANELS if isinstance(panel.source, PromQl)}
RECORDED = {each.name for each in RECORDINGS}


def series(expression):
    """Names of the series an expression selects, without those it makes itself."""
    found, left = set(), [promql_parser.parse(expression)]
    while left:
        node = left.pop()
        if name := getattr(node, "name", None):
            found.add(name)
        below = (getattr(node, part, None) for part in ("lhs", "rhs", "expr", "vector_selector", "param"))
        left.extend(part for part in below if part is not None)
        left.extend(getattr(node, "args", None) or ())
    return found


def unknown(expression):
    return series(expression) - set(prometheus_metrics()) - RECORDED


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_it_parses_and_names_what_is_published(name):
    assert series(EXPRESSIONS[name]), name
    assert unknown(EXPRESSIONS[name]) == set()


@pytest.mark.parametrize("expression", PANEL_EXPRESSIONS.values(), ids=PANEL_EXPRESSIONS)
def test_a_panel_names_what_is_published(expression):
    assert series(expression)
    assert unknown(expression) == set()


def lacking(alert):
    """What a node must have so that it exports the alert's metrics, and the alert does not say."""
    rows = [emqx_metrics()[name] for name in series(EXPRESSIONS[alert]) & set(emqx_metrics())]
    needed = {"emqx 6" for row in rows if not row["since"].startswith("5.")}
    needed |= {"licence" for row in rows if "opensource" not in row["editions"]}
    return needed - set(BY_ID[alert].needs)


@pytest.mark.parametrize("alert", [each.id for each in EVERYTHING.prometheus])
def test_what_only_some_nodes_export_is_asked_of_those(alert):
    assert lacking(alert) == set()


@pytest.mark.parametrize(
    ("expression", "missing"),
    [
        ("sum(rate(emqx_messages_recieved[5m])) > 1", {"emqx_messages_recieved"}),
        ("emqx_vm_cpu_use > 80 and on () nobody_exports_this == 1", {"nobody_exports_this"}),
        ("histogram_quantile(0.9, amora_probe_round_trip_seconds)", {"amora_probe_round_trip_seconds"}),
        ("-up offset 5m > 0", set()),
        ("max_over_time(up[5m:1m]) < 1", set()),
    ],
)
def test_a_series_nobody_exports_is_found(expression, missing):
    assert unknown(expression) == missing


def test_what_does_not_parse_is_refused():
    with pytest.raises(ValueError, match="unclosed"):
        series("sum(up")


def test_the_groups_hold_every_rule_once_and_no_more_than_azure_takes():
    made = groups(EVERYTHING)
    assert [each for recordings, _ in made.values() for each in recordings] == list(EVERYTHING.recording)
    assert {each.id for _, alerts in made.values() for each in alerts} == {each.id for each in EVERYTHING.prometheus}
    assert all(0 < len(recordings) + len(alerts) <= RULES_A_GROUP for recordings, alerts in made.values())
