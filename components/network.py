"""The virtual network of a cell: subnets with their delegations and rules, the way out, private DNS zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import network

from components.cell import Cell
from components.component import AmoraComponent
from components.ddos import ddos_plan
from components.diagnostics import diagnostics
from components.nat_gateway import nat_gateway
from components.private_dns import private_zones
from components.security_group import security_group

_CONTAINER_APPS: Final = "Microsoft.App/environments"
_POSTGRESQL: Final = "Microsoft.DBforPostgreSQL/flexibleServers"

# Role of a subnet -> the service it is delegated to; a role that is not here belongs to nobody.
_DELEGATIONS: Final[Mapping[str, str]] = {"core": _CONTAINER_APPS, "edge": _CONTAINER_APPS, "database": _POSTGRESQL}


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkArgs:
    """What a network needs.

    resource_group_name: the cell's group. workspace_id: where logs go. address_space and the prefixes of the subnets:
    IPv4 CIDR; ``core_prefixes`` one, or one a zone. nat: whether a NAT gateway is the way out. nat_zone: its zone, None
    leaves the choice to Azure. ddos_protection: whether a DDoS plan protects the network. ddos_plan_id: an existing
    plan, empty for a new one. probe: whether a probe runs in the core.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    address_space: str
    core_prefixes: tuple[str, ...]
    edge_prefix: str
    database_prefix: str
    endpoints_prefix: str
    operators_prefix: str
    nat: bool
    nat_zone: str | None
    ddos_protection: bool
    ddos_plan_id: str
    probe: bool = False

    def by_role(self) -> dict[str, tuple[str, ...]]:
        """Address prefixes by the role of their subnet, in the order the subnets are made."""
        return {
            "core": self.core_prefixes,
            "edge": (self.edge_prefix,),
            "database": (self.database_prefix,),
            "endpoints": (self.endpoints_prefix,),
            "operators": (self.operators_prefix,),
        }


class Network(AmoraComponent):
    """The cell's virtual network. Subnets are exposed by their ids, private DNS zones by the service they serve."""

    token = "amora:network:Network"
    network_id: pulumi.Output[str]
    core_subnet_ids: list[pulumi.Output[str]]
    edge_subnet_id: pulumi.Output[str]
    database_subnet_id: pulumi.Output[str]
    endpoints_subnet_id: pulumi.Output[str]
    operators_subnet_id: pulumi.Output[str]
    private_zone_ids: dict[str, pulumi.Output[str]]
    outbound_address: pulumi.Output[str] | None
    nat_gateway_id: pulumi.Output[str] | None

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        virtual_network = self._virtual_network(name, args)
        diagnostics(self, f"{name}-vnet", virtual_network.id, args.workspace_id)
        gateway, self.outbound_address = nat_gateway(self, name, args) if args.nat else (None, None)
        subnets = self._subnets(args, virtual_network, gateway)
        self.network_id = virtual_network.id
        self.nat_gateway_id = gateway.id if gateway is not None else None
        self.core_subnet_ids = [subnets[each] for each in subnets if each.startswith("core")]
        self.edge_subnet_id = subnets["edge"]
        self.database_subnet_id = subnets["database"]
        self.endpoints_subnet_id = subnets["endpoints"]
        self.operators_subnet_id = subnets["operators"]
        self.private_zone_ids = private_zones(self, args, virtual_network.id)
        self.register_outputs({"networkId": self.network_id, "subnetIds": subnets})

    def _virtual_network(self, name: str, args: NetworkArgs) -> network.VirtualNetwork:
        return network.VirtualNetwork(
            f"{name}-vnet",
            virtual_network_name=args.cell.names.of("Microsoft.Network/virtualNetworks"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            address_space=network.AddressSpaceArgs(address_prefixes=[args.address_space]),
            # Both or neither: a network that only stops being protected keeps the plan from being deleted.
            enable_ddos_protection=args.ddos_protection,
            ddos_protection_plan=ddos_plan(self, name, args),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:network:VirtualNetwork"),
        )

    def _subnets(
        self, args: NetworkArgs, virtual_network: network.VirtualNetwork, gateway: network.NatGateway | None
    ) -> dict[str, pulumi.Output[str]]:
        made: dict[str, pulumi.Output[str]] = {}
        previous: list[pulumi.Resource] = []
        for role, prefixes in args.by_role().items():
            for number, prefix in enumerate(prefixes, start=1):
                name = role if len(prefixes) == 1 and role != "core" else f"{role}-{number}"
                subnet = self._subnet(name, role, prefix, args, virtual_network, gateway, previous)
                made[name] = subnet.id
                # Azure refuses two writes on one network at a time (AnotherOperationInProgress): one chain.
                previous = [subnet]
        return made

    def _subnet(
        self,
        name: str,
        role: str,
        prefix: str,
        args: NetworkArgs,
        virtual_network: network.VirtualNetwork,
        gateway: network.NatGateway | None,
        previous: list[pulumi.Resource],
    ) -> network.Subnet:
        group = security_group(self, name, role, args.cell, args.resource_group_name, args.by_role(), probe=args.probe)
        diagnostics(self, f"{name}-nsg", group.id, args.workspace_id)
        service = _DELEGATIONS.get(role)
        delegation = network.DelegationArgs(name="service", service_name=service) if service else None
        return network.Subnet(
            f"{name}-subnet",
            subnet_name=args.cell.names.of("Microsoft.Network/virtualNetworks/subnets", name),
            resource_group_name=args.resource_group_name,
            virtual_network_name=virtual_network.name,
            address_prefix=prefix,
            default_outbound_access=False,
            delegations=[delegation] if delegation else [],
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            nat_gateway=network.SubResourceArgs(id=gateway.id) if gateway is not None else None,
            # Rules of the subnet hold for private endpoints too; Azure's default leaves them out.
            private_endpoint_network_policies="NetworkSecurityGroupEnabled" if role == "endpoints" else "Disabled",
            private_link_service_network_policies="Enabled",
            opts=self.child("azure-native:network:Subnet", depends_on=previous),
        )
