"""What Container Apps checks of an app or a job: secrets and images its identities can reach, ports nobody else has.

Key Vault secrets are read, and images pulled, with the app's own identities from inside the environment's network
(learn.microsoft.com, Manage secrets in Container Apps; microsoft/azure-container-apps issue 1287).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox import wire
from sandbox.azure import errors, ids
from sandbox.azure.errors import ArmError
from sandbox.azure.relation import Relation, Request
from sandbox.protocol.package import Values
from sandbox.store import Store, StoredResource

# Built-in roles that allow it (learn.microsoft.com, Azure built-in roles).
READS_SECRETS: Final = frozenset(
    {
        "4633458b-17de-408a-b874-0445c86b69e6",  # Key Vault Secrets User
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",  # Key Vault Secrets Officer
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",  # Key Vault Administrator
    }
)
PULLS_IMAGES: Final = frozenset(
    {
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",  # AcrPull
        "8311e382-0749-4cb8-b61a-304f252e45ec",  # AcrPush
        "b24988ac-6180-42a0-ab88-20f7382dd24c",  # Contributor
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",  # Owner
    }
)
PRIVATE_ZONES: Final[Mapping[str, str]] = {
    "Microsoft.KeyVault/vaults": "privatelink.vaultcore.azure.net",
    "Microsoft.ContainerRegistry/registries": "privatelink.azurecr.io",
}
"""The private DNS zone of a service's endpoints (learn.microsoft.com, private endpoint DNS zone values)."""

_SECRET: Final = re.compile(
    r"https://(?P<vault>[a-z0-9-]+)\.vault\.azure\.net/secrets/(?P<name>[^/]+)(/(?P<version>\w+))?", re.IGNORECASE
)


def identities_are_its_own(request: Request) -> ArmError | None:
    """Every identity that secrets and registries name is assigned to the app."""
    own = {each.lower() for each in request.inputs.get("identity", {}).get("userAssignedIdentities", ())}
    configuration = request.inputs.get("configuration", {})
    for each in (*configuration.get("secrets", ()), *configuration.get("registries", ())):
        identity = each.get("identity")
        if identity and identity.lower() not in own | {"system"}:
            return errors.IDENTITY_NOT_ASSIGNED(identity=identity, app=request.id.name)
    return None


def secrets_are_readable(request: Request) -> ArmError | None:
    """Every Key Vault secret exists, can be reached from the environment, and may be read by its identity."""
    for secret in request.inputs.get("configuration", {}).get("secrets", ()):
        if (url := secret.get("keyVaultUrl")) and not _is_readable(request, url, str(secret.get("identity", ""))):
            return errors.SECRET_NOT_FETCHED(name=secret.get("name"), identity=secret.get("identity"))
    return None


def _is_readable(request: Request, url: str, identity: str) -> bool:
    named = _SECRET.fullmatch(url)
    vault = named and _by_name(request.store, "Microsoft.KeyVault/vaults", named["vault"])
    if named is None or vault is None:
        return False
    secret = request.store.get(f"{vault.id}/secrets/{named['name']}")
    if secret is None:
        return False
    # The stand-in keeps one version of a secret: the newest.
    newest = str(secret.outputs.get("properties", {}).get("secretUriWithVersion", "")).rpartition("/")[2]
    if named["version"] not in (None, newest):
        return False
    return _may(request.store, identity, READS_SECRETS, secret.id) and _is_reachable(request, vault)


def images_are_pullable(request: Request) -> ArmError | None:
    """Every registry named by the app exists, can be reached, and gives its images to the identity."""
    registries = request.inputs.get("configuration", {}).get("registries", ())
    for image in _images(request.inputs):
        server = image.partition("/")[0]
        for each in registries:
            if each.get("server") == server and not _is_pullable(request, server, str(each.get("identity", ""))):
                return errors.IMAGE_NOT_PULLED(image=image, identity=each.get("identity"), server=server)
    return None


def _images(inputs: Values) -> Iterator[str]:
    template = inputs.get("template", {})
    for each in (*template.get("initContainers", ()), *template.get("containers", ())):
        yield str(each.get("image", ""))


def _is_pullable(request: Request, server: str, identity: str) -> bool:
    registry = next(
        (
            each
            for each in request.store.of_type("Microsoft.ContainerRegistry/registries")
            if each.outputs.get("loginServer") == server
        ),
        None,
    )
    return (
        registry is not None
        and _may(request.store, identity, PULLS_IMAGES, registry.id)
        and _is_reachable(request, registry)
    )


