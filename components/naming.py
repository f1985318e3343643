"""Names of Azure resources: explicit, legal for their type, unique across environments and regions.

Pattern: ``<abbreviation>-amora-<environment>-<region>[-<role>]`` with the abbreviations of Microsoft's Cloud Adoption
Framework. Types whose names are unique in all of Azure get a suffix made from the whole identity, so that it never
changes and two environments never meet. A name that would be too long keeps its end and its distinctness by the same
suffix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

PRODUCT: Final = "amora"
_SUFFIX_LENGTH: Final = 6


class IllegalNameError(ValueError):
    """A name cannot be made; the text says which, and what is allowed."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """How names of a type look.

    abbreviation: prefix by the Cloud Adoption Framework. longest: characters. hyphens: whether ``-`` is allowed.
    everywhere: whether the name must be unique in all of Azure.
    source: where length and characters come from.
    """

    abbreviation: str
    longest: int
    hyphens: bool = True
    everywhere: bool = False
    source: str = "learn.microsoft.com, Naming rules and restrictions for Azure resources"


RULES: Final[Mapping[str, NameRule]] = {
    "Microsoft.AlertsManagement/actionRules": NameRule("apr", 260),
    "Microsoft.AlertsManagement/prometheusRuleGroups": NameRule("prg", 260),
    "Microsoft.App/containerApps": NameRule("ca", 32),
    "Microsoft.App/jobs": NameRule("caj", 32),
    "Microsoft.App/managedEnvironments": NameRule("cae", 60),
    "Microsoft.Cache/redis": NameRule("redis", 63, everywhere=True),
    "Microsoft.Cache/redisEnterprise": NameRule("amr", 60, everywhere=True),
    "Microsoft.Cdn/profiles": NameRule("afd", 90),
    "Microsoft.Cdn/profiles/afdEndpoints": NameRule("fde", 46, everywhere=True),
    "Microsoft.Consumption/budgets": NameRule("bgt", 63),
    "Microsoft.ContainerRegistry/registries": NameRule("cr", 50, hyphens=False, everywhere=True),
    "Microsoft.Dashboard/dashboards": NameRule("dash", 30),
    "Microsoft.DBforPostgreSQL/flexibleServers": NameRule("psql", 63, everywhere=True),
    "Microsoft.Insights/actionGroups": NameRule("ag", 260),
    "Microsoft.Insights/activityLogAlerts": NameRule("ar", 260),
    "Microsoft.Insights/components": NameRule("appi", 260),
    "Microsoft.Insights/dataCollectionEndpoints": NameRule("dce", 44),
    "Microsoft.Insights/dataCollectionRules": NameRule("dcr", 64),
    "Microsoft.Insights/metricAlerts": NameRule("ar", 260),
    "Microsoft.Insights/scheduledQueryRules": NameRule("ar", 260),
    "Microsoft.KeyVault/vaults": NameRule("kv", 24, everywhere=True),
    "Microsoft.ManagedIdentity/userAssignedIdentities": NameRule("id", 128),
    "Microsoft.Monitor/accounts": NameRule("amw", 44),
    "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies": NameRule("fdfp", 128, hyphens=False),
    "Microsoft.Network/ddosProtectionPlans": NameRule("ddos", 80),
    "Microsoft.Network/natGateways": NameRule("ng", 80),
    "Microsoft.Network/networkSecurityGroups": NameRule("nsg", 80),
    "Microsoft.Network/privateEndpoints": NameRule("pep", 80),
    "Microsoft.Network/publicIPAddresses": NameRule("pip", 80),
    "Microsoft.Network/virtualNetworks": NameRule("vnet", 64),
    "Microsoft.Network/virtualNetworks/subnets": NameRule("snet", 80),
    "Microsoft.OperationalInsights/workspaces": NameRule("log", 63),
    "Microsoft.Portal/dashboards": NameRule("dash", 24),
    "Microsoft.Resources/resourceGroups": NameRule("rg", 90),
    "Microsoft.Storage/storageAccounts": NameRule("st", 24, hyphens=False, everywhere=True),
}
"""Name rules by ARM type."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one region cell.

    environment: 2 to 8 lower-case letters and digits, beginning with a letter. region: the cell's short name, 2 to 6.
    """

    environment: str
    region: str

    def of(self, arm_type: str, role: str = "") -> str:
        """The name of a resource.

        Args:
            arm_type: a key of :data:`RULES`.
            role: what tells it from others of its type in the cell: lower-case letters, digits and single hyphens.
                In a type whose names have no hyphens, hyphens alone tell no two roles apart.

        Raises:
            IllegalNameError: the type has no rule, or the role is no role.
        """
        rule = RULES.get(arm_type)
        if rule is None:
            raise IllegalNameError(f"there is no name rule for {arm_type}; add one to components/naming.py")
        if role and not all(
            part.isalnum() and part.isascii() and part.islower() | part.isdigit() for part in role.split("-")
        ):
            raise IllegalNameError(f"{role!r} is no role: lower-case letters and digits, joined by single hyphens")
        parts = [rule.abbreviation, PRODUCT, self.environment, self.region, *([role] if role else [])]
        joint = "-" if rule.hyphens else ""
        suffix = self._suffix(arm_type, role)
        name = joint.join([*parts, suffix] if rule.everywhere else parts)
        if len(name) <= rule.longest:
            return name.replace("-", joint)
        # The product goes first, then the end of what is left; the suffix keeps the name distinct.
        kept = joint.join([parts[0], *parts[2:]]).replace("-", joint)
        return kept[: rule.longest - len(joint) - _SUFFIX_LENGTH].rstrip("-") + joint + suffix

    def _suffix(self, arm_type: str, role: str) -> str:
        identity = "/".join((PRODUCT, self.environment, self.region, arm_type.lower(), role))
        return sha256(identity.encode()).hexdigest()[:_SUFFIX_LENGTH]
