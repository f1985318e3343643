"""The identity of one app: what it may do on Azure, without a key."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import managedidentity

from components.cell import Cell
from components.component import AmoraComponent
from components.role_assignment import role_assignment


@dataclass(frozen=True, kw_only=True, slots=True)
class Right:
    """A role on a resource.

    role: a key of :data:`components.role_assignment.ROLES`. scope: ARM id of the resource. scope_name: its type and
    name, known before a deployment. name: part of the assignment's logical name, such as ``secrets``. after: what must
    exist first though the scope does not say so: Azure gives no right on what is not there.
    """

    name: str
    role: str
    scope: pulumi.Input[str]
    scope_name: str
    after: tuple[pulumi.Resource, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AppIdentityArgs:
    """What an identity needs.

    app: the app's role in names, such as ``edge``. rights: what it may do; nothing else.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    app: str
    rights: tuple[Right, ...]


class AppIdentity(AmoraComponent):
    """A user-assigned identity and its rights.

    assignments: what must exist before the app can use a right. Azure takes minutes to make a new assignment effective.
    """

    token = "amora:identity:AppIdentity"
    name: str
    identity_id: pulumi.Output[str]
    client_id: pulumi.Output[str]
    principal_id: pulumi.Output[str]
    assignments: list[pulumi.Resource]

    def __init__(self, name: str, args: AppIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.name = args.cell.names.of("Microsoft.ManagedIdentity/userAssignedIdentities", args.app)
        identity = managedidentity.UserAssignedIdentity(
            name,
            resource_name_=self.name,
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:managedidentity:UserAssignedIdentity"),
        )
        self.assignments = [
            role_assignment(
                self,
                f"{name}-{right.name}",
                scope=right.scope,
                scope_name=right.scope_name,
                identity_name=self.name,
                principal_id=identity.principal_id,
                role=right.role,
                depends_on=right.after,
            )
            for right in args.rights
        ]
        self.identity_id = identity.id
        self.client_id = identity.client_id
        self.principal_id = identity.principal_id
        self.register_outputs({"identityId": self.identity_id, "clientId": self.client_id})
