"""The cluster's components: a node an app, ports nobody else has, secrets with a right on each and no other."""

import re
from collections import Counter

import pulumi
import pulumi_random as random
import pytest
from pulumi_azure_native import app as app_module

from components import ports
from components.brokers.emqx.arguments import AccessRedis, Migration, TopicRules
from components.brokers.emqx.configuration import IllegalConfigurationError
from components.brokers.emqx.node import Node
from components.brokers.interface import BrokerCell
from components.container_app import Image
from components.container_app import variables as container_variables
from components.role_assignment import ROLES
from sandbox import wire
from sandbox.azure.container_apps import exposed_ports
from tests.recorded_program import record
from tests.unit.components.brokers.emqx_program import CLIENT_ID, cluster, environments, node, recorded, uri
from tools.emqx_check.reading import parse

NODES = {"emqx-1", "emqx-2", "emqx-3"}


@pytest.fixture(scope="module")
def recording():
    return recorded()


def apps(recording):
    return {each.name: each for each in recording.of("app:ContainerApp")}


def container(app):
    (only,) = app.inputs["template"]["containers"]
    return only


def variables(app):
    return {each["name"]: each.get("value", each.get("secretRef")) for each in container(app)["env"]}


def test_the_ids_of_the_apps_are_told_by_what_is_there_before_them():
    recording = record(lambda: pulumi.export("ids", cluster().app_ids))
    made = {name: each for each, name in recording.arm_ids().items() if name in NODES}
    # The environments of this program are of another subscription than the mocks'.
    told = {name: each.split("/", 3)[3] for name, each in recording.outputs["ids"].items()}
    assert told == {name: each.split("/", 3)[3] for name, each in made.items()}


def test_a_node_is_an_app_with_one_replica(recording):
    assert sorted(apps(recording)) == ["emqx-1", "emqx-2", "emqx-3"]
    for app in apps(recording).values():
        assert app.inputs["template"]["scale"] == {"minReplicas": 1, "maxReplicas": 1, "rules": []}
        assert app.inputs["configuration"]["activeRevisionsMode"] == "Single"
        assert app.inputs["template"]["terminationGracePeriodSeconds"] >= 120


@pytest.mark.parametrize(
    ("number", "places"),
    [
        (1, {"emqx-1": 1, "emqx-2": 1, "emqx-3": 1, "emqx-4": 1}),
        (3, {"emqx-1": 1, "emqx-2": 2, "emqx-3": 3, "emqx-4": 1}),
    ],
)
def test_slots_are_dealt_out_over_the_environments(number, places):
    slots = {slot: node() for slot in range(1, 5)}
    made = apps(recorded(environments=environments(number), slots=slots))
    for name, place in places.items():
        assert made[name].inputs["managedEnvironmentId"].endswith(f"cae-{place}")
        assert variables(made[name])["EMQX_NODE__NAME"] == f"emqx{name[-1]}@10.40.{place}.9"


def test_ten_nodes_in_one_environment_have_ports_of_their_own():
    made = apps(recorded(environments=environments(1), slots={slot: node() for slot in range(1, 11)}))
    taken = Counter(port for app in made.values() for port in exposed_ports(app.inputs))
    assert len(taken) == 50
    assert set(taken.values()) == {1}


def test_distribution_and_rpc_have_one_port_inside_and_outside(recording):
    ingress = apps(recording)["emqx-3"].inputs["configuration"]["ingress"]
    assert (ingress["external"], ingress["transport"]) == (True, "tcp")
    assert (ingress["targetPort"], ingress["exposedPort"]) == (8883, ports.of_slot("mqtt", 3))
    extra = {each["exposedPort"]: each["targetPort"] for each in ingress["additionalPortMappings"]}
    assert extra == {8093: 8083, 18093: 18083, 4373: 4373, 5373: 5373}
    assert "allowInsecure" not in ingress


def test_health_is_asked_at_the_api(recording):
    probes = {each["type"]: each for each in container(apps(recording)["emqx-1"])["probes"]}
    assert {each["httpGet"]["path"] for each in probes.values()} == {"/status"}
    assert {each["httpGet"]["port"] for each in probes.values()} == {18083}
    assert probes["Startup"]["periodSeconds"] * probes["Startup"]["failureThreshold"] >= 120
    assert probes["Liveness"]["periodSeconds"] * probes["Liveness"]["failureThreshold"] >= 120


