"""The database of each stack: what is asked of Azure, in which order, and what may change by itself."""

import itertools

import pulumi
import pytest

from components.brokers.emqx.queries import DATABASE
from components.cell import Cell
from components.naming import Names
from components.postgres import ADMINISTRATOR_LOGIN, Postgres, PostgresArgs
from components.postgres_parameters import PARAMETERS, parameters_of
from sandbox import wire
from sandbox.azure.ids import SUBSCRIPTION_ID, TENANT_ID
from sandbox.azure.server_parameters import PARAMETERS as AZURES
from tests.recorded_program import record, record_stack

GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg-amora-test-eu1/providers"
DBA = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"


def arguments(**more):
    cell = Cell(
        names=Names(environment="test", region="eu1"),
        location="westeurope",
        zones=("1", "2", "3"),
        tags={"environment": "test"},
        protect=more.pop("protect", False),
        locks=more.pop("locks", False),
    )
    defaults = {
        "cell": cell,
        "resource_group_name": "rg-amora-test-eu1",
        "workspace_id": f"{GROUP}/Microsoft.OperationalInsights/workspaces/log",
        "tenant_id": TENANT_ID,
        "subnet_id": f"{GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/database",
        "private_zone_id": f"{GROUP}/Microsoft.Network/privateDnsZones/a.postgres.database.azure.com",
        "administrator_password": pulumi.Output.secret("Abcdefgh1"),
        "database_name": "amora",
        "version": "17",
        "sku": "Standard_D4ds_v5",
        "tier": "GeneralPurpose",
        "storage_gigabytes": 128,
        "high_availability": "zoneRedundant",
        "zone": "1",
        "standby_zone": "2",
        "maintenance_day": 0,
        "maintenance_hour": 2,
        "backup_days": 35,
        "geo_redundant_backup": True,
    }
    return PostgresArgs(**{**defaults, **more})


def recorded(**more):
    made = {}

    def program():
        made["database"] = Postgres("database", arguments(**more))

    return record(program), made


@pytest.fixture(scope="module")
def prod():
    return record_stack("prod")


@pytest.fixture(scope="module")
def dev():
    return record_stack("dev")


def parts(recording):
    kinds = ("Database", "Configuration", "AdministratorsMicrosoftEntra")
    return [each for kind in kinds for each in recording.of(f"dbforpostgresql:{kind}")]


