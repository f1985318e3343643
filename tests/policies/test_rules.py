"""Every rule against its cases: pass, fail, unknown, not applicable, exempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from policies.exemption import Exemption
from policies.pack_rules import EXEMPT, EXEMPT_IN_STACK, UNREAD, UNREAD_IN_STACK
from policies.registry import RULES
from policies.rule import Level, Rule
from sandbox import arm
from tests.policies.cases import Cases, StackCases
from tests.policies.cases.table import TABLE
from tests.policies.subjects import NOT_APPLICABLE, TODAY, UNKNOWN, Judge, Subject

FOREIGN = Subject("random:index/randomPassword:RandomPassword", {"length": 32})
RESOURCE_CASES = {rule: cases for rule, cases in TABLE.items() if isinstance(cases, Cases)}
STACK_CASES = {rule: cases for rule, cases in TABLE.items() if isinstance(cases, StackCases)}
BY_ID = {rule.id: rule for rule in RULES}


@cache
def judge(*, preview: bool = True) -> Judge:
    return Judge(preview=preview)


def exempting(rule: str) -> Judge:
    everything = Exemption(rule=rule, resource="*", reason="because", expires=date(2027, 1, 31))
    return Judge(exemptions=[everything], rules=[BY_ID[rule]])


def each(table: dict, kind: str) -> list:
    return [
        pytest.param(rule, case, id=f"{rule}-{kind}-{index}")
        for rule, cases in table.items()
        for index, case in enumerate(getattr(cases, kind))
    ]


def test_every_rule_has_its_cases_and_no_case_lacks_a_rule():
    assert list(TABLE) == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_kind_of_case_is_there(rule):
    cases = TABLE[rule.id]
    assert isinstance(cases, Cases if isinstance(rule, Rule) else StackCases)
    assert cases.passes, "a case that passes"
    assert cases.fails, "a case that fails; it is the one that is exempted as well"
    assert cases.unread or cases.assumed or (isinstance(cases, Cases) and cases.deferred), (
        "a case with an unknown value"
    )
    if isinstance(rule, Rule) and isinstance(cases, Cases):
        assert rule.when is None or cases.not_applicable, "a case of the type that `when` leaves out"
        assert bool(rule.deferred) == bool(cases.deferred)
        tokens = {subject.token for subject in cases.passes} | {subject.token for subject, _ in cases.fails}
        assert {token for token in rule.applies_to if "*" not in token} <= tokens, "a case of every type"


@pytest.mark.parametrize(("rule", "subject"), [*each(RESOURCE_CASES, "passes"), *each(RESOURCE_CASES, "also_passes")])
def test_pass(rule, subject):
    assert judge().resource(rule, subject) == []
    assert judge(preview=False).resource(rule, subject) == []


@pytest.mark.parametrize(("rule", "case"), each(RESOURCE_CASES, "fails"))
def test_fail(rule, case):
    subject, words = case
    reported = judge().resource(rule, subject)
    assert any(words in text for text in reported), reported
    assert all(text.endswith(f"\nmend: {BY_ID[rule].remedy}") for text in reported)
    assert judge(preview=False).resource(rule, subject) == reported


@pytest.mark.parametrize(("rule", "case"), each(RESOURCE_CASES, "unread"))
def test_an_unknown_value_fails_the_run_instead_of_passing(rule, case):
    subject, path = case
    alone = Judge(rules=[BY_ID[rule]])
    assert alone.resource(rule, subject) == []
    reported = alone.resource(UNREAD.id, subject)
    assert any(f"{rule} (" in text and f": {path} is not known yet" in text for text in reported), reported


@pytest.mark.parametrize(("rule", "subject"), each(RESOURCE_CASES, "assumed"))
def test_a_value_that_azure_has_yet_to_answer_counts_as_given(rule, subject):
    alone = Judge(rules=[BY_ID[rule]])
    assert alone.resource(rule, subject) == []
    assert alone.resource(UNREAD.id, subject) == []


@pytest.mark.parametrize(("rule", "case"), each(RESOURCE_CASES, "deferred"))
def test_a_deferred_value_is_judged_in_the_deployment(rule, case):
    subject, path = case
    preview, deployment = (Judge(rules=[BY_ID[rule]], preview=preview) for preview in (True, False))
    assert preview.resource(rule, subject) == preview.resource(UNREAD.id, subject) == []
    assert any(path in text for text in deployment.resource(UNREAD.id, subject))


def encrypted(value):
    if isinstance(value, dict):
        return {key: encrypted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [encrypted(item) for item in value]
    return "[secret]" if value == UNKNOWN else value


@pytest.mark.parametrize(("rule", "case"), each(RESOURCE_CASES, "deferred"))
def test_a_deferred_value_that_a_state_file_keeps_encrypted_was_judged_in_the_deployment(rule, case):
    subject = replace(case[0], inputs=encrypted(case[0].inputs))
    stored = Judge(rules=[BY_ID[rule]], preview=False)
    assert stored.resource(rule, subject) == stored.resource(UNREAD.id, subject) == []


@pytest.mark.parametrize(("rule", "case"), [case for case in each(RESOURCE_CASES, "unread") if case.id.endswith("-0")])
def test_any_other_value_that_is_encrypted_fails_the_run(rule, case):
    subject = replace(case[0], inputs=encrypted(case[0].inputs))
    assert Judge(rules=[BY_ID[rule]], preview=False).resource(UNREAD.id, subject) != []


@pytest.mark.parametrize(("rule", "subject"), each(RESOURCE_CASES, "not_applicable"))
def test_not_applicable(rule, subject):
    assert judge().resource(rule, subject) == [NOT_APPLICABLE]
    assert Judge(rules=[BY_ID[rule]]).resource(UNREAD.id, subject) == []


@pytest.mark.parametrize("rule", RESOURCE_CASES)
def test_other_types_are_not_applicable(rule):
    assert judge().resource(rule, FOREIGN) == [NOT_APPLICABLE]


@pytest.mark.parametrize("rule", RESOURCE_CASES)
def test_exempt(rule):
    subject, words = RESOURCE_CASES[rule].fails[0]
    pack = exempting(rule)
    assert pack.resource(rule, subject) == []
    shown = pack.resource(EXEMPT.id, subject)
    assert all(text.startswith(f"{rule} until 2027-01-31: ") and "\nreason: because\n" in text for text in shown)
    assert any(words in text for text in shown)
    for unknown, _ in RESOURCE_CASES[rule].unread:
        assert pack.resource(UNREAD.id, unknown) == []


@pytest.mark.parametrize(("rule", "stack"), each(STACK_CASES, "passes"))
def test_a_stack_passes(rule, stack):
    assert judge().stack(rule, stack) == []


@pytest.mark.parametrize(("rule", "case"), each(STACK_CASES, "fails"))
def test_a_stack_fails(rule, case):
    stack, name, words = case
    reported = judge().stack(rule, stack)
    assert any(text.startswith(f"{name}: ") and words in text for text in reported), reported
    assert all(text.endswith(f"\nmend: {BY_ID[rule].remedy}") for text in reported)


@pytest.mark.parametrize(("rule", "case"), each(STACK_CASES, "unread"))
def test_an_unknown_value_in_a_stack_fails_the_run(rule, case):
    stack, path = case
    alone = Judge(rules=[BY_ID[rule]])
    reported = alone.stack(UNREAD_IN_STACK.id, stack)
    assert any(f"{rule} (" in text and f": {path} is not known yet" in text for text in reported), reported


@pytest.mark.parametrize(("rule", "stack"), each(STACK_CASES, "assumed"))
def test_a_resource_is_found_by_its_dependency_where_its_id_is_unknown(rule, stack):
    alone = Judge(rules=[BY_ID[rule]])
    assert alone.stack(rule, stack) == []
    assert alone.stack(UNREAD_IN_STACK.id, stack) == []


@pytest.mark.parametrize(("rule", "stack"), each(STACK_CASES, "not_applicable"))
def test_a_stack_without_the_service_is_not_applicable(rule, stack):
    assert judge().stack(rule, stack) == [NOT_APPLICABLE]


@pytest.mark.parametrize("rule", STACK_CASES)
def test_a_stack_is_exempt(rule):
    stack, name, words = STACK_CASES[rule].fails[0]
    pack = exempting(rule)
    assert pack.stack(rule, stack) == []
    shown = pack.stack(EXEMPT_IN_STACK.id, stack)
    assert all(f": {rule} until 2027-01-31: " in text and "\nreason: because\n" in text for text in shown)
    assert any(text.startswith(f"{name}: ") and words in text for text in shown)


NO_SUCH_PROPERTY = {"not-in-api-version", "unknown-property", "unknown-sdk-input"}


@pytest.mark.parametrize(("rule", "subject"), each(RESOURCE_CASES, "passes"))
def test_what_passes_is_what_azure_takes(rule, subject):
    if subject.token in arm.known_tokens():
        assert [found for found in arm.check(subject.token, subject.inputs) if found.severity == "error"] == []


@pytest.mark.parametrize(("rule", "case"), each(RESOURCE_CASES, "fails"))
def test_what_fails_has_only_properties_that_azure_has(rule, case):
    """A rule about a path that does not exist would find nothing for ever."""
    subject, _ = case
    if subject.token in arm.known_tokens():
        assert [found for found in arm.check(subject.token, subject.inputs) if found.kind in NO_SUCH_PROPERTY] == []


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_is_enforced_in_production(rule):
    assert rule.levels.prod is Level.MANDATORY
    enforced = Judge("prod", today=rule.advice_until or TODAY)
    assert enforced.policies[rule.id].enforcement_level.value == "mandatory"
    assert Judge("dev", today=rule.advice_until or TODAY).policies[rule.id].enforcement_level.value == (
        rule.levels.dev.value
    )
