"""The table of alerts: every row is complete, and says what Azure, EMQX and the probe publish."""

import re
from dataclasses import replace

import pytest

from alerts import limits
from alerts.alert import GROUPS, Activity, Figure, Log, Metric, Tiered
from alerts.catalogue import ALERTS, BY_ID, RECORDINGS, alerts_of, lacking
from alerts.figures import FEATURES, NUMBERS, figures, largest_connections, read_only_percent
from alerts.published import azure_metrics
from alerts.resolved import condition, number, rules, threshold_of
from settings import from_stack_file, from_values
from tests.recorded_program import ROOT
from tests.unit.settings.stacks import DEV, changed

STACKS = ("dev", "prod")
METRICS = {each.id: each.signal for each in ALERTS if isinstance(each.signal, Metric)}
LOGS = {each.id: each.signal for each in ALERTS if isinstance(each.signal, Log)}
ACTIVITY = {each.id: each.signal for each in ALERTS if isinstance(each.signal, Activity)}
THRESHOLDS = {each.id: each.signal.threshold for each in ALERTS if not isinstance(each.signal, Activity)}


def stack_figures(stack):
    return figures(from_stack_file(ROOT / f"Pulumi.{stack}.yaml"))


def by_id(signals):
    return {"argvalues": signals.values(), "ids": signals.keys()}


def test_no_id_is_given_twice():
    assert len(BY_ID) == len(ALERTS)


@pytest.mark.parametrize("alert", **by_id(BY_ID))
def test_a_row_is_complete(alert):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", alert.id)
    assert alert.title[0].isupper()
    assert not alert.title.endswith(".")
    assert alert.source
    assert alert.group == GROUPS[alert.severity]
    assert set(alert.needs) <= set(FEATURES)


@pytest.mark.parametrize("signal", **by_id(METRICS))
def test_a_metric_is_one_azure_documents(signal):
    metric = azure_metrics()[signal.type]["metrics"][signal.name]
    assert signal.aggregation in metric["aggregations"]
    assert set(signal.dimensions) <= set(metric["dimensions"])
    assert all(values for values in signal.dimensions.values())


@pytest.mark.parametrize("signal", **by_id(METRICS))
def test_a_metric_is_sampled_at_least_once_a_window(signal):
    metric = azure_metrics()[signal.type]["metrics"][signal.name]
    assert limits.seconds(signal.window) >= min(map(limits.seconds, metric["grains"]))


def refused(kind, window, frequency):
    windows = limits.METRIC_WINDOWS if kind == "metric" else limits.LOG_WINDOWS
    frequencies = limits.METRIC_FREQUENCIES if kind == "metric" else limits.LOG_FREQUENCIES
    if window not in windows:
        return "window"
    if frequency not in frequencies:
        return "frequency"
    return "pair" if limits.seconds(frequency) > limits.seconds(window) else None


@pytest.mark.parametrize("signal", **by_id(METRICS | LOGS))
def test_azure_takes_window_and_frequency(signal):
    assert refused(signal.kind, signal.window, signal.frequency) is None


@pytest.mark.parametrize(
    ("kind", "window", "frequency", "what"),
    [
        ("metric", "PT10M", "PT1M", "window"),
        ("metric", "PT15M", "PT10M", "frequency"),
        ("metric", "PT1M", "PT5M", "pair"),
        ("log", "PT3H", "PT15M", None),
        ("log", "P3D", "P1D", "window"),
        ("log", "PT15M", "PT20M", "frequency"),
    ],
)
def test_what_azure_does_not_take_is_found(kind, window, frequency, what):
    assert refused(kind, window, frequency) == what


@pytest.mark.parametrize("threshold", **by_id(THRESHOLDS))
@pytest.mark.parametrize("stack", STACKS)
def test_a_threshold_is_a_number_of_the_stack(threshold, stack):
    if isinstance(threshold, Figure):
        assert threshold.name in NUMBERS
    assert threshold_of(threshold, stack_figures(stack)) >= 0


def test_a_share_of_a_percentage_stays_one():
    for stack in STACKS:
        for signal in METRICS.values():
            if azure_metrics()[signal.type]["metrics"][signal.name]["unit"] == "Percent":
                assert threshold_of(signal.threshold, stack_figures(stack)) <= 100, signal.name


@pytest.mark.parametrize(("given", "threshold"), [(10, 46), (80, 88), (99, 99.4)])
def test_the_databases_memory_can_exceed_its_threshold_and_the_stacks_own(given, threshold):
    known = figures(from_values(changed(DEV, alerts={"thresholds": {"memoryPercent": given}})))
    assert threshold_of(THRESHOLDS["database-memory-high"], known) == threshold


@pytest.mark.parametrize("signal", **by_id(ACTIVITY))
def test_an_activity_alert_names_its_category(signal):
    assert "category" in signal.equals


