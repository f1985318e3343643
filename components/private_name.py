"""A name of our own that answers inside the network alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pulumi
from pulumi_azure_native import privatedns

from components.cell import Cell

if TYPE_CHECKING:
    from components.component import AmoraComponent

# Short: a replaced environment has another address.
_SECONDS: Final = 60


def private_name(
    owner: AmoraComponent,
    name: str,
    *,
    cell: Cell,
    resource_group_name: pulumi.Input[str],
    network_id: pulumi.Input[str],
    host: str,
    addresses: Sequence[pulumi.Input[str]],
) -> list[pulumi.Resource]:
    """Give a host name its addresses, by a private zone of exactly that name: names beside it stay as they are.

    Args:
        owner: the component that answers there.
        name: logical name.
        cell: the region cell.
        resource_group_name: the cell's group.
        network_id: the virtual network in which the name answers.
        host: the whole name, such as ``crl.amora.example.com``.
        addresses: IPv4 addresses inside the network.

    Returns:
        What must exist until the name answers.
    """
    zone = privatedns.PrivateZone(
        f"{name}-zone",
        private_zone_name=host,
        resource_group_name=resource_group_name,
        location="global",
        tags=dict(cell.tags),
        opts=owner.child("azure-native:privatedns:PrivateZone"),
    )
    link = privatedns.VirtualNetworkLink(
        f"{name}-zone-link",
        virtual_network_link_name="network",
        private_zone_name=zone.name,
        resource_group_name=resource_group_name,
        location="global",
        virtual_network=privatedns.SubResourceArgs(id=network_id),
        registration_enabled=False,
        tags=dict(cell.tags),
        opts=owner.child("azure-native:privatedns:VirtualNetworkLink"),
    )
    record = privatedns.PrivateRecordSet(
        f"{name}-name",
        relative_record_set_name="@",
        record_type="A",
        private_zone_name=zone.name,
        resource_group_name=resource_group_name,
        ttl=_SECONDS,
        a_records=[privatedns.ARecordArgs(ipv4_address=each) for each in addresses],
        opts=owner.child("azure-native:privatedns:PrivateRecordSet"),
    )
    return [link, record]
