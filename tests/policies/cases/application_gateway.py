from __future__ import annotations

from tests.policies import baselines_machines as baselines
from tests.policies.cases import Cases, CaseTable
from tests.policies.cases.shorthand import Kind, unread

GATEWAY = Kind("network:ApplicationGateway", baselines.GATEWAY)
FIREWALL = Kind("network:WebApplicationFirewallPolicy", baselines.GATEWAY_FIREWALL)
INLINE = "webApplicationFirewallConfiguration"
OLDER = {"enabled": True, "firewallMode": "Prevention", "ruleSetType": "OWASP", "ruleSetVersion": "3.2"}

CASES: CaseTable = {
    "AGW-01": Cases(
        passes=(GATEWAY(), GATEWAY({"sku.tier": "waf_V2"})),
        fails=((GATEWAY({"sku.tier": "Standard_v2"}), "found Standard_v2"), (GATEWAY.without("sku"), "found nothing")),
        unread=unread(GATEWAY, "sku.tier"),
    ),
    "AGW-02": Cases(
        passes=(GATEWAY(), GATEWAY({"zones": ["1", "2"]})),
        also_passes=(GATEWAY({"zones": [1, 2]}),),
        fails=((GATEWAY({"zones": ["1"]}), "found 1"), (GATEWAY.without("zones"), "found nothing")),
        unread=unread(GATEWAY, "zones"),
    ),
    "AGW-03": Cases(
        passes=(
            GATEWAY(),
            GATEWAY.without("sslPolicy"),
            GATEWAY({"sslPolicy": {"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3"}}),
        ),
        fails=(
            (GATEWAY({"sslPolicy.policyName": "AppGwSslPolicy20150501"}), "found AppGwSslPolicy20150501"),
            (GATEWAY({"sslPolicy": {"policyType": "Custom", "minProtocolVersion": "TLSv1_1"}}), "found TLSv1_1"),
        ),
        unread=unread(GATEWAY, "sslPolicy.policyName", "sslPolicy"),
    ),
    "AGW-04": Cases(
        passes=(GATEWAY(), GATEWAY({"httpListeners.0.protocol": "https"})),
        fails=((GATEWAY({"httpListeners.0.protocol": "Http"}), "httpListeners.0.protocol: found Http"),),
        unread=unread(GATEWAY, "httpListeners", "httpListeners.0.protocol"),
    ),
    "AGW-05": Cases(
        passes=(GATEWAY(),),
        fails=(
            (GATEWAY({"backendHttpSettingsCollection.0.protocol": "Http"}), "found Http"),
            (GATEWAY({"backendHttpSettingsCollection.0.protocol": None}), "found nothing"),
        ),
        unread=unread(GATEWAY, "backendHttpSettingsCollection"),
    ),
    "AGW-06": Cases(
        passes=(
            GATEWAY(),
            FIREWALL(),
            FIREWALL({"policySettings.state": None}),
            GATEWAY({"firewallPolicy": None, INLINE: OLDER}),
        ),
        fails=(
            (GATEWAY.without("firewallPolicy"), "no firewall that is on"),
            (GATEWAY({"firewallPolicy": None, INLINE: {**OLDER, "firewallMode": "Detection"}}), "found Detection"),
            (GATEWAY({"firewallPolicy": None, INLINE: {**OLDER, "enabled": False}}), "no firewall that is on"),
            (FIREWALL({"policySettings.mode": None}), "policySettings.mode: found Detection"),
            (FIREWALL({"policySettings.state": "disabled"}), "policySettings: found no firewall"),
        ),
        unread=unread(FIREWALL, "policySettings", "policySettings.mode"),
        assumed=(GATEWAY.unknown("firewallPolicy.id"),),
    ),
}
