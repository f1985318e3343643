"""The network security group of a subnet, from the table of rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi_azure_native import network

from components.cell import Cell
from components.network_rules import Rule, rules

if TYPE_CHECKING:
    from components.component import AmoraComponent

_FIRST_PRIORITY: Final = 100
_STEP: Final = 10
# Denials come last whatever is added before them; 4096 is the highest priority number Azure takes.
_DENY_PRIORITY: Final = 4096


def security_group(
    owner: AmoraComponent,
    name: str,
    role: str,
    cell: Cell,
    resource_group_name: pulumi.Input[str],
    prefixes: Mapping[str, Sequence[str]],
    *,
    probe: bool,
) -> network.NetworkSecurityGroup:
    """The group for a subnet.

    Args:
        owner: the component the subnet belongs to.
        name: logical and Azure name part of the subnet, e.g. ``core-1``.
        role: a key of :data:`components.network_rules.RULES`.
        cell: the region cell.
        resource_group_name: the cell's group.
        prefixes: address prefixes of the subnets by role.
        probe: whether a probe runs in the core.
    """
    token = "azure-native:network:NetworkSecurityGroup"
    return network.NetworkSecurityGroup(
        f"{name}-nsg",
        network_security_group_name=cell.names.of("Microsoft.Network/networkSecurityGroups", name),
        resource_group_name=resource_group_name,
        location=cell.location,
        security_rules=[_rule(rule, number, cell, prefixes) for number, rule in enumerate(rules(role, probe=probe))],
        tags=dict(cell.tags),
        opts=owner.child(token),
    )


def _rule(rule: Rule, number: int, cell: Cell, prefixes: Mapping[str, Sequence[str]]) -> network.SecurityRuleArgs:
    priority = _DENY_PRIORITY if rule.access == "Deny" else _FIRST_PRIORITY + _STEP * number
    return network.SecurityRuleArgs(
        name=rule.name,
        direction=rule.direction,
        access=rule.access,
        priority=priority,
        protocol=rule.protocol,
        source_port_range="*",
        **_range("destination_port", rule.ports),
        **_address("source", rule.source, cell, prefixes),
        **_address("destination", rule.destination, cell, prefixes),
    )


def _range(field: str, values: Sequence[str]) -> dict[str, Any]:
    # Azure takes either one range or a list, and "*" only as one.
    return {f"{field}_range": values[0]} if len(values) == 1 else {f"{field}_ranges": list(values)}


def _address(field: str, what: str, cell: Cell, prefixes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    known = prefixes.get(what)
    if known is None:
        # Regional service tags are written with the region's display name, without spaces.
        return {f"{field}_address_prefix": what.format(location=cell.location)}
    return {f"{field}_address_prefix": known[0]} if len(known) == 1 else {f"{field}_address_prefixes": list(known)}
