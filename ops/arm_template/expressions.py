"""Expressions of ARM's template language, as text without the brackets around them.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ops.arm_template.origins import SUBSCRIPTION, Path
from sandbox.azure import ids

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def quoted(text: str) -> str:
    """A text inside an expression."""
    return "'" + text.replace("'", "''") + "'"


def call(function: str, *arguments: str) -> str:
    """A function call over expressions."""
    return f"{function}({', '.join(arguments)})"


def property_of(expression: str, path: Path, group: str) -> str:
    """A property inside what an expression gives; a step that is an ARM id becomes one."""
    for step in path:
        if isinstance(step, int):
            expression += f"[{step}]"
        elif step.startswith("/subscriptions/"):
            expression += f"[{resource_id(step, group)}]"
        else:
            expression += f".{step}" if _IDENTIFIER.fullmatch(step) else f"[{quoted(step)}]"
    return expression


def joined(parts: Iterable[str]) -> str:
    """Expressions of texts, one after the other."""
    found = list(parts)
    return found[0] if len(found) == 1 else call("concat", *found)


def literal(text: str) -> str:
    """A text as a value of a template: what would be read as an expression is escaped."""
    return f"[{text}" if text.startswith("[") and text.endswith("]") else text


def value(expression: str) -> str:
    """An expression as a value of a template."""
    return f"[{expression}]"


def resource_id(text: str, group: str) -> str:
    """The expression that gives an id.

    Args:
        text: the id, with :data:`SUBSCRIPTION`.
        group: the resource group that the expression stands in; empty at the subscription.
    """
    parsed = ids.parse(text)
    if parsed is None:
        raise ValueError(f"{text} is no ARM id")
    if not parsed.names:
        return _of_scope(parsed, group)
    scope = text[: text.lower().rindex("/providers/")]
    names = (quoted(parsed.type), *map(quoted, parsed.names))
    if "/providers/" in scope.lower():
        return call("extensionResourceId", resource_id(scope, group), *names)
    if not parsed.resource_group:
        return call("subscriptionResourceId", *names)
    if parsed.resource_group == group:
        return call("resourceId", *names)
    if group:
        return call("resourceId", quoted(parsed.resource_group), *names)
    return call("extensionResourceId", _of_scope(ids.parse(scope) or parsed, group), *names)


def _of_scope(parsed: ids.ArmId, group: str) -> str:
    if not parsed.resource_group:
        return "subscription().id"
    if parsed.resource_group == group:
        return "resourceGroup().id"
    return call("concat", "subscription().id", quoted(f"/resourceGroups/{parsed.resource_group}"))


def is_id(text: str) -> bool:
    """Whether a text is an ARM id of this subscription, wholly."""
    return text.startswith(f"/subscriptions/{SUBSCRIPTION}") and ids.parse(text) is not None
