"""The alerts and the diagnostics that a stack declares: all that it watches, each telling somebody."""

from unittest.mock import patch

import pulumi
import pytest

from alerts.catalogue import alerts_of
from alerts.figures import figures
from components.diagnostics import OWN_TABLES
from settings import from_stack_file
from tests.recorded_program import ROOT, record_changed, record_stack


@pytest.mark.parametrize(("stack", "told"), [("prod", ["probe.enabled", "alerts.appPush"]), ("dev", [])])
def test_the_program_says_it_in_every_preview(stack, told):
    with patch.object(pulumi.log, "warn") as warn:
        record_changed(stack, {})
    assert [call.args[0].split(":")[0] for call in warn.call_args_list] == told


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_everything_the_stack_watches_is_declared(stack):
    recording = record_stack(stack)
    prometheus = {
        rule["alert"]
        for each in recording.of("alertsmanagement:PrometheusRuleGroup")
        for rule in each.inputs["rules"]
        if "alert" in rule
    }
    logs = {each.name.removeprefix("log-alerts-") for each in recording.of("monitor:ScheduledQueryRule")}
    activity = {each.name.removeprefix("activity-alerts-") for each in recording.of("monitor:ActivityLogAlert")}
    metrics = {each.name.removeprefix("metric-alerts-") for each in recording.of("monitor:MetricAlert")}
    for alert in alerts_of(figures(from_stack_file(ROOT / f"Pulumi.{stack}.yaml"))):
        by_resource = any(name.startswith(f"{alert.id}-") for name in metrics)
        assert alert.id in prometheus | logs | activity or by_resource, alert.id


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_rule_of_a_stack_tells_a_group_of_its_own(stack):
    recording = record_stack(stack)
    own = {identifier for identifier, name in recording.arm_ids().items() if name in ("told-page", "told-notify")}
    assert len(own) == 2
    for each in recording.of("monitor:MetricAlert"):
        assert {action["actionGroupId"] for action in each.inputs["actions"]} <= own
    for each in recording.of("monitor:ScheduledQueryRule"):
        assert set(each.inputs["actions"]["actionGroups"]) <= own


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_logs_go_to_tables_of_their_own_where_there_is_a_choice(stack):
    recording = record_stack(stack)
    owners = {identifier.lower(): name for identifier, name in recording.arm_ids().items()}
    tokens = {each.name: each.token for each in recording.resources}
    for each in recording.of("monitor:DiagnosticSetting"):
        choice = tokens[owners[each.inputs["resourceUri"].lower()]] in OWN_TABLES
        assert (each.inputs.get("logAnalyticsDestinationType") == "Dedicated") is choice, each.name


def test_no_resource_of_the_program_names_an_api_version():
    recording = record_stack("prod")
    assert [(each.name, alias) for each in recording.resources for alias in each.aliases if "/v" in alias] == []
    (renamed,) = {alias for each in recording.of("monitor:DiagnosticSetting") for alias in each.aliases}
    assert renamed == "azure-native:insights:DiagnosticSetting"
