"""Judging one resource, or the whole stack, by one rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policies.context import Context
from policies.exemption import Exemption, excusing
from policies.finding import Finding, Unread
from policies.judgements import listed
from policies.properties import UnknownError
from policies.resources import Resource, Stack
from policies.rule import AnyRule, Rule, StackRule


@dataclass(frozen=True, slots=True)
class Excused:
    """A finding that an exemption covers."""

    finding: Finding
    exemption: Exemption


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it.

    applicable: the rule judges this resource at all. findings: violations. unread: what had to be read and could not.
    deferred: what is judged in the deployment. excused: what an exemption covers.
    """

    applicable: bool = True
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    deferred: tuple[Unread, ...] = ()
    excused: tuple[Excused, ...] = ()


_NOT_APPLICABLE = Verdict(applicable=False)


def judged(rule: Rule, resource: Resource, exemptions: Iterable[Exemption], context: Context) -> Verdict:
    """Judge a resource."""
    if not rule.covers(resource.token):
        return _NOT_APPLICABLE
    try:
        if rule.when is not None and not rule.when(resource):
            return _NOT_APPLICABLE
        said = _said(rule, resource)
    except UnknownError as unknown:
        said = [Unread(unknown.path, encrypted=unknown.encrypted)]
    exemption = excusing(exemptions, rule.id, resource, context)
    findings = tuple(each for each in said if isinstance(each, Finding))
    if exemption is not None:
        return Verdict(excused=tuple(Excused(each, exemption) for each in findings))
    unread = tuple(each for each in said if isinstance(each, Unread))
    # What a state file keeps encrypted the deployment has judged.
    waits = tuple(each for each in unread if (context.preview or each.encrypted) and rule.defers(each.path))
    return Verdict(findings=findings, unread=tuple(each for each in unread if each not in waits), deferred=waits)


def judged_stack(rule: StackRule, stack: Stack, exemptions: Iterable[Exemption], context: Context) -> Verdict:
    """Judge a stack; an exemption covers what is found about its resource."""
    if not any(resource.token in rule.about for resource in stack.resources):
        return _NOT_APPLICABLE
    said = _said(rule, stack)
    about = {resource.urn: resource for resource in stack.resources}
    findings, unread, excused = [], [], []
    for each in said:
        resource = about.get(each.urn)
        exemption = excusing(exemptions, rule.id, resource, context) if resource is not None else None
        if isinstance(each, Unread):
            unread += [] if exemption else [each]
        elif exemption is not None:
            excused.append(Excused(each, exemption))
        else:
            findings.append(each)
    return Verdict(findings=tuple(findings), unread=tuple(unread), excused=tuple(excused))


def _said(rule: AnyRule, subject: Resource | Stack) -> list[Finding | Unread]:
    """Everything a judgement says, and what it could not read where it ended early."""
    said: list[Finding | Unread] = []
    try:
        for each in listed(rule.judgement()(subject)):
            said.append(each)  # noqa: PERF402 - what was said before an unknown value stays said
    except UnknownError as unknown:
        said.append(Unread(unknown.path, encrypted=unknown.encrypted))
    return said
