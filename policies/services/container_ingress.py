"""The ingress of Container Apps: which ports, reachable by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.finding import Finding, Unread
from policies.judgements import NOTHING, about, each
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import Judged, Rule, Severity, StackRule
from policies.services.closed_ports import PLAIN
from policies.services.container_environments import ENVIRONMENT, is_edge, is_internal

APP: Final = "azure-native:app:ContainerApp"
_PUBLIC_PORTS: Final = frozenset({443, 8883})


@dataclass(frozen=True, slots=True)
class _Port:
    """A port of an app that something outside its environment reaches. target: of the container, 0 if unsaid."""

    path: str
    exposed: int
    target: int


PLAIN_PORTS = Rule(
    id="ING-01",
    title="No app exposes plain MQTT or the dashboard, not even inside the network",
    severity=Severity.CRITICAL,
    applies_to=(APP,),
    protects="the brokers' control plane, and what devices say",
    references=("docs.emqx.com, Security guide: listeners",),
    remedy="take the port out of the ingress; nodes expose the ports of components/ports.py",
)


@PLAIN_PORTS.check
def _(app: Resource) -> Iterator[Finding]:
    for port in _ports(app, outside_only=False):
        if port.exposed in PLAIN:
            yield Finding(port.path, f"{port.exposed} ({PLAIN[port.exposed]})", "a port of components/ports.py")


PUBLIC_PORTS = StackRule(
    id="ING-02",
    title="Nothing but MQTT over TLS and HTTPS is reachable from the internet",
    severity=Severity.CRITICAL,
    about=(APP,),
    protects="the brokers' control plane and the ports between nodes",
    references=("Azure.ContainerApp.ExternalIngress", "MCSB NS-1"),
    remedy="set external to false, or move the app into an internal environment",
)


@PUBLIC_PORTS.check
def _(stack: Stack) -> Judged:
    return about(_public_apps(stack), _forbidden_ports)


def _forbidden_ports(app: Resource) -> Finding | None:
    wrong = [
        port for port in _ports(app, outside_only=True) if port.exposed not in _PUBLIC_PORTS or port.target in PLAIN
    ]
    if not wrong:
        return None
    shown = ", ".join(f"{port.exposed} to the container's {port.target}" for port in wrong)
    return Finding(wrong[0].path, shown, "443 and 8883, to neither plain MQTT nor the dashboard")


PUBLIC_APP = StackRule(
    id="ING-03",
    title="Only the edge app is reachable from the internet",
    severity=Severity.CRITICAL,
    about=(APP,),
    protects="everything that expects the edge in front of it",
    references=("Azure.ContainerApp.ExternalIngress",),
    remedy="set configuration.ingress.external to false, or move the app into an internal environment",
)


@PUBLIC_APP.check
def _(stack: Stack) -> Judged:
    return about(_public_apps(stack), _reachable)


def _reachable(app: Resource) -> Iterator[Finding | Unread]:
    if is_edge(app, "containerAppName"):
        return
    for port in _ports(app, outside_only=True)[:1]:
        yield Finding(port.path, "external in a public environment", "internal")


INSECURE_HTTP = Rule(
    id="ING-04",
    title="The ingress turns plain HTTP away",
    severity=Severity.HIGH,
    applies_to=(APP,),
    when=lambda app: app.given("configuration.ingress") and not app.same("configuration.ingress.transport", "tcp"),
    protects="the apps' tokens on the way",
    references=("Azure.ContainerApp.Insecure", "MCSB DP-3"),
    remedy="set configuration.ingress.allowInsecure to false",
)


@INSECURE_HTTP.check
def _(app: Resource) -> Finding | None:
    path = "configuration.ingress.allowInsecure"
    return Finding(path, "true", "false") if app.flag(path, default=False) else None


AFFINITY = Rule(
    id="ING-05",
    title="Clients are not bound to a replica",
    severity=Severity.LOW,
    applies_to=(APP,),
    when=lambda app: app.given("configuration.ingress"),
    protects="the even load of the replicas",
    references=("Azure.ContainerApp.DisableAffinity",),
    remedy="leave configuration.ingress.stickySessions out",
)


@AFFINITY.check
def _(app: Resource) -> Finding | None:
    path = "configuration.ingress.stickySessions.affinity"
    return Finding(path, "sticky", "none") if app.same(path, "sticky") else None


ALLOW_LIST = Rule(
    id="ING-06",
    title="An ingress that knows addresses names those it lets in",
    severity=Severity.LOW,
    applies_to=(APP,),
    when=lambda app: app.given("configuration.ingress.ipSecurityRestrictions"),
    protects="the app, from everyone nobody thought of",
    references=("Azure.ContainerApp.RestrictIngress",),
    remedy="write ipSecurityRestrictions with the action Allow",
)


@ALLOW_LIST.check
def _(app: Resource) -> Judged:
    return each(app.items("configuration.ingress.ipSecurityRestrictions"), _deny_list)


def _deny_list(restriction: Properties) -> Finding | None:
    if restriction.same("action", "Allow"):
        return None
    return Finding(restriction.at("action"), restriction.text("action") or NOTHING, "Allow")


def _public_apps(stack: Stack) -> list[Resource]:
    """Apps outside the internal environments of the stack; an environment that is not in the stack may be public."""
    return [app for app in stack.of(APP) if not _is_inside(stack, app)]


def _is_inside(stack: Stack, app: Resource) -> bool:
    homes = [
        home for name in ("managedEnvironmentId", "environmentId") for home in stack.linked(app, name, ENVIRONMENT)
    ]
    return bool(homes) and all(is_internal(home) for home in homes)


def _ports(app: Resource, *, outside_only: bool) -> list[_Port]:
    """The ports of an app; of its external ones alone, or of all."""
    ingress = app.group("configuration.ingress")
    found = []
    if ingress.keys():
        target = int(ingress.number("targetPort", 0))
        tcp = ingress.same("transport", "tcp")
        exposed = int(ingress.number("exposedPort", 0)) or (target if tcp else 443)
        if not outside_only or ingress.flag("external", default=False):
            found.append(_Port(ingress.at("exposedPort" if tcp else "targetPort"), exposed, target))
    for mapping in ingress.items("additionalPortMappings"):
        target = int(mapping.number("targetPort", 0))
        if not outside_only or mapping.flag("external", default=False):
            found.append(_Port(mapping.at("exposedPort"), int(mapping.number("exposedPort", 0)) or target, target))
    return found
