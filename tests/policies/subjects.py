"""Resources and stacks as the engine hands them to the pack: through the wire, with Pulumi's own proxies."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policies.context import Context
from policies.exemption import Exemption
from policies.pack import Pack
from policies.registry import RULES
from policies.rule import AnyRule

UNKNOWN = UNKNOWN_STRING_VALUE
TODAY = date(2026, 11, 27)
NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Subject:
    """A resource: type, logical name, inputs, and by property the names or URNs of the resources that went into it."""

    token: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    name: str = "subject"
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool = False
    urn: str = ""

    @cached_property
    def proxied(self) -> Any:
        return proxied(self.inputs)

    @property
    def key(self) -> str:
        return self.urn or self.name

    @property
    def full_urn(self) -> str:
        return self.urn or f"urn:pulumi:prod::amora-sync::{self.token}::{self.name}"


def changed(inputs: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with other values at some paths; None takes the property away."""
    result = copy.deepcopy(dict(inputs))
    for path, value in changes.items():
        *above, last = path.split(".")
        here: Any = result
        for step in above:
            here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
        if isinstance(here, list):
            here[int(last)] = value
        elif value is None:
            here.pop(last, None)
        else:
            here[last] = value
    return result


def proxied(inputs: Mapping[str, Any]) -> Any:
    message = Struct()
    message.update(dict(inputs))
    return unknown_checking_proxy(deserialize_properties(MessageToDict(message)))


def _options(subject: Subject) -> PolicyResourceOptions:
    return PolicyResourceOptions(subject.protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


class Judge:
    """The pack for one stack, as Pulumi asks it."""

    def __init__(
        self,
        tier: Any = "prod",
        *,
        preview: bool = True,
        exemptions: Iterable[Exemption] = (),
        settings: Mapping[str, Any] | None = None,
        rules: Iterable[AnyRule] = RULES,
        today: date = TODAY,
    ) -> None:
        context = Context(tier=tier, preview=preview, today=today, settings=settings or {})
        self.policies = {each.name: each for each in Pack(rules, exemptions, context).policies()}

    def resource(self, policy: str, subject: Subject) -> list[str]:
        """What a policy reports of a resource, or that it is not applicable."""
        validation = self.policies[policy]
        assert isinstance(validation, ResourceValidationPolicy)
        args = ResourceValidationArgs(
            subject.token, subject.proxied, subject.full_urn, subject.name, _options(subject), None
        )
        return _reported(lambda report: validation.validate(args, lambda text, urn=None: report(text)))

    def reported(self, policy: str, subject: Subject | list[Subject]) -> list[str]:
        """What a policy reports of a resource or of a stack; nothing where it is not applicable."""
        said = self.stack(policy, subject) if isinstance(subject, list) else self.resource(policy, subject)
        return [text for text in said if text != NOT_APPLICABLE]

    def stack(self, policy: str, subjects: Iterable[Subject]) -> list[str]:
        """What a policy reports of a stack: ``<name>: <message>``, or that it is not applicable."""
        validation = self.policies[policy]
        assert isinstance(validation, StackValidationPolicy)
        args = StackValidationArgs(_stack(subjects))

        def validate(report: Any) -> Any:
            named = lambda text, urn=None: report(f"{(urn or '::the stack').rsplit('::', 1)[1]}: {text}")  # noqa: E731
            return validation.validate(args, named)

        return _reported(validate)


def _stack(subjects: Iterable[Subject]) -> list[PolicyResource]:
    made = {
        each.key: PolicyResource(each.token, each.proxied, each.full_urn, each.name, _options(each), None, None, [], {})
        for each in subjects
    }
    for each in subjects:
        for name, sources in each.links.items():
            made[each.key].property_dependencies[name] = [made[source] for source in sources]
    return list(made.values())


def _reported(validate: Any) -> list[str]:
    said: list[str] = []
    try:
        validate(said.append)
    except Exception as error:
        if type(error).__name__ != "_NotApplicableError":
            raise
        return [NOT_APPLICABLE]
    return said