def test_some_thresholds_differ_between_the_tiers():
    dev, prod = stack_figures("dev"), stack_figures("prod")
    tiered = {name: each for name, each in THRESHOLDS.items() if isinstance(each, Tiered)}
    different = {name for name, each in tiered.items() if threshold_of(each, dev) != threshold_of(each, prod)}
    assert {"database-connections-failing", "front-door-errors"} <= different < set(tiered)


@pytest.mark.parametrize(
    ("stack", "there", "absent"),
    [
        ("dev", {"logs-stopped"}, {"cluster-split", "front-door-errors", "outbound-unavailable", "export-missed"}),
        ("prod", {"cluster-split", "front-door-errors", "outbound-unavailable", "export-missed"}, {"logs-stopped"}),
    ],
)
def test_a_stack_has_the_alerts_of_its_parts(stack, there, absent):
    found = {each.id for each in alerts_of(stack_figures(stack))}
    assert there <= found
    assert not absent & found
    for each in absent:
        assert lacking(BY_ID[each], stack_figures(stack)).startswith("without ")


@pytest.mark.parametrize("stack", STACKS)
def test_every_figure_of_a_template_is_there(stack):
    made = rules(replace(stack_figures(stack), features=frozenset(FEATURES)))
    assert len(made.recording) == len(RECORDINGS)
    for each in (*made.prometheus, *made.recording):
        assert not re.search(r"\{\w+\}", each.expression), each
    for each in alerts_of(stack_figures(stack)):
        assert condition(each, stack_figures(stack))


def test_what_is_called_is_told_where_to_read():
    made = rules(stack_figures("prod"), runbooks="https://docs.example.com/alerts")
    assert all("https://docs.example.com/alerts/" in each.description for each in (*made.metric, *made.log))
    assert all("docs/runbooks/alerts/" in each.description for each in rules(stack_figures("prod")).prometheus)


@pytest.mark.parametrize(
    ("sku", "connections"),
    [("Standard_B1ms", 50), ("Standard_B2s", 429), ("Standard_D4ds_v5", 1718), ("Standard_E16ds_v5", 5000)],
)
def test_connections_by_size_are_those_of_azures_table(sku, connections):
    assert largest_connections(sku) == connections


@pytest.mark.parametrize(("gibibytes", "percent"), [(32, 84.375), (64, 92.1875), (100, 95), (128, 95), (512, 95)])
def test_the_database_takes_no_writes_from_here(gibibytes, percent):
    assert read_only_percent(gibibytes) == percent


@pytest.mark.parametrize("stack", STACKS)
def test_somebody_is_called_before_the_database_takes_no_more_writes(stack):
    known = stack_figures(stack)
    high, full = (threshold_of(THRESHOLDS[f"database-storage-{name}"], known) for name in ("high", "full"))
    ends = read_only_percent(from_stack_file(ROOT / f"Pulumi.{stack}.yaml").postgres.storage_gigabytes)
    assert high < full < ends


@pytest.mark.parametrize("stack", STACKS)
def test_one_failed_request_of_twenty_calls_nobody(stack):
    assert threshold_of(THRESHOLDS["vault-unavailable"], stack_figures(stack)) <= 95


@pytest.mark.parametrize(
    ("value", "text"), [(0.001, "0.001"), (14.4 * 0.001, "0.0144"), (3.0, "3"), (1e9, "1000000000")]
)
def test_numbers_are_written_plainly(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("duration", "seconds", "promql"),
    [("PT5M", 300, "5m"), ("P1D", 86400, "1d"), ("PT90M", 5400, "90m"), ("P3D", 259200, "3d")],
)
def test_durations(duration, seconds, promql):
    assert limits.seconds(duration) == seconds
    assert limits.promql_duration(duration) == promql


@pytest.mark.parametrize("text", ["", "P", "5m", "PT"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="no duration"):
        limits.seconds(text)


def test_nothing_counts_on_a_counter_that_never_falls():
    assert "RestartCount" not in {signal.name for signal in METRICS.values()}


def test_console_logs_on_the_basic_plan_have_no_alert():
    known = stack_figures("prod")
    basic = replace(known, features=known.features - {"console log alerts"})
    assert "revocation-list-overdue" in {each.id for each in alerts_of(known)}
    assert "revocation-list-overdue" not in {each.id for each in alerts_of(basic)}
    asked = {name for name, signal in LOGS.items() if "ContainerAppConsoleLogs" in signal.query}
    assert asked <= {each.id for each in ALERTS if "console log alerts" in each.needs}


def test_without_a_collector_in_the_edge_nobody_waits_for_its_metrics():
    without = replace(stack_figures("prod"), features=frozenset(FEATURES) - {"edge metrics"})
    assert not [each.id for each in rules(without).prometheus if "haproxy" in each.expression]


def test_without_a_probe_nobody_waits_for_its_word():
    without = replace(stack_figures("prod"), features=frozenset(FEATURES) - {"probe"})
    made = rules(without)
    assert made.recording == ()
    assert not [each.id for each in made.prometheus if "amora" in each.expression]
