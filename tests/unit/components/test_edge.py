"""The edge's app as the program declares it."""

import itertools
from dataclasses import replace
from hashlib import sha256

import pulumi
import pytest

from components.app_identity import AppIdentity, AppIdentityArgs
from components.brokers.interface import Backend
from components.cell import Cell
from components.container_app import Image
from components.create_only import CREATE_ONLY
from components.edge.config import IllegalEdgeError
from components.edge.edge import CustomDomain, Edge, EdgeArgs, haproxy_cfg
from components.edge.metrics import EdgeMetrics
from components.naming import Names
from sandbox import arm, wire
from tests.recorded_program import record

CELL = Cell(
    names=Names(environment="test", region="eu1"),
    location="westeurope",
    zones=("1", "2", "3"),
    tags={"application": "amora-sync"},
    protect=False,
    locks=False,
)
GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-test"
SECRET = "edge-haproxy-cfg"
PROFILE = "0f1e2d3c-4b5a-4968-8776-655443322110"
CERTIFICATE = f"{GROUP}/providers/Microsoft.App/managedEnvironments/edge/managedCertificates/ws"


def places(hosts=("10.40.0.250",)):
    where = itertools.cycle(hosts)
    return tuple(
        Backend(
            name=f"emqx-{slot}",
            host=next(where),
            mqtt_port=8880 + slot,
            web_socket_port=8090 + slot,
            health_port=18090 + slot,
            health_path="/status",
        )
        for slot in range(1, 11)
    )


def arguments(**changes):
    identity = AppIdentity("edge-identity", AppIdentityArgs(cell=CELL, resource_group_name="rg", app="edge", rights=()))
    args = EdgeArgs(
        cell=CELL,
        resource_group_name="rg",
        environment_id=f"{GROUP}/providers/Microsoft.App/managedEnvironments/edge",
        static_ip="203.0.113.10",
        default_domain="kindhill.westeurope.azurecontainerapps.io",
        vault_id=VAULT,
        vault_name="kv-test",
        vault_scope_name="Microsoft.KeyVault/vaults/kv-test",
        identity=identity,
        registry_server="cr.azurecr.io",
        image=Image(server="cr.azurecr.io", repository="docker/library/haproxy", digest=f"sha256:{'a' * 64}"),
        backends=places(),
        min_replicas=3,
        max_replicas=10,
        cpu=2,
        memory_gigabytes=4,
        scale_at_cpu_percent=70,
        drain_seconds=300,
        promoted=True,
    )
    return replace(args, **changes)


def edge(**changes):
    def program():
        made = Edge("edge", arguments(**changes))
        for name in ("fqdn", "static_ip", "mqtt_endpoint", "app_id", "custom_domain_verification_id"):
            pulumi.export(name, getattr(made, name))

    return record(program)


@pytest.fixture(scope="module")
def recording():
    return edge()


@pytest.fixture(scope="module")
def app(recording):
    (found,) = recording.of("app:ContainerApp")
    return found


def container(app):
    (found,) = app.inputs["template"]["containers"]
    return found


def test_it_breaks_no_contract(recording):
    declared = [each for each in recording.resources if each.token.startswith("azure-native:")]
    assert {each.token.split(":")[-1] for each in declared} >= {"ContainerApp", "Secret", "RoleAssignment"}
    for each in declared:
        assert arm.check(each.token, wire.plain(dict(each.inputs))) == []
        assert list(each.replace_on_changes) == [row.path for row in CREATE_ONLY[each.token]]


def test_web_socket_comes_by_the_http_ingress_and_mqtt_by_a_port_of_its_own(app):
    ingress = app.inputs["configuration"]["ingress"]
    assert (ingress["external"], ingress["transport"], ingress["targetPort"]) == (True, "http", 8080)
    assert ingress["allowInsecure"] is False
    assert ingress["additionalPortMappings"] == [{"external": True, "targetPort": 8883, "exposedPort": 8883}]
    assert "customDomains" not in ingress


def test_the_container_runs_the_mounted_file_by_the_draining_script(app):
    found = container(app)
    assert found["image"] == f"cr.azurecr.io/docker/library/haproxy@sha256:{'a' * 64}"
    shell, flag, script = found["command"]
    assert (shell, flag) == ("/bin/sh", "-c")
    assert "trap drain TERM USR1" in script
    # `sh -c <script> <name> <first argument>`
    assert found["args"] == ["edge", "/mnt/amora/haproxy.cfg"]
    assert found["volumeMounts"] == [{"volumeName": "files", "mountPath": "/mnt/amora"}]
    (volume,) = app.inputs["template"]["volumes"]
    assert volume["secrets"] == [{"path": "haproxy.cfg", "secretRef": SECRET}]


def test_the_file_is_a_versioned_secret_of_the_vault(recording, app):
    (secret,) = recording.of("keyvault:Secret")
    assert isinstance(secret.inputs["properties"]["value"], wire.Secret)
    assert "hard-stop-after 300s" in wire.plain(secret.inputs)["properties"]["value"]
    (reference,) = app.inputs["configuration"]["secrets"]
    assert reference["keyVaultUrl"].startswith(f"https://kv-test.vault.azure.net/secrets/{SECRET}/")


def test_it_may_read_its_own_file_and_no_other_secret(recording, app):
    (right,) = recording.of("authorization:RoleAssignment")
    assert right.inputs["scope"] == f"{VAULT}/secrets/{SECRET}"
    assert f"{SECRET}-secret" in right.dependencies
    assert right.name in app.dependencies


