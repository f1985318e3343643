"""From what was understood to the JSON of a template: literals, expressions, parameters and variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from ops.arm_template import expressions
from ops.arm_template.comparison import Answer, Computed, Digest, Given, Moment, Object, Text, Understood
from ops.arm_template.origins import (
    SUBSCRIPTION,
    Deployer,
    Drawn,
    FunctionResult,
    Origin,
    Part,
    Path,
    ResourceId,
    ResourceProperty,
    SecretSetting,
)
from ops.arm_template.output_paths import arm_path
from ops.arm_template.reading import LIST_FUNCTIONS, Declared
from sandbox import arm, wire

MOMENT: Final = "moment"
# A longer text, or one of several lines, stands in a variable: expressions have a limit, and readers too.
_LONG: Final = 120
# What ARM gives of the one who deploys (template-functions-deployment).
_DEPLOYER: Final[Mapping[str, str]] = {
    "subscriptionId": "subscription().subscriptionId",
    "tenantId": "subscription().tenantId",
    "objectId": "deployer().objectId",
}


def camel(*words: str | int) -> str:
    """``emqx-api-key``, ``result`` as ``emqxApiKeyResult``."""
    found = [part for word in words for part in re.split(r"[^A-Za-z0-9]+", str(word)) if part]
    return "".join(part if i == 0 else part[:1].upper() + part[1:] for i, part in enumerate(found))


@dataclass(slots=True)
class Parameters:
    """The template's parameters, by name. needed: those without a default, and what each is the value of."""

    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    needed: dict[str, Drawn | SecretSetting | Computed | Deployer] = field(default_factory=dict)
    _names: dict[Any, str] = field(default_factory=dict)

    def moment(self) -> str:
        """The moment that expiries count from."""
        self.declared[MOMENT] = {
            "type": "string",
            "defaultValue": "[utcNow()]",
            "metadata": {
                "description": "When the secrets were made: their days count from then. Give the same again to a later "
                "deployment of the same secrets."
            },
        }
        return MOMENT

    def of(self, key: Any, words: Sequence[str | int], source: Any, kind: str, description: str) -> str:
        """The parameter of a value, declared when it is met first."""
        if key not in self._names:
            name = base = camel(*words)
            number = 1
            while name in self.declared:
                number += 1
                name = f"{base}{number}"
            self._names[key] = name
            self.declared[name] = {"type": kind, "metadata": {"description": description}}
            self.needed[name] = source
        return self._names[key]


