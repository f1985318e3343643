"""Rules of Front Door and its firewall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known, open_to_doubt
from sandbox.protocol.package import Values

_PROFILE: Final = "microsoft.cdn/profiles"
_GROUP: Final = f"{_PROFILE}/origingroups"
_ORIGIN: Final = f"{_GROUP}/origins"
_ROUTE: Final = f"{_PROFILE}/afdendpoints/routes"
_FIREWALL: Final = "microsoft.network/frontdoorwebapplicationfirewallpolicies"
_LIMITS: Final = "hashicorp/terraform-provider-azurerm, internal/services/cdn: validated ranges"


def _samples(values: Values) -> Iterator[tuple[str, str]]:
    wanted = known(values, "loadBalancingSettings.successfulSamplesRequired")
    size = known(values, "loadBalancingSettings.sampleSize")
    if isinstance(wanted, int | float) and isinstance(size, int | float) and wanted > size:
        yield "loadBalancingSettings.successfulSamplesRequired", f"{wanted:g} is above sampleSize {size:g}"


def _redirect(values: Values) -> Iterator[tuple[str, str]]:
    protocols = known(values, "supportedProtocols")
    if known(values, "httpsRedirect") == "Enabled" and protocols is not None and set(protocols) != {"Http", "Https"}:
        yield "httpsRedirect", "'Enabled'; only a route of both Http and Https can redirect"


def _patterns(values: Values) -> Iterator[tuple[str, str]]:
    for number, pattern in enumerate(known(values, "patternsToMatch") or []):
        if isinstance(pattern, str) and not pattern.startswith("/"):
            yield f"patternsToMatch[{number}]", f"{pattern!r} does not begin with a slash"


def _some_domain(values: Values) -> Iterator[tuple[str, str]]:
    if open_to_doubt(values, "linkToDefaultDomain", "customDomains"):
        return
    if known(values, "linkToDefaultDomain") == "Disabled" and not known(values, "customDomains"):
        yield "linkToDefaultDomain", "'Disabled' without customDomains; a route has at least one domain"


def _managed_on_premium(values: Values) -> Iterator[tuple[str, str]]:
    sets = known(values, "managedRules.managedRuleSets")
    if sets and known(values, "sku.name") == "Standard_AzureFrontDoor":
        yield "managedRules.managedRuleSets", "with Standard_AzureFrontDoor; managed rule sets are Premium's"


def _rate_limits(values: Values) -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(known(values, "customRules.rules") or []):
        if known(rule, "ruleType") != "RateLimitRule":
            continue
        path = f"customRules.rules[{number}]"
        threshold, minutes = known(rule, "rateLimitThreshold"), known(rule, "rateLimitDurationInMinutes")
        if not isinstance(threshold, int | float) or threshold < 10:
            yield f"{path}.rateLimitThreshold", f"{threshold}; a rate limit is at least 10 requests"
        if minutes not in (1, 5):
            yield f"{path}.rateLimitDurationInMinutes", f"{minutes}; a rate limit counts over 1 or 5 minutes"


def _rule_names(values: Values) -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(known(values, "customRules.rules") or []):
        name = known(rule, "name")
        if isinstance(name, str) and not (name.isalnum() and name.isascii() and name[0].isalpha()):
            yield f"customRules.rules[{number}].name", f"{name!r}; letters and digits, a letter first"


RULES: Final = (
    between("front-door-timeout", _PROFILE, "originResponseTimeoutSeconds", 16, 240, _LIMITS),
    between("front-door-probe", _GROUP, "healthProbeSettings.probeIntervalInSeconds", 1, 255, _LIMITS),
    between("front-door-sample", _GROUP, "loadBalancingSettings.sampleSize", 1, 255, _LIMITS),
    Rule("front-door-samples", (_GROUP,), "relation", _LIMITS, _samples),
    between("front-door-priority", _ORIGIN, "priority", 1, 5, _LIMITS),
    between("front-door-weight", _ORIGIN, "weight", 1, 1000, _LIMITS),
    Rule("front-door-redirect", (_ROUTE,), "relation", _LIMITS, _redirect),
    Rule("front-door-pattern", (_ROUTE,), "format", _LIMITS, _patterns),
    Rule("front-door-domain", (_ROUTE,), "relation", _LIMITS, _some_domain),
    Rule(
        "firewall-managed",
        (_FIREWALL,),
        "relation",
        "learn.microsoft.com, Azure Front Door tier comparison: managed rules",
        _managed_on_premium,
    ),
    Rule(
        "firewall-rate",
        (_FIREWALL,),
        "range",
        "learn.microsoft.com, Web Application Firewall rate limiting for Azure Front Door",
        _rate_limits,
    ),
    Rule("firewall-rule-name", (_FIREWALL,), "format", "REST: Policies - Create: customRules.name", _rule_names),
)
