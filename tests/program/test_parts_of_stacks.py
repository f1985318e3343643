"""What the stack files make of each part: of which tier it is, and whether it is there at all."""

import pytest

from components import ports
from tests.recorded_program import record_changed, record_stack


def test_prod_has_a_budget_over_its_group_and_dev_has_none():
    (budget,) = record_stack("prod").of("consumption:Budget")
    assert budget.inputs["scope"].endswith("/resourceGroups/rg-amora-prod-eu1")
    assert record_stack("dev").of("consumption:Budget") == []


@pytest.mark.parametrize(("stack", "count"), [("dev", 1), ("prod", 3)])
def test_a_stack_has_a_list_server_a_zone(stack, count):
    recording = record_stack(stack)
    assert len([each for each in recording.of("app:ContainerApp") if each.name.startswith("crl-")]) == count
    identity = {each.inputs["scope"].rsplit("/", 1)[1] for each in recording.of("authorization:RoleAssignment")}
    assert "crl" in identity
    assert recording.outputs["crlUrl"].endswith(f"amora.example.com:{ports.CRL}")


@pytest.mark.parametrize(("stack", "zone_name"), [("dev", "dev.amora.example.com"), ("prod", "amora.example.com")])
def test_the_stacks_have_their_zone_and_tell_its_delegation(stack, zone_name):
    recording = record_stack(stack)
    (made,) = recording.of("dns:Zone")
    assert (made.inputs["zoneName"], made.inputs["zoneType"]) == (zone_name, "Public")
    assert len(recording.outputs["nameServers"]) == 4
    assert (len(recording.outputs["delegationSigners"]) == 1) is (stack == "prod")


@pytest.mark.parametrize(("wanted", "containers"), [(True, ["haproxy", "collector"]), (False, ["haproxy"])])
def test_the_edge_runs_without_its_collector_when_a_stack_says_so(wanted, containers):
    recording = record_changed("dev", {"metrics": {"edge": wanted}})
    apps = {each.inputs["containerAppName"]: each for each in recording.of("app:ContainerApp")}
    (app,) = (each for name, each in apps.items() if name.endswith("-edge"))
    assert [each["name"] for each in app.inputs["template"]["containers"]] == containers
    rights = [
        each.name for each in recording.of("authorization:RoleAssignment") if each.name.startswith("edge-identity")
    ]
    assert len(rights) == len(containers), "to pull, and to write what it collects"


@pytest.mark.parametrize(("stack", "profiles"), [("dev", 0), ("prod", 2)])
def test_a_stack_has_its_front_doors_and_says_where(stack, profiles):
    recording = record_stack(stack)
    assert len(recording.of("cdn:Profile")) == profiles
    assert len(recording.outputs["webSocketEndpoints"]) == max(profiles, 1)
    assert all(each.startswith("wss://") for each in recording.outputs["webSocketEndpoints"])
    record_set = recording.one("mqtt-a").inputs
    assert record_set["aRecords"] == [{"ipv4Address": recording.outputs["edgeAddress"]}]


@pytest.mark.parametrize(
    ("stack", "sku", "available"), [("dev", "Balanced_B0", "Disabled"), ("prod", "Balanced_B1", "Enabled")]
)
def test_a_stack_has_the_redis_of_its_tier(stack, sku, available):
    recording = record_stack(stack)
    cluster = recording.one("redis-cluster")
    assert (cluster.inputs["sku"]["name"], cluster.inputs["highAvailability"]) == (sku, available)
    assert cluster.protect is (stack == "prod")
    assert recording.outputs["redisEndpoint"].endswith(":10000")


@pytest.mark.parametrize(("stack", "sku", "access"), [("dev", "Basic", "Enabled"), ("prod", "Premium", "Disabled")])
def test_a_stack_has_the_registry_of_its_tier(stack, sku, access):
    (found,) = record_stack(stack).of("containerregistry:Registry")
    assert (found.inputs["sku"]["name"], found.inputs["publicNetworkAccess"]) == (sku, access)
    assert found.protect is (stack == "prod")


@pytest.mark.parametrize(("account", "sets"), [({}, 0), ({"dockerHub": {"images": ["emqx/emqx"]}}, 1)])
def test_a_stack_asks_docker_hub_when_it_says_so(account, sets):
    recording = record_changed("dev", {"registry": account})
    assert len(recording.of("containerregistry:CredentialSet")) == sets
    rights = [each.inputs["scope"] for each in recording.of("authorization:RoleAssignment")]
    own = [scope for scope in rights if "/secrets/docker-hub-" in scope]
    assert len(own) == 2 * sets


@pytest.mark.parametrize(("stack", "locked"), [("dev", False), ("prod", True)])
def test_a_store_that_matters_is_locked(stack, locked):
    recording = record_stack(stack)
    (account,) = recording.of("storage:StorageAccount")
    assert account.protect is locked
    scopes = [lock.inputs["scope"] for lock in recording.of("authorization:ManagementLockByScope")]
    assert any("/storageAccounts/" in scope for scope in scopes) is locked
    assert recording.outputs["crlContainerUrl"].startswith(f"https://{account.inputs['accountName']}.")
