"""What the stand-in refuses of a PostgreSQL server as Azure does: for each check what passes and what is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.azure import ids
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.server_parameters import PARAMETERS, ServerParameter
from sandbox.store import Store

GROUP = f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
VNET = f"{NETWORK}/virtualNetworks/vnet"
SUBNET = f"{VNET}/subnets/database"
ZONE = "dev.private.postgres.database.azure.com"
SERVER = "azure-native:dbforpostgresql:Server"
CONFIGURATION = "azure-native:dbforpostgresql:Configuration"
GUID = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"


@pytest.fixture
def manager(tmp_path):
    with Store(tmp_path) as store:
        for namespace in ("DBforPostgreSQL", "Network"):
            store.register(f"Microsoft.{namespace}")
        made = ResourceManager(store, Faults(store, lambda: None))
        make(made, "resources:ResourceGroup", location="westeurope")
        space = {"addressPrefixes": ["10.0.0.0/16"]}
        make(made, "network:VirtualNetwork", virtualNetworkName="vnet", location="westeurope", addressSpace=space)
        delegation = {"name": "service", "serviceName": "Microsoft.DBforPostgreSQL/flexibleServers"}
        subnet = {"subnetName": "database", "addressPrefix": "10.0.0.0/24", "delegations": [delegation]}
        make(made, "network:Subnet", virtualNetworkName="vnet", **subnet)
        yield made


def make(manager, token, **inputs):
    return manager.create(f"azure-native:{token}", {"resourceGroupName": "rg", **inputs})


def zone(manager, name=ZONE, *, linked=True):
    make(manager, "privatedns:PrivateZone", privateZoneName=name, location="global")
    if linked:
        link = {"virtualNetworkLinkName": "network", "virtualNetwork": {"id": VNET}, "location": "global"}
        make(manager, "privatedns:VirtualNetworkLink", privateZoneName=name, **link)
    return f"{NETWORK}/privateDnsZones/{name}"


def values(zone_id, **more):
    return {
        "serverName": "psql-amora",
        "location": "westeurope",
        "version": "17",
        "sku": {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
        "storage": {"storageSizeGB": 128, "autoGrow": "Enabled"},
        "availabilityZone": "1",
        "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"},
        "network": {"delegatedSubnetResourceId": SUBNET, "privateDnsZoneArmResourceId": zone_id},
        "administratorLogin": "amora_admin",
        "administratorLoginPassword": "Abcdefg1",
        **more,
    }


@pytest.fixture
def server(manager):
    return make(manager, "dbforpostgresql:Server", **values(zone(manager)))


def refused(code, call, *args, **kwargs):
    with pytest.raises(ArmError) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code, caught.value.message
    return caught.value


def updated(manager, server, **more):
    return manager.update(server.token, server.id, {**server.inputs, **more})


def parameter(manager, name, value):
    names = {"serverName": "psql-amora", "configurationName": name}
    return make(manager, "dbforpostgresql:Configuration", **names, value=value, source="user-override")


class TestNetwork:
    def test_a_zone_of_postgresqls_names_linked_to_the_network(self, server):
        assert server.outputs["fullyQualifiedDomainName"] == "psql-amora.postgres.database.azure.com"
        assert server.outputs["highAvailability"] == {"state": "Healthy"}

    def test_another_zone(self, manager):
        wrong = zone(manager, "privatelink.vaultcore.azure.net")
        error = refused("InvalidPrivateDnsZoneName", make, manager, "dbforpostgresql:Server", **values(wrong))
        assert ".postgres.database.azure.com" in error.message

    def test_a_zone_without_a_link(self, manager):
        unlinked = zone(manager, linked=False)
        refused("PrivateDnsZoneNotLinked", make, manager, "dbforpostgresql:Server", **values(unlinked))

    def test_a_zone_linked_to_another_network(self, manager):
        space = {"addressPrefixes": ["10.1.0.0/16"]}
        make(manager, "network:VirtualNetwork", virtualNetworkName="other", location="westeurope", addressSpace=space)
        elsewhere = zone(manager, linked=False)
        link = {"virtualNetworkLinkName": "network", "location": "global"}
        other = {"id": f"{NETWORK}/virtualNetworks/other"}
        make(manager, "privatedns:VirtualNetworkLink", privateZoneName=ZONE, virtualNetwork=other, **link)
        refused("PrivateDnsZoneNotLinked", make, manager, "dbforpostgresql:Server", **values(elsewhere))


class TestChanges:
    def test_storage_grows_and_never_shrinks(self, manager, server):
        grown = updated(manager, server, storage={"storageSizeGB": 256})
        refused("InvalidServerStorageSize", updated, manager, grown, storage={"storageSizeGB": 128})

    @pytest.mark.parametrize(
        ("primary", "standby", "passes"), [("1", "2", True), ("2", "1", True), ("2", "3", False), ("3", "1", False)]
    )
    def test_zones_change_places_and_nothing_else(self, manager, server, primary, standby, passes):
        wanted = {
            "availabilityZone": primary,
            "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": standby},
        }
        if passes:
            updated(manager, server, **wanted)
        else:
            refused("AvailabilityZoneChangeNotAllowed", updated, manager, server, **wanted)

    @pytest.mark.parametrize(
        "change",
        [
            {"administratorLogin": "another"},
            {"backup": {"geoRedundantBackup": "Enabled"}},
            {"createMode": "Replica"},
            {"storage": {"storageSizeGB": 128, "type": "PremiumV2_LRS", "iops": 3000, "throughput": 125}},
        ],
    )
    def test_what_is_set_at_creation(self, manager, server, change):
        refused("PropertyChangeNotAllowed", updated, manager, server, **change)


class TestParameters:
    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("log_checkpoints", "on", None),
            ("logfiles.retention_days", "7", None),
            ("logfiles.retention_days", "8", "InvalidParameterValue"),
            ("logfiles.retention_days", "many", "InvalidParameterValue"),
            ("log_checkpoints", "maybe", "InvalidParameterValue"),
            ("ssl_min_protocol_version", "TLSv1.1", "InvalidParameterValue"),
            ("authentication_timeout", "30", "ReadOnlyParameter"),
            ("log_checkpoint", "on", "ParameterNotFound"),
            ("pgbouncer.enabled", "true", None),
            ("pgbouncer.pool_mode", "transaction", "ParameterNotFound"),
        ],
    )
    def test_known_changeable_and_allowed(self, manager, server, name, value, code):
        if code is None:
            parameter(manager, name, value)
        else:
            refused(code, parameter, manager, name, value)

    def test_pgbouncers_parameters_appear_when_it_is_on(self, manager, server):
        parameter(manager, "pgbouncer.enabled", "true")
        parameter(manager, "pgbouncer.pool_mode", "transaction")

    def test_burstable_servers_have_no_pgbouncer(self, manager):
        burstable = {"sku": {"name": "Standard_B2s", "tier": "Burstable"}, "highAvailability": {"mode": "Disabled"}}
        make(manager, "dbforpostgresql:Server", **values(zone(manager), **burstable))
        refused("ParameterNotFound", parameter, manager, "pgbouncer.enabled", "true")

    def test_it_is_there_before_anyone_makes_it_and_after_it_is_deleted(self, manager, server):
        made = parameter(manager, "log_lock_waits", "on")
        assert (made.outputs["defaultValue"], made.outputs["allowedValues"]) == ("off", "on,off")
        assert parameter(manager, "log_lock_waits", "off").id == made.id
        manager.delete(made.id)
        parameter(manager, "log_lock_waits", "on")

    def test_a_default_is_among_what_is_allowed(self):
        unset = [name for name, each in PARAMETERS.items() if not each.allows(each.default) and each.default]
        assert unset == []

    @pytest.mark.parametrize(
        ("allowed", "value", "passes"),
        [("-1-5", "-1", True), ("-1-5", "-2", False), ("1-7", "1.5", False), ("true, false", "false", True)],
    )
    def test_how_allowed_values_are_read(self, allowed, value, passes):
        assert ServerParameter("", allowed, "Integer").allows(value) is passes


class TestAdministrators:
    def administrator(self, manager):
        names = {"serverName": "psql-amora", "objectId": GUID}
        group = {"principalName": "dba", "principalType": "Group", "tenantId": ids.TENANT_ID}
        return make(manager, "dbforpostgresql:AdministratorsMicrosoftEntra", **names, **group)

    def test_a_server_that_knows_entra(self, manager):
        known = {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled", "tenantId": ids.TENANT_ID}
        make(manager, "dbforpostgresql:Server", **values(zone(manager), authConfig=known))
        self.administrator(manager)

    def test_a_server_that_does_not(self, manager, server):
        refused("AadAuthOperationCannotBePerformedWhenAadAuthIsDisabled", self.administrator, manager)


class TestOneWriteAtATime:
    def together(self, *calls):
        """Error codes of calls made at the same time, None where there is none."""

        def code(call):
            try:
                call()
            except ArmError as error:
                return error.code
            return None

        with ThreadPoolExecutor(len(calls)) as pool:
            return sorted(pool.map(code, calls), key=str)

    def test_a_second_write_is_refused_meanwhile(self, manager, server):
        codes = self.together(
            lambda: parameter(manager, "log_checkpoints", "on"), lambda: parameter(manager, "log_connections", "on")
        )
        assert codes == [None, "ServerIsBusy"]

    def test_writing_the_server_and_its_part_too(self, manager, server):
        codes = self.together(
            lambda: parameter(manager, "log_checkpoints", "on"), lambda: updated(manager, server, tags={"a": "b"})
        )
        assert codes == [None, "ServerIsBusy"]

    def test_one_after_the_other_passes(self, manager, server):
        for name in ("log_checkpoints", "log_connections"):
            parameter(manager, name, "on")

    def test_a_refused_write_leaves_it_free(self, manager, server):
        refused("InvalidParameterValue", parameter, manager, "log_checkpoints", "maybe")
        parameter(manager, "log_checkpoints", "on")

    def test_two_servers_do_not_wait_for_each_other(self, manager, server):
        zone_id = server.inputs["network"]["privateDnsZoneArmResourceId"]
        inputs = values(zone_id, serverName="psql-other")
        codes = self.together(
            lambda: parameter(manager, "log_checkpoints", "on"),
            lambda: make(manager, "dbforpostgresql:Server", **inputs),
        )
        assert codes == [None, None]
