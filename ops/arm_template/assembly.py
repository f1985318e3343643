"""The template put together: a deployment to the subscription, and in it one to each resource group."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from ops.arm_template import expressions
from ops.arm_template.comparison import Computed, Object
from ops.arm_template.dependencies import Graph, in_order, reduced
from ops.arm_template.origins import SUBSCRIPTION
from ops.arm_template.reading import Declared
from ops.arm_template.stack_file import PROJECT
from ops.arm_template.writer import Parameters, Writer
from sandbox import arm
from sandbox.azure import ids

GROUP: Final = "azure-native:resources:ResourceGroup"
_DEPLOYMENT: Final = "azure-native:resources:Deployment"
_SCHEMA: Final = "https://schema.management.azure.com/schemas/{}#"
_OF_SUBSCRIPTION: Final = _SCHEMA.format("2018-05-01/subscriptionDeploymentTemplate.json")
_OF_GROUP: Final = _SCHEMA.format("2019-04-01/deploymentTemplate.json")
_LONGEST_NAME: Final = 64
# A value at the top of so many resources or more stands in a variable.
_MANY: Final = 5


@dataclass
class Assembly:
    """What was understood of a stack, and where each part of it goes.

    resources: all that is declared, by URN. understood: bodies of those with an ARM form, by URN. dependencies: between
    these. repeated: how often a part of a body stands in one, by name and value as JSON.
    """

    stack: str
    resources: Mapping[str, Declared]
    understood: Mapping[str, Object]
    computed: list[Computed]
    dependencies: Graph
    repeated: Counter[str]
    parameters: Parameters = field(default_factory=Parameters)

    @cached_property
    def order(self) -> list[str]:
        """URNs, each after what it needs."""
        return in_order(self.dependencies)

    @cached_property
    def groups(self) -> list[str]:
        """The resource groups that something is deployed to."""
        return list(dict.fromkeys(group for urn in self.order if (group := self.group_of(urn))))

    @cached_property
    def writers(self) -> dict[str, Writer]:
        """A writer a template: that of the subscription under the empty name, those of the groups under theirs."""
        return {group: Writer(group, self.resources, self.computed, self.parameters) for group in ("", *self.groups)}

    @property
    def innermost(self) -> Writer:
        """The writer of the template that has the outputs."""
        return self.writers[self.groups[-1] if self.groups else ""]

    def group_of(self, urn: str) -> str:
        """The resource group that a resource is deployed to; empty for the subscription."""
        parsed = ids.parse(self.resources[urn].neutral_id)
        return "" if parsed is None or self.resources[urn].token == GROUP else parsed.resource_group

    def template(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """The whole template.

        Args:
            outputs: of the template of :attr:`innermost`.
        """
        within = {
            urn: frozenset(first for first in self.dependencies[urn] if self.group_of(first) == self.group_of(urn))
            for urn in self.order
        }
        least = reduced(within)
        written: dict[str, list[dict[str, Any]]] = {group: [] for group in self.writers}
        for urn in self.order:
            first = sorted(least[urn], key=self.order.index)
            written[self.group_of(urn)].append(self._resource(urn, first))
        nested = [
            self._deployment(group, written[group], outputs if group == self.groups[-1] else {})
            for group in self.groups
        ]
        outer = self.writers[""]
        return {
            "$schema": _OF_SUBSCRIPTION,
            "contentVersion": "1.0.0.0",
            "metadata": {"description": f"What the stack {self.stack} of {PROJECT} declares. Generated: do not edit."},
            "parameters": self._declared(name for writer in self.writers.values() for name in writer.used),
            **({"variables": outer.variables} if outer.variables else {}),
            "resources": [*written[""], *nested],
            "outputs": {name: self._passed_on(name, each) for name, each in outputs.items()},
        }

    def _resource(self, urn: str, first: Iterable[str]) -> dict[str, Any]:
        """A resource as it stands in a template, with what must be there first."""
        each, group = self.resources[urn], self.group_of(urn)
        writer = self.writers[group]
        body = {name: item for name, item in self.understood[urn].items if name != "scope"}
        written = {
            str(name): self._shared(str(name), writer.value(item, each.name), writer)
            for name, item in sorted(body.items(), key=_as_read)
        }
        head = {key: written.pop(key) for key in ("type", "apiVersion", "name")}
        scope = _scope(each)
        if scope is not None and scope != _target(group):
            head["scope"] = expressions.value(expressions.resource_id(scope, group))
        depends = [self._depends(other, group) for other in first]
        if not group:
            depends += sorted({self._deployment_id(self.group_of(other)) for other in self._beyond(urn)})
        return {**head, **written, **({"dependsOn": list(map(expressions.value, depends))} if depends else {})}

    def _shared(self, name: str, value: Any, writer: Writer) -> Any:
        """The value, in a variable where many resources have the same."""
        if not isinstance(value, dict) or self.repeated[json.dumps([name, value], sort_keys=True)] < _MANY:
            return value
        return expressions.value(writer.variable(value, name))

    def _beyond(self, urn: str) -> list[str]:
        """What a resource needs of resource groups other than its own."""
        own = self.group_of(urn)
        return [each for each in self.dependencies[urn] if self.group_of(each) not in ("", own)]

    def _depends(self, urn: str, group: str) -> str:
        """The id of a resource, as ``dependsOn`` takes it."""
        each = self.resources[urn]
        if each.token == GROUP:
            name = expressions.quoted(each.neutral_id.rpartition("/")[2])
            return expressions.call("subscriptionResourceId", "'Microsoft.Resources/resourceGroups'", name)
        return expressions.resource_id(each.neutral_id, group)

    def _deployment(self, group: str, resources: list[dict[str, Any]], outputs: Mapping[str, Any]) -> dict[str, Any]:
        """A nested deployment to a resource group."""
        inside = [urn for urn in self.order if self.group_of(urn) == group]
        above = {each for urn in inside for each in self.dependencies[urn] if not self.group_of(each)}
        depends = [self._depends(urn, "") for urn in sorted(above, key=self.order.index)]
        depends += sorted({self._deployment_id(self.group_of(each)) for urn in inside for each in self._beyond(urn)})
        writer = self.writers[group]
        parameters = self._declared(writer.used)
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": arm.api_version(_DEPLOYMENT),
            "name": self._deployment_name(group),
            "resourceGroup": group,
            "properties": {
                "mode": "Incremental",
                # Secure values reach a nested template only through parameters of its own.
                "expressionEvaluationOptions": {"scope": "inner"},
                "parameters": {name: {"value": f"[parameters('{name}')]"} for name in parameters},
                "template": {
                    "$schema": _OF_GROUP,
                    "contentVersion": "1.0.0.0",
                    "parameters": {name: {"type": each["type"]} for name, each in parameters.items()},
                    **({"variables": writer.variables} if writer.variables else {}),
                    "resources": resources,
                    "outputs": dict(outputs),
                },
            },
            **({"dependsOn": list(map(expressions.value, depends))} if depends else {}),
        }

    def _declared(self, names: Iterable[str]) -> dict[str, Any]:
        used = set(names)
        return {name: each for name, each in sorted(self.parameters.declared.items()) if name in used}

    def _deployment_name(self, group: str) -> str:
        return f"{PROJECT}-{self.stack}-{group}"[:_LONGEST_NAME].rstrip("-")

    def _deployment_id(self, group: str) -> str:
        kind = f"{_target(group)}/providers/Microsoft.Resources/deployments"
        return expressions.resource_id(f"{kind}/{self._deployment_name(group)}", "")

    def _passed_on(self, name: str, output: Mapping[str, Any]) -> dict[str, Any]:
        """An output of the innermost template as one of the outermost."""
        if not self.groups:
            return dict(output)
        version = expressions.quoted(arm.api_version(_DEPLOYMENT))
        deployment = expressions.call("reference", self._deployment_id(self.groups[-1]), version)
        return {"type": output["type"], "value": expressions.value(f"{deployment}.outputs.{name}.value")}


def _as_read(item: tuple[Any, Any]) -> tuple[bool, str]:
    """What a resource is comes before what it is like."""
    return item[0] == "properties", str(item[0])


def _scope(each: Declared) -> str | None:
    """What an extension resource is on; None for any other."""
    if not arm.id_template(each.token).startswith("{"):
        return None
    return each.neutral_id[: each.neutral_id.lower().rindex("/providers/")]


def _target(group: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}" + (f"/resourceGroups/{group}" if group else "")
