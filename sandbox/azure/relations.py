"""What Azure checks between resources: subnets in their network, delegations, principals, names in use.

One function a fact, in a table by ARM type. Each gets the request and the store and returns Azure's refusal or None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from sandbox import wire
from sandbox.azure import container_apps, custom_domains, errors, front_door, ids, postgresql
from sandbox.azure.errors import ArmError
from sandbox.azure.relation import Relation, Request
from sandbox.protocol.package import Values
from sandbox.store import Store, StoredResource

Network = IPv4Network | IPv6Network
VIRTUAL_NETWORK: Final = "Microsoft.Network/virtualNetworks"
SUBNET: Final = "Microsoft.Network/virtualNetworks/subnets"


def subnets_of(network: StoredResource, store: Store) -> dict[str, Values]:
    """Subnets of a virtual network by name: those written inside it and those written as resources of their own."""
    inline = {item.get("name", ""): item for item in wire.plain(network.inputs).get("subnets", [])}
    own = {r.id.rsplit("/", 1)[1]: wire.plain(r.inputs) for r in store.below(network.id) if r.type == SUBNET}
    return {**inline, **own}


def find_subnet(subnet_id: str, store: Store) -> Values | None:
    """The inputs of a subnet, wherever it was written; None if there is none."""
    resource = store.get(subnet_id)
    if resource is not None:
        return wire.plain(resource.inputs)
    network_id, _, name = subnet_id.rpartition("/subnets/")
    network = store.get(network_id) if network_id else None
    if network is None:
        return None
    wanted = name.lower()
    return next((s for n, s in subnets_of(network, store).items() if n.lower() == wanted), None)


def _prefixes(subnet: Mapping[str, Any]) -> list[Network]:
    texts = [subnet["addressPrefix"]] if subnet.get("addressPrefix") else subnet.get("addressPrefixes", [])
    return [ip_network(text) for text in texts]


def _within(prefix: Network, spaces: Iterable[Network]) -> bool:
    return any(prefix.version == space.version and prefix.subnet_of(space) for space in spaces)  # pyright: ignore[reportArgumentType]


def _misplaced(network_name: str, spaces: list[Network], subnets: Mapping[str, Mapping[str, Any]]) -> ArmError | None:
    taken: list[Network] = []
    for name, subnet in subnets.items():
        for prefix in _prefixes(subnet):
            if not _within(prefix, spaces):
                return errors.SUBNET_OUTSIDE(subnet=name, network=network_name)
            if any(prefix.version == other.version and prefix.overlaps(other) for other in taken):
                return errors.SUBNETS_OVERLAP(subnet=name, network=network_name)
            taken.append(prefix)
    return None


def _spaces(network: Mapping[str, Any]) -> list[Network]:
    return [ip_network(text) for text in network.get("addressSpace", {}).get("addressPrefixes", [])]


def subnet_lies_in_its_network(request: Request) -> ArmError | None:
    """A subnet's range is inside the network's address space and meets no other subnet."""
    network = request.store.get(request.id.parent or "")
    if network is None:
        return None
    others = {n: s for n, s in subnets_of(network, request.store).items() if n.lower() != request.id.name.lower()}
    return _misplaced(
        request.id.names[0], _spaces(wire.plain(network.inputs)), {**others, request.id.name: request.inputs}
    )


def network_holds_its_subnets(request: Request) -> ArmError | None:
    """A network's address space still holds every subnet it has."""
    stored = request.store.get(request.id.text)
    own = subnets_of(stored, request.store) if stored else {}
    inline = {item.get("name", ""): item for item in request.inputs.get("subnets", [])}
    return _misplaced(request.id.name, _spaces(request.inputs), {**own, **inline})


def _delegations(subnet: Mapping[str, Any]) -> list[str]:
    return [str(item.get("serviceName", "")) for item in subnet.get("delegations", [])]


