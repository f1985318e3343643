"""The final values: tiers, computed values, and the stack files of the project."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import settings
from settings import haproxy_release, planning
from settings.groups.traffic import QosMix
from settings.tiers import TIERS, with_defaults
from tests.unit.settings.stacks import DEV, PROD, changed

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_projects_stack_files_have_no_problem(stack):
    assert settings.from_stack_file(ROOT / f"Pulumi.{stack}.yaml").environment == stack


def test_a_stack_says_only_what_differs_from_its_tier():
    for stack in ("dev", "prod"):
        content = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
        values = {key.removeprefix("amora-sync:"): value for key, value in content.items()}
        for group, given in values.items():
            assert with_defaults(stack, {}).get(group) != given
            for key, value in given.items() if isinstance(given, dict) else ():
                assert TIERS[stack].get(group, {}).get(key) != value


def test_tiers_name_settings_that_exist_and_are_right():
    for tier, stack in (("dev", DEV), ("prod", PROD)):
        settings.from_values(with_defaults(tier, stack))


@pytest.mark.parametrize(
    ("tier", "protect", "outbound", "nodes", "min_replicas", "profiles"),
    [("dev", False, "default", 1, 2, 0), ("prod", True, "nat", 3, 3, 2)],
)
def test_tiers_give_what_the_stack_leaves_out(tier, protect, outbound, nodes, min_replicas, profiles):
    given = settings.from_values(DEV if tier == "dev" else PROD)
    assert given.protection.protect is protect
    assert given.network.outbound == outbound
    assert len(given.emqx.slots) == nodes
    assert given.edge.min_replicas == min_replicas
    assert given.front_door.profiles == profiles


def test_an_environment_of_another_name_takes_the_tier_it_names():
    given = settings.from_values(changed(PROD, environment="stage1", tier="prod"))
    assert (given.environment, given.tier, given.protection.locks) == ("stage1", "prod", True)


def test_tags_have_the_platforms_own():
    given = settings.from_values(changed(DEV, tags={"owner": "me"}))
    assert given.tags == {
        "application": "amora-sync",
        "environment": "dev",
        "managedBy": "pulumi",
        "owner": "me",
        "region": "eu1",
    }


@pytest.mark.parametrize(
    ("space", "core", "edge", "operators"),
    [
        ("10.41.0.0/16", "10.41.0.0/24", "10.41.3.0/24", "10.41.6.0/24"),
        ("10.41.8.0/21", "10.41.8.0/24", "10.41.11.0/24", "10.41.14.0/24"),
        ("192.168.1.0/24", "192.168.1.0/27", "192.168.1.96/27", "192.168.1.192/27"),
    ],
)
def test_subnets_are_cut_from_the_address_space(space, core, edge, operators):
    subnets = settings.from_values(changed(DEV, network__addressSpace=space)).network.subnets
    assert (subnets.core, subnets.edge, subnets.operators) == ((core,), edge, operators)


def test_placement_moves_no_subnet():
    single = settings.from_values(DEV).network.subnets
    zones = settings.from_values(changed(DEV, emqx__placement="zones")).network.subnets
    assert zones.core == ("10.41.0.0/24", "10.41.1.0/24", "10.41.2.0/24")
    assert zones.model_copy(update={"core": single.core}) == single


@pytest.mark.parametrize(
    ("location", "zones", "pair"),
    [("westeurope", ("1", "2", "3"), "northeurope"), ("westus", (), "eastus"), ("italynorth", ("1", "2", "3"), "")],
)
def test_a_region_brings_its_zones_and_pair(location, zones, pair):
    cell = settings.from_values(changed(DEV, region__location=location)).region
    assert (cell.zones, cell.paired_location) == (zones, pair)


@pytest.mark.parametrize(
    ("given", "primary", "standby"),
    [
        ({}, "1", "2"),
        ({"zone": "2"}, "2", "1"),
        ({"standbyZone": "1"}, "2", "1"),
        ({"highAvailability": "sameZone"}, "1", "1"),
        ({"highAvailability": "none"}, "1", None),
    ],
)
def test_database_zones_are_chosen(given, primary, standby):
    postgres = settings.from_values(changed(PROD, postgres=given)).postgres
    assert (postgres.zone, postgres.standby_zone) == (primary, standby)


def test_slots_are_in_order_with_version_and_digest():
    slots = settings.from_values(changed(PROD, emqx__slots={"10": {}, "4": {}, "3": {}, "2": {}, "1": {}})).emqx.slots
    assert list(slots) == ["1", "2", "3", "4", "10"]
    assert {(each.version, each.digest[:7]) for each in slots.values()} == {("5.8.9", "sha256:")}


@pytest.mark.parametrize(
    ("edge", "digest"),
    [
        ({}, haproxy_release.DIGESTS["3.0.28"]),
        ({"version": "3.0.99", "digest": f"sha256:{'0' * 64}"}, f"sha256:{'0' * 64}"),
        ({"digest": f"sha256:{'1' * 64}"}, f"sha256:{'1' * 64}"),
    ],
)
def test_the_edges_image_is_the_recorded_one_unless_the_stack_names_another(edge, digest):
    assert settings.from_values(changed(DEV, edge=edge)).edge.digest == digest


def test_one_slot_can_go_ahead_with_a_licence():
    slot = {"version": "6.2.3", "digest": f"sha256:{'0' * 64}"}
    given = changed(PROD, emqx__slots={"1": {}, "2": {}, "3": slot}, emqx__licence=settings.Secret("key"))
    assert [each.version for each in settings.from_values(given).emqx.slots.values()] == ["5.8.9", "5.8.9", "6.2.3"]


@pytest.mark.parametrize(
    ("mix", "messages"),
    [((100, 0, 0), 5000), ((0, 100, 0), 2500), ((0, 0, 100), 1250), ((20, 80, 0), 5000 / 1.8), ((0, 0, 0), 5000)],
)
def test_a_core_carries_fewer_messages_at_a_higher_qos(mix, messages):
    names = ("atMostOnce", "atLeastOnce", "exactlyOnce")
    assert planning.messages_a_core(QosMix(**dict(zip(names, mix, strict=True)))) == pytest.approx(messages)


@pytest.mark.parametrize(("clients", "profiles"), [(3000, 1), (3001, 2), (5000, 2), (6001, 3)])
def test_front_door_profiles_follow_the_clients(clients, profiles):
    given = changed(PROD, capacity__clients=clients, capacity__devices=1)
    assert settings.from_values(given).front_door.profiles == profiles


def test_settings_are_frozen():
    given = settings.from_values(DEV)
    with pytest.raises(ValueError, match="frozen"):
        given.network.outbound = "nat"


PLAN = "/subscriptions/x/resourceGroups/rg/providers/Microsoft.Network/ddosProtectionPlans/ddos"


@pytest.mark.parametrize(
    ("stack", "given", "amount"),
    [
        (DEV, {}, 400),
        (PROD, {}, 3000),
        (PROD, {"ddos": {"protection": "network"}}, 5944),
        # One plan serves a tenant: whoever made it pays for it.
        (PROD, {"ddos": {"protection": "network", "planId": PLAN}}, 3000),
        (PROD, {"ddos": {"protection": "network"}, "budget": {"start": "2026-12", "monthlyAmount": 100}}, 100),
    ],
)
def test_a_budget_expects_what_the_stack_makes(stack, given, amount):
    assert settings.from_values({**stack, **given}).budget.monthly_amount == amount
