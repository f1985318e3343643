"""A recorded program before the pack."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pulumi_policy import EnforcementLevel

from policies.context import context_from
from policies.exemptions import EXEMPTIONS
from policies.pack_rules import PACK_RULES
from policies.registry import RULES
from policies.resources import plain_token
from policies.rule import Rule
from sandbox import wire
from tests.policies.subjects import TODAY, Judge, Subject
from tests.recorded_program import Recording

BY_ID = {rule.id: rule for rule in (*RULES, *PACK_RULES)}


def subjects(recording: Recording) -> list[Subject]:
    """What was declared, as the engine hands it to the pack."""
    return [
        Subject(
            each.token,
            wire.encode(each.inputs),
            name=each.name,
            protect=each.protect,
            links=dict(each.property_dependencies),
            urn=each.urn,
        )
        for each in recording.resources
    ]


def judge(config: Mapping[str, str]) -> Judge:
    """The pack for a stack with this configuration, in a deployment."""
    context = context_from({"PULUMI_CONFIG": json.dumps(dict(config)), "PULUMI_DRY_RUN": "false"}, TODAY)
    return Judge(context.tier, preview=False, exemptions=EXEMPTIONS, settings=context.settings)


def violations(pack: Judge, declared: list[Subject]) -> list[tuple[str, str]]:
    """Rule and message of everything that would fail the run."""
    found = []
    for policy in pack.policies.values():
        if policy.enforcement_level is EnforcementLevel.MANDATORY:
            rule = BY_ID[policy.name]
            judged: list = (
                [each for each in declared if rule.covers(plain_token(each.token))]
                if isinstance(rule, Rule)
                else [declared]
            )
            found += [(policy.name, text) for each in judged for text in pack.reported(policy.name, each)]
    return found
