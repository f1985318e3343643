"""Asking only the policies that may judge a type.

Pulumi's library reads every resource anew for every policy: a hundred policies on a platform of 250 resources cost a
preview one and a half seconds, nearly all of it for policies about other types. For each policy about the stack it puts
all resources together anew, half a second at the very end. The library has no hook for either, so this module narrows
the list of policies for each request and hands the resources on; the library is pinned, and a test holds that nothing
else changes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from pulumi.runtime import proto
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
    policy,
)

from policies.pack_rules import PACK_RULES
from policies.reading import one_request, read_once_in_the_library
from policies.resources import plain_token
from policies.rule import AnyRule, Rule

_Servicer: Final[Any] = policy._PolicyAnalyzerServicer  # noqa: SLF001 - see above
_POLICIES: Final = "_PolicyAnalyzerServicer__policies"


def _judging(asked: Policy, resources: list[PolicyResource]) -> Policy:
    """A policy about the stack that judges these resources, whatever the request has; any other as it is."""
    if not isinstance(asked, StackValidationPolicy):
        return asked
    judging, validate = copy.copy(asked), asked.validate

    def validate_these(args: StackValidationArgs, report_violation: ReportViolation) -> Any:
        args.resources = resources
        return validate(args, report_violation)

    judging.validate = validate_these
    return judging


def narrowed_by(rules: Iterable[AnyRule]) -> type:
    """The library's servicer, asking of a resource the policies whose rule covers its type."""
    by_name = {rule.id: rule for rule in (*rules, *PACK_RULES) if isinstance(rule, Rule)}

    class NarrowedServicer(_Servicer):
        """Answers as the library does; of a disabled policy about other types, as of others, that it does not apply."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._asked_about = cache(self._narrowed)

        def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            asked, spared = self._asked_about(plain_token(request.type))
            with one_request():
                response = super(NarrowedServicer, self._asking(asked)).Analyze(request, context)
            response.MergeFrom(spared)
            return response

        def _narrowed(self, token: str) -> tuple[list[Policy], Any]:
            """The policies that a type is judged by, and the answer for all that are not asked."""
            every: list[Policy] = getattr(self, _POLICIES)
            asked = [each for each in every if each.name not in by_name or by_name[each.name].covers(token)]
            spared = {each.name for each in every} - {each.name for each in asked}
            not_applicable = (proto.PolicyNotApplicable(policy_name=name) for name in sorted(spared))
            return asked, proto.AnalyzeResponse(not_applicable=not_applicable)

        def _asking(self, policies: list[Policy]) -> Any:
            narrow = copy.copy(self)
            setattr(narrow, _POLICIES, policies)
            return narrow

        def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            every: list[Policy] = getattr(self, _POLICIES)
            with one_request():
                resources = self._resources(request, context)
                asked = [_judging(each, resources) for each in every]
                nothing = proto.AnalyzeStackRequest()
                return super(NarrowedServicer, self._asking(asked)).AnalyzeStack(nothing, context)

        def _resources(self, request: Any, context: Any) -> list[PolicyResource]:
            """The stack as the library puts it together for a policy about it."""
            taken: list[PolicyResource] = []

            def take(args: StackValidationArgs, _report: ReportViolation) -> None:
                taken.extend(args.resources)

            narrow = self._asking([StackValidationPolicy("resources", "resources", take)])
            # No level that the engine has configured may keep it from being asked.
            narrow._get_enforcement_level = lambda _policy: EnforcementLevel.ADVISORY  # noqa: SLF001 - see above
            super(NarrowedServicer, narrow).AnalyzeStack(request, context)
            return taken

        def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            every: list[Policy] = getattr(self, _POLICIES)
            if any(self._get_enforcement_level(each) is EnforcementLevel.REMEDIATE for each in every):
                return super().Remediate(request, context)
            # The engine asks for every resource; the library would read it before it finds nothing to do.
            return proto.RemediateResponse()

    return NarrowedServicer


def narrow_the_library(rules: Iterable[AnyRule]) -> None:
    """Make the next policy pack of this process ask only what applies, and read once what it asks about."""
    read_once_in_the_library()
    setattr(policy, "_PolicyAnalyzerServicer", narrowed_by(rules))  # noqa: B010 - the name is private
