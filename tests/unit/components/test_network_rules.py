"""The security rules of the subnets, judged as Azure judges them: by priority, first match."""

import pytest

from components import ports
from components.cell import Cell
from components.naming import Names
from components.network_rules import RULES, rules
from components.security_group import _rule

PREFIXES = {
    "core": ("10.0.0.0/24", "10.0.1.0/24"),
    "edge": ("10.0.3.0/24",),
    "database": ("10.0.4.0/24",),
    "endpoints": ("10.0.5.0/24",),
    "operators": ("10.0.6.0/24",),
}
CELL = Cell(names=Names("prod", "eu1"), location="westeurope", zones=(), tags={}, protect=False, locks=False)


def covers(rule_ports, port):
    for text in rule_ports:
        low, _, high = text.partition("-")
        if text == "*" or int(low) <= port <= int(high or low):
            return True
    return False


def allowed(role, direction, source, destination, port, protocol="Tcp"):
    for rule in RULES[role]:
        matches = (
            rule.direction == direction
            and rule.source in (source, "*")
            and rule.destination.removesuffix(".{location}") in (destination, "*")
            and rule.protocol in (protocol, "*")
            and covers(rule.ports, port)
        )
        if matches:
            return rule.access == "Allow"
    raise AssertionError("no rule decides")


@pytest.mark.parametrize(
    ("role", "direction", "source", "destination", "port", "expected"),
    [
        ("edge", "Inbound", "Internet", "edge", 8883, True),
        ("edge", "Inbound", "Internet", "edge", 443, True),
        ("edge", "Inbound", "Internet", "edge", 31000, True),
        ("edge", "Inbound", "Internet", "edge", 1883, False),
        ("edge", "Inbound", "Internet", "edge", 18083, False),
        ("edge", "Inbound", "AzureLoadBalancer", "edge", 30000, True),
        ("edge", "Outbound", "edge", "core", ports.of_slot("mqtt", 1), True),
        ("edge", "Outbound", "edge", "core", ports.of_slot("distribution", 1), False),
        ("edge", "Outbound", "edge", "Internet", 443, False),
        ("core", "Inbound", "Internet", "core", 8883, False),
        ("core", "Inbound", "edge", "core", ports.of_slot("api", 10), True),
        ("core", "Inbound", "edge", "core", ports.of_slot("distribution", 1), False),
        ("core", "Inbound", "core", "core", ports.of_slot("distribution", 1), True),
        ("core", "Inbound", "AzureLoadBalancer", "core", 32767, True),
        ("core", "Outbound", "core", "database", 5432, True),
        ("core", "Outbound", "core", "database", 6432, True),
        ("core", "Outbound", "core", "AzureContainerRegistry", 443, True),
        ("core", "Outbound", "core", "MicrosoftContainerRegistry", 443, True),
        ("core", "Outbound", "core", "AzureFrontDoor.FirstParty", 443, True),
        ("core", "Outbound", "core", "AzureActiveDirectory", 443, True),
        ("core", "Outbound", "core", "AzureMonitor", 443, True),
        ("core", "Outbound", "core", "Storage", 443, True),
        ("core", "Outbound", "core", "168.63.129.16", 53, True),
        ("database", "Inbound", "core", "database", 5432, True),
        ("database", "Inbound", "database", "database", 6432, True),
        ("database", "Outbound", "database", "database", 5432, True),
        ("database", "Outbound", "database", "Storage", 443, True),
        ("database", "Inbound", "edge", "database", 5432, False),
        ("endpoints", "Inbound", "core", "endpoints", 443, True),
        ("endpoints", "Inbound", "Internet", "endpoints", 443, False),
        ("operators", "Inbound", "Internet", "operators", 22, False),
        ("operators", "Outbound", "operators", "core", ports.of_slot("api", 1), True),
    ],
)
def test_who_may_reach_whom(role, direction, source, destination, port, expected):
    assert allowed(role, direction, source, destination, port) is expected


@pytest.mark.parametrize("role", sorted(RULES))
def test_every_subnet_ends_in_a_denial_of_both_directions(role):
    last = RULES[role][-2:]
    assert {rule.direction for rule in last} == {"Inbound", "Outbound"}
    assert all(rule.access == "Deny" and rule.source == rule.destination == "*" for rule in last)


@pytest.mark.parametrize("role", sorted(RULES))
def test_names_and_priorities_are_unique_in_their_direction(role):
    rules = [_rule(rule, number, CELL, PREFIXES) for number, rule in enumerate(RULES[role])]
    assert len({rule.name for rule in rules}) == len(rules)
    assert len({(rule.direction, rule.priority) for rule in rules}) == len(rules)
    assert all(100 <= rule.priority <= 4096 for rule in rules)


def test_a_role_with_several_subnets_becomes_several_prefixes_and_a_region_a_service_tag():
    storage = next(rule for rule in RULES["core"] if rule.name == "to-storage")
    wire = _rule(storage, 0, CELL, PREFIXES)
    assert wire.source_address_prefixes == ["10.0.0.0/24", "10.0.1.0/24"]
    assert wire.destination_address_prefix == "Storage.westeurope"


@pytest.mark.parametrize("slot", [0, 11])
def test_a_slot_outside_the_table_is_refused(slot):
    with pytest.raises(ValueError, match="1 to 10"):
        ports.of_slot("mqtt", slot)


def test_no_two_purposes_share_a_port():
    purposes = ("distribution", "rpc", "websocket", "mqtt", "api")
    used = [ports.of_slot(purpose, slot) for purpose in purposes for slot in range(1, 11)]
    assert len(set(used)) == len(used)


class TestWithAProbe:
    def decides(self, destination, port, *, probe):
        for rule in rules("core", probe=probe):
            if rule.direction == "Outbound" and rule.destination in (destination, "*") and covers(rule.ports, port):
                return rule.access
        raise AssertionError("no rule decides")

    @pytest.mark.parametrize(
        ("destination", "port"),
        [("AzureFrontDoor.Frontend", 443), ("AzureCloud.{location}", 443), ("AzureCloud.{location}", 8883)],
    )
    def test_the_core_goes_out_to_the_public_endpoints_with_one_and_not_without(self, destination, port):
        assert self.decides(destination, port, probe=True) == "Allow"
        assert self.decides(destination, port, probe=False) == "Deny"

    def test_it_goes_nowhere_else(self):
        assert self.decides("Internet", 443, probe=True) == "Deny"
        assert self.decides("AzureCloud.{location}", 22, probe=True) == "Deny"

    def test_other_subnets_know_nothing_of_it(self):
        for role in RULES:
            assert rules(role, probe=False) == RULES[role]
            if role != "core":
                assert rules(role, probe=True) == RULES[role]
