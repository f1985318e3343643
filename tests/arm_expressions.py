"""An evaluator of ARM template expressions: the functions that the project's templates use, and no other.

Grammar and functions: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions. No
package that evaluates them was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<mark>[()\[\].,]))")


class ExpressionError(Exception):
    """What Resource Manager would refuse as InvalidTemplate."""


class NotDeployedError(ExpressionError):
    """A reference to a resource that is not there (yet)."""


@dataclass
class Scope:
    """Where an expression is evaluated.

    group: resource group of the deployment; empty at the subscription. reference: id, API version and whether the whole
    resource is wanted, to what Azure answers. keys: id and API version to the keys. now: in utcNow's format.
    parameters, variables: evaluated values; now is empty where utcNow is not allowed.
    """

    subscription: str
    tenant: str
    group: str
    reference: Callable[[str, str, bool], Any]
    keys: Callable[[str, str], Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    now: str = ""
    digests: int = 0

    def value(self, given: Any) -> Any:
        """A value of a template with every expression evaluated; names of properties as well."""
        if isinstance(given, Mapping):
            return {self.value(key): self.value(item) for key, item in given.items()}
        if isinstance(given, list):
            return [self.value(item) for item in given]
        if not isinstance(given, str) or not (given.startswith("[") and given.endswith("]")):
            return given
        return given[1:] if given.startswith("[[") else self.expression(given[1:-1])

    def expression(self, text: str) -> Any:
        """The value of an expression, given without its brackets."""
        if len(text) + 2 > 24_576:
            raise ExpressionError("longer than 24,576 characters")
        parser = _Parser(text, self)
        found = parser.expression()
        parser.end()
        return found

    def call(self, name: str, arguments: list[Any]) -> Any:
        """The value of a function call."""
        function = getattr(self, f"_{name.lower()}", None)
        if function is None:
            raise ExpressionError(f"The template function '{name}' is not valid.")
        return function(*arguments)

    def _parameters(self, name: str) -> Any:
        if name not in self.parameters:
            raise ExpressionError(f"The template parameter '{name}' is not found.")
        return self.parameters[name]

    def _variables(self, name: str) -> Any:
        if name not in self.variables:
            raise ExpressionError(f"The template variable '{name}' is not found.")
        return self.variables[name]

    @staticmethod
    def _concat(*texts: Any) -> str:
        if not all(isinstance(text, str) for text in texts):
            raise ExpressionError(f"concat of {[type(text).__name__ for text in texts]}")
        return "".join(texts)

    @staticmethod
    def _format(text: str, *arguments: Any) -> str:
        # .NET's composite formatting and Python's agree on numbered places and doubled braces.
        return text.format(*arguments)

    def _subscription(self) -> dict[str, Any]:
        return {
            "id": f"/subscriptions/{self.subscription}",
            "subscriptionId": self.subscription,
            "tenantId": self.tenant,
        }

    def _resourcegroup(self) -> dict[str, Any]:
        if not self.group:
            raise ExpressionError("The template function 'resourceGroup' is not expected at this location.")
        return {"id": f"/subscriptions/{self.subscription}/resourceGroups/{self.group}", "name": self.group}

    def _resourceid(self, *texts: str) -> str:
        group, rest = (self.group, texts) if "/" in texts[0] else (texts[0], texts[1:])
        if not group:
            raise ExpressionError("resourceId without a resource group at the subscription")
        return _joined(f"/subscriptions/{self.subscription}/resourceGroups/{group}", *rest)

    def _subscriptionresourceid(self, kind: str, *names: str) -> str:
        if kind.lower() == "microsoft.resources/resourcegroups":
            # Not what the documentation says of the shape, but what dependsOn takes and Bicep writes.
            return f"/subscriptions/{self.subscription}/resourceGroups/{names[0]}"
        return _joined(f"/subscriptions/{self.subscription}", kind, *names)

    @staticmethod
    def _extensionresourceid(scope: str, kind: str, *names: str) -> str:
        return _joined(scope, kind, *names)

    def _reference(self, target: str, version: str, full: str = "") -> Any:
        return self.reference(target, version, full == "Full")

    def _listkeys(self, target: str, version: str) -> Any:
        return self.keys(target, version)

    def _utcnow(self) -> str:
        if not self.now:
            raise ExpressionError("utcNow stands outside of a parameter's default value")
        return self.now

    @staticmethod
    def _datetimetoepoch(text: str) -> int:
        return int(datetime.fromisoformat(text).timestamp())

    @staticmethod
    def _add(one: int, other: int) -> int:
        return one + other

    @staticmethod
    def _sub(one: int, other: int) -> int:
        return one - other

    def _uniquestring(self, *texts: str) -> str:
        self.digests += 1
        return "unique" + sha256("|".join(texts).encode()).hexdigest()[:7]


def _joined(scope: str, kind: str, *names: str) -> str:
    namespace, *types = kind.split("/")
    if len(types) != len(names):
        raise ExpressionError(f"{kind} takes {len(types)} names, got {len(names)}")
    return f"{scope}/providers/{namespace}" + "".join(f"/{a}/{b}" for a, b in zip(types, names, strict=True))


class _Parser:
    """By recursive descent: an expression is a text, a number or a call, then any number of ``.name`` and ``[...]``."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._scope = scope
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise ExpressionError(f"Unable to parse {text[place : place + 40]!r}")
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            place = found.end()
        self._tokens.append(("end", ""))

    def end(self) -> None:
        self._take("end")

    def _take(self, kind: str, text: str | None = None) -> str:
        found = self._tokens.pop(0)
        if found[0] != kind or text not in (None, found[1]):
            raise ExpressionError(f"{text or kind} expected, got {found[1]!r}")
        return found[1]

    def _next_is(self, text: str) -> bool:
        return self._tokens[0] == ("mark", text)

    def expression(self) -> Any:
        kind, text = self._tokens[0]
        if kind == "text":
            self._take("text")
            found: Any = text[1:-1].replace("''", "'")
        elif kind == "number":
            found = int(self._take("number"))
        else:
            found = self._scope.call(self._take("name"), self._arguments())
        while self._next_is(".") or self._next_is("["):
            found = self._property(found)
        return found

    def _arguments(self) -> list[Any]:
        self._take("mark", "(")
        found: list[Any] = []
        while not self._next_is(")"):
            if found:
                self._take("mark", ",")
            found.append(self.expression())
        self._take("mark", ")")
        return found

    def _property(self, owner: Any) -> Any:
        if self._next_is("."):
            self._take("mark", ".")
            step: Any = self._take("name")
        else:
            self._take("mark", "[")
            step = self.expression()
            self._take("mark", "]")
        if isinstance(step, str) and isinstance(owner, Mapping):
            # Names are compared without case, as everywhere in ARM.
            matching = [value for name, value in owner.items() if name.lower() == step.lower()]
            if matching:
                return matching[0]
        elif isinstance(step, int) and isinstance(owner, list) and step < len(owner):
            return owner[step]
        raise ExpressionError(f"The language expression property '{step}' doesn't exist.")
