"""The rules as Pulumi policies, and the rules about the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import Severity as PulumiSeverity

from policies.context import Context
from policies.exemption import Exemption
from policies.judging import Verdict, judged, judged_stack
from policies.pack_rules import EXEMPT, EXEMPT_IN_STACK, EXPIRED, UNREAD, UNREAD_IN_STACK
from policies.reading import once
from policies.resources import Resource, Stack
from policies.rule import AnyRule, Level, Rule, StackRule

NAME: Final = "amora-sync"
"""The pack's name in Pulumi's output."""

MEND: Final = "\nmend: "
REASON: Final = "\nreason: "
"""What stands in the text of a violation before the mend, and before the reason of an exemption."""

_LOOKED_FOR: Final = (Level.MANDATORY, Level.ADVISORY)


class Pack:
    """The rules and exemptions, bound to the stack they are for."""

    def __init__(self, rules: Iterable[AnyRule], exemptions: Iterable[Exemption], context: Context) -> None:
        every = tuple(rules)
        self._context = context
        self._exemptions = tuple(exemptions)
        self._rules = tuple(rule for rule in every if isinstance(rule, Rule))
        self._stack_rules = tuple(rule for rule in every if isinstance(rule, StackRule))
        # A rule's own policy and those about the rules want the same verdicts.
        self._verdict = once(self._judge)
        self._stack_verdict = once(self._judge_stack)
        self._covering = cache(self._rules_for)

    def policies(self) -> list[Policy]:
        """Everything as Pulumi takes it."""
        return [
            *(self._policy(rule) for rule in self._rules),
            *(self._stack_policy(rule) for rule in self._stack_rules),
            self._resource(UNREAD, self._report_unread),
            self._resource(EXEMPT, self._report_excused),
            self._stack(UNREAD_IN_STACK, self._report_unread_in_stack),
            self._stack(EXEMPT_IN_STACK, self._report_excused_in_stack),
            self._stack(EXPIRED, self._report_expired),
        ]

    def _policy(self, rule: Rule) -> Policy:
        def validate(resource: Resource, report: ReportViolation) -> bool:
            verdict = self._verdict(resource, rule)
            for finding in verdict.findings:
                report(f"{finding}{MEND}{rule.remedy}", None)
            return verdict.applicable

        return self._resource(rule, validate)

    def _stack_policy(self, rule: StackRule) -> Policy:
        def validate(stack: Stack, report: ReportViolation) -> bool:
            verdict = self._stack_verdict(stack, rule)
            for finding in verdict.findings:
                report(f"{finding}{MEND}{rule.remedy}", finding.urn or None)
            return verdict.applicable

        return self._stack(rule, validate)

    def _judge(self, resource: Resource, rule: Rule) -> Verdict:
        return judged(rule, resource, self._exemptions, self._context)

    def _judge_stack(self, stack: Stack, rule: StackRule) -> Verdict:
        return judged_stack(rule, stack, self._exemptions, self._context)

    def _rules_for(self, token: str, *levels: Level) -> tuple[Rule, ...]:
        return tuple(rule for rule in self._rules if rule.covers(token) and self._context.level(rule) in levels)

    def _verdicts(self, resource: Resource, *levels: Level) -> Iterator[tuple[Rule, Verdict]]:
        for rule in self._covering(resource.token, *levels):
            yield rule, self._verdict(resource, rule)

    def _stack_verdicts(self, stack: Stack, *levels: Level) -> Iterator[tuple[StackRule, Verdict]]:
        for rule in self._stack_rules:
            if self._context.level(rule) in levels:
                yield rule, self._stack_verdict(stack, rule)

    def _report_unread(self, resource: Resource, report: ReportViolation) -> bool:
        for rule, verdict in self._verdicts(resource, Level.MANDATORY):
            for unread in verdict.unread:
                report(_unread(rule, unread.path), None)
        return True

    def _report_unread_in_stack(self, stack: Stack, report: ReportViolation) -> bool:
        for rule, verdict in self._stack_verdicts(stack, Level.MANDATORY):
            for unread in verdict.unread:
                report(_unread(rule, unread.path), unread.urn or None)
        return True

    def _report_excused(self, resource: Resource, report: ReportViolation) -> bool:
        for rule, verdict in self._verdicts(resource, *_LOOKED_FOR):
            for excused in verdict.excused:
                report(_excused(rule, str(excused.finding), excused.exemption), None)
        return True

    def _report_excused_in_stack(self, stack: Stack, report: ReportViolation) -> bool:
        for rule, verdict in self._stack_verdicts(stack, *_LOOKED_FOR):
            for excused in verdict.excused:
                report(_excused(rule, str(excused.finding), excused.exemption), excused.finding.urn or None)
        return True

    def _report_expired(self, _stack: Stack, report: ReportViolation) -> bool:
        for exemption in self._exemptions:
            if exemption.expired(self._context.today):
                what = (
                    f"{exemption.rule} for {exemption.resource} expired after {exemption.expires}: {exemption.reason}"
                )
                report(f"{what}{MEND}{EXPIRED.remedy}", None)
        return True

    def _resource(self, rule: Rule, validate: Callable[[Resource, ReportViolation], bool]) -> Policy:
        def validate_one(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if not validate(_seen(args.props, args.resource_type, args.name, args.urn, args.opts.protect), report):
                args.not_applicable()

        return ResourceValidationPolicy(validate=validate_one, **self._described(rule))

    def _stack(self, rule: StackRule, validate: Callable[[Stack, ReportViolation], bool]) -> Policy:
        def validate_all(args: StackValidationArgs, report: ReportViolation) -> None:
            if not validate(_stack_of(args.resources), report):
                args.not_applicable()

        return StackValidationPolicy(validate=validate_all, **self._described(rule))

    def _described(self, rule: AnyRule) -> Mapping[str, Any]:
        return {
            "name": rule.id,
            "display_name": rule.title,
            "description": rule.title,
            "severity": PulumiSeverity(rule.severity.value),
            "enforcement_level": EnforcementLevel(self._context.level(rule).value),
            "framework": PolicyComplianceFramework(name=NAME, reference=", ".join(rule.references)),
            "tags": [rule.id.partition("-")[0]],
            "remediation_steps": rule.remedy,
        }


@once
def _seen(props: Mapping[str, Any], kind: str, name: str, urn: str, protect: bool) -> Resource:  # noqa: FBT001 - a key
    return Resource(kind, name, urn, props, protect=protect)


_stack_of: Final = once(Stack.of_policy)


def _unread(rule: AnyRule, path: str) -> str:
    return f"{rule.id} ({rule.title}) could not be judged: {path} is not known yet{MEND}{UNREAD.remedy}"


def _excused(rule: AnyRule, finding: str, exemption: Exemption) -> str:
    return f"{rule.id} until {exemption.expires}: {finding}{REASON}{exemption.reason}{MEND}{EXEMPT.remedy}"
