"""Name rules of ARM types: length, characters, and where a name must be unique.

Sources: Microsoft's "Naming rules and restrictions for Azure resources", the name patterns of the API specifications,
and hashicorp/terraform-provider-azurerm's validators; where they differ the strictest is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sandbox.arm.finding import Finding
from sandbox.wire import Unknown


class Scope(StrEnum):
    """Where a name exists once."""

    GROUP = "resource group"
    PARENT = "parent"
    SUBSCRIPTION = "subscription"
    GLOBAL = "all of Azure"


@dataclass(frozen=True, slots=True)
class NameRule:
    """``shortest`` and ``longest`` in characters, ``pattern`` of the whole name, ``says``: the pattern in words."""

    shortest: int
    longest: int
    pattern: str
    says: str
    scope: Scope = Scope.GROUP


_NETWORK: Final = (r"[A-Za-z0-9]([\w.-]*\w)?", "letters, digits, '_', '.', '-'; starts with a letter or digit")
_HYPHENS: Final = (
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?",
    "letters, digits, '-'; starts and ends with a letter or digit",
)
_LOWER: Final = (r"(?!.*--)[a-z]([a-z0-9-]*[a-z0-9])?", "lower-case letters, digits, single '-'; starts with a letter")
_ALNUM: Final = (r"[A-Za-z0-9]+", "letters and digits")
_LETTER_FIRST: Final = (r"[A-Za-z][A-Za-z0-9]*", "letters and digits; starts with a letter")
_DNS_ZONE: Final = (r"([A-Za-z0-9_-]{1,63}\.){1,33}[A-Za-z0-9_-]{1,63}", "2 to 34 labels of 1 to 63 characters")
_TENANT: Final = (r"[A-Za-z0-9]+\.onmicrosoft\.com", "letters and digits before .onmicrosoft.com")
_DEFAULT: Final = (r"default", "'default'")
_GUID: Final = (r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a GUID")
_MONITOR: Final = (r"[^*#&+:<>?@%{}\\/|]*[^*#&+:<>?@%{}\\/|. ]", "none of *#&+:<>?@%{}\\/|; no space or dot at the end")


def _rule(shortest: int, longest: int, form: tuple[str, str], scope: Scope = Scope.GROUP) -> NameRule:
    return NameRule(shortest, longest, form[0], form[1], scope)


NAMES: Final[Mapping[str, NameRule]] = {
    "microsoft.alertsmanagement/actionrules": _rule(1, 260, _MONITOR),
    "microsoft.alertsmanagement/prometheusrulegroups": _rule(1, 260, _MONITOR),
    "microsoft.app/containerapps": _rule(2, 32, _LOWER),
    "microsoft.app/jobs": _rule(2, 32, _LOWER),
    "microsoft.app/managedenvironments": _rule(2, 60, _LOWER),
    "microsoft.app/managedenvironments/certificates": _rule(1, 60, _HYPHENS, Scope.PARENT),
    "microsoft.app/managedenvironments/managedcertificates": _rule(1, 60, _HYPHENS, Scope.PARENT),
    "microsoft.app/managedenvironments/storages": _rule(2, 32, _LOWER, Scope.PARENT),
    "microsoft.authorization/locks": _rule(1, 90, (r"[\w().-]*[\w()-]", "letters, digits, '_().-'"), Scope.PARENT),
    "microsoft.authorization/roleassignments": _rule(36, 36, _GUID, Scope.PARENT),
    "microsoft.authorization/roledefinitions": _rule(36, 36, _GUID, Scope.SUBSCRIPTION),
    "microsoft.azureactivedirectory/b2cdirectories": _rule(17, 43, _TENANT, Scope.GLOBAL),
    "microsoft.azureactivedirectory/ciamdirectories": _rule(17, 42, _TENANT, Scope.GLOBAL),
    "microsoft.cache/redis": _rule(1, 63, (r"(?!.*--)" + _HYPHENS[0], _HYPHENS[1] + "; no '--'"), Scope.GLOBAL),
    "microsoft.cache/redis/accesspolicyassignments": _rule(3, 63, _HYPHENS, Scope.PARENT),
    "microsoft.cache/redisenterprise": _rule(
        1, 60, (r"(?!.*--)" + _HYPHENS[0], _HYPHENS[1] + "; no '--'"), Scope.GLOBAL
    ),
    "microsoft.cache/redisenterprise/databases": _rule(7, 7, _DEFAULT, Scope.PARENT),
    "microsoft.cache/redisenterprise/databases/accesspolicyassignments": _rule(1, 60, _ALNUM, Scope.PARENT),
    "microsoft.cdn/profiles": _rule(2, 90, _HYPHENS),
    "microsoft.cdn/profiles/afdendpoints": _rule(2, 46, _HYPHENS, Scope.GLOBAL),
    "microsoft.cdn/profiles/afdendpoints/routes": _rule(2, 90, _HYPHENS, Scope.PARENT),
    "microsoft.cdn/profiles/customdomains": _rule(2, 260, _HYPHENS, Scope.PARENT),
    "microsoft.cdn/profiles/origingroups": _rule(2, 90, _HYPHENS, Scope.PARENT),
    "microsoft.cdn/profiles/origingroups/origins": _rule(2, 90, _HYPHENS, Scope.PARENT),
    "microsoft.cdn/profiles/rulesets": _rule(1, 60, _LETTER_FIRST, Scope.PARENT),
    "microsoft.cdn/profiles/rulesets/rules": _rule(1, 60, _LETTER_FIRST, Scope.PARENT),
    "microsoft.cdn/profiles/securitypolicies": _rule(1, 260, _HYPHENS, Scope.PARENT),
    "microsoft.compute/virtualmachinescalesets": _rule(
        1,
        64,
        (
            r"[^\\/\"'\[\]:|<>+=;,?*@& _][^\\/\"'\[\]:|<>+=;,?*@& ]*(?<![.-])",
            "no \\/\"'[]:|<>+=;,?*@& or space; no '.' or '-' at the end",
        ),
    ),
    "microsoft.consumption/budgets": _rule(1, 63, (r"[\w-]+", "letters, digits, '_', '-'"), Scope.PARENT),
    "microsoft.containerregistry/registries": _rule(5, 50, _ALNUM, Scope.GLOBAL),
    "microsoft.containerregistry/registries/cacherules": _rule(
        5, 50, (r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", _HYPHENS[1]), Scope.PARENT
    ),
    "microsoft.containerregistry/registries/credentialsets": _rule(
        5, 50, (r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", _HYPHENS[1]), Scope.PARENT
    ),
    "microsoft.containerservice/managedclusters": _rule(
        1, 63, (r"[A-Za-z0-9]([\w-]*[A-Za-z0-9])?", "letters, digits, '_', '-'")
    ),
    "microsoft.containerservice/managedclusters/agentpools": _rule(
        1, 12, (r"[a-z][a-z0-9]*", "lower-case letters and digits; starts with a letter"), Scope.PARENT
    ),
    "microsoft.dashboard/dashboards": _rule(3, 30, _HYPHENS),
    "microsoft.dashboard/dashboards/dashboarddefinitions": _rule(7, 7, _DEFAULT, Scope.PARENT),
    "microsoft.dbforpostgresql/flexibleservers": _rule(
        3, 63, (r"[a-z0-9][a-z0-9-]*[a-z0-9]", "lower-case letters, digits, '-'"), Scope.GLOBAL
    ),
    "microsoft.dbforpostgresql/flexibleservers/administrators": _rule(36, 36, _GUID, Scope.PARENT),
    "microsoft.dbforpostgresql/flexibleservers/configurations": _rule(
        1, 128, (r"[a-z_.0-9]+", "a parameter's name"), Scope.PARENT
    ),
    "microsoft.dbforpostgresql/flexibleservers/databases": _rule(
        1, 63, (r"[A-Za-z_][\w-]*", "letters, digits, '_', '-'; starts with a letter or '_'"), Scope.PARENT
    ),
    "microsoft.dbforpostgresql/flexibleservers/firewallrules": _rule(
        1, 80, (r"[A-Za-z0-9][\w-]*(?<!-)", "letters, digits, '_', '-'"), Scope.PARENT
    ),
    "microsoft.insights/actiongroups": _rule(
        1, 260, (r"[^/&%\\?]*[^/&%\\?. ]", "none of /&%\\?; no space or dot at the end")
    ),
    "microsoft.insights/activitylogalerts": _rule(
        1, 260, (r"[^<>*%{}&:\\?+/#|]*[^<>*%{}&:\\?+/#|. ]", "none of <>*%{}&:\\?+/#|")
    ),
    "microsoft.insights/components": _rule(
        1, 260, (r"[^%&\\?/]*[^%&\\?/. ]", "none of %&\\?/; no space or dot at the end")
    ),
    "microsoft.insights/datacollectionendpoints": _rule(3, 44, (r"[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]", _HYPHENS[1])),
    "microsoft.insights/datacollectionrules": _rule(3, 64, (r"[\w.-]+", "letters, digits, '_', '.', '-'")),
    "microsoft.insights/diagnosticsettings": _rule(1, 260, (r"[^*<>%&:\\?+/]+", "none of *<>%&:\\?+/"), Scope.PARENT),
    "microsoft.insights/metricalerts": _rule(1, 260, _MONITOR),
    "microsoft.insights/scheduledqueryrules": _rule(1, 260, _MONITOR),
    "microsoft.keyvault/vaults": _rule(
        3,
        24,
        (r"(?!.*--)[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]", "letters, digits, single '-'; starts with a letter"),
        Scope.GLOBAL,
    ),
    "microsoft.keyvault/vaults/keys": _rule(1, 127, (r"[A-Za-z0-9-]+", "letters, digits, '-'"), Scope.PARENT),
    "microsoft.keyvault/vaults/secrets": _rule(1, 127, (r"[A-Za-z0-9-]+", "letters, digits, '-'"), Scope.PARENT),
    "microsoft.managedidentity/userassignedidentities": _rule(
        3, 128, (r"[A-Za-z0-9][\w-]+", "letters, digits, '_', '-'")
    ),
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials": _rule(
        3, 120, (r"[A-Za-z0-9][\w-]+", "letters, digits, '_', '-'"), Scope.PARENT
    ),
    "microsoft.monitor/accounts": _rule(3, 44, (r"[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]", _HYPHENS[1])),
    "microsoft.network/applicationgateways": _rule(1, 80, _NETWORK),
    "microsoft.network/ddosprotectionplans": _rule(1, 80, _NETWORK),
    "microsoft.network/dnszones": _rule(3, 253, _DNS_ZONE),
    "microsoft.network/frontdoorwebapplicationfirewallpolicies": _rule(1, 128, _LETTER_FIRST),
    "microsoft.network/loadbalancers": _rule(1, 80, _NETWORK),
    "microsoft.network/natgateways": _rule(1, 80, _NETWORK),
    "microsoft.network/networksecuritygroups": _rule(1, 80, _NETWORK),
    "microsoft.network/networksecuritygroups/securityrules": _rule(1, 80, _NETWORK, Scope.PARENT),
    "microsoft.network/privatednszones": _rule(3, 253, _DNS_ZONE),
    "microsoft.network/privatednszones/virtualnetworklinks": _rule(1, 80, _NETWORK, Scope.PARENT),
    "microsoft.network/privateendpoints": _rule(1, 80, _NETWORK),
    "microsoft.network/privateendpoints/privatednszonegroups": _rule(1, 80, _NETWORK, Scope.PARENT),
    "microsoft.network/publicipaddresses": _rule(1, 80, _NETWORK),
    "microsoft.network/trafficmanagerprofiles": _rule(
        1, 63, (r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "letters, digits, '-', '.'"), Scope.GLOBAL
    ),
    "microsoft.network/virtualnetworks": _rule(2, 64, (r"[A-Za-z0-9][\w.-]*\w", "letters, digits, '_', '.', '-'")),
    "microsoft.network/virtualnetworks/subnets": _rule(1, 80, _NETWORK, Scope.PARENT),
    "microsoft.operationalinsights/workspaces": _rule(4, 63, (r"[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]", _HYPHENS[1])),
    "microsoft.portal/dashboards": _rule(3, 24, (r"[A-Za-z0-9-]+", "letters, digits, '-'")),
    "microsoft.resources/resourcegroups": _rule(
        1, 90, (r"[-\w.()]*[-\w()]", "letters, digits, '-_.()'; no dot at the end"), Scope.SUBSCRIPTION
    ),
    "microsoft.storage/storageaccounts": _rule(3, 24, (r"[a-z0-9]+", "lower-case letters and digits"), Scope.GLOBAL),
    "microsoft.storage/storageaccounts/blobservices": _rule(7, 7, _DEFAULT, Scope.PARENT),
    "microsoft.storage/storageaccounts/blobservices/containers": _rule(
        3, 63, (r"(?!.*--)[a-z0-9][a-z0-9-]*[a-z0-9]", "lower-case letters, digits, single '-'"), Scope.PARENT
    ),
    "microsoft.storage/storageaccounts/managementpolicies": _rule(7, 7, _DEFAULT, Scope.PARENT),
    "microsoft.storage/storageaccounts/fileservices/shares": _rule(
        3, 63, (r"(?!.*--)[a-z0-9][a-z0-9-]*[a-z0-9]", "lower-case letters, digits, single '-'"), Scope.PARENT
    ),
}
"""Rules by ARM type in lower case."""

NAMELESS: Final[Mapping[str, str]] = {
    "microsoft.network/dnszones/dnssecconfigs": "a zone has one, and its name is part of its path",
    "microsoft.network/dnszones/{recordtype}": "names of records are DNS labels, '@' or '*'",
    "microsoft.network/privatednszones/{recordtype}": "names of records are DNS labels, '@' or '*'",
}
"""Types whose names need no rule, with the reason."""

# Words Azure keeps out of names that become public host names (learn.microsoft.com, "Resolve reserved name errors").
RESERVED: Final = ("login", "microsoft", "windows", "xbox")


def check_name(arm_type: str, input_name: str, name: Any) -> list[Finding]:
    """What is wrong with a resource's own name; nothing for a type without a rule or a name not known yet."""
    rule = NAMES.get(arm_type.lower())
    if rule is None or isinstance(name, Unknown) or name is None:
        return []
    text = str(name)
    found = []
    if not rule.shortest <= len(text) <= rule.longest:
        size = f"{rule.shortest} to {rule.longest}" if rule.shortest < rule.longest else str(rule.longest)
        found.append(f"the name {text!r} has {len(text)} characters; {arm_type} takes {size}")
    elif not re.fullmatch(rule.pattern, text):
        found.append(f"the name {text!r} has characters {arm_type} does not take; allowed: {rule.says}")
    chosen = text.lower().removesuffix(".onmicrosoft.com")  # Azure's own part of a tenant's name
    reserved = next((word for word in RESERVED if word in chosen), None)
    if rule.scope is Scope.GLOBAL and reserved is not None:
        found.append(f"the name {text!r} has the reserved word {reserved!r}")
    return [Finding("error", "name", input_name, message) for message in found]
