"""Role assignments: a right of a principal on a scope, under a name that never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal
from uuid import UUID, uuid5

import pulumi
from pulumi_azure_native import authorization

if TYPE_CHECKING:
    from components.component import AmoraComponent

# Of this project: two projects never make the same name for the same right.
_NAMESPACE: Final = UUID("6f1f0c1e-8f0b-5d0c-9c58-3a9f7d2b7c11")

ROLES: Final[Mapping[str, str]] = {
    "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "Container Apps Jobs Operator": "b9a307c4-5aa3-4b52-ba60-2b17c136cd7b",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
}
"""Azure's built-in roles that the platform gives away, by name (learn.microsoft.com, Azure built-in roles)."""


def role_assignment(  # noqa: PLR0913 - who, what and where are each said by name
    owner: AmoraComponent,
    name: str,
    *,
    scope: pulumi.Input[str],
    scope_name: str,
    identity_name: str,
    principal_id: pulumi.Input[str],
    role: str,
    principal_type: Literal["Group", "ServicePrincipal"] = "ServicePrincipal",
    depends_on: Sequence[pulumi.Resource] = (),
) -> authorization.RoleAssignment:
    """Give a principal a built-in role.

    Args:
        owner: the component that needs the right.
        name: logical name, such as ``emqx-1-secrets``.
        scope: ARM id of what the right is on.
        scope_name: the same in text known before a deployment, such as ``Microsoft.KeyVault/vaults/kv-amora-prod``.
            The assignment's name is made of it, of the identity's name and of the role, so that a preview knows it and
            a right is never given twice.
        identity_name: name of the identity, or the object id of a group.
        principal_id: object id of its service principal, or of the group.
        principal_type: whose object id that is.
        role: a key of :data:`ROLES`.
        depends_on: what must exist first though no input says so.

    Raises:
        KeyError: the role is not among :data:`ROLES`.
    """
    definition = ROLES[role]
    return authorization.RoleAssignment(
        f"{name}-role",
        role_assignment_name=str(uuid5(_NAMESPACE, f"{scope_name}|{identity_name}|{role}".lower())),
        scope=scope,
        role_definition_id=pulumi.Output.from_input(scope).apply(
            lambda target: (
                f"/subscriptions/{target.split('/')[2]}/providers/Microsoft.Authorization/roleDefinitions/{definition}"
            )
        ),
        principal_id=principal_id,
        # Without it Azure looks the principal up in the directory, which may not know a new identity yet.
        principal_type=principal_type,
        opts=owner.child("azure-native:authorization:RoleAssignment", depends_on=depends_on),
    )
