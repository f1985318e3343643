"""The way out of the network: a NAT gateway with an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pulumi
from pulumi_azure_native import network

from components.diagnostics import diagnostics

if TYPE_CHECKING:
    from components.network import Network, NetworkArgs

# Longer than the longest silence between two uses of a connection to a token issuer or an upstream registry; 4 to 120.
_IDLE_MINUTES: Final = 4


def nat_gateway(owner: Network, name: str, args: NetworkArgs) -> tuple[network.NatGateway, pulumi.Output[str]]:
    """The gateway and its public address.

    A Standard gateway lives in one zone. Its address is pinned to the same zone; without a zone the address spans all.
    """
    cell = args.cell
    address = network.PublicIPAddress(
        f"{name}-outbound",
        public_ip_address_name=cell.names.of("Microsoft.Network/publicIPAddresses", "outbound"),
        resource_group_name=args.resource_group_name,
        location=cell.location,
        sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        zones=[args.nat_zone] if args.nat_zone else list(cell.zones),
        tags=dict(cell.tags),
        opts=owner.child("azure-native:network:PublicIPAddress"),
    )
    diagnostics(owner, f"{name}-outbound", address.id, args.workspace_id)
    gateway = network.NatGateway(
        f"{name}-nat",
        nat_gateway_name=cell.names.of("Microsoft.Network/natGateways"),
        resource_group_name=args.resource_group_name,
        location=cell.location,
        sku=network.NatGatewaySkuArgs(name="Standard"),
        idle_timeout_in_minutes=_IDLE_MINUTES,
        public_ip_addresses=[network.SubResourceArgs(id=address.id)],
        zones=[args.nat_zone] if args.nat_zone else [],
        tags=dict(cell.tags),
        opts=owner.child("azure-native:network:NatGateway"),
    )
    return gateway, address.ip_address.apply(lambda text: text or "")
