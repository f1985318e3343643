"""Rules of vaults and apps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known
from sandbox.protocol.package import Values

_VAULT: Final = "microsoft.keyvault/vaults"
_APP: Final = "microsoft.app/containerapps"
# Consumption profile: learn.microsoft.com, Containers in Azure Container Apps, allocations.
_PAIRS: Final = {cpu / 4: cpu / 2 for cpu in range(1, 17)}


def _pairs(values: Values) -> Iterator[tuple[str, str]]:
    if known(values, "workloadProfileName") not in (None, "Consumption"):
        return
    containers = known(values, "template.containers") or []
    cpu = sum(float(known(each, "resources.cpu") or 0) for each in containers)
    memory = sum(float(str(known(each, "resources.memory") or "0Gi").removesuffix("Gi")) for each in containers)
    if containers and cpu and _PAIRS.get(cpu) != memory:
        wanted = ", ".join(f"{key:g}/{value:g}Gi" for key, value in _PAIRS.items())
        yield "template.containers", f"{cpu:g} vCPU with {memory:g}Gi is no allocation; allowed are {wanted}"


def _replicas(values: Values) -> Iterator[tuple[str, str]]:
    low, high = known(values, "template.scale.minReplicas"), known(values, "template.scale.maxReplicas")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield "template.scale.minReplicas", f"{low} is above maxReplicas {high}"


def _extra_ports(values: Values) -> Iterator[tuple[str, str]]:
    ports = known(values, "configuration.ingress.additionalPortMappings") or []
    if len(ports) > 5:
        yield "configuration.ingress.additionalPortMappings", f"{len(ports)} additional ports; at most 5"


def _tcp_port(values: Values) -> Iterator[tuple[str, str]]:
    if str(known(values, "configuration.ingress.transport")).lower() != "tcp":
        return
    port = known(values, "configuration.ingress.exposedPort")
    if port in (80, 443):
        yield "configuration.ingress.exposedPort", f"{port} belongs to HTTP ingress; TCP takes any other port"


RULES: Final = (
    between(
        "vault-retention",
        _VAULT,
        "properties.softDeleteRetentionInDays",
        7,
        90,
        "learn.microsoft.com, Key Vault soft-delete overview",
    ),
    Rule("app-allocation", (_APP,), "relation", "learn.microsoft.com, Containers in Azure Container Apps", _pairs),
    between("app-replicas", _APP, "template.scale.maxReplicas", 1, 1000, "learn.microsoft.com, Container Apps scaling"),
    Rule("app-replica-order", (_APP,), "relation", "learn.microsoft.com, Container Apps scaling", _replicas),
    Rule("app-extra-ports", (_APP,), "range", "learn.microsoft.com, Ingress in Container Apps", _extra_ports),
    Rule("app-tcp-port", (_APP,), "relation", "learn.microsoft.com, Ingress in Container Apps", _tcp_port),
    between(
        "app-grace",
        _APP,
        "template.terminationGracePeriodSeconds",
        0,
        600,
        "REST: ContainerApp template.terminationGracePeriodSeconds",
    ),
)
