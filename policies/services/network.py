"""The virtual network: security groups, subnets, public addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.finding import Finding, Unread
from policies.judgements import NOTHING, about, each, in_zones, is_text
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services import closed_ports

_GROUP: Final = "azure-native:network:NetworkSecurityGroup"
_GROUP_RULE: Final = "azure-native:network:SecurityRule"
_SUBNET: Final = "azure-native:network:Subnet"
_NETWORK: Final = "azure-native:network:VirtualNetwork"
_ADDRESS: Final = "azure-native:network:PublicIPAddress"
_DDOS_PLAN: Final = "azure-native:network:DdosProtectionPlan"
_PREFIX: Final = "azure-native:network:PublicIPPrefix"
_OUTBOUND: Final = (
    ("azure-native:network:NatGateway", "publicIpAddresses"),
    ("azure-native:network:NatGateway", "publicIpAddressesV6"),
    ("azure-native:network:BastionHost", "ipConfigurations"),
)
# learn.microsoft.com, "Network security groups": Azure refuses one on the subnet of a VPN gateway or of a firewall.
_WITHOUT_GROUP: Final = frozenset({"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet"})
_CONTAINER_APPS: Final = "Microsoft.App/environments"

OPEN_PORTS = Rule(
    id="NET-01",
    title="Nobody on the internet reaches SSH, RDP, plain MQTT, the dashboard or the ports between nodes",
    severity=Severity.CRITICAL,
    applies_to=(_GROUP, _GROUP_RULE),
    protects="the nodes and the brokers' control plane",
    references=("Azure.NSG.AnyInboundSource", "CKV_AZURE_9", "CKV_AZURE_10", "CIS Azure 2.0.0 §6.1, §6.2"),
    remedy="name the source as a subnet's prefix, or take the port out of the rule (components/network_rules.py)",
)


@OPEN_PORTS.check
def _(group: Resource) -> Judged:
    return each(_security_rules(group), _guarded_ports)


DENY_LAST = StackRule(
    id="NET-02",
    title="A security group denies what none of its rules allows, both ways",
    severity=Severity.MEDIUM,
    about=(_GROUP,),
    protects="one subnet from the next: Azure's own last rules allow everything inside the network and outwards",
    references=("MCSB NS-1", "learn.microsoft.com, Network security groups: default security rules"),
    remedy="end the group's rules in a Deny of everything for Inbound and for Outbound",
)


@DENY_LAST.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_GROUP), lambda group: _left_to_azure(stack, group))


def _left_to_azure(stack: Stack, group: Resource) -> Iterator[Finding]:
    # A rule may be a resource of its own: Azure makes no difference.
    rules = (*group.items("securityRules"), *stack.linking(group, _GROUP_RULE, "networkSecurityGroupName"))
    for direction in ("Inbound", "Outbound"):
        if not any(_denies_everything(rule, direction) for rule in rules):
            yield Finding("securityRules", NOTHING, f"a rule that denies everything {direction.lower()}")


SUBNET_GROUP = Rule(
    id="NET-03",
    title="Every subnet has a security group",
    severity=Severity.HIGH,
    applies_to=(_SUBNET, _NETWORK),
    protects="what stands in the subnet",
    references=("Azure.VNET.UseNSGs", "CKV2_AZURE_31", "MCSB NS-1"),
    remedy="give the subnet a networkSecurityGroup (components/security_group.py)",
)


@SUBNET_GROUP.check
def _(resource: Resource) -> Judged:
    return each(_subnets(resource), _without_group)


DEFAULT_OUTBOUND = Rule(
    id="NET-04",
    title="No subnet has Azure's default way out",
    severity=Severity.MEDIUM,
    applies_to=(_SUBNET, _NETWORK),
    protects="the outbound address: Azure's own changes by itself and belongs to nobody",
    references=("Azure.VNET.PrivateSubnet", "learn.microsoft.com, Default outbound access in Azure"),
    remedy="set defaultOutboundAccess to false",
)


@DEFAULT_OUTBOUND.check
def _(resource: Resource) -> Judged:
    return each(_subnets(resource), _open_outwards)


NAT = Rule(
    id="NET-05",
    title="Apps of production leave the network by an address of ours",
    severity=Severity.MEDIUM,
    applies_to=(_SUBNET, _NETWORK),
    when=lambda resource: any(_is_of_apps(subnet) for subnet in _subnets(resource)),
    protects="those who let the platform in by its address, and the apps against exhausted outbound ports",
    references=("learn.microsoft.com, Networking in Azure Container Apps: NAT gateway",),
    remedy="set network.outbound to nat",
    levels=IN_PROD,
    advice_while="network.outbound=default",
)


@NAT.check
def _(resource: Resource) -> Judged:
    return each(_subnets(resource), _without_way_out)


def _is_of_apps(subnet: Properties) -> bool:
    return any(item.same("serviceName", _CONTAINER_APPS) for item in subnet.items("delegations"))


def _without_way_out(subnet: Properties) -> Finding | None:
    if not _is_of_apps(subnet) or subnet.has("natGateway"):
        return None
    return Finding(subnet.at("natGateway"), NOTHING, "a NAT gateway")


ADDRESS_SKU = Rule(
    id="NET-06",
    title="Public addresses are Standard",
    severity=Severity.MEDIUM,
    applies_to=(_ADDRESS,),
    protects="what is reached by the address: Basic is open to everyone and was retired on 2025-09-30",
    references=("Azure.PublicIP.MigrateStandard",),
    remedy="set sku.name to Standard",
    judge=is_text("sku.name", "Standard", "StandardV2", default="Basic"),
)

ADDRESS_ZONES = Rule(
    id="NET-07",
    title="Public addresses of production outlive a zone",
    severity=Severity.MEDIUM,
    applies_to=(_ADDRESS, _PREFIX),
    protects="every connection through the address",
    references=("Azure.PublicIP.AvailabilityZone",),
    remedy="name at least two zones in zones; they are set at creation",
    levels=IN_PROD,
)


@ADDRESS_ZONES.check
def _(address: Resource) -> Finding | None:
    return in_zones(address, "zones", 2, "two zones or more")


DDOS = StackRule(
    id="NET-08",
    title="Addresses that clients of production reach are protected against floods",
    severity=Severity.MEDIUM,
    about=(_ADDRESS,),
    protects="the brokers' listeners: what everyone gets answers only to floods that would hurt the region",
    references=("Azure.VNET.DDoS", "learn.microsoft.com, Azure DDoS Protection: tiers"),
    remedy="set ddosSettings.protectionMode to Enabled, or link the network to a plan; a stack that goes without says"
    " so with ddos.protection none",
    levels=IN_PROD,
    advice_while="ddos.protection=none",
)


@DDOS.check
def _(stack: Stack) -> Judged:
    planned = any(network.flag("enableDdosProtection", default=False) for network in stack.of(_NETWORK))
    return about(_reached_by_clients(stack), lambda address: _unprotected(address, planned=planned))


def _reached_by_clients(stack: Stack) -> list[Resource]:
    return [
        address
        for address in stack.of(_ADDRESS)
        if not any(stack.linking(address, token, name) for token, name in _OUTBOUND)
    ]


def _unprotected(address: Resource, *, planned: bool) -> Finding | None:
    path = "ddosSettings.protectionMode"
    mode = address.text(path, default="VirtualNetworkInherited")
    if mode.casefold() == "enabled" or (planned and mode.casefold() == "virtualnetworkinherited"):
        return None
    return Finding(path, mode, "Enabled, or a network with a plan")


DDOS_PLAN = StackRule(
    id="NET-09",
    title="A DDoS plan that is paid for protects a network",
    severity=Severity.MEDIUM,
    about=(_DDOS_PLAN,),
    protects="the network, and about 2,944 USD a month for the plan alone",
    references=("MCSB NS-5", "azure.microsoft.com/pricing/details/ddos-protection"),
    remedy="set enableDdosProtection and ddosProtectionPlan on the virtual network, or ddos.protection to none",
)


@DDOS_PLAN.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_DDOS_PLAN), lambda plan: _protects_nothing(stack, plan))


def _protects_nothing(stack: Stack, plan: Resource) -> Finding | None:
    joined = stack.linking(plan, _NETWORK, "ddosProtectionPlan")
    if any(network.flag("enableDdosProtection", default=False) for network in joined):
        return None
    return Finding("", "no network that it protects", "a network with enableDdosProtection and this plan")


def _security_rules(group: Resource) -> tuple[Properties, ...]:
    return (group,) if group.token == _GROUP_RULE else group.items("securityRules")


def _subnets(resource: Resource) -> tuple[Properties, ...]:
    return (resource,) if resource.token == _SUBNET else resource.items("subnets")


def _guarded_ports(rule: Properties) -> Iterator[Finding | Unread]:
    allowed = rule.same("direction", "Inbound") and rule.same("access", "Allow")
    if not allowed or rule.same("protocol", "Udp", "Icmp"):
        return
    sources = _one_or_many(rule, "sourceAddressPrefix", "sourceAddressPrefixes")
    if not any(closed_ports.is_anywhere(source) for source in sources):
        return
    ranges = _one_or_many(rule, "destinationPortRange", "destinationPortRanges")
    for port in closed_ports.opened(closed_ports.ports(text) for text in ranges):
        yield Finding(rule.at("destinationPortRange"), f"{port} open to anyone", "a source inside the network")


def _one_or_many(rule: Properties, one: str, many: str) -> tuple[str, ...]:
    single = rule.text(one)
    return (*((single,) if single else ()), *rule.texts(many))


def _denies_everything(rule: Properties, direction: str) -> bool:
    everything = all(
        rule.same(path, "*") for path in ("sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange")
    )
    return (
        everything and rule.same("direction", direction) and rule.same("access", "Deny") and rule.same("protocol", "*")
    )


def _without_group(subnet: Properties) -> Finding | None:
    name = subnet.text("subnetName") or subnet.text("name")
    if name.casefold() in _WITHOUT_GROUP or subnet.has("networkSecurityGroup"):
        return None
    return Finding(subnet.at("networkSecurityGroup"), NOTHING, "a security group")


def _open_outwards(subnet: Properties) -> Finding | None:
    if subnet.flag("defaultOutboundAccess", default=True):
        return Finding(subnet.at("defaultOutboundAccess"), "true", "false")
    return None
