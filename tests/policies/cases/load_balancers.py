from __future__ import annotations

from tests.policies import baselines_machines as baselines
from tests.policies.baselines_machines import INTERNAL_FRONTEND, balancing_rule
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

BALANCER = Kind("network:LoadBalancer", baselines.BALANCER)
NAT_RULE = Kind("network:InboundNatRule", baselines.NAT_RULE, name="rule", links={"loadBalancerName": ("subject",)})
INSIDE = {"frontendIPConfigurations": [INTERNAL_FRONTEND]}


def ruled(**changes: object) -> Subject:
    return BALANCER({"loadBalancingRules": [balancing_rule(**changes)]})


def nat_pool(**changes: object) -> Subject:
    pool = {"name": "p", "protocol": "Tcp", "frontendPortRangeStart": 20, "frontendPortRangeEnd": 30, "backendPort": 8}
    return BALANCER({"inboundNatPools": [{**pool, **changes}]})


CASES: CaseTable = {
    "LB-01": Cases(
        passes=(BALANCER(),),
        also_passes=(BALANCER({"sku.name": "standard"}),),
        fails=((BALANCER({"sku.name": "Basic"}), "found Basic"), (BALANCER.without("sku"), "found Basic")),
        unread=unread(BALANCER, "sku.name"),
    ),
    "LB-02": Cases(
        passes=(BALANCER(), BALANCER(INSIDE), BALANCER({"frontendIPConfigurations": []})),
        fails=(
            (BALANCER({"frontendIPConfigurations": [{**INTERNAL_FRONTEND, "zones": ["1"]}]}), "zones: found 1"),
            (BALANCER({"frontendIPConfigurations": [{**INTERNAL_FRONTEND, "zones": []}]}), "two zones or more"),
        ),
        unread=(
            *unread(BALANCER, "frontendIPConfigurations"),
            (
                BALANCER({"frontendIPConfigurations": [{**INTERNAL_FRONTEND, "zones": UNKNOWN}]}),
                "frontendIPConfigurations.0.zones",
            ),
        ),
        assumed=(BALANCER.unknown("frontendIPConfigurations.0.publicIPAddress"),),
    ),
    "LB-03": Cases(
        passes=(BALANCER(), ruled(protocol="Udp", enableTcpReset=None)),
        also_passes=(ruled(idleTimeoutInMinutes="15"), ruled(protocol="udp", enableTcpReset=None)),
        fails=(
            (ruled(enableTcpReset=None), "loadBalancingRules.0.enableTcpReset"),
            (ruled(idleTimeoutInMinutes=14), "found 14, wanted 15 or more"),
            (ruled(idleTimeoutInMinutes=None), "found 4"),
        ),
        unread=(
            *unread(BALANCER, "loadBalancingRules"),
            (ruled(enableTcpReset=UNKNOWN), "loadBalancingRules.0.enableTcpReset"),
        ),
    ),
    "LB-04": Cases(
        passes=(BALANCER(), BALANCER.without("loadBalancingRules")),
        fails=((ruled(probe=None), "loadBalancingRules.0.probe: found nothing"),),
        unread=unread(BALANCER, "loadBalancingRules"),
        assumed=(ruled(probe={"id": UNKNOWN}),),
    ),
    "LB-05": Cases(
        passes=(BALANCER(), BALANCER({"probes.0.protocol": "https"}), BALANCER({"probes": []})),
        fails=(
            (BALANCER({"probes.0.protocol": "Tcp"}), "probes.0.protocol: found Tcp"),
            (BALANCER({"probes.0.requestPath": None}), "probes.0.requestPath: found /"),
        ),
        unread=unread(BALANCER, "probes", "probes.0.protocol"),
    ),
    "LB-06": StackCases(
        passes=(
            (BALANCER(),),
            (BALANCER(), NAT_RULE()),
            (BALANCER({**INSIDE, "loadBalancingRules": [balancing_rule(frontendPort=1883)]}),),
            (BALANCER(INSIDE), NAT_RULE({"frontendPort": 22})),
            (ruled(frontendPort=1883, protocol="Udp"),),
        ),
        fails=(
            ((ruled(frontendPort=1883),), "subject", "1883 (MQTT without TLS)"),
            ((ruled(frontendPort="18083"),), "subject", "18083 (EMQX's dashboard)"),
            ((ruled(frontendPort=443, backendPort=18083),), "subject", "18083 (EMQX's dashboard) of the node"),
            ((ruled(frontendPort=4385),), "subject", "4370-4390 (Erlang distribution)"),
            ((ruled(frontendPort=5390),), "subject", "5370-5390 (EMQX's RPC)"),
            ((ruled(frontendPort=0, backendPort=0, protocol="All"),), "subject", "22 (SSH), 3389 (RDP), 1883"),
            ((nat_pool(),), "subject", "inboundNatPools.0.frontendPort: found 22 (SSH)"),
            ((BALANCER(), NAT_RULE({"frontendPort": 22})), "rule", "22 (SSH)"),
            ((NAT_RULE({"frontendPort": 22}, links={}),), "rule", "22 (SSH)"),
        ),
        unread=(
            ((ruled(frontendPort=UNKNOWN),), "loadBalancingRules.0.frontendPort"),
            ((BALANCER({"inboundNatRules": UNKNOWN}),), "inboundNatRules"),
        ),
        assumed=((BALANCER(INSIDE), NAT_RULE({"frontendPort": 22, "loadBalancerName": UNKNOWN})),),
    ),
}
