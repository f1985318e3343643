"""From an output in the SDK's spelling to where it stands in what ``reference`` gives: the inverse of flattening."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ops.arm_template.origins import Path
from sandbox import arm
from sandbox.arm.catalogue import catalogue, reference
from sandbox.protocol.package import Values

# How many containers the provider dissolves inside each other at most (pulumi-azure-native provider/pkg/gen).
_DEEPEST: Final = 3


class NoSuchPropertyError(Exception):
    """The API version knows no such property."""


def arm_path(token: str, inputs: Values, path: Path) -> Path:
    """The path in the resource's ARM body.

    Raises:
        NoSuchPropertyError: there is none.
    """
    data = catalogue()
    entry = data.tokens[token]
    types = data.types(entry["file"])
    index = data.body(entry["file"], arm.arm_type(token, inputs), entry["version"])
    if index is None:
        raise NoSuchPropertyError(f"{arm.arm_type(token, inputs)}@{entry['version']}")
    found = _located(types, index, path, _DEEPEST)
    if found is None:
        raise NoSuchPropertyError(f"{entry['type']}@{entry['version']} has no property {'.'.join(map(str, path))}")
    return found


def _located(
    types: list[dict[str, Any]], index: int, path: Path, depth: int, *, dissolved: bool = False
) -> Path | None:
    """The path below a type; a dissolved one is no map, which would have any name."""
    if not path:
        return ()
    step, rest, node = path[0], path[1:], types[index]
    if isinstance(step, int):
        return (
            _prefixed(step, _located(types, reference(node["itemType"]), rest, depth)) if "itemType" in node else None
        )
    properties = dict(_properties(types, node))
    for name, target in properties.items():
        if _squeezed(name) == _squeezed(step):
            found = _located(types, target, rest, depth)
            if found is not None:
                return (name, *found)
    if "additionalProperties" in node and not dissolved:
        return _prefixed(step, _located(types, reference(node["additionalProperties"]), rest, depth))
    return _in_container(types, properties, path, depth - 1) if depth else None


def _in_container(types: list[dict[str, Any]], properties: Mapping[str, int], path: Path, depth: int) -> Path | None:
    """Inside an object that the provider dissolves: Azure's own container first."""
    for name in sorted(properties, key=lambda each: each != "properties"):
        if types[properties[name]]["$type"] in ("ObjectType", "DiscriminatedObjectType"):
            found = _located(types, properties[name], path, depth, dissolved=True)
            if found is not None:
                return (name, *found)
    return None


def _prefixed(step: str | int, found: Path | None) -> Path | None:
    return None if found is None else (step, *found)


def _properties(types: list[dict[str, Any]], node: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for field in ("properties", "baseProperties"):
        for name, item in node.get(field, {}).items():
            yield name, reference(item["type"])
    elements = node.get("elements")
    for item in elements.values() if isinstance(elements, Mapping) else ():
        yield from _properties(types, types[reference(item)])


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
