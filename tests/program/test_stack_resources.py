"""What the program declares for each stack: inputs, options, outputs."""

import itertools

import pytest

from components.create_only import CREATE_ONLY
from components.outputs import OUTPUTS
from sandbox import arm, wire
from sandbox.azure import create_only as refused
from sandbox.azure import ids
from tests.recorded_program import record_stack


@pytest.fixture(scope="module", params=["dev", "prod"])
def stack(request):
    recording = record_stack(request.param)
    return request.param, recording


@pytest.fixture(scope="module")
def prod():
    return record_stack("prod")


def azure(recording):
    return [each for each in recording.resources if each.token.startswith("azure-native:")]


def test_every_resource_has_a_component_for_parent(stack):
    name, recording = stack
    components = {each.name for each in recording.resources if each.token.startswith("amora:")}
    parents = {each.parent for each in azure(recording)}
    assert parents <= components
    # Only the identity of an app that a component makes several of stands inside that component.
    inside = {each.token for each in recording.resources if each.parent in components} - {"amora:identity:AppIdentity"}
    assert not any(token.startswith("amora:") for token in inside)
    tops = {each.parent for each in recording.resources if each.token.startswith("amora:")} - components
    assert tops == {f"amora-sync-{name}"}


class TestWhatAnAppWaitsFor:
    """Azure refuses an app whose secrets, rights or ways to them are not there (sandbox/azure/container_apps.py)."""

    @pytest.fixture(scope="class")
    @classmethod
    def waiting(cls, stack):
        """Apps and jobs, each with the names of all that must exist before."""
        name, recording = stack
        direct = {each.name: set(each.dependencies) for each in recording.resources if each.custom}

        def before(start):
            found, todo = set(), set(direct[start])
            while todo:
                found |= todo
                todo = {after for each in todo for after in direct.get(each, ())} - found
            return found

        made = [*recording.of("app:ContainerApp"), *recording.of("app:Job")]
        return name, recording, [(each, before(each.name)) for each in made]

    def test_its_secrets(self, waiting):
        _, recording, apps = waiting
        kept = {each.inputs["secretName"]: each.name for each in recording.of("keyvault:Secret")}
        for app, before in apps:
            for secret in app.inputs["configuration"].get("secrets", ()):
                name = secret["keyVaultUrl"].split("/secrets/")[1].partition("/")[0]
                assert kept[name] in before, (app.name, name)

    def test_all_rights_of_its_identity(self, waiting):
        _, recording, apps = waiting
        for app, before in apps:
            (identity,) = app.property_dependencies["identity"]
            rights = [
                each.name
                for each in recording.of("authorization:RoleAssignment")
                if identity in each.property_dependencies["principalId"]
            ]
            assert rights, app.name
            assert set(rights) <= before, app.name

    def test_the_way_to_the_vault_and_to_a_private_registry(self, waiting):
        name, _, apps = waiting
        for app, before in apps:
            services = ["vault"] if app.inputs["configuration"].get("secrets") else []
            services += ["registry"] if name == "prod" else []
            for service in services:
                way = {f"{service}-{service}-endpoint", f"{service}-{service}-zone-group", f"{service}-zone-link"}
                assert way <= before, (app.name, way - before)

    def test_no_app_shares_its_identity(self, waiting):
        _, _, apps = waiting
        identities = [app.property_dependencies["identity"] for app, _ in apps]
        assert len(set(identities)) == len(apps)


def test_every_type_has_its_create_only_row_and_its_options_follow(stack):
    for each in azure(stack[1]):
        # A component may replace for more: a broker node is made anew for whatever changes.
        rows = [row.path for row in CREATE_ONLY[each.token]]
        assert list(each.replace_on_changes)[: len(rows)] == rows
        assert each.delete_before_replace


def test_the_stand_in_refuses_nothing_the_table_does_not_replace(stack):
    """Two independent tables: what Azure refuses to update must be among what the components replace."""
    for token in {each.token for each in azure(stack[1])}:
        ours = {row.path.replace("[*]", "[0]") for row in CREATE_ONLY[token]}
        assert {row.path for row in refused.CREATE_ONLY.get(token, ())} <= ours


def test_every_taggable_resource_has_the_tags(stack):
    name, recording = stack
    tagged = [each for each in azure(recording) if "tags" in each.inputs]
    assert len(tagged) > 15
    for each in tagged:
        assert {"application": "amora-sync", "environment": name, "region": "eu1"}.items() <= each.inputs[
            "tags"
        ].items()


def test_every_name_has_environment_and_region(stack):
    name, recording = stack
    named = [value for each in azure(recording) for key, value in each.inputs.items() if key == "resourceGroupName"]
    assert set(named) == {f"rg-amora-{name}-eu1"}


