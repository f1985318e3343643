"""What a way in needs and gives, whichever it is. It stands on both sides of the edge: hosts before, entry behind it.

The edge must know the Front Doors it believes, or the name its ingress answers to, before it runs; the entry points to
the edge, and so comes after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pulumi

from components.cell import Cell
from components.component import AmoraComponent
from components.edge.edge import CustomDomain

PATH: Final = "/mqtt"
"""Where the edge takes WebSockets; the subprotocol is ``mqtt``."""

HEALTH_PATH: Final = "/healthz"
"""Where the edge says whether a node is up and this region takes clients."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryHostsArgs:
    """What the hosts need.

    sku: of Front Door. zone_name, zone: the public zone, as resource and in text. hosts: names below the zone, such as
    ``ws``; one for each Front Door, one alone without. delegated: whether the zone answers to the world. certificate:
    of the direct way: asked for, or issued and bound. environment_id, environment_domain, verification_id: of the
    edge's environment: its default domain, and what proves to it that a name is ours.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    sku: Literal["Standard", "Premium"]
    zone_name: pulumi.Input[str]
    zone: str
    hosts: tuple[str, ...]
    delegated: bool
    certificate: Literal["requested", "bound"]
    environment_id: pulumi.Input[str]
    environment_domain: pulumi.Input[str]
    verification_id: pulumi.Input[str]


class EntryHosts(AmoraComponent):
    """What the edge must know of the way in.

    front_door_ids: of the Front Doors whose requests the edge believes; none: requests come straight. profile_names,
    profile_ids: of the same, the ids ARM's. custom_domain: the name of ours on the edge's ingress. edge_host: where
    the edge's ingress answers, known before the edge is there. ready: what must be there before the edge.
    """

    front_door_ids: tuple[pulumi.Output[str], ...] = ()
    profile_names: tuple[pulumi.Output[str], ...] = ()
    profile_ids: tuple[pulumi.Output[str], ...] = ()
    custom_domain: CustomDomain | None = None
    edge_host: pulumi.Output[str]
    ready: tuple[pulumi.Resource, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryArgs:
    """What the entry needs.

    made: the hosts. zone_id, zone_name, zone: the public zone. environment_name: of the edge's environment;
    environment: the same, with which its certificates go. edge_host: where the edge's ingress answers. edge_ready: the
    edge. The rest as in :class:`EntryHostsArgs`.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    sku: Literal["Standard", "Premium"]
    made: EntryHosts
    zone_id: pulumi.Input[str]
    zone_name: pulumi.Input[str]
    zone: str
    hosts: tuple[str, ...]
    delegated: bool
    environment_name: pulumi.Input[str]
    environment: pulumi.Resource
    edge_host: pulumi.Input[str]
    edge_ready: tuple[pulumi.Resource, ...]


class Entry(AmoraComponent):
    """Where apps connect to. endpoints: addresses of the WebSocket, each good for a share of the apps."""

    endpoints: list[pulumi.Output[str]]


def address(host: pulumi.Input[str]) -> pulumi.Output[str]:
    """The WebSocket's address on a host."""
    return pulumi.Output.concat("wss://", host, PATH)


def edge_host(cell: Cell, environment_domain: pulumi.Input[str]) -> pulumi.Output[str]:
    """Where the edge's ingress answers: Container Apps makes it of the app's name and the environment's domain."""
    return pulumi.Output.concat(cell.names.of("Microsoft.App/containerApps", "edge"), ".", environment_domain)
