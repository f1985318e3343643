"""Alert rules as resources: what Azure is asked for, and that each one tells somebody."""

from dataclasses import replace

import pulumi
import pytest

from alerts.figures import FEATURES, figures
from alerts.prometheus_files import groups
from alerts.resolved import rules
from components.alerts.action_groups import ActionGroups, ActionGroupsArgs
from components.alerts.maintenance import Maintenance, MaintenanceArgs
from components.alerts.metric_alerts import MetricAlerts, MetricAlertsArgs
from components.alerts.prometheus_alerts import PrometheusAlerts, PrometheusAlertsArgs
from components.cell import Cell
from components.naming import Names
from sandbox import wire
from settings import from_stack_file
from tests.recorded_program import ROOT, record

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg"
IDS = {name: f"{GROUP}/providers/Microsoft.Insights/actionGroups/{name}" for name in ("page", "notify")}
CELL = Cell(
    names=Names(environment="test", region="eu1"), location="westeurope", zones=(), tags={}, protect=False, locks=False
)
RULES = rules(replace(figures(from_stack_file(ROOT / "Pulumi.prod.yaml")), features=frozenset(FEATURES)))


def told(webhook="", **given):
    def program():
        address = pulumi.Output.secret(webhook) if webhook else None
        args = {"emails": (), "app_push": (), "webhook": address, **given}
        ActionGroups("told", ActionGroupsArgs(cell=CELL, resource_group_name="rg", **args))

    made = record(program).of("monitor:ActionGroup")
    return {each.name.removeprefix("told-"): each.inputs for each in made}


class TestActionGroups:
    def test_mail_goes_to_everybody_and_a_telephone_rings_for_what_cannot_wait(self):
        made = told(emails=("a@example.com", "b@example.com"), app_push=("a@example.com",))
        for group in made.values():
            assert [each["emailAddress"] for each in group["emailReceivers"]] == ["a@example.com", "b@example.com"]
        assert len(made["page"]["azureAppPushReceivers"]) == 1
        assert made["notify"]["azureAppPushReceivers"] == []

    def test_the_webhooks_address_stays_a_secret(self):
        made = told(webhook="https://hooks.example.com/token")
        for group in made.values():
            assert isinstance(group["webhookReceivers"], wire.Secret) or isinstance(
                group["webhookReceivers"][0]["serviceUri"], wire.Secret
            )

    def test_without_a_receiver_there_is_still_a_group(self):
        assert set(told()) == {"page", "notify"}
        assert told()["page"]["webhookReceivers"] == []


def metric_alerts(targets):
    args = MetricAlertsArgs(cell=CELL, resource_group_name="rg", rules=RULES.metric, targets=targets, action_groups=IDS)
    return record(lambda: MetricAlerts("alerts", args)).of("monitor:MetricAlert")


def every_target(**given):
    names = {rule.target for rule in RULES.metric}
    return {name: {} for name in names} | given


class TestMetricAlerts:
    def test_one_rule_a_resource(self):
        node = f"{GROUP}/providers/Microsoft.App/containerApps"
        made = metric_alerts(every_target(node={"emqx-1": f"{node}/a", "emqx-2": f"{node}/b"}))
        wanted = {
            f"alerts-{rule.id}-{node}"
            for rule in RULES.metric
            if rule.target == "node"
            for node in ("emqx-1", "emqx-2")
        }
        assert {each.name for each in made} == wanted
        assert {each.inputs["scopes"][0] for each in made} == {f"{node}/a", f"{node}/b"}

    def test_a_target_nobody_gives_is_named(self):
        with pytest.raises(ValueError, match=r"node-replica-missing: found the target node; allowed: edge"):
            metric_alerts({"edge": {}})

    def test_what_is_asked_for_is_what_the_table_says(self):
        door = f"{GROUP}/providers/Microsoft.Cdn/profiles/p"
        made = {each.name: each.inputs for each in metric_alerts(every_target(**{"front door": {"1": door}}))}
        blocks = made["alerts-front-door-blocks-1"]
        (criterion,) = blocks["criteria"]["allOf"]
        assert criterion["metricNamespace"] == "Microsoft.Cdn/profiles"
        assert (criterion["timeAggregation"], criterion["operator"], criterion["threshold"]) == (
            "Total",
            "GreaterThan",
            1000,
        )
        assert criterion["dimensions"] == [{"name": "Action", "operator": "Include", "values": ["Block"]}]
        assert (blocks["windowSize"], blocks["evaluationFrequency"], blocks["severity"]) == ("PT15M", "PT5M", 3)
        assert blocks["actions"] == [{"actionGroupId": IDS["notify"]}]


class TestPrometheusAlerts:
    def test_recordings_come_first_and_alerts_have_severity_and_somebody_to_tell(self):
        args = PrometheusAlertsArgs(
            cell=CELL,
            resource_group_name="rg",
            metrics_id=f"{GROUP}/providers/Microsoft.Monitor/accounts/amw",
            groups=groups(RULES),
            action_groups=IDS,
        )
        made = record(lambda: PrometheusAlerts("rules", args)).of("alertsmanagement:PrometheusRuleGroup")
        made.sort(key=lambda each: each.name != "rules-recordings-1")
        given = [rule for each in made for rule in each.inputs["rules"]]
        recorded = [rule["record"] for rule in given if "record" in rule]
        assert recorded == [each.name for each in RULES.recording]
        assert "record" in made[0].inputs["rules"][0]
        fast = next(rule for rule in given if rule.get("alert") == "delivery-budget-burning-fast")
        assert (fast["severity"], fast["for"]) == (0, "PT2M")
        assert fast["actions"] == [{"actionGroupId": IDS["page"]}]
        assert "0.0144" in fast["expression"]


def test_maintenance_takes_every_action_group_off_on_its_days():
    args = MaintenanceArgs(
        cell=CELL, resource_group_name="rg", group_id=GROUP, days=("Sunday",), start="02:00", end="04:30"
    )
    (rule,) = record(lambda: Maintenance("maintenance", args)).of("alertsmanagement:AlertProcessingRuleByName")
    properties = rule.inputs["properties"]
    assert properties["actions"] == [{"actionType": "RemoveAllActionGroups"}]
    always_told = {"field": "MonitorService", "operator": "NotEquals", "values": ["ActivityLog Administrative"]}
    assert properties["conditions"] == [always_told]
    (weekly,) = properties["schedule"]["recurrences"]
    assert (weekly["daysOfWeek"], weekly["startTime"], weekly["endTime"]) == (["Sunday"], "02:00:00", "04:30:00")
