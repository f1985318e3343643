"""The rules between settings, one file an area; importing the package registers them all."""

from __future__ import annotations

from settings.rules import alerts, broker, capacity, cost, identity, network, platform, probe, services
from settings.rules.registry import REGISTERED, Rule

ALL: tuple[Rule, ...] = tuple(REGISTERED)

__all__ = [
    "ALL",
    "Rule",
    "alerts",
    "broker",
    "capacity",
    "cost",
    "identity",
    "network",
    "platform",
    "probe",
    "services",
]
