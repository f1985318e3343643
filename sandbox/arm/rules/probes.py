"""Rules of a container's probes and of an app's additional ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sandbox.arm.rules.rule import Rule, known
from sandbox.protocol.package import Values

_APP: Final = "microsoft.app/containerapps"
_PROBE: Final = "Microsoft.App REST: ContainerAppProbe"

# Property of a probe -> lowest and highest value.
_FIGURES: Final = {
    "initialDelaySeconds": (1, 60),
    "periodSeconds": (1, 240),
    "timeoutSeconds": (1, 240),
    "failureThreshold": (1, 10),
    "successThreshold": (1, 10),
}


def _probes(values: Values) -> Iterator[tuple[str, Any]]:
    """Each probe with the path it stands at."""
    for number, container in enumerate(known(values, "template.containers") or []):
        for position, probe in enumerate(known(container, "probes") or []):
            yield f"template.containers[{number}].probes[{position}]", probe


def _figures(values: Values) -> Iterator[tuple[str, str]]:
    for path, probe in _probes(values):
        for name, (low, high) in _FIGURES.items():
            figure = known(probe, name)
            if isinstance(figure, int | float) and not low <= figure <= high:
                yield f"{path}.{name}", f"{figure} is outside {low} to {high}"


def _one_success(values: Values) -> Iterator[tuple[str, str]]:
    for path, probe in _probes(values):
        kind, successes = known(probe, "type"), known(probe, "successThreshold")
        if kind in ("Liveness", "Startup") and successes not in (None, 1):
            yield f"{path}.successThreshold", f"{successes} with {kind}, which takes 1"


def _kinds(values: Values) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for path, probe in _probes(values):
        kind = known(probe, "type")
        container = path.rpartition(".")[0]
        if kind is not None and (container, kind) in seen:
            yield f"{path}.type", f"a second {kind} probe; a container has one of each"
        seen.add((container, str(kind)))


def _reach(values: Values) -> Iterator[tuple[str, str]]:
    if known(values, "configuration.ingress.external"):
        return
    for position, port in enumerate(known(values, "configuration.ingress.additionalPortMappings") or []):
        if known(port, "external"):
            path = f"configuration.ingress.additionalPortMappings[{position}].external"
            yield path, "an additional port is external only where the app's ingress is"


RULES: Final = (
    Rule("app-probe-figures", (_APP,), "range", _PROBE, _figures),
    Rule("app-probe-success", (_APP,), "relation", _PROBE, _one_success),
    Rule("app-probe-kinds", (_APP,), "relation", "learn.microsoft.com, Health probes in Container Apps", _kinds),
    Rule("app-extra-port-reach", (_APP,), "relation", "learn.microsoft.com, Ingress in Container Apps", _reach),
)
