"""What must be deployed before what: the program's real dependencies, without those that others already say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from ops.arm_template.reading import Declared
from ops.errors import ExitCode, OpsError
from sandbox.azure import ids

Graph = Mapping[str, frozenset[str]]
"""URN to the URNs of what must be there first."""


def graph(resources: Sequence[Declared]) -> Graph:
    """Among resources with an ARM form; dependencies that go through others (random, tls) are kept."""
    by_urn = {each.urn: each for each in resources}
    by_id = {each.id.lower(): each.urn for each in resources if each.id}
    found: dict[str, frozenset[str]] = {}
    for each in resources:
        if each.id:
            first = {urn for urn in _through(each, by_urn) if urn != each.urn}
            first |= {by_id[owner] for owner in _owners(each.id) if owner in by_id}
            found[each.urn] = frozenset(first)
    return found


def _through(resource: Declared, by_urn: Mapping[str, Declared]) -> set[str]:
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(resource.dependencies)
    while waiting:
        urn = waiting.pop()
        if urn in seen or urn not in by_urn:
            continue
        seen.add(urn)
        if by_urn[urn].id:
            found.add(urn)
        else:
            waiting += by_urn[urn].dependencies
    return found


def _owners(resource_id: str) -> list[str]:
    """Ids of what a resource lies in or on, in lower case."""
    parsed = ids.parse(resource_id)
    scope = resource_id[: resource_id.lower().rindex("/providers/")] if "/providers/" in resource_id else ""
    return [owner.lower() for owner in (parsed.parent if parsed else None, scope) if owner]


def in_order(dependencies: Graph) -> list[str]:
    """Every URN after what it needs; otherwise by name, so that the order is always the same.

    Raises:
        OpsError: there is a circle.
    """
    sorter = TopologicalSorter({urn: sorted(dependencies[urn]) for urn in sorted(dependencies, key=_name)})
    try:
        sorter.prepare()
    except CycleError as error:
        raise OpsError(
            ExitCode.NO_ARM_FORM, f"a circle of dependencies: {' -> '.join(map(_name, error.args[1]))}", "Break it."
        ) from error
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=_name)
        found += ready
        sorter.done(*ready)
    return found


def reduced(dependencies: Graph) -> Graph:
    """Without dependencies that follow from others."""
    reach: dict[str, frozenset[str]] = {}
    found: dict[str, frozenset[str]] = {}
    for urn in in_order(dependencies):
        direct = dependencies[urn]
        beyond = frozenset[str]().union(*(reach[each] for each in direct))
        reach[urn] = direct | beyond
        found[urn] = direct - beyond
    return found


def _name(urn: str) -> str:
    return urn.rpartition("::")[2] + " " + urn