def test_secrets_come_by_reference_or_as_files(recording):
    app = apps(recording)["emqx-1"]
    assert variables(app) == {
        "EMQX_NODE__NAME": "emqx1@10.40.1.9",
        "EMQX_RPC__PORT_DISCOVERY": "stateless",
        "EMQX_NODE__COOKIE": "emqx-cookie",
        "EMQX_DASHBOARD__DEFAULT_PASSWORD": "emqx-dashboard-password",
        "AMORA_API_KEY": "emqx-api-key",
        "AMORA_METRICS_KEY": "emqx-metrics-key",
    }
    (volume,) = app.inputs["template"]["volumes"]
    assert {each["path"] for each in volume["secrets"]} == {
        "acl.conf",
        "cluster-authority.pem",
        "cluster-certificate.pem",
        "cluster-key.pem",
        "database-password",
        "device-trust.pem",
        "emqx.conf",
        "server-chain.pem",
        "server-key.pem",
        "ssl_dist.conf",
    }
    for secret in app.inputs["configuration"]["secrets"]:
        assert secret["keyVaultUrl"].count("/") == 5, "named by version"


def roles(recording, node):
    """Role assignments of a node's identity."""
    return [each for each in recording.of("authorization:RoleAssignment") if each.name.startswith(f"{node}-")]


@pytest.mark.parametrize("name", ["emqx-1", "emqx-2", "emqx-3"])
def test_a_node_has_an_identity_of_its_own(recording, name):
    app = apps(recording)[name]
    (own,) = app.inputs["identity"]["userAssignedIdentities"]
    assert own.endswith(f"/id-amora-test-eu1-{name}")
    named = [*app.inputs["configuration"]["secrets"], *app.inputs["configuration"]["registries"]]
    assert {each["identity"] for each in named} == {own}
    principals = {each.inputs["principalId"] for each in roles(recording, name)}
    others = {each.inputs["principalId"] for other in NODES - {name} for each in roles(recording, other)}
    assert len(principals) == 1
    assert principals.isdisjoint(others)


@pytest.mark.parametrize("name", ["emqx-1", "emqx-2", "emqx-3"])
def test_an_identity_may_read_what_its_node_uses_and_nothing_else(recording, name):
    used = {each["name"] for each in apps(recording)[name].inputs["configuration"]["secrets"]}
    rights = [each for each in roles(recording, name) if "reads" in each.name]
    assert {each.inputs["scope"].rpartition("/secrets/")[2] for each in rights} == used
    assert {each.inputs["roleDefinitionId"].rpartition("/")[2] for each in rights} == {ROLES["Key Vault Secrets User"]}
    assert not any(each.inputs["scope"].endswith("/kv-test") for each in recording.of("authorization:RoleAssignment"))


def test_no_two_rights_have_one_name(recording):
    names = Counter(each.inputs["roleAssignmentName"] for each in recording.of("authorization:RoleAssignment"))
    assert set(names.values()) == {1}


def test_a_node_waits_for_its_own_rights_secrets_and_the_node_before(recording):
    second = apps(recording)["emqx-2"]
    assert "emqx-1" in second.dependencies
    assert "emqx-2-identity-images-role" in second.dependencies
    assert {each.name for each in roles(recording, "emqx-2")} <= set(second.dependencies)
    assert not {each.name for each in roles(recording, "emqx-3")} & set(second.dependencies)
    assert second.error_hooks == ("emqx-2-role-propagation",)


def test_a_right_waits_for_the_secret_the_cluster_keeps(recording):
    for secret in recording.of("keyvault:Secret"):
        name = secret.inputs["secretName"].removeprefix("emqx-")
        for node_name in NODES:
            assert secret.name in recording.one(f"{node_name}-reads-{name}-role").dependencies


