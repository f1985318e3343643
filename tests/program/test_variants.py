"""Every pair of choices a stack can make: what it declares, whether Azure would take it, whether it keeps the policies.

One recorded run of the program a variant serves all three.
"""

import pytest

import settings
from components.create_only import CREATE_ONLY
from components.outputs import OUTPUTS
from sandbox import arm, wire
from sandbox.azure import create_only
from settings import rules
from tests.policies.program import judge, subjects, violations
from tests.variants import (
    CHOICES,
    REFUSED,
    VARIANTS,
    checked,
    config_of,
    only,
    pairs,
    pairs_of,
    record_row,
    record_variant,
)
from tools.emqx_check.reading import parse

every_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.name)


def test_every_two_choices_that_can_be_had_together_meet_in_a_variant():
    assert set(pairs()) == set().union(*(pairs_of(each.row) for each in VARIANTS))


@pytest.mark.parametrize(
    ("factor", "choice"), [(factor, choice) for factor, choices in CHOICES.items() for choice in choices]
)
def test_every_choice_is_in_a_variant_unless_it_is_refused_whatever_else_is_chosen(factor, choice):
    refused = any(each.choices == {factor: choice} for each in REFUSED)
    assert any(each.row[factor] == choice for each in VARIANTS) is not refused


def refused_by(what):
    chosen = [each for each in REFUSED if getattr(each, what)]
    return pytest.mark.parametrize("refused", chosen, ids=lambda each: ", ".join(each.choices.values()))


@refused_by("rule")
def test_what_the_settings_refuse_is_refused_by_the_rule_that_is_named(refused):
    (rule,) = [each for each in rules.ALL if each.name == refused.rule]
    with pytest.raises(settings.SettingsError) as caught:
        checked(only(refused))
    assert rule.source in {each.source for each in caught.value.problems}


@refused_by("policy")
def test_what_a_policy_refuses_is_refused_by_that_one_alone(refused):
    row = only(refused)
    assert checked(row)
    found = violations(judge(config_of(row)), subjects(record_row(row)))
    assert {name for name, _ in found} == {refused.policy}


@every_variant
def test_its_settings_are_right(variant):
    assert checked(variant.row).tier == variant.tier


@every_variant
def test_it_declares_what_was_chosen_and_nothing_of_what_was_not(variant):
    recording = record_variant(variant)
    names = {each.name for each in recording.resources}
    there, not_there = variant.declares
    assert there <= names
    assert not not_there & names
    assert list(recording.outputs) == [output.name for output in OUTPUTS]


@every_variant
def test_each_of_its_resources_has_an_id_of_its_own_and_a_component_for_parent(variant):
    recording = record_variant(variant)
    declared = [each for each in recording.resources if each.token in arm.known_tokens()]
    assert len(recording.arm_ids()) == len(declared)
    components = {each.name for each in recording.resources if each.token.startswith("amora:")}
    assert {each.parent for each in declared} <= components


@every_variant
def test_its_resources_are_made_anew_for_what_cannot_be_changed(variant):
    for each in record_variant(variant).resources:
        if each.token.startswith("azure-native:"):
            rows = [row.path for row in CREATE_ONLY[each.token]]
            assert list(each.replace_on_changes)[: len(rows)] == rows, each.name
            refused = {row.path for row in create_only.CREATE_ONLY.get(each.token, ())}
            assert refused <= {path.replace("[*]", "[0]") for path in rows}, each.name


def test_some_variant_has_each_type_with_properties_that_cannot_be_changed():
    declared = {each.token for variant in VARIANTS for each in record_variant(variant).resources}
    # No variant names administrators of the database; tests/program/test_postgres.py does.
    undeclared = {"azure-native:dbforpostgresql:AdministratorsMicrosoftEntra"}
    assert set(create_only.CREATE_ONLY) - declared == undeclared


@every_variant
def test_emqx_asks_redis_where_access_rules_are_in_it_and_nowhere_else(variant):
    kept = record_variant(variant).one("emqx-configuration-secret")
    text = wire.plain(dict(kept.inputs))["properties"]["value"]
    asked = [each["type"] for each in parse(text)["authorization"]["sources"]]
    between = ["redis"] if variant.row["redis"] == "managed with access rules" else []
    assert asked == ["file", *between, "postgresql"]


@every_variant
def test_it_is_what_azure_takes(variant):
    findings = [
        (each.name, finding)
        for each in record_variant(variant).resources
        if each.token.startswith("azure-native:")
        for finding in arm.check(each.token, wire.plain(dict(each.inputs)))
        if finding.severity != "allowed"
    ]
    assert findings == []


@every_variant
def test_it_keeps_every_policy(variant):
    assert violations(judge(variant.config), subjects(record_variant(variant))) == []