@dataclass(slots=True)
class Writer:
    """Writes the values of one template.

    group: the resource group that the template deploys to; empty for the subscription. used: names of parameters that
    its values take.
    """

    group: str
    resources: Mapping[str, Declared]
    computed: Sequence[Computed]
    parameters: Parameters
    variables: dict[str, Any] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)

    def value(self, understood: Understood, owner: str) -> Any:
        """The JSON of a value; variables are named after its owner."""
        if isinstance(understood, Object):
            return {
                self.value(key, owner) if isinstance(key, Text) else key: self.value(item, owner)
                for key, item in understood.items
            }
        if isinstance(understood, list):
            return [self.value(item, owner) for item in understood]
        if isinstance(understood, str):
            return expressions.literal(str(understood))
        if isinstance(understood, Text | Answer | Moment | Digest | Given):
            return expressions.value(self.expression(understood, owner))
        return understood

    def expression(self, understood: Text | Answer | Moment | Digest | Given, owner: str) -> str:
        """The expression of what is no literal."""
        match understood:
            case Text(parts):
                return self._text(parts, owner)
            case Answer(origin):
                return self._origin(origin)
            case Moment(after):
                moment = expressions.call("dateTimeToEpoch", self._parameter(self.parameters.moment()))
                return expressions.call("add", moment, str(after)) if after >= 0 else f"sub({moment}, {-after})"
            case Digest(parts):
                fixed = sha256("\0".join(part for part in parts if isinstance(part, str)).encode()).hexdigest()
                answers = dict.fromkeys(self._origin(part) for part in parts if not isinstance(part, str))
                return expressions.call("uniqueString", expressions.quoted(fixed), *answers)
            case Given(number, secret):
                return self._parameter(self._computed(number, secret=secret))

    def _text(self, parts: Sequence[Part], owner: str) -> str:
        whole = _neutral(parts)
        if whole is not None and expressions.is_id(whole):
            return expressions.resource_id(whole, self.group)
        if any(isinstance(part, str) and (len(part) > _LONG or "\n" in part) for part in parts):
            return self._formatted(parts, owner)
        return expressions.joined(
            expressions.quoted(part) if isinstance(part, str) else self._origin(part) for part in parts
        )

    def _formatted(self, parts: Sequence[Part], owner: str) -> str:
        """A long text: a variable with numbered places, and the answers that come into them."""
        answers = list(dict.fromkeys(part for part in parts if not isinstance(part, str)))
        text = "".join(
            part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else f"{{{answers.index(part)}}}"
            for part in parts
        )
        return expressions.call("format", self.variable(text, owner), *map(self._origin, answers))

    def variable(self, value: Any, owner: str) -> str:
        """The expression of a variable; an equal value is the same one."""
        name = next((name for name, known in self.variables.items() if known == value), None)
        if name is None:
            name = base = camel(owner)
            number = 1
            while name in self.variables:
                number += 1
                name = f"{base}{number}"
            self.variables[name] = expressions.literal(value) if isinstance(value, str) else value
        return expressions.call("variables", expressions.quoted(name))

    def _origin(self, origin: Origin) -> str:
        match origin:
            case ResourceId(text):
                return expressions.resource_id(text, self.group)
            case ResourceProperty(urn, path):
                return self._property(self.resources[urn], path)
            case FunctionResult(token, text, path):
                version = arm.api_version(LIST_FUNCTIONS[token])
                keys = expressions.call(
                    "listKeys", expressions.resource_id(text, self.group), expressions.quoted(version)
                )
                return expressions.property_of(keys, path, self.group)
            case Deployer(what):
                description = f"{what} of whoever deploys"
                known = _DEPLOYER.get(what)
                return known or self._parameter(
                    self.parameters.of(origin, ("deployer", what), origin, "string", description)
                )
            case Drawn(urn, path):
                return self._parameter(self._drawn(origin, self.resources[urn], path))
            case SecretSetting(path):
                description = f"The setting {'.'.join(map(str, path))}, encrypted in the stack file."
                words = (str(path[0]).rpartition(":")[2], *path[1:])
                return self._parameter(self.parameters.of(origin, words, origin, "secureString", description))

    def _property(self, resource: Declared, path: Path) -> str:
        inputs = wire.plain(resource.inputs)
        found = arm_path(resource.token, inputs, path)
        target = expressions.resource_id(resource.neutral_id, self.group)
        version = expressions.quoted(arm.api_version(resource.token))
        if found[0] == "properties":
            return expressions.property_of(expressions.call("reference", target, version), found[1:], self.group)
        whole = expressions.call("reference", target, version, "'Full'")
        return expressions.property_of(whole, found, self.group)

    def _drawn(self, origin: Drawn, resource: Declared, path: Path) -> str:
        words = (resource.name, *(step for step in path if step != "result"))
        description = f"{'.'.join(map(str, path))} of {resource.token.rpartition(':')[2]} {resource.name}."
        return self.parameters.of(origin, words, origin, "secureString", description)

    def _computed(self, number: int, *, secret: bool) -> str:
        found = self.computed[number]
        kind = kind_of(found.first)
        kind = {"string": "secureString", "object": "secureObject"}.get(kind, kind) if secret else kind
        description = f"{'.'.join(map(str, found.where[1:]))} of {found.where[0]}: computed by the program."
        return self.parameters.of(number, _named_after(found.where), found, kind, description)

    def _parameter(self, name: str) -> str:
        self.used[name] = None
        return expressions.call("parameters", expressions.quoted(name))


def _named_after(where: Path) -> tuple[str | int, ...]:
    """Where a value stands, without what every place has."""
    return (where[0], *(step for step in where[1:] if step not in ("properties", "value")))


def _neutral(parts: Iterable[Part]) -> str | None:
    """The text, when it is made of literals and ids alone."""
    found = ""
    for part in parts:
        match part:
            case str():
                found += part
            case ResourceId(text):
                found += text
            case Deployer("subscriptionId"):
                found += SUBSCRIPTION
            case _:
                return None
    return found


def kind_of(value: Any) -> str:
    """The type of a value in ARM's words."""
    if isinstance(value, bool):
        return "bool"
    kinds = ((str, "string"), (int, "int"), (list, "array"), (Mapping, "object"))
    return next(name for kind, name in kinds if isinstance(value, kind))