class TestServer:
    def test_prod_has_a_standby_in_another_zone_and_backups_in_another_region(self, prod):
        inputs = prod.one("database-server").inputs
        assert inputs["sku"] == {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"}
        assert inputs["availabilityZone"] == "1"
        assert inputs["highAvailability"] == {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"}
        assert inputs["backup"] == {"backupRetentionDays": 35, "geoRedundantBackup": "Enabled"}
        assert inputs["storage"] == {"type": "Premium_LRS", "storageSizeGB": 128, "autoGrow": "Enabled"}

    def test_dev_is_burstable_and_alone(self, dev):
        inputs = dev.one("database-server").inputs
        assert inputs["sku"] == {"name": "Standard_B2s", "tier": "Burstable"}
        assert inputs["highAvailability"]["mode"] == "Disabled"
        assert inputs["backup"] == {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled"}

    @pytest.mark.parametrize("stack", ["dev", "prod"])
    def test_it_is_in_the_network_and_nowhere_else(self, stack):
        network = record_stack(stack).one("database-server").inputs["network"]
        assert network["publicNetworkAccess"] == "Disabled"
        assert network["delegatedSubnetResourceId"].endswith("-database")
        assert network["privateDnsZoneArmResourceId"].endswith(".private.postgres.database.azure.com")

    @pytest.mark.parametrize("stack", ["dev", "prod"])
    def test_it_waits_for_its_zone_to_answer(self, stack):
        """The zone's id comes from the link of the zone to the network."""
        assert "database-zone-link" in record_stack(stack).one("database-server").dependencies

    def test_its_password_is_a_secret_from_birth(self, prod):
        assert isinstance(prod.one("database-server").inputs["administratorLoginPassword"], wire.Secret)
        assert "database-admin-password" in prod.one("database-server").dependencies

    def test_people_come_with_entra_and_the_broker_with_a_password(self, prod):
        authentication = prod.one("database-server").inputs["authConfig"]
        assert authentication == {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled", "tenantId": TENANT_ID}

    def test_what_azure_changes_by_itself_is_left_to_it(self, prod):
        assert {
            "availabilityZone",
            "highAvailability.standbyAvailabilityZone",
            "storage.storageSizeGB",
        } <= set(prod.one("database-server").ignore_changes)

    @pytest.mark.parametrize(
        ("given", "mode"), [("none", "Disabled"), ("sameZone", "SameZone"), ("zoneRedundant", "ZoneRedundant")]
    )
    def test_high_availability_in_azures_words(self, given, mode):
        recording, _ = recorded(high_availability=given, standby_zone="2" if given == "zoneRedundant" else None)
        assert recording.one("database-server").inputs["highAvailability"]["mode"] == mode

    def test_a_region_without_zones_leaves_them_to_azure(self):
        recording, _ = recorded(high_availability="none", zone=None, standby_zone=None)
        assert recording.one("database-server").inputs.get("availabilityZone", "") == ""

    @pytest.mark.parametrize("guarded", [True, False])
    def test_protection_and_lock_follow_the_cell(self, guarded):
        recording, _ = recorded(protect=guarded, locks=guarded)
        assert recording.one("database-server").protect is guarded
        assert recording.one("database-amora").protect is guarded
        assert len(recording.of("authorization:ManagementLockByScope")) == guarded

    def test_a_server_that_is_locked_is_the_database(self, prod):
        lock = prod.one("database-server-lock")
        assert "/flexibleServers/psql-amora-prod-eu1-" in lock.inputs["scope"]


class TestChain:
    @pytest.mark.parametrize("stack", ["dev", "prod"])
    def test_one_change_after_the_other(self, stack):
        recording = record_stack(stack)
        names = [each.name for each in parts(recording)]
        assert len(names) > 5
        for before, after in itertools.pairwise(names):
            assert before in recording.one(after).dependencies

    def test_administrators_come_last_in_the_same_chain(self):
        recording, _ = recorded(administrators={DBA: "Database administrators"})
        *_, before, last = parts(recording)
        assert before.name in last.dependencies
        assert last.inputs["objectId"] == DBA
        assert (last.inputs["principalName"], last.inputs["principalType"]) == ("Database administrators", "Group")

    def test_ready_is_the_end_of_it(self):
        ready = {}

        def program():
            database = Postgres("database", arguments())
            pulumi.export("ready", database.ready.urn)
            ready["name"] = database.ready._name

        record(program)
        assert ready["name"] == "database-pgbouncer-max-prepared-statements"


class TestParameters:
    @pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda each: each.name)
    def test_azure_has_it_and_takes_the_value(self, parameter):
        azures = AZURES[parameter.name]
        assert azures.kind == "dynamic"
        assert azures.allows(parameter.value)
        assert azures.burstable is not parameter.lasting_tiers_only
        assert parameter.source
        assert parameter.why

    def test_prod_pools_connections_dev_cannot(self, prod, dev):
        def values(recording):
            found = recording.of("dbforpostgresql:Configuration")
            return {each.inputs["configurationName"]: each.inputs["value"] for each in found}

        assert values(prod) == {each.name: each.value for each in PARAMETERS}
        assert values(dev) == {each.name: each.value for each in parameters_of("Burstable")}
        assert "pgbouncer.enabled" not in values(dev)
        assert values(dev)["require_secure_transport"] == "on"

    def test_pgbouncer_is_on_before_it_is_set_up(self):
        names = [each.name for each in PARAMETERS if each.name.startswith("pgbouncer.")]
        assert names[0] == "pgbouncer.enabled"


class TestOutputs:
    @pytest.mark.parametrize(
        ("tier", "sku", "port"), [("Burstable", "Standard_B2s", None), ("GeneralPurpose", "Standard_D4ds_v5", 6432)]
    )
    def test_what_others_are_told(self, tier, sku, port):
        ha = {} if port else {"high_availability": "none", "standby_zone": None}
        _, made = recorded(tier=tier, sku=sku, **ha)
        database = made["database"]
        assert (database.port, database.pgbouncer_port) == (5432, port)
        assert (database.database_name, database.administrator_login) == ("amora", ADMINISTRATOR_LOGIN)

    def test_the_stack_tells_the_host(self, prod):
        assert prod.outputs["databaseHost"].endswith(".postgres.database.azure.com")

    def test_the_database_is_the_one_the_migrations_go_to(self, prod):
        (database,) = prod.of("dbforpostgresql:Database")
        assert database.inputs["databaseName"] == DATABASE


class TestSecrets:
    def test_the_verifier_is_kept_in_the_vault_as_a_secret(self, prod):
        value = prod.one("emqx-database-verifier-secret").inputs["properties"]["value"]
        assert isinstance(value, wire.Secret)
        assert value.value.startswith("SCRAM-SHA-256$4096:")
