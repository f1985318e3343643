"""What the groups of operators may do besides what the platform's own apps do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

from components.app_identity import Right
from components.cell import Cell
from components.component import AmoraComponent
from components.role_assignment import role_assignment


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorRightsArgs:
    """Who may do what.

    groups: Entra groups, display name by object id. rights: of each of them, on one resource each.
    """

    cell: Cell
    groups: Mapping[str, str]
    rights: tuple[Right, ...]


class OperatorRights(AmoraComponent):
    """The rights of groups, so that who joins or leaves one needs no deployment.

    assignments: one a group and right.
    """

    token = "amora:identity:OperatorRights"
    assignments: list[authorization.RoleAssignment]

    def __init__(self, name: str, args: OperatorRightsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.assignments = [
            role_assignment(
                self,
                f"{name}-{group}-{right.name}",
                scope=right.scope,
                scope_name=right.scope_name,
                identity_name=group,
                principal_id=group,
                role=right.role,
                principal_type="Group",
                depends_on=right.after,
            )
            for group in sorted(args.groups)
            for right in args.rights
        ]
        self.register_outputs({})
