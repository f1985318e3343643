"""Load balancers: how clients come in to machines and to Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.finding import Finding, Unread
from policies.judgements import NOTHING, about, each, in_zones, is_text
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.closed_ports import PLAIN, opened

_BALANCER: Final = "azure-native:network:LoadBalancer"
_NAT_RULE: Final = "azure-native:network:InboundNatRule"
# Devices and apps send something every 15 minutes at most; a connection must not be forgotten before.
_LEAST_IDLE: Final = 15
# Azure's own where it is left out, in minutes.
_DEFAULT_IDLE: Final = 4
_EVERY_PORT: Final = (0, 65535)

SKU = Rule(
    id="LB-01",
    title="Load balancers are Standard",
    severity=Severity.HIGH,
    applies_to=(_BALANCER,),
    protects="what is behind them: Basic is open to everyone, has no SLA and was retired on 2025-09-30",
    references=("Azure.LB.StandardSKU",),
    remedy="set sku.name to Standard; it is create-only",
    judge=is_text("sku.name", "Standard", "Gateway", default="Basic"),
)

ZONES = Rule(
    id="LB-02",
    title="An internal entry of production outlives a zone",
    severity=Severity.MEDIUM,
    applies_to=(_BALANCER,),
    protects="every connection through it; a public entry has the zones of its address (NET-07)",
    references=("Azure.LB.AvailabilityZone",),
    remedy="name at least two zones in zones of the frontend; they are set at creation",
    levels=IN_PROD,
)


@ZONES.check
def _(balancer: Resource) -> Judged:
    return each(balancer.items("frontendIPConfigurations"), _in_one_zone)


def _in_one_zone(frontend: Properties) -> Finding | None:
    return None if _is_public(frontend) else in_zones(frontend, "zones", 2, "two zones or more")


LONG_CONNECTIONS = Rule(
    id="LB-03",
    title="A load balancer forgets no connection that is alive, and ends those it forgets",
    severity=Severity.HIGH,
    applies_to=(_BALANCER,),
    protects="devices, which find out by their own keep-alive only that a connection is gone",
    references=("learn.microsoft.com, Load Balancer TCP Reset and Idle Timeout",),
    remedy=f"set enableTcpReset to true and idleTimeoutInMinutes to {_LEAST_IDLE} or more",
)


@LONG_CONNECTIONS.check
def _(balancer: Resource) -> Judged:
    return each(balancer.items("loadBalancingRules"), _forgetful)


def _forgetful(rule: Properties) -> Iterator[Finding | Unread]:
    if rule.same("protocol", "Udp"):
        return
    if not rule.flag("enableTcpReset", default=False):
        yield Finding(rule.at("enableTcpReset"), "false", "true")
    idle = rule.number("idleTimeoutInMinutes", _DEFAULT_IDLE)
    if idle < _LEAST_IDLE:
        yield Finding(rule.at("idleTimeoutInMinutes"), f"{idle:g}", f"{_LEAST_IDLE} or more")


PROBED = Rule(
    id="LB-04",
    title="A load balancer asks whether a node takes clients",
    severity=Severity.HIGH,
    applies_to=(_BALANCER,),
    protects="clients, from a node that is up and serves nobody",
    references=("Azure.LB.Probe",),
    remedy="give every rule a probe",
)


@PROBED.check
def _(balancer: Resource) -> Judged:
    return each(balancer.items("loadBalancingRules"), _unprobed)


def _unprobed(rule: Properties) -> Finding | None:
    return None if rule.given("probe") else Finding(rule.at("probe"), NOTHING, "a probe")


PROBE_KIND = Rule(
    id="LB-05",
    title="A probe asks for health, not whether a port opens",
    severity=Severity.MEDIUM,
    applies_to=(_BALANCER,),
    protects="clients: a proxy whose nodes are all down still opens its port",
    references=("learn.microsoft.com, Azure Load Balancer health probes",),
    remedy="set protocol of the probe to Http or Https, with the path that answers for health",
)


@PROBE_KIND.check
def _(balancer: Resource) -> Judged:
    return each(balancer.items("probes"), _asks_for_port)


def _asks_for_port(probe: Properties) -> Iterator[Finding | Unread]:
    if not probe.same("protocol", "Http", "Https"):
        yield Finding(probe.at("protocol"), probe.text("protocol") or NOTHING, "Http or Https")
    elif probe.text("requestPath", default="/") == "/":
        yield Finding(probe.at("requestPath"), "/", "the path that answers for health")


CLOSED_PORTS = StackRule(
    id="LB-06",
    title="No public load balancer leads to plain MQTT, the dashboard, the ports between nodes or SSH",
    severity=Severity.CRITICAL,
    about=(_BALANCER, _NAT_RULE),
    protects="the brokers' control plane and the nodes",
    references=("MCSB NS-1", "Azure.NSG.AnyInboundSource"),
    remedy="take the port out of the rule; people reach nodes by Run Command",
)


@CLOSED_PORTS.check
def _(stack: Stack) -> Iterator[Finding | Unread]:
    balancers = [each for each in stack.of(_BALANCER) if any(map(_is_public, each.items("frontendIPConfigurations")))]
    yield from about(balancers, _leading_inside)
    inside = set(stack.of(_BALANCER)) - set(balancers)
    rules = [
        each for each in stack.of(_NAT_RULE) if not inside & set(stack.linked(each, "loadBalancerName", _BALANCER))
    ]
    yield from about(rules, _forbidden)


def _is_public(frontend: Properties) -> bool:
    return frontend.given("publicIPAddress") or frontend.given("publicIPPrefix")


def _leading_inside(balancer: Resource) -> Iterator[Finding | Unread]:
    rules = (
        rule for name in ("loadBalancingRules", "inboundNatRules", "inboundNatPools") for rule in balancer.items(name)
    )
    yield from each(rules, _forbidden)


def _forbidden(rule: Properties) -> Iterator[Finding | Unread]:
    if rule.same("protocol", "Udp"):
        return
    ports = [*opened(_frontend_ports(rule))]
    behind = int(rule.number("backendPort", 0))
    ports += [f"{behind} ({PLAIN[behind]}) of the node"] if behind in PLAIN else []
    if ports:
        yield Finding(rule.at("frontendPort"), f"{', '.join(ports)} open to anyone", "a port that clients use")


def _frontend_ports(rule: Properties) -> list[tuple[int, int]]:
    port = int(rule.number("frontendPort", 0))
    first = int(rule.number("frontendPortRangeStart", 0) or port)
    last = int(rule.number("frontendPortRangeEnd", 0) or port)
    # Port 0 of a rule for every protocol means every port.
    return [(first, last)] if first else [_EVERY_PORT]
