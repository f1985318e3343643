"""Ids inside a request: each must name something that exists, of the right type, in the right region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox import wire
from sandbox.azure import errors, ids
from sandbox.azure.errors import ArmError
from sandbox.protocol.package import Values


@dataclass(frozen=True, slots=True)
class Reference:
    """An id found in a request: the path it stands at (without list indices, without the outer parts) and the id."""

    path: str
    target: str


# Property (its name, with its owner where the name alone is ambiguous) -> ARM type an id there must have.
_EXPECTED: Final[Mapping[str, str]] = {
    "accountResourceId": "Microsoft.Monitor/accounts",
    "actionGroupId": "Microsoft.Insights/actionGroups",
    "ddosProtectionPlan.id": "Microsoft.Network/ddosProtectionPlans",
    "actionGroups": "Microsoft.Insights/actionGroups",
    "contactGroups": "Microsoft.Insights/actionGroups",
    "dataCollectionEndpointId": "Microsoft.Insights/dataCollectionEndpoints",
    "delegatedSubnetResourceId": "Microsoft.Network/virtualNetworks/subnets",
    "environmentId": "Microsoft.App/managedEnvironments",
    "identity.userAssignedIdentities": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "infrastructureSubnetId": "Microsoft.Network/virtualNetworks/subnets",
    "managedEnvironmentId": "Microsoft.App/managedEnvironments",
    "natGateway.id": "Microsoft.Network/natGateways",
    "networkSecurityGroup.id": "Microsoft.Network/networkSecurityGroups",
    "privateDnsZoneArmResourceId": "Microsoft.Network/privateDnsZones",
    "privateDnsZoneId": "Microsoft.Network/privateDnsZones",
    "publicIPAddress.id": "Microsoft.Network/publicIPAddresses",
    "publicIpAddresses.id": "Microsoft.Network/publicIPAddresses",
    "registries.identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "routeTable.id": "Microsoft.Network/routeTables",
    "secrets.identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "subnet.id": "Microsoft.Network/virtualNetworks/subnets",
    "virtualNetwork.id": "Microsoft.Network/virtualNetworks",
    "wafPolicy.id": "Microsoft.Network/frontdoorWebApplicationFirewallPolicies",
    "workspaceId": "Microsoft.OperationalInsights/workspaces",
    "workspaceResourceId": "Microsoft.OperationalInsights/workspaces",
}

# References whose target must lie in the resource's own region (learn: private endpoints, Container Apps, PostgreSQL
# and NAT gateways take a network of their region).
_SAME_REGION: Final = frozenset(
    {"delegatedSubnetResourceId", "infrastructureSubnetId", "publicIpAddresses.id", "subnet.id", "natGateway.id"}
)

# Types that exist without anyone making them in the subscription.
_BUILT_IN: Final = frozenset({"microsoft.authorization/roledefinitions", "microsoft.authorization/policydefinitions"})

# Types of which one serves every subscription of a tenant; here there is one subscription, so others are believed.
_OF_THE_TENANT: Final = frozenset({"microsoft.network/ddosprotectionplans"})


def references(inputs: Values) -> Iterator[Reference]:
    """Every ARM id in the inputs of a request, unknown values left out."""
    yield from _walk("", wire.plain(inputs))


def _walk(path: str, value: Any) -> Iterator[Reference]:
    if isinstance(value, str) and value.lower().startswith("/subscriptions/"):
        yield Reference(path, value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key.lower().startswith("/subscriptions/"):
                yield Reference(path, key)
            yield from _walk(f"{path}.{key}".lstrip("."), item)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(path, item)


def expected_type(path: str) -> str | None:
    """The ARM type an id at that path must have; None where any will do."""
    parts = path.split(".")
    return _EXPECTED.get(".".join(parts[-2:])) or _EXPECTED.get(parts[-1])


def check(
    resource_id: str, inputs: Values, location: str | None, region_of: Callable[[str], str | None]
) -> ArmError | None:
    """The first reference Azure would refuse.

    Args:
        resource_id: the resource that is written.
        inputs: its inputs.
        location: its region, None for a global one.
        region_of: the region of an existing resource ("" for one without), None if there is none of that id.
    """
    for reference in references(inputs):
        parsed = ids.parse(reference.target)
        if parsed is None:
            return errors.MALFORMED_ID(target=reference.target, path=reference.path)
        wanted = expected_type(reference.path)
        if wanted is not None and parsed.type.lower() != wanted.lower():
            return errors.WRONG_REFERENCE_TYPE(target=reference.target, wanted=wanted, path=reference.path)
        if parsed.type.lower() in _BUILT_IN or _is_own_part(resource_id, reference.target) or _is_elsewhere(parsed):
            continue
        region = region_of(reference.target)
        if region is None:
            return errors.INVALID_REFERENCE(target=reference.target, id=resource_id, path=reference.path)
        if _must_share_region(reference.path) and location and region and region != location:
            return errors.OTHER_REGION(
                target=reference.target, id=resource_id, found=region, wanted=location, path=reference.path
            )
    return None


def _is_own_part(resource_id: str, target: str) -> bool:
    return f"{target}/".lower().startswith(f"{resource_id}/".lower())


def _is_elsewhere(target: ids.ArmId) -> bool:
    ours = f"/subscriptions/{ids.SUBSCRIPTION_ID}/"
    return target.type.lower() in _OF_THE_TENANT and not target.text.lower().startswith(ours)


def _must_share_region(path: str) -> bool:
    parts = path.split(".")
    return ".".join(parts[-2:]) in _SAME_REGION or parts[-1] in _SAME_REGION
