"""The reference, the lists and the rules say the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.policy_command import app
from policies import catalogue
from policies.exemptions import EXEMPTIONS
from policies.pack_rules import PACK_RULES
from policies.registry import RULES

ROOT = Path(__file__).resolve().parents[2]
EVERY = (*RULES, *PACK_RULES)
RUNNER = CliRunner()


def test_the_reference_is_what_the_rules_say():
    assert (ROOT / catalogue.REFERENCE).read_text(encoding="utf-8") == catalogue.reference()


@pytest.mark.parametrize("rule", EVERY, ids=[rule.id for rule in EVERY])
def test_every_rule_is_in_the_reference(rule):
    text = catalogue.reference()
    assert f"### {rule.id} {rule.title}\n" in text
    assert f"- Mend: {rule.remedy}\n" in text
    assert all(reference in text for reference in rule.references)


def test_every_exemption_is_in_the_reference():
    assert all(each.reason in catalogue.reference() for each in EXEMPTIONS)


def test_the_rules_are_listed_for_people_and_machines():
    listed = json.loads(RUNNER.invoke(app, ["list", "--json"]).stdout)
    assert [each["id"] for each in listed] == [rule.id for rule in EVERY]
    assert set(listed[0]) >= {"title", "severity", "dev", "prod", "protects", "references", "remedy", "judges"}
    assert "KV-05" in RUNNER.invoke(app, ["list"]).stdout


def test_the_exemptions_are_listed_for_people_and_machines():
    done = RUNNER.invoke(app, ["exemptions", "--json"])
    listed = json.loads(done.stdout)
    assert [each["rule"] for each in listed] == [each.rule for each in EXEMPTIONS]
    assert done.exit_code == (5 if any(each["expired"] for each in listed) else 0)
    assert "LOG-04" in RUNNER.invoke(app, ["exemptions"]).stdout


def test_an_expired_exemption_is_told():
    assert not any(each["expired"] for each in catalogue.described_exemptions(date(2026, 11, 27)))
    assert all(each["expired"] for each in catalogue.described_exemptions(date(2099, 1, 1)))


def test_a_stale_reference_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr("ops.policy_command.ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    done = RUNNER.invoke(app, ["docs", "--check"])
    assert done.exit_code == 1
    assert "python -m ops policy docs" in done.stderr
    assert RUNNER.invoke(app, ["docs"]).exit_code == 0
    assert RUNNER.invoke(app, ["docs", "--check"]).exit_code == 0
    assert (tmp_path / catalogue.REFERENCE).read_text(encoding="utf-8") == catalogue.reference()


@pytest.mark.parametrize("rule", EVERY, ids=[rule.id for rule in EVERY])
def test_every_rule_is_explained(rule):
    said = catalogue.section(rule.id)
    assert said.startswith(f"### {rule.id} {rule.title}\n")
    assert said in catalogue.reference()


def test_an_explanation_has_the_rule_and_what_excuses_from_it():
    done = RUNNER.invoke(app, ["explain", "pg-06"])
    assert done.exit_code == 0
    assert "PG-06 Nobody signs in to the database with a password" in done.stdout
    assert "Mend: set authConfig.passwordAuth to Disabled" in done.stdout
    assert "Exempted until 2027-12-31: azure-native:dbforpostgresql:Server::*" in done.stdout
    found = json.loads(RUNNER.invoke(app, ["explain", "PG-06", "--json"]).stdout)
    assert found["id"] == "PG-06"
    assert [each["rule"] for each in found["exemptions"]] == ["PG-06"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [("KV-5", "Did you mean KV-05"), ("kv05", "KV-05"), ("nonsense", "`python -m ops policy list`")],
)
def test_a_rule_that_is_not_there_is_told_with_what_may_be_meant(asked, words):
    done = RUNNER.invoke(app, ["explain", asked])
    assert done.exit_code == 120
    assert f"there is no rule {asked}" in done.stderr
    assert words in done.stderr.replace("\n", "")
    assert done.stdout == ""


def test_a_rule_with_a_date_says_so():
    assert "advice until 2027-02-27, enforced from then on" in catalogue.section("KV-10")