def test_a_slot_more_changes_nothing_that_is_there():
    """Names, inputs and dependencies of everything but the cluster's own record of what it was asked for."""
    # Without certificates, which are drawn anew in every recording.
    three, four = (
        recorded(slots={slot: node() for slot in range(1, count + 1)}, cluster_tls=False) for count in (3, 4)
    )

    def told(recording):
        return {
            # The version of a secret is drawn anew in every recording too.
            each.name: (each.token, re.sub(r"[0-9a-f]{32}", "", str(each.inputs)), set(each.dependencies))
            for each in recording.resources
            if each.custom
        }

    before, after = told(three), told(four)
    assert {name: after[name] for name in before} == before
    added = set(after) - set(before)
    assert {name for name in added if not name.startswith("emqx-4-")} == {"emqx-4"}


def test_a_change_makes_the_app_anew_under_its_name(recording):
    app = apps(recording)["emqx-1"]
    assert {"template", "configuration", "managedEnvironmentId"} <= set(app.replace_on_changes)
    assert app.delete_before_replace
    assert app.inputs["containerAppName"] == "ca-amora-test-eu1-emqx-1"


def test_what_is_kept_is_secret(recording):
    for secret in recording.of("keyvault:Secret"):
        assert isinstance(secret.inputs["properties"]["value"], wire.Secret)


def test_without_cluster_tls_nothing_of_it_is_made():
    made = recorded(cluster_tls=False)
    assert not any(each.token.startswith("tls:") for each in made.resources)
    app = apps(made)["emqx-1"]
    assert not any("cluster" in each["path"] for each in app.inputs["template"]["volumes"][0]["secrets"])
    assert "ssl_dist.conf" not in container(app)["command"][2]


def test_the_nodes_certificate_names_every_place(recording):
    request = recording.one("emqx-cluster-1-request").inputs
    assert request["dnsNames"] == request["ipAddresses"] == ["10.40.1.9", "10.40.2.9", "10.40.3.9"]


def test_a_generation_makes_new_certificates():
    first, second = recorded(generation=1), recorded(generation=2)
    assert {each.name for each in first.resources if each.token.startswith("tls:")}.isdisjoint(
        {each.name for each in second.resources if each.token.startswith("tls:")}
    )


class TestLicence:
    KEY = "licence-key"

    def made(self, *versions):
        slots = {slot: node(version) for slot, version in enumerate(versions, 1)}
        return recorded(slots=slots, licence=self.KEY)

    def test_only_releases_that_know_it_get_it(self):
        made = apps(self.made("5.8.9", "6.2.3"))
        assert "EMQX_LICENSE__KEY" not in variables(made["emqx-1"])
        assert variables(made["emqx-2"])["EMQX_LICENSE__KEY"] == "emqx-licence"
        names = [{each["name"] for each in app.inputs["configuration"]["secrets"]} for app in made.values()]
        assert sum("emqx-licence" in each for each in names) == 1

    def test_only_a_node_that_takes_it_may_read_it(self):
        made = self.made("5.8.9", "6.2.3")
        assert "emqx-1-reads-licence-role" not in {each.name for each in roles(made, "emqx-1")}
        assert "emqx-2-reads-licence-role" in {each.name for each in roles(made, "emqx-2")}

    def test_it_is_a_secret_of_the_vault(self):
        made = self.made("6.2.3")
        kept = made.one("emqx-licence-secret").inputs["properties"]["value"]
        assert isinstance(kept, wire.Secret)
        assert kept.value == self.KEY
        assert isinstance(made.one("emqx").inputs["licence"], wire.Secret)

    def test_the_profile_is_named_where_it_is_known(self):
        made = apps(self.made("5.8.9", "6.2.3"))
        assert "EMQX_SECURITY_PROFILE" not in variables(made["emqx-1"])
        assert variables(made["emqx-2"])["EMQX_SECURITY_PROFILE"] == "hardened"


class TestMigration:
    @pytest.fixture(scope="class")
    @classmethod
    def app(cls):
        migration = Migration(
            container=app_module.InitContainerArgs(
                name="migrations",
                image=f"crtest.azurecr.io/postgres@sha256:{'b' * 64}",
                env=container_variables({}, {"PGPASSWORD": "database-admin-password"}),
            ),
            secrets=("database-admin-password",),
            files={"migrate.sh": "exit 0\n", "migrations.psql": "SELECT 1;\n"},
        )
        return apps(recorded(migration=migration))["emqx-1"]

    def test_it_runs_before_emqx(self, app):
        assert [each["name"] for each in app.inputs["template"]["initContainers"]] == ["migrations"]

    def test_its_credentials_are_its_own(self, app):
        assert "database-admin-password" in {each["name"] for each in app.inputs["configuration"]["secrets"]}
        assert "database-admin-password" not in variables(app).values()
        mounted = {each["secretRef"] for each in app.inputs["template"]["volumes"][0]["secrets"]}
        assert "database-admin-password" not in mounted
        assert {"emqx-migrate-sh", "emqx-migrations-psql"} <= mounted


