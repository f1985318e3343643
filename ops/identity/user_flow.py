"""The user flow of External ID: found by its name, read by its id, its relationships changed one by one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ops.identity.findings import UNKNOWN, Difference, Finding, Known, Outcome, differences
from ops.identity.graph import ADDRESS, Graph
from ops.identity.registrations import Registration

_FILE: Final = Path(__file__).with_name("user_flow.json")
_FLOWS: Final = "/v1.0/identity/authenticationEventsFlows"
_TYPE: Final = "@odata.type"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Relationship:
    """What a PATCH of the flow leaves as it is.

    at: where the flow has it. address: below the flow's own. key: what one is known by. there: the collection that one
    is linked from; empty where one is made by its key alone.
    """

    at: tuple[str, ...]
    address: str
    key: str
    there: str = ""


# learn.microsoft.com, authenticationConditionsApplications, onAuthenticationMethodLoadStart- and
# onAttributeCollectionExternalUsersSelfServiceSignUp: add and remove.
_CAST: Final = "microsoft.graph.externalUsersSelfServiceSignUpEventsFlow"
_RELATIONSHIPS: Final = (
    _Relationship(
        at=("conditions", "applications", "includeApplications"),
        address="conditions/applications/includeApplications",
        key="appId",
    ),
    _Relationship(
        at=("onAuthenticationMethodLoadStart", "identityProviders"),
        address=f"{_CAST}/onAuthenticationMethodLoadStart/"
        "microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp/identityProviders",
        key="id",
        there="identityProviders",
    ),
    _Relationship(
        at=("onAttributeCollection", "attributes"),
        address=f"{_CAST}/onAttributeCollection/"
        "microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp/attributes",
        key="id",
        there="userFlowAttributes",
    ),
)


def user_flow(graph: Graph, wanted: Sequence[Registration], known: Known) -> Finding:
    """The flow by which users of the apps sign up and in."""
    flow = _flow(wanted, known.clients)
    step = f"user flow {flow['displayName']}"
    listed = next((each for each in graph.items(_FLOWS) if each["displayName"] == flow["displayName"]), None)
    if listed is None:

        def create() -> None:
            # What was not known when the flow was looked at is known when it is made.
            graph.post(_FLOWS, _flow(wanted, known.clients))

        return Finding(step=step, outcome=Outcome.CREATE, carry_out=create)
    # A list leaves relationships out.
    found = graph.one(f"{_FLOWS}/{listed['id']}")
    plain, related = _apart(flow, found)
    apart = (*plain, *(difference for difference, _ in related))
    if not apart:
        return Finding(step=step, outcome=Outcome.SAME)
    address = f"{_FLOWS}/{found['id']}"

    def update() -> None:
        # An attribute that is added comes with a line of its own on the page, which the PATCH puts right.
        for difference, relationship in related:
            _relate(graph, address, relationship, difference)
        if plain:
            changed = {each.path.partition(".")[0] for each in plain}
            graph.patch(address, {_TYPE: flow[_TYPE], **{name: _without(flow, name) for name in changed}})

    return Finding(step=step, outcome=Outcome.UPDATE, differences=apart, carry_out=update)


def _flow(wanted: Sequence[Registration], clients: Mapping[str, str]) -> dict[str, Any]:
    apps = [{"appId": clients.get(each.key, UNKNOWN)} for each in wanted if each.asks == "scope"]
    flow = json.loads(_FILE.read_text(encoding="utf-8"))
    return {**flow, "conditions": {"applications": {"includeApplications": apps}}}


def _apart(
    flow: Mapping[str, Any], found: Mapping[str, Any]
) -> tuple[list[Difference], list[tuple[Difference, _Relationship]]]:
    """What differs of the flow's own properties, and of each relationship, as sorted keys."""
    related = []
    for each in _RELATIONSHIPS:
        has, wants = (sorted(one[each.key] for one in _at(whole, each.at)) for whole in (found, flow))
        if has != wants:
            related.append((Difference(".".join(each.at), has, wants), each))
    own = {name: _without(flow, name) for name in flow}
    return list(differences(own, found)), related


def _without(flow: Mapping[str, Any], name: str) -> Any:
    """A property of the flow without its relationships."""
    value = flow[name]
    for each in _RELATIONSHIPS:
        if each.at[0] == name:
            value = _pruned(value, each.at[1:])
    return value


def _pruned(value: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {name: each for name, each in value.items() if name != first}
    return {**value, first: _pruned(value[first], tuple(rest))}


def _at(value: Any, path: tuple[str, ...]) -> list[dict[str, Any]]:
    for name in path:
        value = (value or {}).get(name)
    return value or []


def _relate(graph: Graph, flow: str, relationship: _Relationship, difference: Difference) -> None:
    """Add what is missing, then take away what is too much: a flow keeps one attribute and one way to sign in."""
    address = f"{flow}/{relationship.address}"
    link = "/$ref" if relationship.there else ""
    for key in difference.wanted:
        if key not in difference.found:
            graph.post(f"{address}{link}", _one(relationship, key))
    for key in difference.found:
        if key not in difference.wanted:
            graph.delete(f"{address}/{key}{link}")


def _one(relationship: _Relationship, key: str) -> dict[str, str]:
    if relationship.there:
        return {"@odata.id": f"{ADDRESS}/v1.0/identity/{relationship.there}/{key}"}
    return {_TYPE: "#microsoft.graph.authenticationConditionApplication", relationship.key: key}