@pytest.mark.parametrize(
    ("name", "protected"),
    [
        ("platform-group", True),
        ("monitoring-workspace", True),
        ("network-vnet", False),
        ("vault-vault", True),
        ("database-server", True),
    ],
)
def test_what_holds_data_is_protected_in_prod(prod, name, protected):
    assert prod.one(name).protect is protected


def test_dev_is_not_protected_and_not_locked():
    dev = record_stack("dev")
    assert not any(each.protect for each in dev.resources)
    assert dev.of("authorization:ManagementLockByScope") == []


def test_prod_locks_what_holds_data(prod):
    locks = prod.of("authorization:ManagementLockByScope")
    assert {lock.inputs["level"] for lock in locks} == {"CanNotDelete"}
    scopes = {"/".join(lock.inputs["scope"].split("/")[-2:]) for lock in locks}
    assert {"workspaces/log-amora-prod-eu1"} <= scopes
    assert any(scope.startswith("vaults/kv-amora-prod-eu1") for scope in scopes)


def test_telemetry_keys_stay_secret(stack):
    _, recording = stack
    assert set(recording.one("monitoring-insights").secret_outputs) == {"connectionString", "instrumentationKey"}
    assert isinstance(recording.outputs["telemetryConnectionString"], wire.Secret)


def test_outputs_are_those_of_the_table(stack):
    assert list(stack[1].outputs) == [output.name for output in OUTPUTS]


def test_components_record_what_they_were_asked_for(prod):
    assert prod.one("monitoring").inputs["retentionDays"] == 30
    assert prod.one("network").inputs["cell"]["names"] == {"environment": "prod", "region": "eu1"}


class TestNetwork:
    def test_each_subnet_has_its_rules_and_no_default_way_out(self, stack):
        subnets = stack[1].of("network:Subnet")
        assert len(subnets) >= 5
        for subnet in subnets:
            role = subnet.name.removesuffix("-subnet")
            assert subnet.inputs["networkSecurityGroup"]["id"].endswith(f"-{role}")
            assert subnet.inputs["defaultOutboundAccess"] is False

    @pytest.mark.parametrize(
        ("name", "service"),
        [
            ("core-1-subnet", "Microsoft.App/environments"),
            ("edge-subnet", "Microsoft.App/environments"),
            ("database-subnet", "Microsoft.DBforPostgreSQL/flexibleServers"),
            ("endpoints-subnet", None),
            ("operators-subnet", None),
        ],
    )
    def test_delegations(self, stack, name, service):
        found = [each["serviceName"] for each in stack[1].one(name).inputs["delegations"]]
        assert found == ([service] if service else [])

    def test_subnets_are_written_one_after_the_other(self, stack):
        names = [each.name for each in stack[1].of("network:Subnet")]
        for before, after in itertools.pairwise(names):
            assert before in stack[1].one(after).dependencies

    def test_a_zone_a_core_environment_in_prod_only(self, stack):
        name, recording = stack
        cores = [each for each in recording.of("network:Subnet") if each.name.startswith("core")]
        assert len(cores) == (3 if name == "prod" else 1)

    def test_prod_goes_out_by_a_gateway_dev_does_not(self, stack):
        name, recording = stack
        gateways = recording.of("network:NatGateway")
        assert len(gateways) == (1 if name == "prod" else 0)
        for subnet in recording.of("network:Subnet"):
            assert ("natGateway" in subnet.inputs) is (name == "prod")

    def test_private_zones_are_linked_to_the_network(self, stack):
        recording = stack[1]
        zones = {each.inputs["privateZoneName"] for each in recording.of("privatedns:PrivateZone")}
        links = recording.of("privatedns:VirtualNetworkLink")
        assert {link.inputs["privateZoneName"] for link in links} == zones
        assert "privatelink.vaultcore.azure.net" in zones
        assert not any(link.inputs["registrationEnabled"] for link in links)


# Tokens of types that write resource logs (learn.microsoft.com, "Supported resource log categories").
WITH_LOGS = {
    "app:ManagedEnvironment",
    "cdn:Profile",
    "applicationinsights:Component",
    "containerregistry:Registry",
    "dbforpostgresql:Server",
    "keyvault:Vault",
    "monitor:DataCollectionRule",
    "network:NetworkSecurityGroup",
    "network:PublicIPAddress",
    "network:VirtualNetwork",
    "operationalinsights:Workspace",
    "redis:Redis",
    "redisenterprise:Database",
    "storage:BlobServiceProperties",
}


def test_everything_with_logs_sends_them_to_the_workspace(stack):
    recording = stack[1]
    watched = {each.inputs["resourceUri"].lower() for each in recording.of("monitor:DiagnosticSetting")}
    wanted = {
        arm.resource_id(each.token, wire.plain(dict(each.inputs)), ids.SUBSCRIPTION_ID).lower()
        for token in WITH_LOGS
        for each in recording.of(token)
    }
    assert len(wanted) >= 5
    assert watched == wanted
