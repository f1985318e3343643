"""The project's own program, recorded, against every rule."""

from __future__ import annotations

from collections import Counter

import pytest

from policies.exemptions import EXEMPTIONS
from policies.pack_rules import EXEMPT, EXEMPT_IN_STACK
from policies.registry import RULES
from policies.rule import Rule
from tests.policies.program import judge, subjects, violations
from tests.recorded_program import record_stack, stack_config


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_program_keeps_every_rule(stack):
    assert violations(judge(stack_config(stack)), subjects(record_stack(stack))) == []


def test_no_exemption_is_on_record_that_nothing_needs():
    """One that hangs on a setting is for stacks that have it; every other one covers something of these two."""
    used = set()
    for stack in ("dev", "prod"):
        declared, pack = subjects(record_stack(stack)), judge(stack_config(stack))
        shown = [text for each in declared for text in pack.reported(EXEMPT.id, each)]
        shown += [text.partition(": ")[2] for text in pack.reported(EXEMPT_IN_STACK.id, declared)]
        used |= {text.partition(" ")[0] for text in shown}
    assert {each.rule for each in EXEMPTIONS if not each.requires} <= used


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_rules_have_something_to_judge(stack):
    tokens = Counter(each.token for each in record_stack(stack).resources)
    judged = {rule.id for rule in RULES if isinstance(rule, Rule) and any(rule.covers(token) for token in tokens)}
    assert {"KV-01", "NET-01", "NET-03", "LOG-01", "GOV-01", "GOV-03"} <= judged
