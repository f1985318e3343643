"""Rules of Microsoft.Network: addresses, ports, security rules, gateways, private endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from sandbox.arm.rules.rule import Rule, absent, between, known, one_of, open_to_doubt
from sandbox.protocol.package import Values

_NSG: Final = "learn.microsoft.com, Network security groups: security rules"
_VNET: Final = "learn.microsoft.com, Azure Virtual Network FAQ"
_SUBNET: Final = "microsoft.network/virtualnetworks/subnets"
_SECURITY_GROUP: Final = "microsoft.network/networksecuritygroups"
_SECURITY_RULE: Final = "microsoft.network/networksecuritygroups/securityrules"
_TAG: Final = re.compile(r"[A-Z][A-Za-z]*(\.[A-Za-z0-9]+)?")
# Azure keeps five addresses of every subnet; what runs in it needs room beside them.
_SMALLEST: Final = {"microsoft.app/environments": 27, "microsoft.dbforpostgresql/flexibleservers": 28}


def _security_rules(values: Values) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each rule of a group with its path; a rule that is a resource of its own is the only one, at the empty path."""
    if "securityRules" not in values and "priority" in values:
        yield "", values
        return
    for index, rule in enumerate(known(values, "securityRules") or ()):
        if isinstance(rule, dict):
            yield f"securityRules[{index}].", rule


def _priorities(values: Values) -> Iterator[tuple[str, str]]:
    for path, rule in _security_rules(values):
        priority = known(rule, "priority")
        if isinstance(priority, int) and not 100 <= priority <= 4096:
            yield f"{path}priority", f"{priority} is outside 100 to 4096"


def _distinct_priorities(values: Values) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[Any, Any], str] = {}
    for path, rule in _security_rules(values):
        key = (known(rule, "direction"), known(rule, "priority"))
        if None not in key and key in seen:
            yield f"{path}priority", f"{key[1]} is the priority of {seen[key]} in the same direction too"
        seen[key] = str(rule.get("name"))


def _is_port(text: str) -> bool:
    if text == "*":
        return True
    low, found, high = text.partition("-")
    if not low.isdigit() or (found and not high.isdigit()):
        return False
    return int(low) <= int(high or low) <= 65535


def _ports(values: Values) -> Iterator[tuple[str, str]]:
    for path, rule in _security_rules(values):
        for field in ("sourcePortRange", "destinationPortRange"):
            one, several = known(rule, field), known(rule, f"{field}s") or []
            if one is not None and several:
                yield f"{path}{field}", f"{field} and {field}s are both given; Azure takes one of them"
            for text in [*([one] if one is not None else []), *several]:
                if not _is_port(str(text)):
                    yield f"{path}{field}", f"{text!r} is no port 0 to 65535, no range and not '*'"


def _is_address(text: str) -> bool:
    if text == "*" or _TAG.fullmatch(text):
        return True
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _addresses(values: Values) -> Iterator[tuple[str, str]]:
    for path, rule in _security_rules(values):
        for field in ("sourceAddressPrefix", "destinationAddressPrefix"):
            one, several = known(rule, field), known(rule, f"{field}es") or []
            if one is not None and several:
                yield f"{path}{field}", f"{field} and {field}es are both given; Azure takes one of them"
            for text in [*([one] if one is not None else []), *several]:
                if not _is_address(str(text)):
                    yield f"{path}{field}", f"{text!r} is no CIDR without host bits, no service tag and not '*'"


def _cidr(text: Any) -> int | None:
    try:
        return ip_network(str(text)).prefixlen
    except ValueError:
        return None


def _address_space(values: Values) -> Iterator[tuple[str, str]]:
    for index, text in enumerate(known(values, "addressSpace.addressPrefixes") or ()):
        length = _cidr(text)
        if length is None or not (8 <= length <= 29 or ":" in str(text)):
            yield f"addressSpace.addressPrefixes[{index}]", f"{text!r} is no CIDR without host bits of /8 to /29"


def _subnet_size(values: Values) -> Iterator[tuple[str, str]]:
    text = known(values, "addressPrefix")
    if text is None:
        return
    length = _cidr(text)
    services = [str(each.get("serviceName", "")).lower() for each in known(values, "delegations") or ()]
    longest = min([_SMALLEST.get(service, 29) for service in services] or [29])
    if length is None or (length > longest and ":" not in str(text)):
        yield "addressPrefix", f"{text!r} is no CIDR without host bits of at least /{longest}"


