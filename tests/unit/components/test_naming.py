import pytest

from components.naming import RULES, IllegalNameError, Names

NAMES = Names(environment="prod", region="eu1")


@pytest.mark.parametrize(
    ("arm_type", "role", "expected"),
    [
        ("Microsoft.Resources/resourceGroups", "", "rg-amora-prod-eu1"),
        ("Microsoft.Network/virtualNetworks/subnets", "core-1", "snet-amora-prod-eu1-core-1"),
        ("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies", "web-1", "fdfpamoraprodeu1web1"),
    ],
)
def test_a_name_says_type_environment_region_and_role(arm_type, role, expected):
    assert NAMES.of(arm_type, role) == expected


def test_a_globally_unique_type_has_a_suffix_that_never_changes():
    assert NAMES.of("Microsoft.KeyVault/vaults") == "kv-amora-prod-eu1-bbfb6f"
    assert NAMES.of("Microsoft.ContainerRegistry/registries").startswith("cramoraprodeu1")


def test_a_name_too_long_keeps_to_its_length_and_stays_distinct():
    long = Names(environment="staging1", region="europe")
    names = {long.of("Microsoft.KeyVault/vaults", role) for role in ("", "secrets", "certificates", "certificates-2")}
    assert len(names) == 4
    assert all(len(name) <= 24 for name in names)


@pytest.mark.parametrize("role", ["Core", "a--b", "-a", "a_b", "ä"])
def test_no_role(role):
    with pytest.raises(IllegalNameError, match="is no role"):
        NAMES.of("Microsoft.Network/virtualNetworks", role)


def test_a_type_without_a_rule_is_named():
    with pytest.raises(IllegalNameError, match=r"Microsoft\.Nowhere/things"):
        NAMES.of("Microsoft.Nowhere/things")


def test_every_rule_names_its_source():
    assert all(rule.source for rule in RULES.values())
