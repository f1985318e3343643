from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

ENDPOINT = Kind("cdn:AFDEndpoint", baselines.DOOR_ENDPOINT)
DOMAIN = Kind("cdn:AFDCustomDomain", baselines.DOOR_DOMAIN)
ROUTE = Kind("cdn:Route", baselines.DOOR_ROUTE)
ORIGIN = Kind("cdn:AFDOrigin", baselines.DOOR_ORIGIN)
ORIGIN_GROUP = Kind("cdn:AFDOriginGroup", baselines.DOOR_ORIGIN_GROUP)
POLICY = Kind("cdn:SecurityPolicy", baselines.SECURITY_POLICY, name="policy")
FIREWALL = Kind("frontdoor:Policy", baselines.DOOR_FIREWALL)
GUARDING = {"parameters": ("subject",)}


def premium(*sets: str) -> Subject:
    named = [{"ruleSetType": name, "ruleSetVersion": "2.1"} for name in sets]
    return FIREWALL({"sku.name": "Premium_AzureFrontDoor", "managedRules": {"managedRuleSets": named}})


CASES: CaseTable = {
    "AFD-01": StackCases(
        passes=((ENDPOINT(), POLICY(links=GUARDING)), (DOMAIN(), POLICY(links=GUARDING))),
        fails=(
            ((ENDPOINT(),), "subject", "a security policy that names it"),
            ((DOMAIN(), POLICY()), "subject", "a security policy"),
            ((ENDPOINT(), DOMAIN(name="domain"), POLICY(links=GUARDING)), "domain", "a security policy"),
        ),
        assumed=((ENDPOINT(), POLICY({"parameters": UNKNOWN}, links=GUARDING)),),
    ),
    "AFD-02": Cases(
        passes=(DOMAIN(), DOMAIN({"tlsSettings.minimumTlsVersion": "TLS13"}), DOMAIN.without("tlsSettings")),
        fails=((DOMAIN({"tlsSettings.minimumTlsVersion": "TLS10"}), "found TLS10"),),
        unread=unread(DOMAIN, "tlsSettings.minimumTlsVersion"),
    ),
    "AFD-03": Cases(
        passes=(ROUTE(), ROUTE({"supportedProtocols": ["Https"], "httpsRedirect": "Disabled"})),
        fails=(
            (ROUTE({"httpsRedirect": "Disabled"}), "httpsRedirect: found Disabled"),
            (ROUTE({"supportedProtocols": None, "httpsRedirect": None}), "found nothing"),
        ),
        unread=unread(ROUTE, "httpsRedirect", "supportedProtocols.0"),
    ),
    "AFD-04": Cases(
        passes=(ROUTE(),),
        fails=(
            (ROUTE({"forwardingProtocol": "HttpOnly"}), "found HttpOnly"),
            (ROUTE.without("forwardingProtocol"), "found MatchRequest"),
        ),
        unread=unread(ROUTE, "forwardingProtocol"),
    ),
    "AFD-05": Cases(
        passes=(ROUTE(),),
        fails=((ROUTE({"cacheConfiguration": {"queryStringCachingBehavior": "IgnoreQueryString"}}), "caching"),),
        unread=unread(ROUTE, "cacheConfiguration"),
    ),
    "AFD-06": Cases(
        passes=(ORIGIN(), ORIGIN.without("enforceCertificateNameCheck")),
        fails=((ORIGIN({"enforceCertificateNameCheck": False}), "found false"),),
        unread=unread(ORIGIN, "enforceCertificateNameCheck"),
    ),
    "AFD-07": Cases(
        passes=(ORIGIN_GROUP(),),
        fails=(
            (ORIGIN_GROUP({"healthProbeSettings.probeProtocol": "Http"}), "found Http, wanted Https"),
            (ORIGIN_GROUP.without("healthProbeSettings"), "found nothing"),
            (ORIGIN_GROUP({"healthProbeSettings.probePath": "/"}), "healthProbeSettings.probePath: found /"),
            (ORIGIN_GROUP.without("healthProbeSettings.probePath"), "the path that answers for health"),
        ),
        unread=unread(ORIGIN_GROUP, "healthProbeSettings.probeProtocol", "healthProbeSettings.probePath"),
    ),
    "AFD-08": Cases(
        passes=(FIREWALL(), FIREWALL.without("policySettings.enabledState")),
        fails=((FIREWALL({"policySettings.enabledState": "Disabled"}), "found Disabled"),),
        unread=unread(FIREWALL, "policySettings.enabledState"),
    ),
    "AFD-09": Cases(
        passes=(FIREWALL(),),
        fails=(
            (FIREWALL({"policySettings.mode": "Detection"}), "found Detection"),
            (FIREWALL.without("policySettings"), "found Detection"),
        ),
        unread=unread(FIREWALL, "policySettings.mode"),
    ),
    "AFD-10": Cases(
        passes=(premium("Microsoft_DefaultRuleSet", "Microsoft_BotManagerRuleSet"),),
        fails=(
            (premium("Microsoft_DefaultRuleSet"), "no Microsoft_BotManagerRuleSet"),
            (FIREWALL({"sku.name": "Premium_AzureFrontDoor"}), "no Microsoft_DefaultRuleSet"),
        ),
        unread=(
            (premium(UNKNOWN), "managedRules.managedRuleSets.0.ruleSetType"),
            *unread(FIREWALL, "sku.name"),
        ),
        not_applicable=(FIREWALL(),),
    ),
}
