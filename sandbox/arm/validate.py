"""An ARM body against its type, as the API specification declares it (node format of Azure/bicep-types-az)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from sandbox.arm.catalogue import reference
from sandbox.arm.finding import Finding
from sandbox.wire import Unknown

REQUIRED: Final = 1
READ_ONLY: Final = 2


class Validator:
    """Collects the findings of one body. An unknown value passes everywhere: it is judged when it is known."""

    def __init__(self, types: list[dict[str, Any]]) -> None:
        self._types = types
        self.findings: list[Finding] = []

    def check(self, index: int, value: Any, where: str) -> None:
        """Check a value against the type at an index."""
        node = self._types[index]
        check = self._CHECKS.get(node["$type"])
        if check is not None and not isinstance(value, Unknown):
            check(self, node, value, where)

    def _add(self, kind: str, where: str, message: str, severity: str = "error") -> None:
        self.findings.append(Finding(severity, kind, where, message))

    def _is(self, wanted: type | tuple[type, ...], name: str, value: Any, where: str) -> bool:
        if isinstance(value, wanted) and not (isinstance(value, bool) and wanted is not bool):
            return True
        self._add("type", where, f"{name} expected, got {type(value).__name__}")
        return False

    def _bounds(self, kind: str, amount: float, node: Mapping[str, Any], where: str) -> None:
        low, high = node.get("minLength", node.get("minValue")), node.get("maxLength", node.get("maxValue"))
        if low is not None and amount < low:
            self._add(kind, where, f"{amount} is below the minimum {low}")
        if high is not None and amount > high:
            self._add(kind, where, f"{amount} is above the maximum {high}")

    def _string(self, node: dict[str, Any], value: Any, where: str) -> None:
        if self._is(str, "string", value, where):
            self._bounds("length", len(value), node, where)
            if "pattern" in node and not _matches(node["pattern"], value):
                shown = "the value" if node.get("sensitive") else repr(value)
                self._add("pattern", where, f"{shown} does not match {node['pattern']}")

    def _literal(self, node: dict[str, Any], value: Any, where: str) -> None:
        if value != node["value"]:
            self._add("enum", where, f"{value!r} is not {node['value']!r}")

    def _number(self, node: dict[str, Any], value: Any, where: str) -> None:
        # The types know no fractions: every "number" of the specifications is an IntegerType.
        if self._is((int, float), "number", value, where):
            self._bounds("range", value, node, where)

    def _boolean(self, _node: dict[str, Any], value: Any, where: str) -> None:
        self._is(bool, "boolean", value, where)

    def _array(self, node: dict[str, Any], value: Any, where: str) -> None:
        if self._is(list, "array", value, where):
            self._bounds("length", len(value), node, where)
            for i, item in enumerate(value):
                self.check(reference(node["itemType"]), item, f"{where}[{i}]")

    def _discriminated(self, node: dict[str, Any], value: Any, where: str) -> None:
        if not self._is(dict, f"object {node['name']}", value, where):
            return
        literal = value.get(node["discriminator"])
        if isinstance(literal, str) and literal in node["elements"]:
            member = self._types[reference(node["elements"][literal])]
            self._object({**member, "properties": {**node["baseProperties"], **member["properties"]}}, value, where)
        elif not isinstance(literal, Unknown):
            self._add("union", where, f"{node['discriminator']}={literal!r} is not one of {sorted(node['elements'])}")

    def _object(self, node: dict[str, Any], value: Any, where: str) -> None:
        if not self._is(dict, f"object {node['name']}", value, where):
            return
        exact = {name.lower(): name for name in node["properties"]}
        for name, item in value.items():
            self._property(node, exact.get(name.lower(), name), item, f"{where}.{name}")
        given = {name.lower() for name in value}
        for name, declared in node["properties"].items():
            required = declared.get("flags", 0) & (READ_ONLY | REQUIRED) == REQUIRED
            if required and name.lower() not in given:
                self._add("missing-required", f"{where}.{name}", "required by ARM")

    def _property(self, node: dict[str, Any], name: str, value: Any, where: str) -> None:
        declared = node["properties"].get(name)
        if declared is None and not node.get("additionalProperties"):
            self._add("unknown-property", where, f"{node['name']} has no such property")
        elif declared is None:
            self.check(reference(node["additionalProperties"]), value, where)
        elif declared.get("flags", 0) & (READ_ONLY | REQUIRED) == READ_ONLY:
            self._add("read-only", where, "read-only in ARM: ignored or rejected", "warning")
        else:
            self.check(reference(declared["type"]), value, where)

    def _union(self, node: dict[str, Any], value: Any, where: str) -> None:
        members = [(reference(element), self._types[reference(element)]) for element in node["elements"]]
        literals = [member["value"] for _, member in members if member["$type"] == "StringLiteralType"]
        others = [index for index, member in members if member["$type"] != "StringLiteralType"]
        if literals and isinstance(value, str):
            self._enum(literals, any(member["$type"] == "StringType" for _, member in members), value, where)
            return
        trials = [Validator(self._types) for _ in others]
        for trial, index in zip(trials, others, strict=True):
            trial.check(index, value, where)
        if trials:
            self.findings += min((trial.findings for trial in trials), key=len)
        else:
            self._is(str, "string", value, where)

    def _enum(self, literals: list[str], is_open: bool, value: str, where: str) -> None:  # noqa: FBT001
        same = [literal for literal in literals if literal.lower() == value.lower()]
        if same and value not in same:
            self._add("enum-case", where, f"{value!r} differs in case from {same[0]!r}", "warning")
        elif not same and is_open:
            self._add("enum-open", where, f"{value!r} is not among the documented {literals}")
        elif not same:
            self._add("enum", where, f"{value!r} is not in {literals}")

    _CHECKS: ClassVar[Mapping[str, Callable[[Any, dict[str, Any], Any, str], None]]] = {
        "StringType": _string,
        "StringLiteralType": _literal,
        "IntegerType": _number,
        "BooleanType": _boolean,
        "ArrayType": _array,
        "ObjectType": _object,
        "DiscriminatedObjectType": _discriminated,
        "UnionType": _union,
    }


def _matches(pattern: str, value: str) -> bool:
    """Whether a specification's pattern (often unanchored) is found; one that Python cannot read passes."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True
