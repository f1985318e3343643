"""Every rule of the pack, in the order of the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Final

from policies.rule import AnyRule, Rule, StackRule
from policies.services import (
    application_gateway,
    certificates,
    container_apps,
    container_environments,
    container_ingress,
    container_registry,
    cost,
    data_protection,
    defender,
    dns,
    front_door,
    governance,
    identity,
    key_vault,
    kubernetes,
    load_balancers,
    monitoring,
    network,
    postgresql,
    redis,
    storage,
    traffic_manager,
    virtual_machines,
)

SERVICES: Final[tuple[ModuleType, ...]] = (
    governance,
    cost,
    data_protection,
    network,
    key_vault,
    certificates,
    monitoring,
    identity,
    container_environments,
    container_apps,
    container_ingress,
    container_registry,
    kubernetes,
    virtual_machines,
    load_balancers,
    postgresql,
    redis,
    front_door,
    application_gateway,
    traffic_manager,
    storage,
    dns,
    defender,
)
"""One module a service; a rule is a constant of it."""


def declared(modules: Iterable[ModuleType]) -> tuple[AnyRule, ...]:
    """The rules of some modules.

    Raises:
        ValueError: two rules have the same id.
    """
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Rule | StackRule)]
    ids = [rule.id for rule in found]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise ValueError(f"rule ids are given twice: {', '.join(twice)}; an id never names two rules")
    return tuple(found)


RULES: Final = declared(SERVICES)
