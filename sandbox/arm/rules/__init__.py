"""Documented ranges, formats and relations inside one resource, which the API's types do not hold.

A rule is one fact with its source. Figures are Microsoft's published ones; the source names the page.
"""

from __future__ import annotations

from sandbox.arm.finding import Finding
from sandbox.arm.rules import (
    alerts,
    consumption,
    data,
    dns,
    front_door,
    monitor,
    network,
    platform,
    postgresql,
    probes,
    redis,
    registry,
    storage,
)
from sandbox.arm.rules.rule import Rule
from sandbox.protocol.package import Values

RULES: tuple[Rule, ...] = (
    *alerts.RULES,
    *consumption.RULES,
    *data.RULES,
    *dns.RULES,
    *front_door.RULES,
    *monitor.RULES,
    *network.RULES,
    *platform.RULES,
    *postgresql.RULES,
    *probes.RULES,
    *redis.RULES,
    *registry.RULES,
    *storage.RULES,
)
"""Every rule."""

_BY_TYPE: dict[str, list[Rule]] = {}
for _each in RULES:
    for _type in _each.types:
        _BY_TYPE.setdefault(_type, []).append(_each)


def check_rules(arm_type: str, inputs: Values) -> list[Finding]:
    """What the rules of a type, and those of every type, find in opened inputs."""
    applicable = [*_BY_TYPE.get("*", ()), *_BY_TYPE.get(arm_type.lower(), ())]
    return [Finding("error", rule.kind, path, message) for rule in applicable for path, message in rule.judge(inputs)]
