"""The platform's Container Apps: environment, identity with its rights, app with its secrets."""

import pytest
from pulumi_azure_native import app

from components.app_identity import AppIdentity, AppIdentityArgs, Right
from components.cell import Cell
from components.component import AmoraComponent
from components.container_app import AppSecret, AppSpec, Image, Scale, container_app, files_mount, variables
from components.container_environment import ContainerEnvironment, ContainerEnvironmentArgs
from components.naming import Names
from components.role_assignment import ROLES
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
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/core-1"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-test"
IMAGE = Image(server="cr.azurecr.io", repository="emqx/emqx", digest=f"sha256:{'a' * 64}")


class Owner(AmoraComponent):
    token = "amora:test:Owner"

    def __init__(self):
        super().__init__("owner", CELL)


def environment(zones=("1", "2", "3"), *, internal=True):
    return ContainerEnvironment(
        "core",
        ContainerEnvironmentArgs(
            cell=CELL,
            resource_group_name="rg",
            workspace_id=WORKSPACE,
            subnet_id=SUBNET,
            role="core-1",
            internal=internal,
            zones=zones,
        ),
    )


def identity():
    right = Right(
        name="secrets",
        role="Key Vault Secrets User",
        scope=VAULT,
        scope_name="Microsoft.KeyVault/vaults/kv-test",
    )
    return AppIdentity("node", AppIdentityArgs(cell=CELL, resource_group_name="rg", app="node", rights=(right,)))


def program():
    who = identity()
    container_app(
        Owner(),
        "node-app",
        AppSpec(
            cell=CELL,
            resource_group_name="rg",
            environment_id=environment().environment_id,
            role="node",
            identity=who,
            registry_server="cr.azurecr.io",
            containers=(
                app.ContainerArgs(
                    name="node",
                    image=IMAGE.reference,
                    env=variables({"PLAIN": "value"}, {"COOKIE": "cookie"}),
                    resources=app.ContainerResourcesArgs(cpu=2.0, memory="4Gi"),
                    volume_mounts=[files_mount()],
                ),
            ),
            secrets=(AppSecret(name="cookie", uri=f"https://kv-test.vault.azure.net/secrets/cookie/{'0' * 32}"),),
            files={"emqx.conf": "cookie"},
            ingress=None,
            scale=Scale(least=1, most=1),
            grace_seconds=120,
            depends_on=(),
            replace_on=("template",),
        ),
    )


@pytest.fixture(scope="module")
def recording():
    return record(program)


def test_an_app_takes_its_secrets_by_version_and_its_image_by_digest(recording):
    (node,) = recording.of("app:ContainerApp")
    assert node.inputs["configuration"]["secrets"] == [
        {
            "name": "cookie",
            "keyVaultUrl": f"https://kv-test.vault.azure.net/secrets/cookie/{'0' * 32}",
            "identity": node.inputs["configuration"]["registries"][0]["identity"],
        }
    ]
    (container,) = node.inputs["template"]["containers"]
    assert container["image"] == f"cr.azurecr.io/emqx/emqx@sha256:{'a' * 64}"
    assert {"name": "COOKIE", "secretRef": "cookie"} in container["env"]
    assert container["volumeMounts"] == [{"mountPath": "/mnt/amora", "volumeName": "files"}]
    (volume,) = node.inputs["template"]["volumes"]
    assert volume["secrets"] == [{"path": "emqx.conf", "secretRef": "cookie"}]


def test_an_app_waits_for_its_rights_and_is_replaced_where_asked(recording):
    (node,) = recording.of("app:ContainerApp")
    assert "node-secrets-role" in node.dependencies
    assert node.error_hooks == ("node-app-role-propagation",)
    assert "template" in node.replace_on_changes
    assert "managedEnvironmentId" in node.replace_on_changes


def test_a_right_is_named_by_scope_identity_and_role(recording):
    (first,) = recording.of("authorization:RoleAssignment")
    (again,) = record(program).of("authorization:RoleAssignment")
    assert first.inputs["roleAssignmentName"] == again.inputs["roleAssignmentName"]
    assert first.inputs["principalType"] == "ServicePrincipal"
    assert first.inputs["roleDefinitionId"].endswith(ROLES["Key Vault Secrets User"])


@pytest.mark.parametrize(
    ("zones", "spread", "placed"),
    [((), False, None), (("2",), False, ["2"]), (("1", "2", "3"), True, None)],
)
def test_an_environment_is_spread_over_zones_or_placed_in_one(zones, spread, placed):
    (made,) = record(lambda: environment(zones)).of("app:ManagedEnvironment")
    assert made.inputs["zoneRedundant"] is spread
    assert made.inputs.get("availabilityZones") == placed


@pytest.mark.parametrize(("internal", "access"), [(True, "Disabled"), (False, "Enabled")])
def test_an_internal_environment_has_no_public_way_in(internal, access):
    (made,) = record(lambda: environment(internal=internal)).of("app:ManagedEnvironment")
    assert made.inputs["vnetConfiguration"]["internal"] is internal
    assert made.inputs["publicNetworkAccess"] == access
    assert made.inputs["appLogsConfiguration"] == {"destination": "azure-monitor"}
    assert made.inputs["peerTrafficConfiguration"] == {"encryption": {"enabled": True}}


def test_a_role_the_platform_does_not_give_away_is_refused():
    def overreaching():
        AppIdentity(
            "node",
            AppIdentityArgs(
                cell=CELL,
                resource_group_name="rg",
                app="node",
                rights=(Right(name="all", role="Owner", scope=VAULT, scope_name="x"),),
            ),
        )

    with pytest.raises(KeyError, match="Owner"):
        record(overreaching)


def test_pulumi_is_never_given_the_value_of_a_secret(recording):
    (node,) = recording.of("app:ContainerApp")
    assert all("value" not in secret for secret in node.inputs["configuration"]["secrets"])
