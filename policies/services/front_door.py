"""Front Door: the way of the apps' WebSockets, and the firewall on it."""

from __future__ import annotations

from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about, is_flag, is_text
from policies.resources import Resource, Stack
from policies.rule import Judged, Rule, Severity, StackRule

_ENDPOINT: Final = "azure-native:cdn:AFDEndpoint"
_DOMAIN: Final = "azure-native:cdn:AFDCustomDomain"
_ROUTE: Final = "azure-native:cdn:Route"
_ORIGIN: Final = "azure-native:cdn:AFDOrigin"
_ORIGIN_GROUP: Final = "azure-native:cdn:AFDOriginGroup"
_SECURITY_POLICY: Final = "azure-native:cdn:SecurityPolicy"
_FIREWALL: Final = "azure-native:frontdoor:Policy"
_PROTECTS: Final = "the tokens and messages of every app client"

FIREWALL_EVERYWHERE = StackRule(
    id="AFD-01",
    title="A firewall stands before every Front Door endpoint and domain",
    severity=Severity.HIGH,
    about=(_ENDPOINT, _DOMAIN),
    protects="the WebSocket listeners",
    references=("Azure.FrontDoor.UseWAF", "CKV_AZURE_121"),
    remedy="name it in an association of the profile's SecurityPolicy",
)


@FIREWALL_EVERYWHERE.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_ENDPOINT, _DOMAIN), lambda entry: _unguarded(stack, entry))


def _unguarded(stack: Stack, entry: Resource) -> Finding | None:
    if stack.linking(entry, _SECURITY_POLICY, "parameters"):
        return None
    return Finding("", NOTHING, "a security policy that names it")


DOMAIN_TLS = Rule(
    id="AFD-02",
    title="A Front Door domain speaks TLS 1.2 or newer",
    severity=Severity.HIGH,
    applies_to=(_DOMAIN,),
    protects=_PROTECTS,
    references=("Azure.FrontDoor.MinTLS", "MCSB DP-3"),
    remedy="set tlsSettings.minimumTlsVersion to TLS12 or TLS13",
    judge=is_text("tlsSettings.minimumTlsVersion", "TLS12", "TLS13", default="TLS12"),
)

HTTPS_IN = Rule(
    id="AFD-03",
    title="Clients reach a route by HTTPS only, or are sent there",
    severity=Severity.HIGH,
    applies_to=(_ROUTE,),
    protects=_PROTECTS,
    references=("learn.microsoft.com, Front Door: HTTP to HTTPS redirection", "MCSB DP-3"),
    remedy="set httpsRedirect to Enabled, or supportedProtocols to Https",
)


@HTTPS_IN.check
def _(route: Resource) -> Finding | None:
    protocols = {each.casefold() for each in route.texts("supportedProtocols")} or {"http", "https"}
    if protocols == {"https"} or route.same("httpsRedirect", "Enabled", default="Disabled"):
        return None
    return Finding("httpsRedirect", route.text("httpsRedirect") or NOTHING, "Enabled")


HTTPS_ON = Rule(
    id="AFD-04",
    title="Front Door speaks HTTPS to the edge",
    severity=Severity.HIGH,
    applies_to=(_ROUTE,),
    protects=_PROTECTS,
    references=("learn.microsoft.com, Front Door: end-to-end TLS", "MCSB DP-3"),
    remedy="set forwardingProtocol to HttpsOnly",
    judge=is_text("forwardingProtocol", "HttpsOnly", default="MatchRequest"),
)

NO_CACHE = Rule(
    id="AFD-05",
    title="No route caches",
    severity=Severity.HIGH,
    applies_to=(_ROUTE,),
    protects="WebSockets: Front Door upgrades no connection on a route that caches",
    references=("learn.microsoft.com, Azure Front Door and WebSocket",),
    remedy="leave cacheConfiguration out",
)


@NO_CACHE.check
def _(route: Resource) -> Finding | None:
    return Finding("cacheConfiguration", "caching", NOTHING) if route.has("cacheConfiguration") else None


ORIGIN_NAME = Rule(
    id="AFD-06",
    title="Front Door checks the name in the edge's certificate",
    severity=Severity.HIGH,
    applies_to=(_ORIGIN,),
    protects=_PROTECTS,
    references=("learn.microsoft.com, Front Door: end-to-end TLS", "MCSB DP-3"),
    remedy="leave enforceCertificateNameCheck out, or set it to true",
    judge=is_flag("enforceCertificateNameCheck", wanted=True, default=True),
)

PROBE = Rule(
    id="AFD-07",
    title="Front Door asks the edge over HTTPS whether it takes clients",
    severity=Severity.MEDIUM,
    applies_to=(_ORIGIN_GROUP,),
    protects="clients, from an edge that is up and has no node behind it",
    references=("Azure.FrontDoor.Probe", "Azure.FrontDoor.ProbePath"),
    remedy="set healthProbeSettings with probeProtocol Https and probePath /healthz",
)


@PROBE.check
def _(group: Resource) -> Finding | None:
    if not group.same("healthProbeSettings.probeProtocol", "Https"):
        found = group.text("healthProbeSettings.probeProtocol") or NOTHING
        return Finding("healthProbeSettings.probeProtocol", found, "Https")
    path = group.text("healthProbeSettings.probePath", default="/")
    return None if path != "/" else Finding("healthProbeSettings.probePath", path, "the path that answers for health")


FIREWALL_ON = Rule(
    id="AFD-08",
    title="The firewall is on",
    severity=Severity.HIGH,
    applies_to=(_FIREWALL,),
    protects="the WebSocket listeners",
    references=("Azure.FrontDoorWAF.Enabled",),
    remedy="set policySettings.enabledState to Enabled",
    judge=is_text("policySettings.enabledState", "Enabled", default="Enabled"),
)

FIREWALL_PREVENTS = Rule(
    id="AFD-09",
    title="The firewall refuses what it finds",
    severity=Severity.HIGH,
    applies_to=(_FIREWALL,),
    protects="the WebSocket listeners",
    references=("Azure.FrontDoorWAF.PreventionMode", "CKV_AZURE_123"),
    remedy="set policySettings.mode to Prevention",
    judge=is_text("policySettings.mode", "Prevention", default="Detection"),
)

RULE_SETS = Rule(
    id="AFD-10",
    title="A Premium firewall has Microsoft's rule sets: attacks and bots",
    severity=Severity.MEDIUM,
    applies_to=(_FIREWALL,),
    # Standard takes custom rules only.
    when=lambda policy: policy.same("sku.name", "Premium_AzureFrontDoor"),
    protects="the WebSocket listeners, from what is known to be an attack",
    references=("Azure.FrontDoorWAF.RuleGroups", "CKV_AZURE_133"),
    remedy="add Microsoft_DefaultRuleSet and Microsoft_BotManagerRuleSet to managedRules.managedRuleSets",
)


@RULE_SETS.check
def _(policy: Resource) -> Finding | None:
    sets = {item.text("ruleSetType").casefold() for item in policy.items("managedRules.managedRuleSets")}
    missing = [
        each for each in ("Microsoft_DefaultRuleSet", "Microsoft_BotManagerRuleSet") if each.casefold() not in sets
    ]
    return Finding("managedRules.managedRuleSets", f"no {', '.join(missing)}", "both rule sets") if missing else None
