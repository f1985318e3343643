"""What Azure keeps after a deletion: vaults and their secrets, until they are purged or recovered.

learn.microsoft.com, Key Vault soft-delete overview: a deleted vault keeps its name and comes back with all that was in
it; a deleted secret keeps its name in the vault.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sandbox import wire
from sandbox.azure import errors, ids
from sandbox.azure.errors import ArmError
from sandbox.protocol.package import Values
from sandbox.store import Store, StoredResource

VAULT: Final = "microsoft.keyvault/vaults"
SECRET: Final = "microsoft.keyvault/vaults/secrets"  # noqa: S105 - an ARM type


def keep(store: Store, removed: Sequence[StoredResource]) -> None:
    """Keep what is soft-deleted of the resources that one deletion removed."""
    at = time.time()
    for resource in removed:
        if resource.type.lower() in (VAULT, SECRET):
            store.put(replace(resource, created=at), soft_deleted=True)


def waiting_vault(store: Store, resource: ids.ArmId, opened: Values, location: str | None) -> StoredResource | None:
    """The deleted vault that a request takes up; None where there is none of its name.

    Raises:
        ArmError: a deleted vault holds the name, or there is none to recover.
    """
    recover = opened.get("properties", {}).get("createMode") == "recover"
    deleted = [kept for kept in store.all_soft_deleted() if kept.type.lower() == VAULT]
    waiting = [kept for kept in deleted if kept.id.rsplit("/", 1)[1].lower() == resource.name.lower()]
    if recover and not waiting:
        raise errors.NOTHING_TO_RECOVER(name=resource.name, location=location)
    if waiting and not recover:
        held = errors.SOFT_DELETED()
        raise held
    return waiting[0] if waiting else None


def restore(store: Store, vault: StoredResource) -> None:
    """Bring back the secrets that were deleted with a vault, and forget that they and it were deleted."""
    below = f"{vault.id}/".lower()
    for kept in store.all_soft_deleted():
        # What had been deleted before the vault was stays deleted in it.
        if kept.id.lower().startswith(below) and kept.created == vault.created:
            store.put(kept)
            store.purge(kept.id)
    store.purge(vault.id)


def refuse_held_secret(store: Store, resource: ids.ArmId) -> None:
    """Refuse a new secret whose name a deleted one still holds."""
    if resource.type.lower() == SECRET and store.soft_deleted(resource.text) is not None:
        raise errors.SECRET_DELETED(name=resource.name)


def refuse_from_outside(store: Store, resource: StoredResource) -> None:
    """Refuse to delete one secret of a vault that is closed to the internet.

    ARM has no DELETE of a secret: azure-native asks the vault itself, from the machine it runs on
    (pulumi-azure-native ``provider/pkg/resources/customresources/custom_keyvault.go``).
    """
    if resource.type.lower() != SECRET:
        return
    vault = store.get(resource.id.rsplit("/", 2)[0])
    access = wire.plain(vault.inputs).get("properties", {}).get("publicNetworkAccess") if vault is not None else None
    if str(access).lower() == "disabled":
        closed: ArmError = errors.VAULT_CLOSED()
        raise closed