class TestRedis:
    @pytest.fixture(scope="class")
    @classmethod
    def recording(cls):
        def program():
            kept = random.RandomPet("kept")
            redis = AccessRedis(host="amr-test.redis.azure.net", port=10000, key_uri=uri("redis-key"), ready=(kept,))
            cluster(redis=redis)

        return record(program)

    def test_emqx_asks_it_with_the_key_of_the_file(self, recording):
        conf = parse(wire.plain(recording.one("emqx-configuration-secret").inputs)["properties"]["value"])
        source = conf["authorization"]["sources"][1]
        assert (source["type"], source["server"]) == ("redis", "amr-test.redis.azure.net:10000")
        for app in apps(recording).values():
            files = {each["path"]: each["secretRef"] for each in app.inputs["template"]["volumes"][0]["secrets"]}
            assert source["password"] == "file:///mnt/amora/redis-key"
            assert files["redis-key"] == "redis-key"
            assert "redis-key" not in variables(app).values()
            (named,) = (each for each in app.inputs["configuration"]["secrets"] if each["name"] == "redis-key")
            assert named["keyVaultUrl"] == uri("redis-key")

    @pytest.mark.parametrize("name", sorted(NODES))
    def test_each_node_waits_for_its_right_to_the_key_and_that_for_the_key(self, recording, name):
        right = recording.one(f"{name}-reads-redis-key-role")
        assert right.inputs["scope"].endswith("/secrets/redis-key")
        assert "kept" in right.dependencies
        assert right.name in apps(recording)[name].dependencies
        assert "kept" not in recording.one(f"{name}-reads-cookie-role").dependencies

    def test_without_it_nobody_reads_a_key(self):
        made = recorded()
        assert not any("redis" in each.name for each in made.resources)
        assert "redis-key" not in str([each.inputs for each in apps(made).values()])


def test_it_is_a_broker_cell():
    found = {}

    def program():
        found["cell"] = cluster(environments=environments(1))

    record(program)
    cell = found["cell"]
    assert isinstance(cell, BrokerCell)
    assert [each.name for each in cell.backends] == [f"emqx-{slot}" for slot in range(1, 11)]
    assert cell.backends[9].mqtt_port == 8890
    assert cell.backends[9].health_port == 18100
    assert cell.nodes == ("emqx-1", "emqx-2", "emqx-3")
    assert [each.port for each in cell.metrics] == [18091, 18092, 18093]
    assert set(cell.app_ids) == set(cell.principal_ids) == set(cell.nodes)
    assert len(cell.ready) == 3
    assert len(set(cell.principal_ids.values())) == 3


def test_access_rules_too_long_for_a_secret_are_refused():
    too_long = TopicRules(access_rules="%" * 25_000, client_id_expression=CLIENT_ID, max_packet_bytes=1024)
    with pytest.raises(IllegalConfigurationError, match=r"acl\.conf has 25,000 bytes"):
        recorded(topics=too_long)


@pytest.mark.parametrize("digest", ["", "latest", "sha256:abc", f"sha256:{'A' * 64}"])
def test_an_image_without_a_digest_is_refused(digest):
    with pytest.raises(ValueError, match="A tag can be moved"):
        Image(server="crtest.azurecr.io", repository="emqx/emqx", digest=digest)


def test_a_slot_beyond_the_tenth_is_refused():
    with pytest.raises(ValueError, match="outside 1 to 10"):
        recorded(slots={11: node()})


@pytest.mark.parametrize(("version", "role"), [("5.8.9", None), ("6.2.3", "viewer")])
def test_the_collectors_key_has_the_least_role_its_release_knows(version, role):
    node = Node(version=version, image=Image(server="cr", repository="emqx", digest=f"sha256:{'a' * 64}"))
    assert node.metrics_role == role
