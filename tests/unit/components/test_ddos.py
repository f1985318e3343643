"""DDoS protection of the network: none, by a plan of its own, by one that exists already."""

from components.cell import Cell
from components.naming import Names
from components.network import Network, NetworkArgs
from tests.recorded_program import record

ELSEWHERE = (
    "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg-tenant/providers/Microsoft.Network"
    "/ddosProtectionPlans/ddos-tenant"
)


def network(*, protection: bool, plan_id: str = ""):
    cell = Cell(
        names=Names("test", "eu1"), location="westeurope", zones=(), tags={"a": "b"}, protect=False, locks=False
    )
    args = NetworkArgs(
        cell=cell,
        resource_group_name="rg",
        workspace_id="/subscriptions/s/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log",
        address_space="10.41.0.0/16",
        core_prefixes=("10.41.0.0/24",),
        edge_prefix="10.41.3.0/24",
        database_prefix="10.41.4.0/24",
        endpoints_prefix="10.41.5.0/24",
        operators_prefix="10.41.6.0/24",
        nat=False,
        nat_zone=None,
        ddos_protection=protection,
        ddos_plan_id=plan_id,
    )
    return record(lambda: Network("network", args) and None)


def test_without_protection_the_network_says_so_and_names_no_plan():
    made = network(protection=False)
    assert made.of("network:DdosProtectionPlan") == []
    inputs = made.one("network-vnet").inputs
    assert inputs["enableDdosProtection"] is False
    assert "ddosProtectionPlan" not in inputs


def test_a_plan_of_its_own_is_made_before_the_network_joins_it():
    made = network(protection=True)
    (plan,) = made.of("network:DdosProtectionPlan")
    inputs = made.one("network-vnet").inputs
    assert plan.inputs["ddosProtectionPlanName"] == "ddos-amora-test-eu1"
    assert inputs["enableDdosProtection"] is True
    assert inputs["ddosProtectionPlan"]["id"].endswith("/ddosProtectionPlans/ddos-amora-test-eu1")
    assert plan.name in made.one("network-vnet").dependencies


def test_a_plan_that_exists_is_joined_and_none_is_paid_for():
    made = network(protection=True, plan_id=ELSEWHERE)
    assert made.of("network:DdosProtectionPlan") == []
    assert made.one("network-vnet").inputs["ddosProtectionPlan"] == {"id": ELSEWHERE}
