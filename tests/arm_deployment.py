"""Deploys an ARM template into the sandbox's Azure: expressions evaluated, resources in the order of ``dependsOn``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

from ops.arm_template.answers import leaves
from ops.arm_template.output_paths import NoSuchPropertyError, arm_path
from sandbox import arm, wire
from sandbox.arm.catalogue import catalogue
from sandbox.azure import functions, ids
from sandbox.azure.resource_manager import ResourceManager
from sandbox.store import StoredResource
from tests.arm_expressions import ExpressionError, NotDeployedError, Scope

DEPLOYMENTS = "Microsoft.Resources/deployments"
KINDS = {
    "string": str,
    "securestring": str,
    "int": int,
    "bool": bool,
    "array": list,
    "object": dict,
    "secureobject": dict,
}
SHOWN = {"string", "int", "bool", "array", "object"}


@dataclass
class Deployment:
    """A deployment to the sandbox's subscription.

    manager: the sandbox's Resource Manager. now: what utcNow gives. order: ids in the order they were deployed in.
    outputs: of nested deployments, by id in lower case.
    """

    manager: ResourceManager
    now: str
    order: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    digests: int = 0

    def deploy(self, template: Mapping[str, Any], parameters: Mapping[str, Any], group: str = "") -> dict[str, Any]:
        """Deploy to a resource group, or to the subscription; the outputs' values."""
        scope = Scope(ids.SUBSCRIPTION_ID, ids.TENANT_ID, group, self._reference, self._keys)
        scope.parameters = self._parameters(template.get("parameters", {}), parameters, scope)
        variables: dict[str, Any] = {}
        scope.variables = variables
        variables |= {name: scope.value(given) for name, given in template.get("variables", {}).items()}
        resources = {self._id(each, scope).lower(): each for each in template["resources"]}
        if len(resources) != len(template["resources"]):
            raise ExpressionError("a resource is defined more than once")
        for key in self._sorted(resources, scope):
            self._resource(resources[key], scope)
        self.digests += scope.digests
        given = template.get("outputs", {})
        assert {each["type"] for each in given.values()} <= SHOWN
        return {name: _typed(each["type"], scope.value(each["value"]), name) for name, each in given.items()}

    def _parameters(self, declared: Mapping[str, Any], given: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        if set(given) - set(declared):
            raise ExpressionError(f"parameters that are not declared: {sorted(set(given) - set(declared))}")
        found: dict[str, Any] = {}
        scope.now = self.now
        for name, each in declared.items():
            if name not in given and "defaultValue" not in each:
                raise ExpressionError(f"The value for the template parameter '{name}' is not provided.")
            value = given[name] if name in given else scope.value(each["defaultValue"])
            found[name] = _typed(each["type"], value, name)
        scope.now = ""
        return found

    def _id(self, resource: Mapping[str, Any], scope: Scope) -> str:
        kind, name = scope.value(resource["type"]), scope.value(resource["name"])
        if kind == "Microsoft.Resources/resourceGroups":
            return f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/{name}"
        group = resource.get("resourceGroup", scope.group)
        target = f"/subscriptions/{ids.SUBSCRIPTION_ID}" + (f"/resourceGroups/{group}" if group else "")
        return scope.call("extensionResourceId", [scope.value(resource.get("scope", target)), kind, *name.split("/")])

    @staticmethod
    def _sorted(resources: Mapping[str, Any], scope: Scope) -> Iterator[str]:
        """By dependsOn alone; among those that may be next, what the template names last comes first."""
        wanted: dict[str, list[str]] = {}
        for key, each in resources.items():
            wanted[key] = [scope.value(text).lower() for text in each.get("dependsOn", ())]
            if unknown := set(wanted[key]) - set(resources):
                raise ExpressionError(f"The resource {unknown} is not defined in the template.")
        place = {key: index for index, key in enumerate(resources)}
        sorter = TopologicalSorter(wanted)
        sorter.prepare()
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=lambda key: -place[key])
            yield from ready
            sorter.done(*ready)

    def _resource(self, resource: Mapping[str, Any], scope: Scope) -> None:
        resource_id = self._id(resource, scope)
        if resource["type"] == DEPLOYMENTS:
            inner = resource["properties"]
            assert inner["expressionEvaluationOptions"]["scope"] == "inner"
            given = {name: each["value"] for name, each in scope.value(inner["parameters"]).items()}
            self.outputs[resource_id.lower()] = self.deploy(inner["template"], given, resource["resourceGroup"])
            return
        head = {"type", "apiVersion", "name", "scope", "dependsOn"}
        body = {scope.value(name): scope.value(item) for name, item in resource.items() if name not in head}
        token, inputs = sdk_request(resource["type"], resource["apiVersion"], resource_id, body)
        made = self.manager.create(token, inputs)
        assert made.id.lower() == resource_id.lower()
        self.order.append(made.id)

    def _stored(self, target: str, version: str) -> StoredResource:
        stored = self.manager.get(target)
        if stored is None:
            raise NotDeployedError(f"The Resource '{target}' was not found.")
        if version != arm.api_version(stored.token):
            raise ExpressionError(f"{target} is not known to API version {version}")
        return stored

    def _reference(self, target: str, version: str, full: bool) -> Any:  # noqa: FBT001
        if f"/providers/{DEPLOYMENTS}/" in target:
            if target.lower() not in self.outputs:
                raise NotDeployedError(f"The Resource '{target}' was not found.")
            return {"outputs": {name: {"value": value} for name, value in self.outputs[target.lower()].items()}}
        body = shown(self._stored(target, version))
        return body if full else body["properties"]

    def _keys(self, target: str, version: str) -> Any:
        stored = self._stored(target, version)
        (token,) = (name for name in functions.FUNCTIONS if _asks(name, stored.token))
        return functions.call(self.manager.store, token, wire.plain(stored.inputs))


