"""The CRL app: where it runs, how it is found, what it is given."""

import pytest

from components import ports
from components.app_identity import Right
from components.cell import Cell
from components.container_environment import CoreEnvironmentsArgs, core_environments
from components.crl_app.crl_app import CrlApp, CrlAppArgs, lists
from components.naming import Names
from tests.recorded_program import record

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"
CONTAINER = f"{GROUP}/Microsoft.Storage/storageAccounts/st/blobServices/default/containers/crl"
CELL = Cell(
    names=Names("test", "eu1"), location="westeurope", zones=("1", "2", "3"), tags={}, protect=False, locks=False
)


def environment(number):
    return f"{GROUP}/Microsoft.App/managedEnvironments/cae-{number}"


def crl(count=3, issuing_generation=1):
    return CrlApp(
        "crl",
        CrlAppArgs(
            cell=CELL,
            resource_group_name="rg",
            environment_ids=tuple(environment(number) for number in range(count)),
            static_ips=tuple(f"10.40.{number}.4" for number in range(count)),
            network_id=f"{GROUP}/Microsoft.Network/virtualNetworks/vnet",
            host="crl.amora.example.com",
            container_url="https://st.blob.core.windows.net/crl",
            rights=(Right(name="crl", role="Storage Blob Data Reader", scope=CONTAINER, scope_name="st/crl"),),
            registry_server="cr.azurecr.io",
            issuing_generation=issuing_generation,
            ready=(),
        ),
    )


def by_name(resources):
    return sorted(resources, key=lambda each: each.name)


def apps(**given):
    return by_name(record(lambda: crl(**given)).of("app:ContainerApp"))


@pytest.mark.parametrize(("count", "replicas"), [(1, 2), (3, 1)])
def test_it_runs_twice_at_least_and_in_every_core_environment(count, replicas):
    made = apps(count=count)
    assert [each.inputs["managedEnvironmentId"] for each in made] == [environment(n) for n in range(count)]
    for each in made:
        scale = each.inputs["template"]["scale"]
        assert (scale["minReplicas"], scale["maxReplicas"]) == (replicas, replicas)


def test_each_app_has_an_identity_of_its_own():
    recording = record(crl)
    own = {}
    for each in recording.of("app:ContainerApp"):
        (own[each.name],) = each.inputs["identity"]["userAssignedIdentities"]
        number = each.name.split("-")[1]
        assert f"crl-{number}-identity-crl-role" in each.dependencies
    assert len(set(own.values())) == len(own) == 3
    assert len({each.inputs["principalId"] for each in recording.of("authorization:RoleAssignment")}) == 3


def test_it_is_found_by_a_name_that_outlives_environments():
    recording = record(crl)
    record_set = recording.one("crl-name").inputs
    assert record_set["privateZoneName"] == "crl.amora.example.com"
    assert record_set["relativeRecordSetName"] == "@"
    assert [each["ipv4Address"] for each in record_set["aRecords"]] == ["10.40.0.4", "10.40.1.4", "10.40.2.4"]
    (made, *_) = recording.of("app:ContainerApp")
    ingress = made.inputs["configuration"]["ingress"]
    assert (ingress["transport"], ingress["exposedPort"], ingress["targetPort"]) == ("tcp", ports.CRL, 8080)
    assert ingress["external"] is True


def test_the_address_and_the_alert_are_known_before_a_deployment():
    kept = []
    record(lambda: kept.append(crl(count=2)))
    assert kept[0].url == f"http://crl.amora.example.com:{ports.CRL}"
    assert '"ca-amora-test-eu1-crl-1", "ca-amora-test-eu1-crl-2"' in kept[0].overdue_query
    assert 'where state != "current"' in kept[0].overdue_query


def test_a_replica_is_told_where_the_lists_are_and_runs_without_root():
    (made,) = apps(count=1, issuing_generation=3)
    (container,) = made.inputs["template"]["containers"]
    assert container["image"].startswith("cr.azurecr.io/docker/library/nginx@sha256:")
    assert container["command"][:4] == ["/bin/su", "-s", "/bin/sh", "-c"]
    assert container["command"][5] == "nginx"
    name, configuration, seconds, url, client, *names = container["args"]
    assert (name, seconds, url) == ("crl", "60", "https://st.blob.core.windows.net/crl")
    assert "listen 8080;" in configuration
    assert len(client) == 36
    assert names == ["device-ca-2.crl", "device-ca-3.crl"]


def test_each_container_is_probed():
    (made,) = apps(count=1)
    (container,) = made.inputs["template"]["containers"]
    probes = {each["type"]: each["httpGet"]["path"] for each in container["probes"]}
    assert probes == {"Startup": "/healthz", "Readiness": "/ready", "Liveness": "/healthz"}


@pytest.mark.parametrize(
    ("generation", "names"),
    [
        (1, ("device-ca-1.crl",)),
        (2, ("device-ca-1.crl", "device-ca-2.crl")),
        (7, ("device-ca-6.crl", "device-ca-7.crl")),
    ],
)
def test_a_ca_is_listed_while_it_is_trusted(generation, names):
    assert lists(generation) == names


class TestCoreEnvironments:
    def made(self, count, zones):
        cell = Cell(names=Names("test", "eu1"), location="westeurope", zones=zones, tags={}, protect=False, locks=False)
        subnets = tuple(f"{GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/core-{n}" for n in range(count))
        args = CoreEnvironmentsArgs(
            cell=cell,
            resource_group_name="rg",
            workspace_id=f"{GROUP}/Microsoft.OperationalInsights/workspaces/log",
            subnet_ids=subnets,
        )
        return by_name(record(lambda: core_environments("core", args)).of("app:ManagedEnvironment"))

    @pytest.mark.parametrize(
        ("count", "zones", "placed"),
        [
            (1, (), [(False, None)]),
            (1, ("1", "2", "3"), [(True, None)]),
            (3, ("1", "2", "3"), [(False, ["1"]), (False, ["2"]), (False, ["3"])]),
        ],
    )
    def test_one_is_spread_and_several_stand_in_a_zone_each(self, count, zones, placed):
        made = self.made(count, zones)
        assert [(each.inputs["zoneRedundant"], each.inputs.get("availabilityZones")) for each in made] == placed
        assert all(each.inputs["vnetConfiguration"]["internal"] for each in made)

    def test_several_subnets_need_as_many_zones(self):
        with pytest.raises(ValueError, match="argument 2 is shorter"):
            self.made(3, ("1", "2"))
