"""Exemptions: whom they excuse, for how long, and what is said of them."""

from __future__ import annotations

from datetime import date, timedelta
from fnmatch import fnmatchcase

import pytest

from policies.exemption import Exemption
from policies.exemptions import EXEMPTIONS
from policies.pack_rules import EXEMPT, EXPIRED
from policies.registry import RULES
from policies.rule import Rule
from tests.policies import baselines
from tests.policies.cases.key_vault import VAULT
from tests.policies.cases.shorthand import Kind
from tests.policies.subjects import TODAY, Judge

OPEN = VAULT({"properties.publicNetworkAccess": "Enabled"}, name="vault-vault")
YESTERDAY = TODAY - timedelta(days=1)


def exemption(**changes):
    usual = {
        "rule": "KV-05",
        "resource": "azure-native:keyvault:Vault::vault-vault",
        "reason": "the move to the private endpoint is under way",
        "expires": TODAY,
    }
    return Exemption(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "settings", "excused"),
    [
        ({}, {}, True),
        ({"resource": "azure-native:keyvault:*::*"}, {}, True),
        ({"resource": "azure-native:keyvault:Vault::other"}, {}, False),
        ({"resource": "azure-native:keyvault:Secret::vault-vault"}, {}, False),
        ({"rule": "KV-06"}, {}, False),
        ({"expires": YESTERDAY}, {}, False),
        ({"requires": "vault.moving"}, {}, False),
        ({"requires": "vault.moving"}, {"vault": {"moving": True}}, True),
        ({"requires": "vault.moving"}, {"vault": {"moving": False}}, False),
        ({"requires": "vault.moving"}, {"vault": {"moving": "2"}}, True),
        ({"requires": "vault.moving=true"}, {"vault": {"moving": True}}, True),
        ({"requires": "vault.moving=true"}, {"vault": {"moving": "soon"}}, False),
    ],
)
def test_whom_an_exemption_excuses(changes, settings, excused):
    judge = Judge(exemptions=[exemption(**changes)], settings=settings)
    assert bool(judge.resource("KV-05", OPEN)) is not excused
    assert bool(judge.resource(EXEMPT.id, OPEN)) is (excused and changes.get("rule", "KV-05") == "KV-05")


def test_an_exemption_in_force_is_shown_with_its_reason_and_what_it_covers():
    (shown,) = Judge(exemptions=[exemption()]).resource(EXEMPT.id, OPEN)
    assert shown.splitlines() == [
        "KV-05 until 2026-11-27: properties.publicNetworkAccess: found Enabled, wanted Disabled",
        "reason: the move to the private endpoint is under way",
        f"mend: {EXEMPT.remedy}",
    ]


def test_an_exemption_that_nothing_needs_is_silent():
    assert Judge(exemptions=[exemption()]).resource(EXEMPT.id, VAULT(name="vault-vault")) == []


def test_an_expired_exemption_is_a_violation_of_its_own_and_excuses_nobody():
    judge = Judge(exemptions=[exemption(expires=YESTERDAY)])
    (reported,) = judge.stack(EXPIRED.id, [OPEN])
    assert "KV-05 for azure-native:keyvault:Vault::vault-vault expired after 2026-11-26" in reported
    assert judge.policies[EXPIRED.id].enforcement_level.value == "mandatory"
    assert len(judge.resource("KV-05", OPEN)) == 1
    assert Judge(exemptions=[exemption()]).stack(EXPIRED.id, [OPEN]) == []


@pytest.mark.parametrize("each", EXEMPTIONS, ids=lambda each: f"{each.rule}-{each.resource}")
def test_every_exemption_on_record_names_a_rule_a_reason_and_a_day(each):
    (rule,) = [rule for rule in RULES if rule.id == each.rule]
    assert len(each.reason) > 30
    assert date(2026, 11, 1) < each.expires < date(2030, 1, 1)
    token = each.resource.partition("::")[0]
    tokens = rule.applies_to if isinstance(rule, Rule) else rule.about
    assert any(fnmatchcase(judged, token) for judged in tokens), "the rule never judges that type"


REDIS = Kind("redisenterprise:Database", baselines.REDIS_DATABASE, name="redis-database")
CLASSIC = Kind("redis:Redis", baselines.CLASSIC_REDIS, name="redis-cache")
POSTGRES = Kind("dbforpostgresql:Server", baselines.POSTGRES, name="database-server")
ADDRESS = Kind("network:PublicIPAddress", baselines.ADDRESS, name="network-outbound")


@pytest.mark.parametrize(
    ("rule", "subject", "settings", "excused"),
    [
        ("PG-06", POSTGRES({"authConfig.passwordAuth": "Enabled"}), {}, True),
        ("REDIS-07", REDIS({"accessKeysAuthentication": "Enabled"}), {}, False),
        ("REDIS-07", REDIS({"accessKeysAuthentication": "Enabled"}), {"redis": {"accessRules": True}}, True),
        ("REDIS-07", CLASSIC({"disableAccessKeyAuthentication": False}), {"redis": {"accessRules": True}}, True),
        ("REDIS-01", CLASSIC(), {}, False),
        ("REDIS-01", CLASSIC(), {"redis": {"classicAccepted": True}}, True),
        ("NET-07", ADDRESS({"zones": ["2"]}), {}, False),
        ("NET-07", ADDRESS({"zones": ["2"]}), {"network": {"natZone": "2"}}, True),
        ("NET-07", ADDRESS({"zones": ["2"]}, name="other"), {"network": {"natZone": "2"}}, False),
    ],
)
def test_the_exemptions_on_record_hold_where_the_stack_asks_for_them(rule, subject, settings, excused):
    judge = Judge(exemptions=EXEMPTIONS, settings=settings)
    assert bool(judge.resource(rule, subject)) is not excused
