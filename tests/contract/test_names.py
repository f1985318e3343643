"""Name rules: for every row a name that passes and names that are refused."""

import pytest

from sandbox.arm.catalogue import catalogue
from sandbox.arm.names import NAMES, RESERVED, Scope, check_name

GUID = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"
# A legal name where the usual one is none.
LEGAL = {
    "microsoft.authorization/roleassignments": GUID,
    "microsoft.authorization/roledefinitions": GUID,
    "microsoft.azureactivedirectory/b2cdirectories": "amora1.onmicrosoft.com",
    "microsoft.azureactivedirectory/ciamdirectories": "amora1.onmicrosoft.com",
    "microsoft.cache/redisenterprise/databases": "default",
    "microsoft.dashboard/dashboards/dashboarddefinitions": "default",
    "microsoft.dbforpostgresql/flexibleservers/administrators": GUID,
    "microsoft.storage/storageaccounts/blobservices": "default",
    "microsoft.storage/storageaccounts/managementpolicies": "default",
    "microsoft.network/dnszones": "amora.example.com",
    "microsoft.network/privatednszones": "privatelink.vaultcore.azure.net",
}


def legal(arm_type):
    return LEGAL.get(arm_type, "amora1")


@pytest.mark.parametrize("arm_type", sorted(NAMES))
class TestEveryRow:
    def test_a_legal_name_passes(self, arm_type):
        assert check_name(arm_type, "name", legal(arm_type)) == []

    def test_a_name_too_long_is_refused(self, arm_type):
        (finding,) = check_name(arm_type, "name", "a" * (NAMES[arm_type].longest + 1))
        assert (finding.kind, finding.path) == ("name", "name")
        assert "characters" in finding.message

    def test_an_illegal_character_is_refused(self, arm_type):
        rule = NAMES[arm_type]
        text = "/?%" if rule.longest < 10 else "a/?%b"
        padded = text.ljust(rule.shortest, "c")
        (finding,) = check_name(arm_type, "name", padded)
        assert "does not take" in finding.message or "characters" in finding.message


@pytest.mark.parametrize("word", RESERVED)
def test_a_reserved_word_is_refused_where_the_name_becomes_a_host(word):
    assert check_name("Microsoft.KeyVault/vaults", "vaultName", f"kv-{word}") != []
    assert check_name("Microsoft.Network/virtualNetworks", "name", f"vnet-{word}") == []


@pytest.mark.parametrize(
    ("arm_type", "name", "passes"),
    [
        ("Microsoft.AzureActiveDirectory/ciamDirectories", "amora1.onmicrosoft.com", True),
        ("Microsoft.AzureActiveDirectory/ciamDirectories", "xboxamora.onmicrosoft.com", False),
        ("Microsoft.AzureActiveDirectory/ciamDirectories", "amora1", False),
        ("Microsoft.AzureActiveDirectory/ciamDirectories", "amora-1.onmicrosoft.com", False),
        ("Microsoft.KeyVault/vaults", "kv--amora", False),
        ("Microsoft.KeyVault/vaults", "1kv", False),
        ("Microsoft.App/containerApps", "emqx-1", True),
        ("Microsoft.App/containerApps", "Emqx-1", False),
        ("Microsoft.App/containerApps", "emqx-", False),
        ("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies", "web-1", False),
        ("Microsoft.ContainerRegistry/registries", "cr-amora", False),
        ("Microsoft.Resources/resourceGroups", "rg.", False),
        ("Microsoft.Cache/redisEnterprise/databases", "other", False),
    ],
)
def test_what_the_documents_single_out(arm_type, name, passes):
    assert (check_name(arm_type, "name", name) == []) is passes


def test_rows_name_types_the_catalogue_knows():
    known = {entry["type"].lower() for entry in catalogue().tokens.values()}
    assert set(NAMES) <= known, set(NAMES) - known


def test_what_is_unique_everywhere_is_what_has_a_host_name():
    everywhere = {arm_type for arm_type, rule in NAMES.items() if rule.scope is Scope.GLOBAL}
    assert "microsoft.keyvault/vaults" in everywhere
    assert "microsoft.network/virtualnetworks" not in everywhere
