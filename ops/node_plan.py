"""What a plan does to the broker's nodes: one at a time may be made anew or taken away, more only by name.

A node that goes takes the sessions it holds with it. Two at once may take the cluster: the ones that are left must hold
every client and every copy of what is retained.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from ops.errors import ExitCode, OpsError

# A node is an app inside a component of the brokers: urn:pulumi:<stack>::<project>::<types>$<type>::<name>.
_NODE: Final = re.compile(r"::(?P<cell>[^:]*amora:broker:[^$]+)\$azure-native:app:ContainerApp::(?P<name>[a-z0-9-]+)$")
_REPLACING: Final = frozenset({"replace", "create-replacement", "delete-replaced"})
_EVACUATES_FROM: Final = (5, 9)


@dataclass(frozen=True, slots=True)
class NodeStep:
    """What becomes of a node.

    operation: ``replaced`` under its name, or ``deleted``. reasons: property paths whose change makes it anew, or that
    come from a resource made anew. version: the release that runs now; empty where the state does not say.
    """

    name: str
    operation: Literal["replaced", "deleted"]
    reasons: tuple[str, ...]
    version: str

    @property
    def evacuates(self) -> bool:
        """Whether the release can move its sessions away first (EMQX open source 5.8 cannot)."""
        return bool(self.version) and tuple(int(part) for part in self.version.split(".")) >= _EVACUATES_FROM


@dataclass(frozen=True, slots=True)
class NodePlan:
    """steps: of the nodes that go. nodes: names of all nodes there are now."""

    steps: tuple[NodeStep, ...]
    nodes: tuple[str, ...]


def node_names(urns: Iterable[str]) -> set[str]:
    """The names of the nodes among these resources."""
    return {node["name"] for urn in urns if (node := _NODE.search(urn))}


def node_plan(steps: Iterable[Mapping[str, Any]]) -> NodePlan:
    """What a plan does to the nodes.

    Args:
        steps: those of ``pulumi preview --json --show-sames``: nodes that stay are counted too.
    """
    taken = list(steps)
    versions = _versions(taken)
    anew = {step["urn"] for step in taken if step["op"] in _REPLACING}
    nodes: set[str] = set()
    found: dict[str, NodeStep] = {}
    for step in taken:
        node = _NODE.search(step["urn"])
        if node is None:
            continue
        name, operation = node["name"], step["op"]
        if operation != "create":
            nodes.add(name)
        if operation in _REPLACING or operation == "delete":
            reasons = {*_reasons(step, anew), *(found[name].reasons if name in found else ())}
            replaced = operation in _REPLACING
            found[name] = NodeStep(
                name, "replaced" if replaced else "deleted", tuple(sorted(reasons)), versions.get(name, "")
            )
    return NodePlan(tuple(found[name] for name in sorted(found)), tuple(sorted(nodes)))


def _reasons(step: Mapping[str, Any], anew: Collection[str]) -> set[str]:
    detailed = [
        path for path, each in (step.get("detailedDiff") or {}).items() if "replace" in str(each.get("kind", ""))
    ]
    return set(detailed or step.get("replaceReasons") or _inherited(step, anew))


def _inherited(step: Mapping[str, Any], anew: Collection[str]) -> set[str]:
    """The engine gives no reason where a resource goes because one it takes a property from is deleted first."""
    depends = (step.get("oldState") or {}).get("propertyDependencies") or {}
    return {
        f"{path} ({urn.rpartition('::')[2]} is made anew)"
        for path, urns in depends.items()
        for urn in urns
        if urn in anew
    }


def _versions(steps: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The release of each node before the plan, as the cell was asked for it."""
    found: dict[str, str] = {}
    for step in steps:
        slots = ((step.get("oldState") or {}).get("inputs") or {}).get("slots")
        if ":amora:broker:" in step["urn"] and isinstance(slots, Mapping):
            cell = step["urn"].rpartition("::")[2]
            found |= {f"{cell}-{slot}": str(each.get("version", "")) for slot, each in slots.items()}
    return found


def require_one_at_a_time(plan: NodePlan, forced: Collection[str]) -> None:
    """Pass when at most one node goes, or each one that goes was named.

    Args:
        plan: what a plan does to the nodes.
        forced: names of nodes that may go together.

    Raises:
        OpsError: more go, or a name is no node's.
    """
    unknown = sorted(set(forced) - set(plan.nodes))
    if unknown:
        raise OpsError(
            ExitCode.NODES,
            f"there is no node {', '.join(unknown)}; there are {', '.join(plan.nodes) or 'none'}",
            "Name nodes as the plan does, such as --replace-nodes emqx-1,emqx-2.",
        )
    unnamed = [step for step in plan.steps if step.name not in forced]
    if len(plan.steps) <= 1 or not unnamed:
        return
    names = ",".join(step.name for step in plan.steps)
    raise OpsError(
        ExitCode.NODES,
        f"the plan takes {len(plan.steps)} of {len(plan.nodes)} nodes at once\n{described(plan)}",
        f"Take them one by one: {_one_by_one(plan)} (docs/runbooks/change-all-nodes.md). "
        f"Or force it by name: --replace-nodes {names}",
    )


def _one_by_one(plan: NodePlan) -> str:
    """What to give to ``up``: everything else first, then a node at a time."""
    excluded = " ".join(f"--exclude '**::{step.name}'" for step in plan.steps)
    return f"up {excluded}; then up --target '**::{plan.steps[0].name}', and so on"


def described(plan: NodePlan) -> str:
    """What ends with the plan, a line a node."""
    lines = [_line(step) for step in plan.steps]
    if plan.steps and len(plan.steps) == len(plan.nodes):
        lines.append("  no node stays: retained messages, which live in the nodes' memory, end too")
    return "\n".join(lines)


def _line(step: NodeStep) -> str:
    why = f" because of {', '.join(step.reasons)}" if step.reasons else ""
    release = f" (EMQX {step.version})" if step.version else ""
    ends = (
        "its sessions end, unless it is evacuated first"
        if step.evacuates
        else "its sessions end: this release cannot move them to another node"
    )
    return f"  {step.name}{release} is {step.operation}{why}; {ends}"
