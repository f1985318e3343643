"""Mutants that no rule has to refuse, each with its reason; and bad values that a type alone does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.policies.baselines import GROUP, SUBSCRIPTION

OWNER = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


@dataclass(frozen=True)
class Equivalent:
    """Mutants that are as good as what they were made of.

    token: without ``azure-native:``; path: with `*` for a position; both may hold `*` for anything. kinds: what was
    done. some: others of the same key must be refused all the same.
    """

    token: str
    path: str
    kinds: tuple[str, ...]
    reason: str
    some: bool = False

    def covers(self, key: tuple[str, str, str]) -> bool:
        token, path, kind = key
        return fnmatchcase(token, self.token) and fnmatchcase(path, self.path) and kind in self.kinds


_GONE = ("left out", "emptied")
_NAMED = ("left out", "other")
_DEFAULT = "Azure's default is what the rule wants"
_MORE = "more than the least is as good, or Azure refuses it"
_REFUSED = "Azure refuses it: the word, or the id of something that is not there"
_NOTHING_LEFT = "what the rule guards is gone with it"
_TELLS_KIND = "it only tells which resources a rule is about; the program's own names are compared in tests/program"
_EITHER = "the other of the two properties still holds; PAIRS has both"
_OTHER_PORT = "a port that nothing listens on, or another one of the app's that is no secret"

EQUIVALENTS: tuple[Equivalent, ...] = (
    Equivalent("*", "tags.*", ("other",), "any text says whose it is; none is refused"),
    Equivalent("*", "location", ("left out",), "azure-native takes that of the resource group, which is judged"),
    Equivalent("app:ContainerApp", "configuration.activeRevisionsMode", ("left out",), _DEFAULT),
    Equivalent("app:ContainerApp", "configuration.ingress.allowInsecure", ("left out",), _DEFAULT),
    Equivalent("cdn:AFDOrigin", "enforceCertificateNameCheck", ("left out",), _DEFAULT),
    Equivalent("containerregistry:Registry", "adminUserEnabled", ("left out",), _DEFAULT),
    Equivalent("containerregistry:Registry", "anonymousPullEnabled", ("left out",), _DEFAULT),
    Equivalent("frontdoor:Policy", "policySettings.enabledState", ("left out",), _DEFAULT),
    Equivalent("keyvault:Vault", "properties.enableSoftDelete", ("left out",), _DEFAULT),
    Equivalent("keyvault:Vault", "properties.softDeleteRetentionInDays", ("left out",), _DEFAULT),
    Equivalent("operationalinsights:Workspace", "retentionInDays", ("left out",), _DEFAULT),
    Equivalent("redisenterprise:Database", "clientProtocol", ("left out",), _DEFAULT),
    Equivalent("redisenterprise:RedisEnterprise", "highAvailability", ("left out",), _DEFAULT),
    Equivalent("storage:StorageAccount", "enableHttpsTrafficOnly", ("left out",), _DEFAULT),
    Equivalent(
        "tls:*", "isCaCertificate", ("left out",), "an authority's is refused; of others it is the default", some=True
    ),
    Equivalent("app:ContainerApp", "template.scale.minReplicas", ("huge",), _MORE, some=True),
    Equivalent(
        "app:ContainerApp",
        "template.scale.minReplicas",
        ("zero", "left out"),
        "other apps of the same image run on; the edge's is refused",
        some=True,
    ),
    Equivalent("dbforpostgresql:Server", "backup.backupRetentionDays", ("huge",), _MORE),
    Equivalent("keyvault:Secret", "properties.attributes.expires", ("huge",), "it is a day all the same"),
    Equivalent("keyvault:Vault", "properties.softDeleteRetentionInDays", ("huge",), _MORE),
    Equivalent("operationalinsights:Workspace", "retentionInDays", ("huge",), _MORE),
    Equivalent("amora:identity:AppIdentity", "rights", _GONE, _NOTHING_LEFT),
    Equivalent("amora:identity:AppIdentity", "rights.*.role", _NAMED, "the component refuses a role it does not know"),
    Equivalent("app:*", "configuration.secrets", _GONE, _NOTHING_LEFT),
    Equivalent("app:*", "configuration.*.identity", ("other",), _REFUSED),
    Equivalent("app:*", "template.containers", _GONE, "Azure refuses it; of nodes and replicas a rule does too"),
    Equivalent("app:*", "template.*.env", _GONE, _NOTHING_LEFT),
    Equivalent("app:*", "template.*.env.*.name", _NAMED, "BAD has the names that matter"),
    Equivalent("app:*", "template.*.env.*.name", ("bad",), "the variable names a secret already", some=True),
    Equivalent("app:ContainerApp", "template.initContainers", _GONE, _NOTHING_LEFT),
    Equivalent("app:ContainerApp", "configuration.ingress", ("left out",), _NOTHING_LEFT),
    Equivalent("app:ContainerApp", "configuration.ingress.additionalPortMappings", _GONE, _NOTHING_LEFT),
    Equivalent("app:ContainerApp", "configuration.ingress.*Port", ("zero", "huge", "left out"), _OTHER_PORT),
    Equivalent("app:ContainerApp", "configuration.ingress.*external", ("flipped", "left out"), "it closes the port"),
    Equivalent("app:ContainerApp", "configuration.ingress.transport", _NAMED, "no port opens by it"),
    Equivalent("app:ContainerApp", "containerAppName", _NAMED, _TELLS_KIND),
    Equivalent("app:ManagedEnvironment", "environmentName", _NAMED, _TELLS_KIND),
    Equivalent("app:ManagedEnvironment", "publicNetworkAccess", _NAMED, _EITHER),
    Equivalent("app:ManagedEnvironment", "vnetConfiguration.internal", ("flipped", "left out"), _EITHER),
    Equivalent("app:ManagedEnvironment", "vnetConfiguration.infrastructureSubnetId", ("other",), _REFUSED),
    Equivalent(
        "app:ManagedEnvironment",
        "zoneRedundant",
        ("flipped", "left out"),
        "the core's are placed in a zone each; the edge's is refused",
        some=True,
    ),
    Equivalent("applicationinsights:Component", "disableLocalAuth", ("flipped", "left out"), "LOG-04 is exempted"),
    Equivalent("applicationinsights:Component", "workspaceResourceId", ("other",), _REFUSED),
    Equivalent("authorization:RoleAssignment", "roleDefinitionId", _NAMED, _REFUSED),
    Equivalent("cdn:AFDOriginGroup", "healthProbeSettings.probePath", ("other",), "the edge answers 404: it is down"),
    Equivalent(
        "consumption:Budget",
        "notifications.actual-*",
        ("left out", "emptied", "flipped", "zero", "huge", "other"),
        "another notification of what was spent still comes in time",
    ),
    Equivalent("consumption:Budget", "notifications.forecasted-*.threshold", ("zero",), "the news comes sooner"),
    Equivalent("containerregistry:Registry", "networkRuleSet.defaultAction", _NAMED, _EITHER),
    Equivalent("containerregistry:Registry", "publicNetworkAccess", _NAMED, _EITHER),
    Equivalent("dbforpostgresql:Configuration", "configurationName", _NAMED, _REFUSED),
    Equivalent("dbforpostgresql:Server", "authConfig.passwordAuth", _NAMED, "PG-06 is exempted"),
    Equivalent("dbforpostgresql:Server", "network.delegatedSubnetResourceId", ("other",), _REFUSED),
    Equivalent("dns:RecordSet", "recordType", _NAMED, _REFUSED),
    Equivalent("dns:RecordSet", "relativeRecordSetName", _NAMED, _REFUSED),
    Equivalent("frontdoor:Policy", "sku.name", _NAMED, _REFUSED),
    Equivalent("keyvault:Secret", "properties.contentType", ("other",), "any words say what it is"),
    Equivalent("monitor:DiagnosticSetting", "workspaceId", ("other",), _REFUSED),
    Equivalent("network:NetworkSecurityGroup", "securityRules.*.access", _NAMED, _REFUSED, some=True),
    Equivalent("network:NetworkSecurityGroup", "securityRules.*.direction", _NAMED, _REFUSED, some=True),
    Equivalent("network:NetworkSecurityGroup", "securityRules.*.protocol", _NAMED, _REFUSED, some=True),
    Equivalent("network:NetworkSecurityGroup", "securityRules.*.sourceAddressPrefix", _NAMED, _REFUSED, some=True),
    Equivalent("network:NetworkSecurityGroup", "securityRules.*.sourceAddressPrefixes", _GONE, _REFUSED),
    Equivalent("network:NetworkSecurityGroup", "securityRules.*.destinationPortRanges", _GONE, _REFUSED),
    Equivalent(
        "network:NetworkSecurityGroup",
        "securityRules.*.sourceAddressPrefix",
        ("bad",),
        "the rule denies, or is about ports that anyone may reach",
        some=True,
    ),
    Equivalent(
        "network:NetworkSecurityGroup",
        "securityRules.*.sourceAddressPrefixes",
        ("bad",),
        "the ports are none of the closed ones, and what listens on them has no public address",
        some=True,
    ),
    Equivalent("network:Subnet", "delegations*", ("other", *_GONE), "Azure refuses the environment in it"),
    Equivalent("network:Subnet", "subnetName", _NAMED, _TELLS_KIND),
    Equivalent(
        "network:VirtualNetwork", "enableDdosProtection", ("flipped", "left out"), "no client reaches an address of it"
    ),
    Equivalent("redisenterprise:RedisEnterprise", "sku.name", _NAMED, _REFUSED),
    Equivalent("storage:StorageAccount", "publicNetworkAccess", _NAMED, _EITHER),
    Equivalent("tls:*", "allowedUses", _GONE, "a certificate without uses serves nobody"),
)

BAD: tuple[tuple[str, str, Any], ...] = (
    ("amora:identity:AppIdentity", "rights.*.role", "Owner"),
    ("app:*", "template.*.env.*.name", "DATABASE_PASSWORD"),
    ("app:ContainerApp", "configuration.ingress.exposedPort", 1883),
    ("app:ContainerApp", "configuration.ingress.additionalPortMappings.*.exposedPort", 18083),
    ("app:ContainerApp", "configuration.registries", [{"server": "docker.io"}]),
    ("app:*", "template.containers.*.image", "docker.io/emqx/emqx:latest"),
    ("authorization:RoleAssignment", "roleDefinitionId", OWNER),
    ("authorization:RoleAssignment", "scope", GROUP),
    ("cdn:AFDOriginGroup", "healthProbeSettings.probePath", "/"),
    ("containerregistry:Registry", "sku.name", "Basic"),
    ("dns:RecordSet", "relativeRecordSetName", "*"),
    ("network:NetworkSecurityGroup", "securityRules.*.destinationPortRange", "1000-20000"),
    ("network:NetworkSecurityGroup", "securityRules.*.sourceAddressPrefix", "Internet"),
    ("network:NetworkSecurityGroup", "securityRules.*.sourceAddressPrefixes", ["0.0.0.0/0"]),
    ("redisenterprise:RedisEnterprise", "sku.name", "Balanced_B0"),
    ("storage:StorageAccount", "sku.name", "Standard_LRS"),
)
"""Token, path, and a value that must be refused; the token and the path as in :class:`Equivalent`."""

PAIRS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("app:ManagedEnvironment", {"vnetConfiguration.internal": False, "publicNetworkAccess": "Enabled"}),
    ("containerregistry:Registry", {"networkRuleSet.defaultAction": "Allow", "publicNetworkAccess": "Enabled"}),
    ("storage:StorageAccount", {"networkRuleSet.defaultAction": "Allow", "publicNetworkAccess": "Enabled"}),
)
"""Properties of which either closes the resource, open together."""

GUARDING: Mapping[str, str] = {
    "authorization:ManagementLockByScope": "registry-registry-lock: images can be had again",
    "cdn:SecurityPolicy": "",
    "dns:DnssecConfig": "",
    "monitor:DiagnosticSetting": "",
    "network:PrivateDnsZoneGroup": "",
    "network:PrivateEndpoint": "",
    "privatedns:VirtualNetworkLink": "",
    "storage:BlobServiceProperties": "",
}
"""Types whose resources guard another one: a stack without one of them is refused. The text names what is not missed,
with the reason."""

SILENT: Mapping[str, str] = {
    "ACR-04": "either of two properties holds: PAIRS",
    "CAE-02": "either of two properties holds: PAIRS",
    "ST-04": "either of two properties holds: PAIRS",
    "CAE-06": "three environments stand in three zones: no single change puts them all into one",
    "AFD-05": "no route has a cache to change",
    "AFD-10": "the firewall is Standard, which has no managed rules",
    "ING-05": "no ingress has sticky sessions to change",
    "ING-06": "no ingress has a list of addresses to change",
    "LOG-07": "the workspace of production has no daily cap to change",
    "LOG-04": "exempted",
    "PG-06": "exempted",
}
"""Rules of production that read the program and that no mutant of it breaks; their cases do."""
