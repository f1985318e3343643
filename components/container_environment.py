"""A Container Apps environment in a subnet of its own: one address, its own ingress, its own logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import app

from components.cell import Cell
from components.component import AmoraComponent
from components.diagnostics import diagnostics


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerEnvironmentArgs:
    """What an environment needs. All but the tags is set at creation and never changed.

    role: its part of names, such as ``core-1`` or ``edge``. internal: whether its address is one of the network.
    zones: where its replicas stand: one zone, or several for an environment that Azure spreads; empty in a region
    without zones.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    role: str
    internal: bool
    zones: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CoreEnvironmentsArgs:
    """What the core environments need. subnet_ids: one for all nodes, or one a zone of the cell."""

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    subnet_ids: tuple[pulumi.Input[str], ...]


def core_environments(name: str, args: CoreEnvironmentsArgs) -> list[ContainerEnvironment]:
    """The internal environments of the broker's nodes: one that Azure spreads over the zones, or one placed in each.

    Raises:
        ValueError: there are several subnets, but not one for each zone.
    """
    several = len(args.subnet_ids) > 1
    zones = [(zone,) for zone in args.cell.zones] if several else [args.cell.zones]
    return [
        ContainerEnvironment(
            f"{name}-{number}",
            ContainerEnvironmentArgs(
                cell=args.cell,
                resource_group_name=args.resource_group_name,
                workspace_id=args.workspace_id,
                subnet_id=subnet_id,
                role=f"{name}-{number}",
                internal=True,
                zones=placed,
            ),
        )
        for number, (subnet_id, placed) in enumerate(zip(args.subnet_ids, zones, strict=True), start=1)
    ]


class ContainerEnvironment(AmoraComponent):
    """A workload profiles environment with the Consumption profile.

    static_ip: the one address of everything exposed in it. default_domain: apps answer as ``<app>.<default_domain>``.
    domain_verification_id: what a TXT record ``asuid.<name>`` says before an app of it takes a name of ours. resource:
    the environment, for what goes with it.
    """

    token = "amora:compute:ContainerEnvironment"
    name: pulumi.Output[str]
    environment_id: pulumi.Output[str]
    static_ip: pulumi.Output[str]
    default_domain: pulumi.Output[str]
    domain_verification_id: pulumi.Output[str]
    resource: app.ManagedEnvironment

    def __init__(self, name: str, args: ContainerEnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        environment = app.ManagedEnvironment(
            f"{name}-environment",
            environment_name=args.cell.names.of("Microsoft.App/managedEnvironments", args.role),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            # The group Azure puts the environment's load balancer and addresses into; Azure draws a name otherwise.
            infrastructure_resource_group=args.cell.names.of(
                "Microsoft.Resources/resourceGroups", f"{args.role}-infra"
            ),
            vnet_configuration=app.VnetConfigurationArgs(
                infrastructure_subnet_id=args.subnet_id, internal=args.internal
            ),
            # Spread over zones by Azure, or placed in the one zone that is named.
            zone_redundant=len(args.zones) > 1,
            availability_zones=list(args.zones) if len(args.zones) == 1 else None,
            public_network_access="Disabled" if args.internal else "Enabled",
            workload_profiles=[app.WorkloadProfileArgs(name="Consumption", workload_profile_type="Consumption")],
            # By diagnostic settings: the other way wants a key of the workspace.
            app_logs_configuration=app.AppLogsConfigurationArgs(destination="azure-monitor"),
            peer_traffic_configuration=app.ManagedEnvironmentPeerTrafficConfigurationArgs(
                encryption=app.ManagedEnvironmentEncryptionArgs(enabled=True)
            ),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:app:ManagedEnvironment"),
        )
        diagnostics(self, f"{name}-environment", environment.id, args.workspace_id)
        self.name = environment.name
        self.environment_id = environment.id
        self.static_ip = environment.static_ip
        self.default_domain = environment.default_domain
        self.domain_verification_id = environment.custom_domain_configuration.apply(_verification_id)
        self.resource = environment
        self.register_outputs(
            {
                "environmentId": self.environment_id,
                "staticIp": self.static_ip,
                "defaultDomain": self.default_domain,
            }
        )


def _verification_id(configuration: Any) -> str:
    return configuration.custom_domain_verification_id
