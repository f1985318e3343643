"""Where metrics go: the workspace, the way in, and who may take it."""

import pulumi
import pytest

from components.app_identity import AppIdentity, AppIdentityArgs
from components.cell import Cell
from components.metrics_workspace import MetricsWorkspace, MetricsWorkspaceArgs
from components.naming import Names
from components.role_assignment import ROLES
from tests.recorded_program import record

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"
LOGS = f"{GROUP}/Microsoft.OperationalInsights/workspaces/log"


def made(*, kept):
    cell = Cell(
        names=Names("test", "eu1"), location="westeurope", zones=(), tags={"owner": "x"}, protect=kept, locks=kept
    )

    def program():
        args = MetricsWorkspaceArgs(cell=cell, resource_group_name="rg", workspace_id=LOGS)
        workspace = MetricsWorkspace("metrics", args)
        identity = AppIdentityArgs(
            cell=cell, resource_group_name="rg", app="collector", rights=(workspace.right_to_write(),)
        )
        AppIdentity("collector-identity", identity)
        for name in ("workspace_id", "query_endpoint", "write_url"):
            pulumi.export(name, getattr(workspace, name))

    return record(program)


@pytest.fixture(scope="module")
def recording():
    return made(kept=True)


def test_metrics_flow_from_the_endpoint_by_the_rule_into_the_workspace(recording):
    rule = recording.one("metrics-rule").inputs
    (source,) = rule["dataSources"]["prometheusForwarder"]
    (flow,) = rule["dataFlows"]
    (destination,) = rule["destinations"]["monitoringAccounts"]
    assert source["streams"] == flow["streams"] == ["Microsoft-PrometheusMetrics"]
    assert flow["destinations"] == [destination["name"]]
    assert destination["accountResourceId"] == recording.outputs["workspace_id"]
    assert rule["dataCollectionEndpointId"].endswith("/dataCollectionEndpoints/dce-amora-test-eu1-metrics")


def test_prometheus_writes_to_the_rule_at_the_endpoint(recording):
    url = recording.outputs["write_url"]
    assert url.startswith("https://dce-amora-test-eu1-metrics-")
    assert ".metrics.ingest.monitor.azure.com/dataCollectionRules/" in url
    assert url.endswith("/streams/Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24")
    assert recording.outputs["query_endpoint"].endswith(".prometheus.monitor.azure.com")


def test_who_writes_has_a_right_on_the_rule_and_nothing_else(recording):
    (right,) = recording.of("authorization:RoleAssignment")
    assert right.inputs["scope"].endswith("/dataCollectionRules/dcr-amora-test-eu1-metrics")
    assert right.inputs["roleDefinitionId"].rpartition("/")[2] == ROLES["Monitoring Metrics Publisher"]


def test_the_rules_errors_are_logged(recording):
    (setting,) = recording.of("monitor:DiagnosticSetting")
    assert setting.inputs["resourceUri"].endswith("/dataCollectionRules/dcr-amora-test-eu1-metrics")
    assert setting.inputs["workspaceId"] == LOGS


@pytest.mark.parametrize("kept", [True, False])
def test_metrics_are_protected_where_the_cell_is(kept):
    recording = made(kept=kept)
    assert recording.one("metrics-workspace").protect is kept
    assert len(recording.of("authorization:ManagementLockByScope")) == kept