def _may(store: Store, identity: str, roles: frozenset[str], scope: str) -> bool:
    """Whether an identity has one of the roles on the scope or above it."""
    assigned = store.get(identity)
    principal = assigned.outputs.get("principalId") if assigned else None
    for each in store.of_type("Microsoft.Authorization/roleAssignments"):
        given = wire.plain(each.inputs)
        covers = f"{scope}/".lower().startswith(f"{ids.scope_of_extension(each.id) or ''}/".lower())
        role = str(given.get("roleDefinitionId", "")).rpartition("/")[2].lower()
        if covers and role in roles and principal is not None and given.get("principalId") == principal:
            return True
    return False


def _is_reachable(request: Request, service: StoredResource) -> bool:
    """Whether a service answers in the environment's network: publicly, or by a private name that resolves there."""
    inputs = wire.plain(service.inputs)
    properties = inputs.get("properties", inputs)
    if str(properties.get("publicNetworkAccess", "Enabled")).lower() != "disabled":
        return True
    network = _network(request)
    return any(
        _resolves(request.store, endpoint, PRIVATE_ZONES[service.type], network)
        for endpoint in request.store.of_type("Microsoft.Network/privateEndpoints")
        if service.id.lower() in _targets(endpoint)
    )


def _targets(endpoint: StoredResource) -> set[str]:
    connections = wire.plain(endpoint.inputs).get("privateLinkServiceConnections", ())
    return {str(each.get("privateLinkServiceId", "")).lower() for each in connections}


def _resolves(store: Store, endpoint: StoredResource, zone_name: str, network: str) -> bool:
    for group in store.below(endpoint.id):
        for config in wire.plain(group.inputs).get("privateDnsZoneConfigs", ()):
            zone = str(config.get("privateDnsZoneId", ""))
            if zone.rpartition("/")[2].lower() == zone_name and _is_linked(store, zone, network):
                return True
    return False


def _is_linked(store: Store, zone: str, network: str) -> bool:
    links = (wire.plain(each.inputs) for each in store.below(zone))
    return any(str(link.get("virtualNetwork", {}).get("id", "")).lower() == network for link in links)


def _network(request: Request) -> str:
    """Id of the virtual network the app's environment stands in, in lower case; empty for none."""
    environment = request.store.get(_environment(request.inputs))
    settings = wire.plain(environment.inputs).get("vnetConfiguration", {}) if environment else {}
    return str(settings.get("infrastructureSubnetId", "")).partition("/subnets/")[0].lower()


def _environment(inputs: Mapping[str, Any]) -> str:
    return str(inputs.get("managedEnvironmentId") or inputs.get("environmentId") or "")


def _by_name(store: Store, arm_type: str, name: str) -> StoredResource | None:
    return next((each for each in store.of_type(arm_type) if each.id.rpartition("/")[2].lower() == name.lower()), None)


def ports_are_free(request: Request) -> ArmError | None:
    """A port exposed outside the environment belongs to one app of it."""
    wanted = set(exposed_ports(request.inputs))
    for other in request.store.of_type(request.id.type):
        inputs = wire.plain(other.inputs)
        same = other.id.lower() == request.id.text.lower()
        if same or _environment(inputs).lower() != _environment(request.inputs).lower():
            continue
        if taken := sorted(wanted & set(exposed_ports(inputs))):
            return errors.PORT_IN_USE(port=taken[0])
    return None


def exposed_ports(inputs: Mapping[str, Any]) -> Iterator[int]:
    """TCP ports an app opens outside its environment."""
    ingress = inputs.get("configuration", {}).get("ingress") or {}
    if ingress.get("external") and str(ingress.get("transport", "")).lower() == "tcp":
        yield int(ingress.get("exposedPort") or ingress.get("targetPort") or 0)
    for each in ingress.get("additionalPortMappings", ()):
        if each.get("external"):
            yield int(each.get("exposedPort") or each.get("targetPort") or 0)


OF_JOBS: Final[tuple[Relation, ...]] = (identities_are_its_own, secrets_are_readable, images_are_pullable)
OF_APPS: Final[tuple[Relation, ...]] = (*OF_JOBS, ports_are_free)
