"""What the pack learns from its environment, and how strict it is."""

from __future__ import annotations

import json
from datetime import date

import pytest

from policies.context import context_from
from policies.rule import Level
from tests.policies.cases.data_protection import LOCK
from tests.policies.cases.key_vault import VAULT
from tests.policies.cases.network import SUBNET
from tests.policies.subjects import Judge

TODAY = date(2026, 11, 27)


def context(preview="true", **config):
    texts = {
        f"amora-sync:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }
    return context_from({"PULUMI_CONFIG": json.dumps(texts), "PULUMI_DRY_RUN": preview}, TODAY)


@pytest.mark.parametrize(
    ("config", "tier"),
    [
        ({"environment": "dev"}, "dev"),
        ({"environment": "dev", "tier": ""}, "dev"),
        ({"environment": "prod"}, "prod"),
        ({"environment": "blue", "tier": "dev"}, "dev"),
        ({"environment": "dev", "tier": "prod"}, "prod"),
        ({"environment": "blue"}, "prod"),
        ({}, "prod"),
    ],
)
def test_the_tier_is_the_stacks_and_the_strictest_where_it_is_not_known(config, tier):
    assert context(**config).tier == tier


def test_no_environment_at_all_means_production_and_a_deployment():
    alone = context_from({}, TODAY)
    assert (alone.tier, alone.preview) == ("prod", False)


def test_settings_are_read_by_path():
    read = context(network={"natZone": "2", "outbound": "default"}, protection={"locks": False}, environment="dev")
    assert read.preview
    assert not context(preview="false").preview
    assert read.setting("network.natZone") == "2"
    assert read.setting("protection.locks") == "false"
    assert read.setting("protection.protect") == read.setting("no.such") == read.setting("network.natZone.x") == ""
    assert read.holds("network.outbound=default")
    assert read.holds("network.natZone")
    assert not read.holds("protection.locks")
    assert read.holds("protection.locks=false")
    assert not read.holds("protection.protect=false")


def test_keys_of_other_projects_and_broken_json_are_no_settings():
    read = context_from({"PULUMI_CONFIG": '{"azure-native:location": "x", "amora-sync:tags": "{broken"}'}, TODAY)
    assert read.settings == {"tags": "{broken"}


@pytest.mark.parametrize(
    ("tier", "settings", "rule", "level"),
    [
        ("prod", {}, "DATA-01", Level.MANDATORY),
        ("dev", {}, "DATA-01", Level.DISABLED),
        ("prod", {"protection": {"protect": False}}, "DATA-01", Level.ADVISORY),
        ("prod", {"protection": {"locks": False}}, "DATA-01", Level.MANDATORY),
        ("prod", {"protection": {"locks": False}}, "DATA-02", Level.ADVISORY),
        ("dev", {"protection": {"locks": False}}, "DATA-02", Level.DISABLED),
        ("prod", {"network": {"outbound": "default"}}, "NET-05", Level.ADVISORY),
        ("prod", {"network": {"outbound": "nat"}}, "NET-05", Level.MANDATORY),
        ("prod", {"registry": {"private": False}}, "ACR-04", Level.ADVISORY),
        ("dev", {}, "KV-05", Level.MANDATORY),
    ],
)
def test_what_the_stack_has_chosen_on_purpose_is_shown_and_not_refused(tier, settings, rule, level):
    assert Judge(tier, settings=settings).policies[rule].enforcement_level.value == level.value


def test_what_is_only_advice_may_be_unknown():
    lenient = Judge(settings={"network": {"outbound": "default"}})
    unknown = SUBNET.unknown("natGateway")
    assert not any("NET-05" in text for text in lenient.resource("PACK-01", unknown))
    assert any("NET-05" in text for text in Judge().resource("PACK-01", unknown))


def test_a_finding_is_the_same_whether_it_is_refused_or_shown():
    lenient = Judge(settings={"protection": {"locks": False, "protect": False}, "network": {"outbound": "default"}})
    assert lenient.resource("DATA-01", VAULT()) == Judge().resource("DATA-01", VAULT()) != []
    assert lenient.resource("NET-05", SUBNET.without("natGateway")) != []
    assert lenient.stack("DATA-02", [VAULT(), LOCK(links={})]) != []


@pytest.mark.parametrize(
    ("today", "level"),
    [("2026-11-27", Level.ADVISORY), ("2027-02-26", Level.ADVISORY), ("2027-02-27", Level.MANDATORY)],
)
def test_a_rule_with_a_date_is_advice_until_that_day(today, level):
    judge = Judge(today=date.fromisoformat(today))
    assert judge.policies["KV-10"].enforcement_level.value == level.value
    assert judge.resource("KV-10", VAULT()) != []
