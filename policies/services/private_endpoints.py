"""Private endpoints, for the rules of the services that need one."""

from __future__ import annotations

from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING
from policies.resources import Resource, Stack

_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
_ZONE_GROUP: Final = "azure-native:network:PrivateDnsZoneGroup"


def without_endpoint(stack: Stack, service: Resource) -> Finding | None:
    """The finding for a service that no private endpoint of the stack leads to, or none whose name is known.

    One that waits for approval (``manualPrivateLinkServiceConnections``) leads nowhere yet.
    """
    endpoints = stack.linking(service, _ENDPOINT, "privateLinkServiceConnections")
    if not endpoints:
        return Finding("", NOTHING, "a private endpoint")
    groups = [group for each in endpoints for group in stack.linking(each, _ZONE_GROUP, "privateEndpointName")]
    if any(group.given("privateDnsZoneConfigs") for group in groups):
        return None
    return Finding("", "a private endpoint without a name", "a private endpoint with its private DNS zone group")
