"""The resource group of a region cell."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import resources

from components.cell import Cell
from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceGroupArgs:
    """What a resource group needs: its cell."""

    cell: Cell


class ResourceGroup(AmoraComponent):
    """One resource group for all of a cell: it is deployed, locked and deleted as one."""

    token = "amora:foundation:ResourceGroup"
    name: pulumi.Output[str]
    group_id: pulumi.Output[str]

    def __init__(self, name: str, args: ResourceGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        group = resources.ResourceGroup(
            f"{name}-group",
            resource_group_name=args.cell.names.of("Microsoft.Resources/resourceGroups"),
            location=args.cell.location,
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:resources:ResourceGroup", protect=args.cell.protect),
        )
        self.name = group.name
        self.group_id = group.id
        self.register_outputs({"name": self.name, "groupId": self.group_id})