def _static_standard(values: Values) -> Iterator[tuple[str, str]]:
    method = known(values, "publicIPAllocationMethod")
    doubt = open_to_doubt(values, "publicIPAllocationMethod")
    if known(values, "sku.name") in ("Standard", "StandardV2") and not doubt and method != "Static":
        yield "publicIPAllocationMethod", f"{method!r}; Standard addresses are 'Static'"


def _gateway_sku(values: Values) -> Iterator[tuple[str, str]]:
    if absent(values, "sku.name") and not open_to_doubt(values, "sku"):
        yield "sku.name", "a NAT gateway needs the SKU 'Standard'"


def _one_zone(values: Values) -> Iterator[tuple[str, str]]:
    zones = known(values, "zones") or []
    if known(values, "sku.name") == "Standard" and len(zones) > 1:
        yield "zones", f"{zones}; a Standard NAT gateway lives in one zone or in none"


def _one_connection(values: Values) -> Iterator[tuple[str, str]]:
    if open_to_doubt(values, "privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
        return
    both = [
        *(known(values, "privateLinkServiceConnections") or ()),
        *(known(values, "manualPrivateLinkServiceConnections") or ()),
    ]
    if len(both) != 1:
        yield "privateLinkServiceConnections", f"{len(both)} connections; a private endpoint has exactly one"


def _ddos_plan(values: Values) -> Iterator[tuple[str, str]]:
    if known(values, "enableDdosProtection") is True and absent(values, "ddosProtectionPlan"):
        yield "ddosProtectionPlan", "missing; a network is protected by a plan"


RULES: Final = (
    Rule("nsg-priority", (_SECURITY_GROUP, _SECURITY_RULE), "range", _NSG, _priorities),
    Rule("nsg-distinct-priority", (_SECURITY_GROUP,), "relation", _NSG, _distinct_priorities),
    Rule("nsg-ports", (_SECURITY_GROUP, _SECURITY_RULE), "format", _NSG, _ports),
    Rule("nsg-addresses", (_SECURITY_GROUP, _SECURITY_RULE), "format", _NSG, _addresses),
    Rule("vnet-space", ("microsoft.network/virtualnetworks",), "format", _VNET, _address_space),
    Rule(
        "subnet-size",
        (_SUBNET,),
        "format",
        f"{_VNET}; Container Apps custom virtual networks: /27; PostgreSQL private access: /28",
        _subnet_size,
    ),
    Rule(
        "vnet-ddos-plan",
        ("microsoft.network/virtualnetworks",),
        "relation",
        "REST: VirtualNetwork.enableDdosProtection requires a DDoS protection plan associated with the resource",
        _ddos_plan,
    ),
    between(
        "nat-idle",
        "microsoft.network/natgateways",
        "idleTimeoutInMinutes",
        4,
        120,
        "learn.microsoft.com, NAT gateway: TCP idle timeout",
    ),
    Rule(
        "nat-sku", ("microsoft.network/natgateways",), "relation", "REST: NatGateway.sku has no default", _gateway_sku
    ),
    Rule(
        "nat-one-zone",
        ("microsoft.network/natgateways",),
        "relation",
        "learn.microsoft.com, NAT gateway and availability zones",
        _one_zone,
    ),
    between(
        "pip-idle",
        "microsoft.network/publicipaddresses",
        "idleTimeoutInMinutes",
        4,
        30,
        "REST: PublicIPAddress.idleTimeoutInMinutes",
    ),
    Rule(
        "pip-static",
        ("microsoft.network/publicipaddresses",),
        "relation",
        "learn.microsoft.com, Public IP addresses: Standard",
        _static_standard,
    ),
    Rule(
        "pe-one-connection",
        ("microsoft.network/privateendpoints",),
        "relation",
        "REST: PrivateEndpoint",
        _one_connection,
    ),
    one_of(
        "lb-sku",
        "microsoft.network/loadbalancers",
        "sku.name",
        ("Standard", "Gateway"),
        "learn.microsoft.com: Basic load balancers were retired on 2025-09-30",
    ),
)
