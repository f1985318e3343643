"""From the SDK's inputs to the body of the ARM request.

azure-native dissolves ``properties`` and other containers and renames some inputs (pulumi-azure-native
``provider/pkg/gen/properties.go``). ``maps.json`` has per token a list of nodes, one an SDK input class:
``{input name: [ARM path, shape]}``. Shapes: ``0`` as it is; ``["o", node]`` object; ``["a", shape]`` list;
``["m", shape]`` map; ``["s"]`` a list sent as a map with empty values; ``["d", discriminator, {literal: node}]`` one of
several classes. The key ``""`` lists the containers the provider sends even when empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.arm.finding import Finding
from sandbox.wire import UNKNOWN, Unknown


class Unflattener:
    """Turns the inputs of one resource into an ARM body and remembers where each part came from."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self._entry = entry
        self._nodes: list[dict[str, Any]] = entry["nodes"]
        self.findings: list[Finding] = []
        own_name = entry["id"].rsplit("/", 1)[1].strip("{}")
        self.origin = {"$.name": f"$.{own_name}"}

    def body(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The ARM body without id, type and name."""
        path_inputs = {"resourceGroupName", *self._entry["params"], *re.findall(r"{(\w+)}", self._entry["id"])}
        wanted = {key: value for key, value in inputs.items() if key in self._nodes[0] or key not in path_inputs}
        body = self._object(0, wanted, "$", "$")
        return {key: value for key, value in body.items() if key not in ("id", "type", "name")}

    def _object(self, index: int, value: Mapping[str, Any], wire: str, arm: str) -> dict[str, Any]:
        node, result = self._nodes[index], {}
        for path in node.get("", ()):
            _container(result, path.split("/"))
        for name, item in value.items():
            path, shape = node.get(name, ("", 0))
            if not path:
                self._reject(f"{wire}.{name}", known=name in node)
                continue
            *parents, last = path.split("/")
            there = f"{arm}.{path.replace('/', '.')}"
            self.origin[there] = f"{wire}.{name}"
            _container(result, parents)[last] = self._convert(shape, item, f"{wire}.{name}", there)
        return result

    def _reject(self, where: str, *, known: bool) -> None:
        if known:
            text = "the SDK offers it, this API version does not know it"
            self.findings.append(Finding("error", "not-in-api-version", where, text))
        else:
            self.findings.append(Finding("error", "unknown-sdk-input", where, "not an input of the SDK class"))

    def _convert(self, shape: Any, value: Any, wire: str, arm: str) -> Any:
        kind = shape and shape[0]
        if kind == "a" and isinstance(value, list):
            return [self._convert(shape[1], item, f"{wire}[{i}]", f"{arm}[{i}]") for i, item in enumerate(value)]
        if kind == "s" and isinstance(value, list):
            return {item: {} for item in value if isinstance(item, str)}
        if kind in (0, "a", "s") or not isinstance(value, Mapping):
            return value  # a value of the wrong kind is the validator's to name
        if kind == "m":
            return {k: self._convert(shape[1], item, f"{wire}.{k}", f"{arm}.{k}") for k, item in value.items()}
        if kind == "d":
            return self._member(shape, value, wire, arm)
        return self._object(shape[1], value, wire, arm)

    def _member(self, shape: list[Any], value: Mapping[str, Any], wire: str, arm: str) -> Any:
        literal = value.get(shape[1])
        if isinstance(literal, str) and literal in shape[2]:
            return self._object(shape[2][literal], value, wire, arm)
        if not isinstance(literal, Unknown):
            text = f"{shape[1]}={literal!r} is not one of {sorted(shape[2])}"
            self.findings.append(Finding("error", "union", wire, text))
        return UNKNOWN


def _container(result: dict[str, Any], path: list[str]) -> dict[str, Any]:
    for name in path:
        result = result.setdefault(name, {})
    return result


def wire_path(arm_path: str, origin: Mapping[str, str]) -> str:
    """The input an ARM path comes from; the ARM path itself if it comes from none."""
    head, rest = arm_path, ""
    while head not in origin:
        cut = max(head.rfind("."), head.rfind("["))
        if cut < 0:
            return arm_path
        head, rest = head[:cut], head[cut:] + rest
    return origin[head] + rest
