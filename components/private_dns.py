"""Private DNS zones, linked to the network: the names under which private endpoints and the database answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import pulumi
from pulumi_azure_native import privatedns

if TYPE_CHECKING:
    from components.network import Network, NetworkArgs

# Service -> zone. learn.microsoft.com, "Azure private endpoint private DNS zone values"; a VNet-injected PostgreSQL
# server takes any zone that ends in postgres.database.azure.com.
ZONES: Final[Mapping[str, str]] = {
    "blob": "privatelink.blob.core.windows.net",
    "classic-redis": "privatelink.redis.cache.windows.net",
    "database": "{environment}-{region}.private.postgres.database.azure.com",
    "redis": "privatelink.redis.azure.net",
    "registry": "privatelink.azurecr.io",
    "vault": "privatelink.vaultcore.azure.net",
}


def private_zones(owner: Network, args: NetworkArgs, network_id: pulumi.Input[str]) -> dict[str, pulumi.Output[str]]:
    """The zones and their links; ids of the zones by service.

    A zone's id comes from its link: what needs the zone needs it answering in the network.
    """
    names = args.cell.names
    made: dict[str, pulumi.Output[str]] = {}
    for service, pattern in ZONES.items():
        zone = privatedns.PrivateZone(
            f"{service}-zone",
            private_zone_name=pattern.format(environment=names.environment, region=names.region),
            resource_group_name=args.resource_group_name,
            location="global",
            tags=dict(args.cell.tags),
            opts=owner.child("azure-native:privatedns:PrivateZone"),
        )
        link = privatedns.VirtualNetworkLink(
            f"{service}-zone-link",
            virtual_network_link_name="network",
            private_zone_name=zone.name,
            resource_group_name=args.resource_group_name,
            location="global",
            virtual_network=privatedns.SubResourceArgs(id=network_id),
            registration_enabled=False,
            tags=dict(args.cell.tags),
            opts=owner.child("azure-native:privatedns:VirtualNetworkLink"),
        )
        made[service] = pulumi.Output.all(zone.id, link.id).apply(lambda ids: ids[0])
    return made
