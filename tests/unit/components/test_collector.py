"""The collectors: what is rendered, what is refused, how the app is declared."""

from dataclasses import replace

import pulumi
import pytest
import yaml

from components.app_identity import AppIdentity, AppIdentityArgs
from components.brokers.interface import MetricsEndpoint
from components.cell import Cell
from components.collector.collector import Collector, CollectorArgs, ScrapedApp
from components.collector.config import CollectorConfig, IllegalCollectorError, Job, Login, RemoteWrite, Target, render
from components.container_app import Image
from components.edge.metrics import edge_prometheus_yml
from components.naming import Names
from components.secrets_in_use import VaultPlace
from tests.recorded_program import record

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-test"
VERSION = "0123456789abcdef0123456789abcdef"
CLIENT = "0f1e2d3c-4b5a-4968-8776-655443322110"
CELL = Cell(names=Names("test", "eu1"), location="westeurope", zones=(), tags={}, protect=False, locks=False)
WRITE = RemoteWrite(
    url="https://dce-test-a1b2.westeurope-1.metrics.ingest.monitor.azure.com/dataCollectionRules/dcr-0123/streams/"
    "Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24",
    client_id=CLIENT,
)
JOB = Job(
    name="emqx-1",
    label="emqx",
    targets=(Target(address="10.40.0.9:18091", path="/api/v5/prometheus/stats", labels={"instance": "emqx-1"}),),
    parameters={"mode": "node"},
    login=Login(user="amora-metrics", password_file="/mnt/amora/emqx-metrics-key"),
)
CONFIG = CollectorConfig(environment="test", region="eu1", interval_seconds=30, jobs=(JOB,), write=WRITE)


def node(slot, host):
    return MetricsEndpoint(
        name=f"emqx-{slot}",
        kind="emqx",
        host=host,
        port=18090 + slot,
        paths=("/api/v5/prometheus/stats", "/api/v5/prometheus/auth"),
        parameters={"mode": "node"},
        user="amora-metrics",
        key_secret="emqx-metrics-key",
    )


def collector():
    identity = AppIdentity("id", AppIdentityArgs(cell=CELL, resource_group_name="rg", app="collector", rights=()))
    Collector(
        "collector",
        CollectorArgs(
            cell=CELL,
            resource_group_name="rg",
            environment_id=f"{GROUP}/providers/Microsoft.App/managedEnvironments/core",
            image=Image(server="cr.azurecr.io", repository="prometheus/prometheus", digest=f"sha256:{'a' * 64}"),
            identity=identity,
            write_url=pulumi.Output.from_input(WRITE.url),
            nodes=(node(1, "10.40.0.9"), node(2, "10.40.2.9")),
            apps=(ScrapedApp(name="probe", address="ca-amora-test-eu1-probe:9108"),),
            vault=VaultPlace(name="kv-test", vault_id=VAULT, scope_name="Microsoft.KeyVault/vaults/kv-test"),
            secret_uris={
                "emqx-metrics-key": pulumi.Output.from_input(
                    f"https://kv-test.vault.azure.net/secrets/emqx-metrics-key/{VERSION}"
                )
            },
            interval_seconds=30,
            ready=(),
        ),
    )


@pytest.fixture(scope="module")
def recording():
    return record(collector)


@pytest.fixture(scope="module")
def app(recording):
    (found,) = recording.of("app:ContainerApp")
    return found


def configuration(app):
    (container,) = app.inputs["template"]["containers"]
    return container["args"][1]


def test_the_file_of_the_core_is_the_golden_one(app, snapshot):
    assert configuration(app) == snapshot


def test_the_file_of_the_edge_is_the_golden_one(snapshot):
    assert edge_prometheus_yml(30, CELL, write=WRITE, port=8405) == snapshot


