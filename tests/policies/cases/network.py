from __future__ import annotations

from tests.policies import baselines
from tests.policies.baselines import deny_all, security_rule
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

GROUP = Kind("network:NetworkSecurityGroup", baselines.SECURITY_GROUP)
RULE = Kind("network:SecurityRule", baselines.SECURITY_RULE)
SUBNET = Kind("network:Subnet", baselines.SUBNET)
NETWORK = Kind("network:VirtualNetwork", baselines.NETWORK)
ADDRESS = Kind("network:PublicIPAddress", baselines.ADDRESS)
PLAN = Kind("network:DdosProtectionPlan", baselines.DDOS_PLAN)
JOINING = {"enableDdosProtection": True, "ddosProtectionPlan": {"id": baselines.vnet("ddosProtectionPlans", "ddos")}}
JOINED = {"name": "network", "links": {"ddosProtectionPlan": ("subject",)}}
PREFIX = Kind(
    "network:PublicIPPrefix",
    {
        **{key: baselines.ADDRESS[key] for key in ("resourceGroupName", "location", "sku", "zones", "tags")},
        "publicIpPrefixName": "ippre-amora-prod-eu1",
        "prefixLength": 30,
    },
)
NAT = Kind(
    "network:NatGateway",
    {"natGatewayName": "ng-amora-prod-eu1", "resourceGroupName": "rg-amora-prod-eu1", "location": "westeurope"},
    name="nat",
    links={"publicIpAddresses": ("subject",)},
)
DELEGATED = {"subnets.0.delegations": baselines.SUBNET["delegations"]}
PROTECTED = {"ddosSettings": {"protectionMode": "Enabled"}}
PLANNED = {"enableDdosProtection": True}


def resource_rule(direction: str) -> Subject:
    """A last rule that is a resource of its own."""
    inputs = {key: value for key, value in deny_all(direction).items() if key != "name"}
    return RULE(inputs, name=direction.lower(), links={"networkSecurityGroupName": ("subject",)})


def opening(**changes: object) -> Subject:
    return GROUP({"securityRules": [security_rule(**changes), deny_all("Inbound"), deny_all("Outbound")]})


