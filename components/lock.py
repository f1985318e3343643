"""Azure's delete locks on what holds data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import authorization

if TYPE_CHECKING:
    from components.component import AmoraComponent


def delete_lock(owner: AmoraComponent, name: str, resource_id: pulumi.Input[str], why: str) -> None:
    """Lock a resource against deletion, also from outside Pulumi.

    Args:
        owner: the component the resource belongs to.
        name: logical name of the locked resource.
        resource_id: its ARM id.
        why: shown to whoever meets the lock; at most 512 characters.
    """
    authorization.ManagementLockByScope(
        f"{name}-lock",
        lock_name="keep",
        scope=resource_id,
        level="CanNotDelete",
        notes=why,
        opts=owner.child("azure-native:authorization:ManagementLockByScope"),
    )
