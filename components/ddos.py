"""DDoS Network Protection: the plan that a virtual network is joined to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_azure_native import network

if TYPE_CHECKING:
    from components.network import Network, NetworkArgs


def ddos_plan(owner: Network, name: str, args: NetworkArgs) -> network.SubResourceArgs | None:
    """The plan of the network: the one that is named, a new one, or None where the network has none.

    A plan costs the same whether it protects one network or a hundred, so a tenant needs one.
    """
    if not args.ddos_protection:
        return None
    if args.ddos_plan_id:
        return network.SubResourceArgs(id=args.ddos_plan_id)
    plan = network.DdosProtectionPlan(
        f"{name}-ddos",
        ddos_protection_plan_name=args.cell.names.of("Microsoft.Network/ddosProtectionPlans"),
        resource_group_name=args.resource_group_name,
        location=args.cell.location,
        tags=dict(args.cell.tags),
        opts=owner.child("azure-native:network:DdosProtectionPlan"),
    )
    return network.SubResourceArgs(id=plan.id)
