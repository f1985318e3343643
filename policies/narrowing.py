"""Asking only the policies that may judge a type.

Pulumi's library reads every resource anew for every policy: a hundred policies on a platform of 250 resources cost a
preview one and a half seconds, nearly all of it for policies about other types. The library has no hook for it, so this
module narrows the list of policies for each request; the library is pinned, and a test holds that nothing else changes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Final

from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel, Policy, policy

from policies.pack_rules import PACK_RULES
from policies.reading import one_request, read_once_in_the_library
from policies.resources import plain_token
from policies.rule import AnyRule, Rule

_Servicer: Final[Any] = policy._PolicyAnalyzerServicer  # noqa: SLF001 - see above
_POLICIES: Final = "_PolicyAnalyzerServicer__policies"


def narrowed_by(rules: Iterable[AnyRule]) -> type:
    """The library's servicer, asking of a resource the policies whose rule covers its type."""
    by_name = {rule.id: rule for rule in (*rules, *PACK_RULES) if isinstance(rule, Rule)}

    class NarrowedServicer(_Servicer):
        """Answers as the library does."""

        def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            every: list[Policy] = getattr(self, _POLICIES)
            token = plain_token(request.type)
            asked = [each for each in every if each.name not in by_name or by_name[each.name].covers(token)]
            narrow = copy.copy(self)
            setattr(narrow, _POLICIES, asked)
            with one_request():
                response = super(NarrowedServicer, narrow).Analyze(request, context)
            spared = {each.name for each in every} - {each.name for each in asked}
            response.not_applicable.extend(proto.PolicyNotApplicable(policy_name=name) for name in sorted(spared))
            return response

        def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            with one_request():
                return super().AnalyzeStack(request, context)

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
