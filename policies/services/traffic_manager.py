"""Traffic Manager: the name that leads to a region that is up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule

_PROFILE: Final = "azure-native:trafficmanager:Profile"
_ENDPOINT: Final = "azure-native:trafficmanager:Endpoint"
_MOST_SECONDS: Final = 60

ENDPOINTS = StackRule(
    id="TM-01",
    title="A Traffic Manager name of production leads to two regions or more",
    severity=Severity.MEDIUM,
    about=(_PROFILE,),
    protects="every client, from the outage of a region",
    references=("Azure.TrafficManager.Endpoints",),
    remedy="add a second endpoint that is enabled",
    levels=IN_PROD,
)


@ENDPOINTS.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_PROFILE), lambda profile: _alone(stack, profile))


def _alone(stack: Stack, profile: Resource) -> Finding | None:
    # An endpoint may be a resource of its own. After a refresh it stands in the profile too, under the same name.
    inside = {each.text("name"): each for each in profile.items("endpoints")}
    own = {
        each.text("endpointName") or each.text("name"): each
        for each in stack.linking(profile, _ENDPOINT, "profileName")
    }
    enabled = _enabled({**inside, **own}.values())
    return None if enabled > 1 else Finding("endpoints", f"{enabled} enabled", "two or more")


def _enabled(endpoints: Iterable[Properties]) -> int:
    return sum(endpoint.same("endpointStatus", "Enabled", default="Enabled") for endpoint in endpoints)


TTL = Rule(
    id="TM-02",
    title="Clients ask Traffic Manager again within a minute",
    severity=Severity.LOW,
    applies_to=(_PROFILE,),
    protects="clients, from the address of a region that is down",
    references=("learn.microsoft.com, Traffic Manager performance considerations",),
    remedy=f"set dnsConfig.ttl to {_MOST_SECONDS} or less",
)


@TTL.check
def _(profile: Resource) -> Finding | None:
    path = "dnsConfig.ttl"
    if not profile.has(path):
        return Finding(path, NOTHING, f"{_MOST_SECONDS} or less")
    seconds = profile.number(path, 0)
    return None if seconds <= _MOST_SECONDS else Finding(path, f"{seconds:g}", f"{_MOST_SECONDS} or less")


PROBE = Rule(
    id="TM-03",
    title="Traffic Manager asks for health, not whether a port opens",
    severity=Severity.MEDIUM,
    applies_to=(_PROFILE,),
    protects="clients: a proxy whose nodes are all down still opens its port",
    references=("Azure.TrafficManager.Protocol", "learn.microsoft.com, Traffic Manager endpoint monitoring"),
    remedy="set monitorConfig.protocol to HTTPS or HTTP, with the path that answers for health",
)


@PROBE.check
def _(profile: Resource) -> Finding | None:
    if not profile.same("monitorConfig.protocol", "HTTP", "HTTPS"):
        return Finding("monitorConfig.protocol", profile.text("monitorConfig.protocol") or NOTHING, "HTTPS or HTTP")
    path = profile.text("monitorConfig.path", default="/")
    return None if path != "/" else Finding("monitorConfig.path", path, "the path that answers for health")
