"""Kubernetes (AKS): who rules the cluster, how it stays up and up to date, who reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.finding import Finding, Unread
from policies.judgements import NOTHING, about, each, in_zones, is_flag, is_text
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.closed_ports import is_anywhere

_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_POOL: Final = "azure-native:containerservice:AgentPool"
_WINDOW: Final = "azure-native:containerservice:MaintenanceConfiguration"
_PROTECTS: Final = "the cluster, and every broker node on it"
# learn.microsoft.com, "Use planned maintenance": the names Azure gives these two windows.
_WINDOWS: Final = ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule")


def _pools(resource: Resource) -> tuple[Properties, ...]:
    """Node pools: those a cluster is made with, or a pool that is a resource of its own."""
    return (resource,) if resource.token == _POOL else resource.items("agentPoolProfiles")


def _add_on(cluster: Resource, name: str) -> Properties:
    # The names of add-ons are keys of a map: azurepolicy and azurePolicy are one.
    return cluster.free("addonProfiles").group(name.casefold())


LOCAL_ACCOUNTS = Rule(
    id="AKS-01",
    title="Nobody signs in to the cluster with an account of its own",
    severity=Severity.HIGH,
    applies_to=(_CLUSTER,),
    protects=f"{_PROTECTS}, from a kubeconfig that works for ever",
    references=("Azure.AKS.LocalAccounts", "CKV_AZURE_141", "MCSB IM-1"),
    remedy="set disableLocalAccounts to true",
    judge=is_flag("disableLocalAccounts", wanted=True, default=False),
)

ENTRA = Rule(
    id="AKS-02",
    title="Entra says who may do what in the cluster",
    severity=Severity.HIGH,
    applies_to=(_CLUSTER,),
    protects=_PROTECTS,
    references=("Azure.AKS.ManagedAAD", "Azure.AKS.AzureRBAC", "CKV_AZURE_5"),
    remedy="set managed and enableAzureRBAC of aadProfile to true",
)


@ENTRA.check
def _(cluster: Resource) -> Iterator[Finding]:
    for path in ("aadProfile.managed", "aadProfile.enableAzureRBAC"):
        if not cluster.flag(path, default=False):
            yield Finding(path, "false", "true")


ZONES = Rule(
    id="AKS-03",
    title="Every node pool of production is spread over three zones",
    severity=Severity.HIGH,
    applies_to=(_CLUSTER, _POOL),
    protects=f"{_PROTECTS}, from the outage of a zone",
    references=("Azure.AKS.AvailabilityZone", "APRL 4f63619f"),
    remedy="set availabilityZones to 1, 2 and 3; it is create-only",
    levels=IN_PROD,
)


@ZONES.check
def _(resource: Resource) -> Judged:
    return each(_pools(resource), lambda pool: in_zones(pool, "availabilityZones", 3, "three zones"))


SLA = Rule(
    id="AKS-04",
    title="The control plane of production has an SLA",
    severity=Severity.MEDIUM,
    applies_to=(_CLUSTER,),
    protects=_PROTECTS,
    references=("Azure.AKS.UptimeSLA", "CKV_AZURE_170"),
    remedy="set sku.tier to Standard",
    levels=IN_PROD,
    judge=is_text("sku.tier", "Standard", "Premium", default="Free"),
)

NETWORK_POLICY = Rule(
    id="AKS-05",
    title="The cluster enforces network policies",
    severity=Severity.HIGH,
    applies_to=(_CLUSTER,),
    protects="the ports between broker nodes, and their management API, from every other pod",
    references=("Azure.AKS.NetworkPolicy", "CKV_AZURE_7"),
    remedy="set networkProfile.networkPolicy and networkDataplane to cilium; Azure's own policy engine ends in 2028",
    judge=is_text("networkProfile.networkPolicy", "cilium", "calico", default="none"),
)

API_SERVER = Rule(
    id="AKS-06",
    title="The API server is private, or lets named addresses in",
    severity=Severity.CRITICAL,
    applies_to=(_CLUSTER,),
    protects=_PROTECTS,
    references=("Azure.AKS.AuthorizedIPs", "CKV_AZURE_6", "CKV_AZURE_115"),
    remedy="set apiServerAccessProfile.enablePrivateCluster to true, or authorizedIPRanges",
)


@API_SERVER.check
def _(cluster: Resource) -> Finding | None:
    profile = cluster.group("apiServerAccessProfile")
    if profile.flag("enablePrivateCluster", default=False) or cluster.same("publicNetworkAccess", "Disabled"):
        return None
    ranges = profile.texts("authorizedIPRanges")
    wide = [each for each in ranges if is_anywhere(each)]
    if ranges and not wide:
        return None
    return Finding(profile.at("authorizedIPRanges"), ", ".join(wide) or NOTHING, "addresses of ours")


UPGRADES = Rule(
    id="AKS-07",
    title="Azure keeps Kubernetes and the nodes' system up to date",
    severity=Severity.MEDIUM,
    applies_to=(_CLUSTER,),
    protects=f"{_PROTECTS}, from flaws that are mended already",
    references=("Azure.AKS.AutoUpgrade", "Azure.AKS.NodeAutoUpgrade", "CKV_AZURE_171"),
    remedy="set autoUpgradeProfile.upgradeChannel to patch and nodeOSUpgradeChannel to NodeImage",
)


@UPGRADES.check
def _(cluster: Resource) -> Iterator[Finding]:
    # The SDK's own words on both properties say what Azure takes where they are left out.
    for path, off, default in (
        ("autoUpgradeProfile.upgradeChannel", ("none",), "none"),
        ("autoUpgradeProfile.nodeOSUpgradeChannel", ("none", "unmanaged"), "NodeImage"),
    ):
        if cluster.same(path, *off, default=default):
            yield Finding(path, cluster.text(path, default), "a channel")


MAINTENANCE = StackRule(
    id="AKS-08",
    title="Azure upgrades the cluster of production in windows of ours",
    severity=Severity.MEDIUM,
    about=(_CLUSTER,),
    protects="clients, from nodes that are drained in the busiest hour",
    references=("Azure.AKS.MaintenanceWindow",),
    remedy=f"add MaintenanceConfiguration {' and '.join(_WINDOWS)}",
    levels=IN_PROD,
)


@MAINTENANCE.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_CLUSTER), lambda cluster: _at_any_time(stack, cluster))


def _at_any_time(stack: Stack, cluster: Resource) -> Finding | None:
    windows = stack.linking(cluster, _WINDOW, "resourceName")
    # What Azure gives back of a resource has no input for the name.
    named = {(each.text("configName") or each.text("name")).casefold() for each in windows}
    missing = [name for name in _WINDOWS if name.casefold() not in named]
    return Finding("", f"no {', '.join(missing)}", "both windows") if missing else None


SECRET_ROTATION = Rule(
    id="AKS-09",
    title="Pods take their secrets from the vault, and take new versions by themselves",
    severity=Severity.HIGH,
    applies_to=(_CLUSTER,),
    protects="every password: without the add-on they become secrets of the cluster",
    references=("Azure.AKS.SecretStore", "Azure.AKS.SecretStoreRotation", "CKV_AZURE_172"),
    remedy='enable addonProfiles.azureKeyvaultSecretsProvider with config.enableSecretRotation "true"',
)


@SECRET_ROTATION.check
def _(cluster: Resource) -> Finding | None:
    add_on = _add_on(cluster, "azureKeyvaultSecretsProvider")
    if not add_on.flag("enabled", default=False):
        return Finding(add_on.at("enabled"), "false", "true")
    rotates = add_on.free("config").flag("enablesecretrotation", default=False)
    return None if rotates else Finding(add_on.at("config.enableSecretRotation"), "false", "true")


AZURE_POLICY = Rule(
    id="AKS-10",
    title="Azure Policy judges what runs in the cluster",
    severity=Severity.MEDIUM,
    applies_to=(_CLUSTER,),
    protects=f"{_PROTECTS}, from privileged pods: no rule here sees manifests",
    references=("Azure.AKS.AzurePolicyAddOn", "CKV_AZURE_116"),
    remedy="enable addonProfiles.azurepolicy",
)


@AZURE_POLICY.check
def _(cluster: Resource) -> Finding | None:
    add_on = _add_on(cluster, "azurepolicy")
    return None if add_on.flag("enabled", default=False) else Finding(add_on.at("enabled"), "false", "true")


HOST_ENCRYPTION = Rule(
    id="AKS-11",
    title="The disks of every node are encrypted on its host",
    severity=Severity.MEDIUM,
    applies_to=(_CLUSTER, _POOL),
    protects="sessions and retained messages, also in caches and on temporary disks",
    references=("CKV_AZURE_227", "MCSB DP-4"),
    remedy="set enableEncryptionAtHost to true; it is create-only",
)


@HOST_ENCRYPTION.check
def _(resource: Resource) -> Judged:
    return each(_pools(resource), _plain_on_host)


def _plain_on_host(pool: Properties) -> Finding | None:
    encrypted = pool.flag("enableEncryptionAtHost", default=False)
    return None if encrypted else Finding(pool.at("enableEncryptionAtHost"), "false", "true")


NO_NODE_ADDRESS = Rule(
    id="AKS-12",
    title="No node has a public address",
    severity=Severity.CRITICAL,
    applies_to=(_CLUSTER, _POOL),
    protects="the nodes: clients come in by the load balancer alone",
    references=("CKV_AZURE_143", "MCSB NS-1"),
    remedy="leave enableNodePublicIP out",
)


@NO_NODE_ADDRESS.check
def _(resource: Resource) -> Judged:
    return each(_pools(resource), _has_address)


def _has_address(pool: Properties) -> Iterator[Finding | Unread]:
    if pool.flag("enableNodePublicIP", default=False):
        yield Finding(pool.at("enableNodePublicIP"), "true", "false")


IDENTITY = Rule(
    id="AKS-13",
    title="The cluster and its pods have identities, no passwords",
    severity=Severity.HIGH,
    applies_to=(_CLUSTER,),
    protects="every right of the cluster and of the broker",
    references=("Azure.AKS.ManagedIdentity", "CKV_AZURE_5", "MCSB IM-3"),
    remedy="set identity.type to UserAssigned, oidcIssuerProfile.enabled and securityProfile.workloadIdentity.enabled",
)


@IDENTITY.check
def _(cluster: Resource) -> Iterator[Finding]:
    if not cluster.same("identity.type", "UserAssigned", "SystemAssigned", default="None"):
        yield Finding("identity.type", cluster.text("identity.type") or NOTHING, "UserAssigned or SystemAssigned")
    for path in ("oidcIssuerProfile.enabled", "securityProfile.workloadIdentity.enabled"):
        if not cluster.flag(path, default=False):
            yield Finding(path, "false", "true")
