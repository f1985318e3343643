"""What Resource Manager takes of a template.

https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

MEGABYTE: Final = 1024 * 1024
TEMPLATE_BYTES: Final = 4 * MEGABYTE
RESOURCE_BYTES: Final = MEGABYTE
EXPRESSION_CHARACTERS: Final = 24_576
COUNTS: Final[Mapping[str, int]] = {"parameters": 256, "variables": 256, "resources": 800, "outputs": 64}
_DEPLOYMENTS: Final = "Microsoft.Resources/deployments"


def exceeded(template: Mapping[str, Any]) -> list[str]:
    """Every limit that a template, or one nested in it, is beyond: what, how much, and what is allowed."""
    return [*_of_file(template), *_of_template(template, "the template")]


def _of_file(template: Mapping[str, Any]) -> Iterator[str]:
    size = len(json.dumps(template).encode())
    if size > TEMPLATE_BYTES:
        yield f"the template has {size:,} bytes, allowed are {TEMPLATE_BYTES:,}"
    for expression in _expressions(template):
        if len(expression) > EXPRESSION_CHARACTERS:
            start = f"{expression[:60]}..."
            yield f"the expression {start} has {len(expression):,} characters, allowed are {EXPRESSION_CHARACTERS:,}"


def _of_template(template: Mapping[str, Any], what: str) -> Iterator[str]:
    for part, allowed in COUNTS.items():
        if len(template.get(part, ())) > allowed:
            yield f"{what} has {len(template[part])} {part}, allowed are {allowed}"
    for resource in template.get("resources", ()):
        named = f"{resource['type']} {resource['name']}"
        if resource["type"] == _DEPLOYMENTS:
            yield from _of_template(resource["properties"]["template"], f"the nested deployment {resource['name']}")
        elif (size := len(json.dumps(resource).encode())) > RESOURCE_BYTES:
            yield f"{named} has {size:,} bytes, allowed are {RESOURCE_BYTES:,}"


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("[") and not value.startswith("[[") and value.endswith("]"):
            yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _expressions(name)
            yield from _expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item)
