"""What Azure checks between the parts of a Front Door."""

from __future__ import annotations

from typing import Any

from sandbox import wire
from sandbox.azure import errors
from sandbox.azure.errors import ArmError
from sandbox.azure.relation import Request

_DOMAIN = "Microsoft.Cdn/profiles/customDomains"


def route_has_an_origin(request: Request) -> ArmError | None:
    """A route leads to a group with an enabled origin."""
    group = str(request.inputs.get("originGroup", {}).get("id", ""))
    origins = [wire.plain(each.inputs) for each in request.store.below(group)] if group else []
    if any(str(origin.get("enabledState", "Enabled")) == "Enabled" for origin in origins):
        return None
    return errors.NO_ORIGIN(group=group)


def route_domains_are_the_profiles(request: Request) -> ArmError | None:
    """A route takes domains of its own profile."""
    profile = request.id.text.split("/afdEndpoints/")[0].lower()
    for domain in request.inputs.get("customDomains", []):
        target = str(domain.get("id", ""))
        if not target.lower().startswith(f"{profile}/"):
            return errors.OTHER_PROFILE(domain=target, id=request.id.text)
    return None


def host_belongs_to_one_profile(request: Request) -> ArmError | None:
    """A host name is a custom domain once in all of Front Door."""
    host = str(request.inputs.get("hostName", "")).lower()
    for other in request.store.of_type(_DOMAIN):
        taken = str(wire.plain(other.inputs).get("hostName", "")).lower() == host
        if taken and other.id.lower() != request.id.text.lower():
            return errors.HOST_IN_USE(host=host, other=other.id)
    return None


def firewall_has_the_profiles_sku(request: Request) -> ArmError | None:
    """A firewall policy has the SKU of the Front Door it stands before."""
    policy_id = str(request.inputs.get("parameters", {}).get("wafPolicy", {}).get("id", ""))
    policy, profile = request.store.get(policy_id), request.store.get(request.id.parent or "")
    if policy is None or profile is None:
        return None
    found, wanted = _sku(policy.inputs), _sku(profile.inputs)
    return None if found == wanted else errors.FIREWALL_SKU(policy=policy_id, found=found, wanted=wanted)


def _sku(inputs: Any) -> str:
    return str(wire.plain(inputs).get("sku", {}).get("name", ""))


OF_ROUTES = (route_has_an_origin, route_domains_are_the_profiles)
"""Relations of routes."""