def test_replicas_follow_the_cpu_between_the_limits(app):
    scale = app.inputs["template"]["scale"]
    assert (scale["minReplicas"], scale["maxReplicas"]) == (3, 10)
    assert scale["rules"] == [
        {"name": "cpu", "custom": {"type": "cpu", "metadata": {"type": "Utilization", "value": "70"}}}
    ]
    assert container(app)["resources"] == {"cpu": 2, "memory": "4Gi"}


def probes(app):
    return {probe["type"]: probe for probe in container(app)["probes"]}


def test_no_probe_asks_for_the_nodes(app):
    assert set(probes(app)) == {"Startup", "Readiness", "Liveness"}
    for probe in probes(app).values():
        assert probe["httpGet"] == {"path": "/alive", "port": 8404, "scheme": "HTTP"}


@pytest.mark.parametrize("drain_seconds", [30, 300, 570])
def test_a_drain_ends_within_the_grace_period_and_is_not_cut_short_by_liveness(drain_seconds):
    (app,) = edge(drain_seconds=drain_seconds).of("app:ContainerApp")
    grace = app.inputs["template"]["terminationGracePeriodSeconds"]
    assert drain_seconds < grace <= 600
    alive = probes(app)["Liveness"]
    assert alive["periodSeconds"] * alive["failureThreshold"] >= grace
    ready = probes(app)["Readiness"]
    assert ready["periodSeconds"] * ready["failureThreshold"] <= 10


def test_a_drain_longer_than_azure_waits_is_refused():
    with pytest.raises(IllegalEdgeError, match=r"drain_seconds: found 571; allowed: at most 570"):
        edge(drain_seconds=571)


@pytest.mark.parametrize(
    ("domain", "wire_form"),
    [
        (
            CustomDomain(name="ws.amora.example.com", binding="Disabled"),
            {"name": "ws.amora.example.com", "bindingType": "Disabled"},
        ),
        (
            CustomDomain(name="ws.amora.example.com", binding="SniEnabled", certificate_id=CERTIFICATE),
            {"name": "ws.amora.example.com", "bindingType": "SniEnabled", "certificateId": CERTIFICATE},
        ),
    ],
)
def test_a_name_of_ours_on_the_ingress(domain, wire_form):
    (app,) = edge(custom_domain=domain).of("app:ContainerApp")
    assert app.inputs["configuration"]["ingress"]["customDomains"] == [wire_form]


def file(**changes):
    (secret,) = edge(**changes).of("keyvault:Secret")
    return wire.plain(secret.inputs)["properties"]["value"]


def test_the_file_lists_every_place_in_its_own_environment():
    text = file(backends=places(hosts=("10.40.0.250", "10.40.1.250", "10.40.2.250")))
    assert "server emqx-1 10.40.0.250:8881" in text
    assert "server emqx-5 10.40.1.250:8885" in text
    assert "server emqx-10 10.40.0.250:8890" in text


def test_ids_of_front_doors_become_part_of_the_file():
    assert PROFILE not in file()
    assert f"x-azure-fdid) -m str -i {PROFILE}\n" in file(front_door_ids=(PROFILE,))


def test_a_changed_file_makes_a_new_revision_of_the_same_app():
    """A change of a secret alone would reach no replica."""
    active, standby = (edge(promoted=promoted).one("edge-app").inputs["template"] for promoted in (True, False))
    before, after = (template["containers"][0].pop("env") for template in (active, standby))
    assert active == standby
    assert [variable["name"] for variable in before] == ["HAPROXY_CFG_SHA256"]
    assert before != after
    assert before[0]["value"] == sha256(file().encode()).hexdigest()


def test_the_same_file_makes_no_new_revision(app):
    assert edge().one("edge-app").inputs["template"] == app.inputs["template"]


def test_an_id_that_is_no_id_stops_the_deployment():
    def program():
        pulumi.export("file", haproxy_cfg(arguments(front_door_ids=("not-an-id",))))

    with pytest.raises(IllegalEdgeError, match="front_door_ids: found 'not-an-id'"):
        record(program, finished=False)


def test_outputs(recording, app):
    assert recording.outputs["mqtt_endpoint"] == "203.0.113.10:8883"
    assert recording.outputs["static_ip"] == "203.0.113.10"
    assert recording.outputs["fqdn"] == "ca-amora-test-eu1-edge.kindhill.westeurope.azurecontainerapps.io"
    assert recording.outputs["app_id"].endswith("/containerApps/ca-amora-test-eu1-edge")
    assert recording.outputs["custom_domain_verification_id"]


def test_a_collector_stands_beside_haproxy_in_every_replica():
    metrics = EdgeMetrics(
        image=Image(server="cr.azurecr.io", repository="prometheus/prometheus", digest=f"sha256:{'b' * 64}"),
        write_url="https://dce.example.com/dataCollectionRules/dcr-1/api/v1/write",
        interval_seconds=30,
    )
    (app,) = edge(metrics=metrics).of("app:ContainerApp")
    haproxy, collector = app.inputs["template"]["containers"]
    assert haproxy["name"] == "haproxy"
    assert collector["image"] == f"cr.azurecr.io/prometheus/prometheus@sha256:{'b' * 64}"
    assert collector["args"][2] == "--agent"
    assert "127.0.0.1:8405" in collector["args"][1]
    assert metrics.write_url in collector["args"][1]
    assert "volumeMounts" not in collector, "it reads no secret"
    assert (collector["resources"]["cpu"], collector["resources"]["memory"]) == (0.25, "0.5Gi")
    ingress = app.inputs["configuration"]["ingress"]
    assert 8405 not in {each["targetPort"] for each in (ingress, *ingress["additionalPortMappings"])}