def test_each_node_is_a_job_of_its_own_and_asked_for_itself(app):
    jobs = {job["job_name"]: job for job in yaml.safe_load(configuration(app))["scrape_configs"]}
    assert sorted(jobs) == ["collector", "emqx-1", "emqx-2", "probe"]
    asked = [each["labels"]["__metrics_path__"] for each in jobs["emqx-2"]["static_configs"]]
    assert asked == ["/api/v5/prometheus/stats", "/api/v5/prometheus/auth"]
    assert {each["labels"]["node"] for each in jobs["emqx-2"]["static_configs"]} == {"emqx-2"}
    assert jobs["emqx-2"]["params"] == {"mode": ["node"]}
    assert jobs["emqx-2"]["basic_auth"]["password_file"] == "/mnt/amora/emqx-metrics-key"


def test_it_runs_once_reached_by_nobody_and_reads_one_secret(recording, app):
    assert (app.inputs["template"]["scale"]["minReplicas"], app.inputs["template"]["scale"]["maxReplicas"]) == (1, 1)
    assert "ingress" not in app.inputs["configuration"]
    (secret,) = app.inputs["configuration"]["secrets"]
    assert secret["keyVaultUrl"].endswith(f"/secrets/emqx-metrics-key/{VERSION}")
    (right,) = recording.of("authorization:RoleAssignment")
    assert right.inputs["scope"] == f"{VAULT}/secrets/emqx-metrics-key"
    assert right.name in app.dependencies


def test_no_key_is_in_the_configuration(app):
    assert "password:" not in configuration(app)


def test_a_replica_of_the_edge_is_told_from_the_others():
    text = edge_prometheus_yml(30, CELL, write=WRITE, port=8405)
    assert yaml.safe_load(text)["global"]["external_labels"]["replica"] == "${CONTAINER_APP_REPLICA_NAME}"
    assert "replica" not in yaml.safe_load(render(CONFIG))["global"]["external_labels"]


@pytest.mark.parametrize(("interval", "timeout"), [(10, "10s"), (30, "10s"), (120, "10s")])
def test_a_scrape_ends_before_the_next_begins(interval, timeout):
    found = yaml.safe_load(render(replace(CONFIG, interval_seconds=interval)))["global"]
    assert (found["scrape_interval"], found["scrape_timeout"]) == (f"{interval}s", timeout)


def job(**changes):
    return {"jobs": (replace(JOB, **changes),)}


def target(**changes):
    return job(targets=(replace(JOB.targets[0], **changes),))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"interval_seconds": 9}, "interval_seconds: found 9"),
        ({"interval_seconds": 121}, "interval_seconds: found 121"),
        ({"jobs": (JOB, JOB)}, "jobs.name: found emqx-1, emqx-1"),
        ({"environment": "a b"}, "environment: found 'a b'"),
        ({"region": ""}, "region: found ''"),
        ({"write": replace(WRITE, url="https://x/y\n  - url: z")}, "write.url"),
        ({"write": replace(WRITE, client_id="me")}, "write.client_id: found 'me'"),
        (job(name="emqx: 1"), "jobs.name: found 'emqx: 1'"),
        (job(label=""), "jobs.label: found ''"),
        (job(parameters={"mode": "a]"}), "jobs.parameters.mode: found 'a]'"),
        (job(keep=("a|b",)), "jobs.keep: found 'a|b'"),
        (job(login=Login(user="a\nb", password_file="/x")), "jobs.login.user"),
        (job(login=Login(user="a", password_file="x y")), "jobs.login.password_file"),
        (target(address="10.0.0.1"), "jobs.targets.address: found '10.0.0.1'"),
        (target(path="stats"), "jobs.targets.path: found 'stats'"),
        (target(labels={"a-b": "c"}), "jobs.targets.labels: found 'a-b'"),
        (target(labels={"node": "x: y"}), "jobs.targets.labels.node: found 'x: y'"),
    ],
)
def test_what_would_not_stand_in_the_file_is_refused(changes, says):
    with pytest.raises(IllegalCollectorError) as refused:
        render(replace(CONFIG, **changes))
    assert says in str(refused.value)
    assert "allowed" in str(refused.value)