def _delegated_to(service: str, *path: str) -> Relation:
    def check(request: Request) -> ArmError | None:
        value: Any = request.inputs
        for name in path:
            value = value.get(name, {}) if isinstance(value, Mapping) else {}
        subnet = find_subnet(value, request.store) if isinstance(value, str) else None
        if subnet is None:
            return None
        found = _delegations(subnet)
        if service.lower() in (name.lower() for name in found):
            return None
        shown = f"delegated to '{found[0]}'" if found else "not delegated"
        return errors.MISSING_DELEGATION(subnet=value, id=request.id.text, service=service, found=shown)

    return check


def endpoint_subnet_is_not_delegated(request: Request) -> ArmError | None:
    """A private endpoint takes a subnet that no service owns."""
    subnet_id = str(request.inputs.get("subnet", {}).get("id", ""))
    found = _delegations(find_subnet(subnet_id, request.store) or {})
    return errors.DELEGATED_SUBNET(subnet=subnet_id, found=found[0], id=request.id.text) if found else None


# learn.microsoft.com, "Private-link resource": sub-resources of the types the platform puts into its network.
_SUB_RESOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "microsoft.app/managedenvironments": ("managedEnvironments",),
    "microsoft.cache/redis": ("redisCache",),
    "microsoft.cache/redisenterprise": ("redisEnterprise",),
    "microsoft.containerregistry/registries": ("registry",),
    "microsoft.keyvault/vaults": ("vault",),
    "microsoft.storage/storageaccounts": ("blob", "dfs", "file", "queue", "table", "web"),
}


def endpoint_group_is_the_services(request: Request) -> ArmError | None:
    """A private endpoint names a sub-resource its service has."""
    for connection in request.inputs.get("privateLinkServiceConnections", []):
        target = str(connection.get("privateLinkServiceId", ""))
        parsed = ids.parse(target)
        allowed = _SUB_RESOURCES.get(parsed.type.lower(), ()) if parsed else ()
        for group in connection.get("groupIds", []):
            if allowed and group not in allowed:
                return errors.WRONG_GROUP(target=target, found=group, allowed=", ".join(allowed))
    return None


def endpoint_registry_is_premium(request: Request) -> ArmError | None:
    """A registry behind a private endpoint is Premium."""
    for connection in request.inputs.get("privateLinkServiceConnections", []):
        target = str(connection.get("privateLinkServiceId", ""))
        registry = request.store.get(target) if "/registries/" in target else None
        sku = wire.plain(registry.inputs).get("sku", {}).get("name") if registry else "Premium"
        if sku != "Premium":
            return errors.NO_PRIVATE_LINK(target=target, sku=sku, wanted="Premium")
    return None


def principal_exists(request: Request) -> ArmError | None:
    """A role goes to a principal of the directory: here, an identity of the sandbox or the deployer.

    Groups and users are in a directory that the sandbox does not have, so it cannot tell whether they exist.
    """
    if str(request.inputs.get("principalType", "")).lower() in ("group", "user"):
        return None
    wanted = request.inputs.get("principalId")
    known = {ids.CLIENT_ID} | {
        str(found)
        for resource in request.store.all()
        for found in (resource.outputs.get("principalId"), resource.outputs.get("identity", {}).get("principalId"))
        if found
    }
    return None if wanted in known else errors.PRINCIPAL_NOT_FOUND(principal=wanted, tenant=ids.TENANT_ID)


def zone_linked_once(request: Request) -> ArmError | None:
    """A private zone is linked to a network once, and a network to one zone of a name."""
    network = str(request.inputs.get("virtualNetwork", {}).get("id", "")).lower()
    zone_name = request.id.names[0].lower()
    for link in request.store.of_type(request.id.type):
        parsed = ids.parse(link.id)
        other = str(wire.plain(link.inputs).get("virtualNetwork", {}).get("id", "")).lower()
        same_link = link.id.lower() == request.id.text.lower()
        if parsed is not None and not same_link and other == network and parsed.names[0].lower() == zone_name:
            return ArmError(
                409,
                "Conflict",
                f"A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link "
                f"virtual network with '{zone_name}' and it is already linked by '{link.id}'.",
            )
    return None


