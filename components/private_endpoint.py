"""Private endpoints: a service's address inside the network, under its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import network

from components.cell import Cell

if TYPE_CHECKING:
    from components.component import AmoraComponent


def private_endpoint(
    owner: AmoraComponent,
    name: str,
    *,
    cell: Cell,
    resource_group_name: pulumi.Input[str],
    resource_id: pulumi.Input[str],
    group: str,
    subnet_id: pulumi.Input[str],
    private_zone_id: pulumi.Input[str],
) -> network.PrivateDnsZoneGroup:
    """Put a service into the network.

    Args:
        owner: the component the service belongs to.
        name: logical name of the service's resource; Azure names follow from it.
        cell: the region cell.
        resource_group_name: the cell's group.
        resource_id: ARM id of the service.
        group: the service's sub-resource (learn.microsoft.com, "Private-link resource": ``vault``, ``redisEnterprise``,
            ``registry``...).
        subnet_id: subnet of the endpoints.
        private_zone_id: private DNS zone of the service.

    Returns:
        The zone group: when it exists, the private name answers.
    """
    endpoint = network.PrivateEndpoint(
        f"{name}-endpoint",
        private_endpoint_name=cell.names.of("Microsoft.Network/privateEndpoints", group.lower()),
        resource_group_name=resource_group_name,
        location=cell.location,
        subnet=network.SubnetArgs(id=subnet_id),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(name=group, private_link_service_id=resource_id, group_ids=[group])
        ],
        custom_network_interface_name=f"{cell.names.of('Microsoft.Network/privateEndpoints', group.lower())}-nic",
        tags=dict(cell.tags),
        opts=owner.child("azure-native:network:PrivateEndpoint"),
    )
    return network.PrivateDnsZoneGroup(
        f"{name}-zone-group",
        private_dns_zone_group_name="default",
        private_endpoint_name=endpoint.name,
        resource_group_name=resource_group_name,
        private_dns_zone_configs=[
            network.PrivateDnsZoneConfigArgs(name=group.lower(), private_dns_zone_id=private_zone_id)
        ],
        opts=owner.child("azure-native:network:PrivateDnsZoneGroup"),
    )
