"""The registry: no passwords, no anonymous pull, every image through its cache."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from components.cell import Cell
from components.naming import Names
from components.registry import CACHED, ON_DOCKER_HUB, UNTAGGED_DAYS, DockerHub, Registry, RegistryArgs
from settings.groups.data import HubImage
from tests.recorded_program import record

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"
VAULT = f"{GROUP}/Microsoft.KeyVault/vaults/kv-test"
ACCOUNT = DockerHub(
    user_secret="hub-user",
    token_secret="hub-token",
    repositories=("emqx/emqx-enterprise",),
    vault_id=VAULT,
    vault_uri="https://kv-test.vault.azure.net/",
    vault_scope_name="Microsoft.KeyVault/vaults/kv-test",
)


def registry(sku: Any = "Premium", *, private=True, zones=("1", "2", "3"), docker_hub=None, besides=None):
    cell = Cell(
        names=Names(environment="test", region="eu1"),
        location="westeurope",
        zones=zones,
        tags={},
        protect=True,
        locks=True,
    )
    return Registry(
        "registry",
        RegistryArgs(
            cell=cell,
            resource_group_name="rg",
            workspace_id=f"{GROUP}/Microsoft.OperationalInsights/workspaces/log",
            sku=sku,
            private=private,
            endpoint_subnet_id=f"{GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/endpoints",
            private_zone_id=f"{GROUP}/Microsoft.Network/privateDnsZones/privatelink.azurecr.io",
            docker_hub=docker_hub,
            besides=besides or {},
        ),
    )


def made(**given):
    recording = record(lambda: registry(**given))
    (found,) = recording.of("containerregistry:Registry")
    return recording, found.inputs


@pytest.mark.parametrize(("sku", "private"), [("Basic", False), ("Standard", False), ("Premium", False)])
def test_no_registry_takes_a_password_or_nobody(sku, private):
    _, inputs = made(sku=sku, private=private)
    assert inputs["adminUserEnabled"] is False
    assert inputs["anonymousPullEnabled"] is False
    assert inputs["publicNetworkAccess"] == "Enabled"


@pytest.mark.parametrize("sku", ["Basic", "Standard"])
def test_what_only_premium_takes_is_left_out_of_others(sku):
    _, inputs = made(sku=sku, private=False)
    assert inputs["zoneRedundancy"] == "Disabled"
    assert not {"policies", "networkRuleSet"} & set(inputs)


def test_a_private_registry_has_its_endpoint_and_no_other_way_in():
    recording, inputs = made()
    assert inputs["publicNetworkAccess"] == "Disabled"
    assert inputs["networkRuleSet"] == {"defaultAction": "Deny"}
    assert inputs["policies"]["exportPolicy"] == {"status": "disabled"}
    (endpoint,) = recording.of("network:PrivateEndpoint")
    assert endpoint.inputs["privateLinkServiceConnections"][0]["groupIds"] == ["registry"]
    assert made(private=False)[0].of("network:PrivateEndpoint") == []


@pytest.mark.parametrize(("zones", "spread"), [((), "Disabled"), (("1", "2", "3"), "Enabled")])
def test_a_premium_registry_is_spread_where_there_are_zones(zones, spread):
    assert made(zones=zones)[1]["zoneRedundancy"] == spread


def test_what_runs_by_digest_is_kept_as_long_as_azure_allows():
    assert made()[1]["policies"]["retentionPolicy"] == {"status": "enabled", "days": UNTAGGED_DAYS}


def test_every_image_has_its_cache_and_none_is_from_docker_hub():
    recording, _ = made()
    rules = {r.inputs["targetRepository"]: r.inputs for r in recording.of("containerregistry:CacheRule")}
    assert set(rules) == set(CACHED)
    for repository, inputs in rules.items():
        source, _, path = inputs["sourceRepository"].partition("/")
        assert source in {"public.ecr.aws", "quay.io"}
        assert path == repository
        assert "credentialSetResourceId" not in inputs


def test_docker_hub_is_asked_with_an_account_of_the_vault_only():
    recording, _ = made(docker_hub=ACCOUNT, besides={"probe": "docker.io/amora/probe"})
    (credentials,) = recording.of("containerregistry:CredentialSet")
    assert credentials.inputs["loginServer"] == "docker.io"
    (login,) = credentials.inputs["authCredentials"]
    assert login["usernameSecretIdentifier"] == "https://kv-test.vault.azure.net/secrets/hub-user"
    assert login["passwordSecretIdentifier"] == "https://kv-test.vault.azure.net/secrets/hub-token"
    rules = {r.inputs["targetRepository"]: r.inputs for r in recording.of("containerregistry:CacheRule")}
    assert set(rules) == {*CACHED, "probe"}
    assert rules["emqx/emqx-enterprise"]["sourceRepository"] == "docker.io/emqx/emqx-enterprise"
    asked = {name for name, inputs in rules.items() if "credentialSetResourceId" in inputs}
    assert asked == {"emqx/emqx-enterprise", "probe"}
    assert rules["probe"]["credentialSetResourceId"].endswith("/credentialSets/docker-hub")


def test_the_account_reads_its_two_secrets_and_nothing_else_of_the_vault():
    rights = made(docker_hub=ACCOUNT)[0].of("authorization:RoleAssignment")
    assert {each.inputs["scope"] for each in rights} == {f"{VAULT}/secrets/hub-user", f"{VAULT}/secrets/hub-token"}


def test_every_image_can_come_from_docker_hub():
    assert set(ON_DOCKER_HUB) == set(CACHED) == set(get_args(HubImage))
    assert all(source.startswith("docker.io/") for source in ON_DOCKER_HUB.values())


def test_an_image_nobody_knows_on_docker_hub_is_an_error():
    with pytest.raises(KeyError, match="amora/unknown"):
        made(docker_hub=replace(ACCOUNT, repositories=("amora/unknown",)))


def test_the_server_is_known_before_a_deployment():
    kept = []
    recording = record(lambda: kept.append(registry()))
    (found,) = recording.of("containerregistry:Registry")
    assert kept[0].server == f"{found.inputs['registryName']}.azurecr.io"
    assert kept[0].right_to_pull().scope_name == kept[0].scope_name
    assert kept[0].right_to_pull().role == "AcrPull"
    assert kept[0].scope_name.endswith(found.inputs["registryName"])


def test_what_pulls_waits_for_cache_and_endpoint():
    kept = []
    record(lambda: kept.append(registry()))
    assert len(kept[0].ready) == len(CACHED) + 1
