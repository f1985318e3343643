"""Functions of azure-native a program may call, by token."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from sandbox import wire
from sandbox.azure import errors, ids, outputs
from sandbox.azure.errors import ArmError
from sandbox.protocol.package import Values
from sandbox.store import Store

Function = Callable[[Store, Values], Values]


def _client_config(_: Store, __: Values) -> Values:
    return {
        "clientId": ids.CLIENT_ID,
        "objectId": ids.CLIENT_ID,
        "subscriptionId": ids.SUBSCRIPTION_ID,
        "tenantId": ids.TENANT_ID,
    }


def _getter(arm_type: str, *name_inputs: str) -> Function:
    """A ``get...`` function: the resource as it is, or Azure's 404."""

    def get(store: Store, arguments: Values) -> Values:
        opened = wire.plain(arguments)
        namespace, *types = arm_type.split("/")
        path = "".join(f"/{kind}/{opened[name]}" for kind, name in zip(types, name_inputs, strict=True))
        group = opened["resourceGroupName"]
        found = store.get(f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/{group}/providers/{namespace}{path}")
        if found is None:
            raise errors.RESOURCE_NOT_FOUND(resource=f"{arm_type}/{opened[name_inputs[-1]]}", group=group)
        return {"id": found.id, **outputs.merged(found.inputs, found.outputs)}

    return get


def _keys_of(arm_type: str, *name_inputs: str) -> Function:
    """A ``list...Keys`` function: two keys that stay what they are while the resource is there."""
    get = _getter(arm_type, *name_inputs)

    def keys(store: Store, arguments: Values) -> Values:
        resource = get(store, arguments)["id"].lower()
        drawn = {name: b64encode(sha256(f"{resource}#{name}".encode()).digest()).decode() for name in _KEYS}
        return dict(drawn)

    return keys


_KEYS: Final = ("primaryKey", "secondaryKey")

FUNCTIONS: Final[Mapping[str, Function]] = {
    "azure-native:authorization:getClientConfig": _client_config,
    "azure-native:keyvault:getVault": _getter("Microsoft.KeyVault/vaults", "vaultName"),
    "azure-native:redis:listRedisKeys": _keys_of("Microsoft.Cache/redis", "name"),
    "azure-native:redisenterprise:listDatabaseKeys": _keys_of(
        "Microsoft.Cache/redisEnterprise/databases", "clusterName", "databaseName"
    ),
    "azure-native:network:getVirtualNetwork": _getter("Microsoft.Network/virtualNetworks", "virtualNetworkName"),
}


def call(store: Store, token: str, arguments: Values) -> Values:
    """Answer a function call; a token without an answer is an error."""
    function = FUNCTIONS.get(token)
    if function is None:
        raise ArmError(
            501,
            "NotInSandbox",
            f"the function {token} has no stand-in; known are {', '.join(sorted(FUNCTIONS))}. "
            "Add it to sandbox/azure/functions.py",
        )
    return function(store, arguments)