def canonical_name_stands_alone(request: Request) -> ArmError | None:
    """A name with a CNAME record has no other (RFC 1034 §3.6.2)."""
    zone = request.id.text.rsplit("/", 2)[0]
    own = request.id.type.rsplit("/", 1)[1].upper()
    for record in request.store.below(zone):
        other = record.type.rsplit("/", 1)[1].upper()
        same = record.id.rsplit("/", 1)[1].lower() == request.id.name.lower()
        if same and other != own and "CNAME" in (own, other):
            return errors.RECORDS_CONFLICT(other=other, name=request.id.name)
    return None


_RECORD: Final = "microsoft.network/dnszones/"

RELATIONS: Final[Mapping[str, tuple[Relation, ...]]] = {
    "microsoft.app/containerapps": (*container_apps.OF_APPS, custom_domains.host_is_proven),
    "microsoft.app/jobs": container_apps.OF_JOBS,
    "microsoft.app/managedenvironments": (
        _delegated_to("Microsoft.App/environments", "vnetConfiguration", "infrastructureSubnetId"),
    ),
    "microsoft.app/managedenvironments/managedcertificates": (custom_domains.certificate_is_for_an_apps_host,),
    "microsoft.cdn/profiles/afdendpoints/routes": front_door.OF_ROUTES,
    "microsoft.cdn/profiles/customdomains": (front_door.host_belongs_to_one_profile,),
    "microsoft.cdn/profiles/securitypolicies": (front_door.firewall_has_the_profiles_sku,),
    "microsoft.authorization/roleassignments": (principal_exists,),
    "microsoft.dbforpostgresql/flexibleservers": (
        _delegated_to("Microsoft.DBforPostgreSQL/flexibleServers", "network", "delegatedSubnetResourceId"),
        postgresql.zone_answers_in_the_network,
        postgresql.storage_never_shrinks,
        postgresql.primary_moves_by_failover_only,
    ),
    **{f"{_RECORD}{kind}": (canonical_name_stands_alone,) for kind in ("a", "aaaa", "cname", "txt")},
    "microsoft.dbforpostgresql/flexibleservers/administrators": (postgresql.administrator_needs_entra,),
    "microsoft.dbforpostgresql/flexibleservers/configurations": (postgresql.parameter_is_settable,),
    "microsoft.network/privatednszones/virtualnetworklinks": (zone_linked_once,),
    "microsoft.network/privateendpoints": (
        endpoint_subnet_is_not_delegated,
        endpoint_group_is_the_services,
        endpoint_registry_is_premium,
    ),
    "microsoft.network/virtualnetworks": (network_holds_its_subnets,),
    "microsoft.network/virtualnetworks/subnets": (subnet_lies_in_its_network,),
}
"""Relations by ARM type in lower case, in the order Azure checks them."""


@dataclass(frozen=True, slots=True)
class InUse:
    """A type that cannot be deleted while others refer to it: Azure's code and its word for the type."""

    code: str
    what: str


IN_USE: Final[Mapping[str, InUse]] = {
    "microsoft.app/managedenvironments": InUse("ManagedEnvironmentHasContainerApps", "Managed environment"),
    "microsoft.app/managedenvironments/managedcertificates": InUse("CertificateInUse", "Managed certificate"),
    "microsoft.cdn/profiles/customdomains": InUse("BadRequest", "Custom domain"),
    "microsoft.cdn/profiles/origingroups": InUse("BadRequest", "Origin group"),
    "microsoft.network/ddosprotectionplans": InUse("InUseDdosProtectionPlanCannotBeDeleted", "DDoS Protection Plan"),
    "microsoft.network/frontdoorwebapplicationfirewallpolicies": InUse(
        "PolicyAlreadyAssociated", "Web application firewall policy"
    ),
    "microsoft.network/natgateways": InUse("InUseNatGatewayCannotBeDeleted", "NAT gateway"),
    "microsoft.network/networksecuritygroups": InUse(
        "InUseNetworkSecurityGroupCannotBeDeleted", "Network security group"
    ),
    "microsoft.network/publicipaddresses": InUse("PublicIPAddressCannotBeDeleted", "Public IP address"),
    "microsoft.network/virtualnetworks/subnets": InUse("InUseSubnetCannotBeDeleted", "Subnet"),
}
"""Types Azure does not delete while another resource refers to them."""