def _asks(function: str, token: str) -> bool:
    module, _, name = token.removeprefix("azure-native:").partition(":")
    return function in (f"azure-native:{module}:list{name}Keys", f"azure-native:{module}:list{module.title()}Keys")


def _typed(kind: str, value: Any, name: str) -> Any:
    if not isinstance(value, KINDS[kind.lower()]) or (isinstance(value, bool) and kind != "bool"):
        raise ExpressionError(f"{name} is no {kind} but {type(value).__name__}")
    return value


def shown(stored: StoredResource) -> dict[str, Any]:
    """A resource as a GET shows it: what was sent, and what Azure added where its types have it."""
    inputs = wire.plain(stored.inputs)
    body = arm.to_arm(stored.token, inputs) | {"id": stored.id}
    for path, value in leaves(stored.outputs):
        try:
            *parents, last = arm_path(stored.token, inputs, path)
        except NoSuchPropertyError:
            continue
        place: Any = body
        for step, following in pairwise([*parents, last]):
            place = _entered(place, step, [] if isinstance(following, int) else {})
        _put(place, last, value)
    return body


def _entered(place: Any, step: str | int, new: Any) -> Any:
    if isinstance(step, int):
        if step == len(place):
            place.append(new)
        return place[step]
    return place.setdefault(step, new)


def _put(place: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int) and step == len(place):
        place.append(value)
    else:
        place[step] = value


def sdk_request(kind: str, version: str, resource_id: str, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Token and inputs of the SDK for an ARM request: the inverse of ``sandbox.arm.to_arm``.

    Raises:
        ExpressionError: no inputs would give this request.
    """
    for token, entry in catalogue().tokens.items():
        if entry["version"] != version or not re.fullmatch(re.sub(r"{\w+}", "[^/]+", entry["type"]), kind):
            continue
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(entry["id"]))
        named = re.fullmatch(pattern, resource_id) or re.fullmatch(pattern, resource_id.removeprefix("/"))
        if named is None:
            continue
        own = {name: value for name, value in named.groupdict().items() if name != "subscriptionId"}
        inputs = {**own, **_flattened(entry["nodes"], 0, body)}
        made = arm.to_arm(token, inputs)
        if {name: made[name] for name in made if name not in ("type", "apiVersion", "name", "scope")} == body:
            return token, inputs
    raise ExpressionError(f"{kind}@{version} {resource_id}: no inputs of the SDK give this body")


def _flattened(nodes: list[dict[str, Any]], index: int, body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, where in nodes[index].items():
        if not name or not where or not where[0]:
            continue
        value: Any = body
        for step in where[0].split("/"):
            value = value.get(step, _ABSENT) if isinstance(value, Mapping) else _ABSENT
        if value is not _ABSENT:
            found[name] = _back(nodes, where[1], value)
    return found


_ABSENT = object()


def _back(nodes: list[dict[str, Any]], shape: Any, value: Any) -> Any:
    kind = shape and shape[0]
    if kind == "a" and isinstance(value, list):
        return [_back(nodes, shape[1], item) for item in value]
    if kind == "s":
        return list(value)
    if kind == "m":
        return {key: _back(nodes, shape[1], item) for key, item in value.items()}
    if kind == "o" and isinstance(value, Mapping):
        return _flattened(nodes, shape[1], value)
    if kind == "d":
        for literal, index in shape[2].items():
            found = _flattened(nodes, index, value)
            if found.get(shape[1]) == literal:
                return found
    return value