CASES: CaseTable = {
    "NET-01": Cases(
        passes=(
            GROUP(),
            RULE(),
            GROUP({"securityRules": []}),
            opening(sourceAddressPrefix="10.40.6.0/24", destinationPortRange="22"),
            opening(sourceAddressPrefix="10.0.0.0/8", destinationPortRange="22"),
            opening(sourceAddressPrefix="VirtualNetwork", destinationPortRange="22"),
            opening(destinationPortRange="4391-5369"),
            opening(destinationPortRange="22", access="Deny"),
            opening(destinationPortRange="22", direction="Outbound"),
            opening(destinationPortRange="18083", protocol="Udp"),
            opening(destinationPortRange="30000-32767"),
            opening(destinationPortRange=None, destinationPortRanges=["443", "8883"]),
        ),
        also_passes=(opening(destinationPortRange=443),),
        fails=(
            (opening(destinationPortRange="22"), "22 (SSH) open to anyone"),
            (opening(destinationPortRange="3389", sourceAddressPrefix="*"), "3389 (RDP)"),
            (opening(destinationPortRange="1883", sourceAddressPrefix="0.0.0.0/0"), "1883 (MQTT without TLS)"),
            (opening(destinationPortRange="18083", sourceAddressPrefix="internet"), "18083"),
            (opening(destinationPortRange="4375"), "4370-4390 (Erlang distribution)"),
            (opening(destinationPortRange="5000-6000"), "5370-5390 (EMQX's RPC)"),
            (opening(destinationPortRange="*"), "22 (SSH)"),
            (opening(destinationPortRange=None, destinationPortRanges=["443", "20-25"]), "22 (SSH)"),
            (
                opening(destinationPortRange="22", sourceAddressPrefix=None, sourceAddressPrefixes=["10.0.0.0/8", "*"]),
                "22 (SSH)",
            ),
            (opening(destinationPortRange="22", direction="inbound", access="allow"), "22 (SSH)"),
            (RULE({"destinationPortRange": "18083"}), "destinationPortRange: found 18083"),
            (opening(destinationPortRange="4390"), "4370-4390 (Erlang distribution)"),
            (opening(destinationPortRange="5390"), "5370-5390 (EMQX's RPC)"),
            (opening(destinationPortRange=22), "22 (SSH)"),
            (opening(destinationPortRange="22", sourceAddressPrefix="0.0.0.0/1"), "22 (SSH)"),
            (opening(destinationPortRange="22", sourceAddressPrefix="::/0"), "22 (SSH)"),
            (opening(destinationPortRange="22", sourceAddressPrefix="203.0.113.5/0"), "22 (SSH)"),
        ),
        unread=(
            *unread(GROUP, "securityRules", "securityRules.0", "securityRules.0.access"),
            (opening(destinationPortRange=UNKNOWN), "securityRules.0.destinationPortRange"),
            (opening(destinationPortRange="22", sourceAddressPrefix=UNKNOWN), "securityRules.0.sourceAddressPrefix"),
        ),
    ),
    "NET-02": StackCases(
        passes=(
            (GROUP(),),
            (GROUP({"securityRules": [security_rule()]}), resource_rule("Inbound"), resource_rule("Outbound")),
            (GROUP({"securityRules": [security_rule(), deny_all("Inbound")]}), resource_rule("Outbound")),
        ),
        fails=(
            ((GROUP({"securityRules": [security_rule(), deny_all("Inbound")]}),), "subject", "everything outbound"),
            ((GROUP({"securityRules": [security_rule(), deny_all("Outbound")]}),), "subject", "everything inbound"),
            ((GROUP.without("securityRules"),), "subject", "denies everything inbound"),
            (
                (GROUP({"securityRules": [{**deny_all("Inbound"), "protocol": "Tcp"}, deny_all("Outbound")]}),),
                "subject",
                "denies everything inbound",
            ),
            (
                (GROUP.without("securityRules"), resource_rule("Inbound"), GROUP(name="other")),
                "subject",
                "denies everything outbound",
            ),
        ),
        unread=(((GROUP.unknown("securityRules"),), "securityRules"),),
        assumed=(
            (
                GROUP.without("securityRules"),
                *(
                    RULE(
                        {**resource_rule(each).inputs, "networkSecurityGroupName": UNKNOWN},
                        name=each,
                        links={"networkSecurityGroupName": ("subject",)},
                    )
                    for each in ("Inbound", "Outbound")
                ),
            ),
        ),
    ),
    "NET-03": Cases(
        passes=(
            SUBNET(),
            NETWORK(),
            NETWORK.without("subnets"),
            SUBNET({"subnetName": "GatewaySubnet", "networkSecurityGroup": None}),
        ),
        fails=(
            (SUBNET.without("networkSecurityGroup"), "networkSecurityGroup: found nothing"),
            (NETWORK({"subnets.0.networkSecurityGroup": None}), "subnets.0.networkSecurityGroup"),
            (SUBNET({"subnetName": "AzureBastionSubnet", "networkSecurityGroup": None}), "a security group"),
        ),
        unread=unread(SUBNET, "networkSecurityGroup"),
        assumed=(SUBNET.unknown("networkSecurityGroup.id"),),
    ),
    "NET-04": Cases(
        passes=(SUBNET(), NETWORK()),
        fails=(
            (SUBNET({"defaultOutboundAccess": True}), "defaultOutboundAccess: found true"),
            (SUBNET.without("defaultOutboundAccess"), "defaultOutboundAccess"),
            (NETWORK({"subnets.0.defaultOutboundAccess": None}), "subnets.0.defaultOutboundAccess"),
        ),
        unread=unread(SUBNET, "defaultOutboundAccess"),
    ),
    "NET-05": Cases(
        passes=(
            SUBNET(),
            NETWORK({**DELEGATED, "subnets.0.natGateway": baselines.SUBNET["natGateway"]}),
        ),
        fails=(
            (SUBNET.without("natGateway"), "a NAT gateway"),
            (NETWORK(DELEGATED), "subnets.0.natGateway: found nothing"),
        ),
        unread=unread(SUBNET, "natGateway", "delegations"),
        assumed=(SUBNET.unknown("natGateway.id"),),
        not_applicable=(
            SUBNET({"delegations": [], "natGateway": None}),
            NETWORK(),
            SUBNET({"delegations.0.serviceName": "Microsoft.DBforPostgreSQL/flexibleServers"}),
        ),
    ),
    "NET-06": Cases(
        passes=(ADDRESS(), ADDRESS({"sku.name": "standard"})),
        fails=((ADDRESS({"sku.name": "Basic"}), "found Basic"), (ADDRESS.without("sku"), "found Basic")),
        unread=unread(ADDRESS, "sku.name", "sku"),
    ),
    "NET-07": Cases(
        passes=(ADDRESS(), ADDRESS({"zones": ["1", "3"]}), PREFIX()),
        also_passes=(ADDRESS({"zones": [1, 3]}),),
        fails=(
            (PREFIX({"zones": ["2"]}), "zones: found 2"),
            (ADDRESS({"zones": ["1"]}), "zones: found 1"),
            (ADDRESS({"zones": ["1", "1"]}), "two zones or more"),
            (ADDRESS.without("zones"), "found nothing"),
        ),
        unread=unread(ADDRESS, "zones", "zones.0"),
    ),
    "NET-08": StackCases(
        passes=(
            (ADDRESS(PROTECTED),),
            (ADDRESS({"ddosSettings": {"protectionMode": "enabled"}}),),
            (ADDRESS(), NETWORK(PLANNED, name="network")),
            (ADDRESS(), NAT()),
        ),
        fails=(
            ((ADDRESS(),), "subject", "ddosSettings.protectionMode: found VirtualNetworkInherited"),
            (
                (ADDRESS({"ddosSettings": {"protectionMode": "Disabled"}}), NETWORK(PLANNED, name="network")),
                "subject",
                "found Disabled",
            ),
            ((ADDRESS(), NETWORK(name="network")), "subject", "a network with a plan"),
            ((ADDRESS(), NAT(links={})), "subject", "wanted Enabled"),
        ),
        unread=(((ADDRESS({"ddosSettings": UNKNOWN}),), "ddosSettings"),),
        assumed=((ADDRESS(), NAT({"publicIpAddresses": UNKNOWN})),),
        not_applicable=((NETWORK(),),),
    ),
    "NET-09": StackCases(
        passes=((PLAN(), NETWORK(JOINING, **JOINED)),),
        fails=(
            ((PLAN(),), "subject", "no network that it protects"),
            ((PLAN(), NETWORK(name="network")), "subject", "enableDdosProtection and this plan"),
            (
                (PLAN(), NETWORK({**JOINING, "enableDdosProtection": False}, **JOINED)),
                "subject",
                "no network that it protects",
            ),
        ),
        unread=(((PLAN(), NETWORK({**JOINING, "enableDdosProtection": UNKNOWN}, **JOINED)), "enableDdosProtection"),),
        assumed=((PLAN(), NETWORK({**JOINING, "ddosProtectionPlan": {"id": UNKNOWN}}, **JOINED)),),
    ),
}
