"""Every guarded property of the program with another value: a mandatory rule refuses it, or a reason is on record."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache

import pytest

from policies.context import context_from
from policies.registry import RULES
from policies.services import data_protection
from sandbox import wire
from tests.policies.equivalents import BAD, EQUIVALENTS, GUARDING, PAIRS, SILENT
from tests.policies.mutations import Declared, Program
from tests.policies.subjects import TODAY
from tests.recorded_program import record_stack, stack_config

STACKS = ("dev", "prod")


@cache
def program(stack: str) -> Program:
    config = {"PULUMI_CONFIG": json.dumps(stack_config(stack)), "PULUMI_DRY_RUN": "false"}
    declared = [
        Declared(
            each.token,
            each.name,
            each.urn,
            wire.plain(dict(each.inputs)),
            dict(each.property_dependencies),
            each.protect,
        )
        for each in record_stack(stack).resources
    ]
    return Program(declared, context_from(config, TODAY), RULES)


@cache
def judged(stack: str) -> dict[tuple[str, str, str], tuple[list[str], list[str]]]:
    """By key of a mutant: names of the resources whose mutant was refused, and of those whose was not."""
    found: dict[tuple[str, str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for mutant in program(stack).mutants(BAD):
        found[mutant.key][not program(stack).catches(mutant)].append(mutant.declared.name)
    return dict(found)


@pytest.mark.parametrize("stack", STACKS)
def test_every_mutant_is_refused_or_has_a_reason(stack):
    survivors = {key: names for key, (_, names) in judged(stack).items() if names}
    assert {key: names for key, names in survivors.items() if not any(row.covers(key) for row in EQUIVALENTS)} == {}


def test_no_reason_stands_for_mutants_that_are_refused():
    survivors = {key for stack in STACKS for key, (_, names) in judged(stack).items() if names}
    assert [row for row in EQUIVALENTS if not any(row.covers(key) for key in survivors)] == []


@pytest.mark.parametrize("row", [row for row in EQUIVALENTS if row.some], ids=lambda row: f"{row.token} {row.path}")
def test_where_some_are_equivalent_others_are_refused(row):
    assert any(refused for key, (refused, _) in judged("prod").items() if row.covers(key))


def test_every_rule_that_reads_the_program_refuses_a_mutant_of_it():
    watched = {rule for rules in program("prod").guards.values() for rule in rules}
    refusing = program("prod").refusing(BAD)
    assert watched - refusing == set(SILENT)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(("token", "changes"), PAIRS, ids=[token for token, _ in PAIRS])
def test_what_either_of_two_closes_is_refused_when_both_are_open(stack, token, changes):
    for each in program(stack).of(token):
        if "edge" not in each.name and program(stack).guarded(each, changes):
            assert program(stack).refuses(each, changes), each.name


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("token", GUARDING)
def test_a_stack_without_one_of_its_guards_is_refused(stack, token):
    missed = {each.name: program(stack).refused_without(each) for each in program(stack).of(token)}
    assert [name for name, rules in missed.items() if not rules and name not in GUARDING[token]] == []


def test_what_holds_data_is_refused_unprotected():
    for each in program("prod").declared:
        if each.token in data_protection.DATA:
            assert each.protect
            assert program("prod").refuses_unprotected(each), each.name
