"""Names that exist once in a wider scope than their resource group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.arm.names import NAMES, Scope
from sandbox.azure import errors, ids
from sandbox.azure.errors import ArmError
from sandbox.store import Store

_CODES: Final[Mapping[str, str]] = {
    # ARM type in lower case -> Azure's code when the name is somebody's already; others say NameNotAvailable
    "microsoft.azureactivedirectory/b2cdirectories": "DomainNameNotAvailable",
    "microsoft.azureactivedirectory/ciamdirectories": "DomainNameNotAvailable",
    "microsoft.cache/redis": "NameNotAvailable",
    "microsoft.cdn/profiles/afdendpoints": "NameNotAvailable",
    "microsoft.containerregistry/registries": "AlreadyInUse",
    "microsoft.dbforpostgresql/flexibleservers": "ServerNameAlreadyExists",
    "microsoft.keyvault/vaults": "VaultAlreadyExists",
    "microsoft.network/trafficmanagerprofiles": "DomainNameNotAvailable",
    "microsoft.storage/storageaccounts": "StorageAccountAlreadyTaken",
}


def refusal(resource: ids.ArmId, store: Store) -> ArmError | None:
    """Azure's refusal when another resource has the name of a globally unique type; None otherwise.

    Only names inside the sandbox can be known: whether a name is free on Azure is not proven here.
    """
    rule = NAMES.get(resource.type.lower())
    if rule is None or rule.scope is not Scope.GLOBAL:
        return None
    code = _CODES.get(resource.type.lower(), "NameNotAvailable")
    for other in store.of_type(resource.type):
        parsed = ids.parse(other.id)
        same_name = parsed is not None and parsed.name.lower() == resource.name.lower()
        if same_name and other.id.lower() != resource.text.lower():
            return errors.NAME_TAKEN(code=code, name=resource.name, type=resource.type, scope="all of Azure")
    return None
