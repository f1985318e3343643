"""The container registry: what every app runs comes through it."""

from __future__ import annotations

from typing import Final

from policies.finding import Finding
from policies.judgements import about, is_flag, is_text
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.private_endpoints import without_endpoint

_REGISTRY: Final = "azure-native:containerregistry:Registry"
_REPLICA: Final = "azure-native:containerregistry:Replication"
# What pulls images, and stands in one region.
_PULLING: Final = (
    "azure-native:app:ManagedEnvironment",
    "azure-native:containerservice:ManagedCluster",
)
_PROTECTS: Final = "what every app runs"


def _is_premium(registry: Resource) -> bool:
    return registry.same("sku.name", "Premium")


NO_ADMIN = Rule(
    id="ACR-01",
    title="The registry has no user with a password",
    severity=Severity.HIGH,
    applies_to=(_REGISTRY,),
    protects=_PROTECTS,
    references=("Azure.ACR.AdminUser", "CKV_AZURE_137"),
    remedy="set adminUserEnabled to false; apps pull by their identity",
    judge=is_flag("adminUserEnabled", wanted=False, default=False),
)

NO_ANONYMOUS = Rule(
    id="ACR-02",
    title="Nobody pulls without a name",
    severity=Severity.HIGH,
    applies_to=(_REGISTRY,),
    protects=_PROTECTS,
    references=("Azure.ACR.AnonymousAccess", "CKV_AZURE_138"),
    remedy="set anonymousPullEnabled to false",
    judge=is_flag("anonymousPullEnabled", wanted=False, default=False),
)

SKU = Rule(
    id="ACR-03",
    title="The registry of production is Standard or Premium",
    severity=Severity.MEDIUM,
    applies_to=(_REGISTRY,),
    protects="deployments: Basic has the least throughput and storage",
    references=("Azure.ACR.MinSku", "APRL eb005943"),
    remedy="set registry.sku to Standard, or to Premium for a private endpoint",
    levels=IN_PROD,
    judge=is_text("sku.name", "Standard", "Premium"),
)

PUBLIC_ACCESS = Rule(
    id="ACR-04",
    title="The registry of production is not reachable from the internet",
    severity=Severity.HIGH,
    applies_to=(_REGISTRY,),
    # Standard has no private endpoint and no network rules.
    when=_is_premium,
    protects=_PROTECTS,
    references=("Azure.ACR.Firewall", "CKV_AZURE_139"),
    remedy="set publicNetworkAccess to Disabled (registry.private)",
    levels=IN_PROD,
    advice_while="registry.private=false",
)


@PUBLIC_ACCESS.check
def _(registry: Resource) -> Finding | None:
    if registry.same("networkRuleSet.defaultAction", "Deny"):
        return None
    return is_text("publicNetworkAccess", "Disabled", default="Enabled")(registry)


ZONES = Rule(
    id="ACR-05",
    title="The registry of production is spread over zones",
    severity=Severity.MEDIUM,
    applies_to=(_REGISTRY,),
    when=_is_premium,
    protects="deployments and restarts during the outage of a zone",
    references=("CKV_AZURE_233", "APRL 63491f70"),
    remedy="set zoneRedundancy to Enabled; it is create-only",
    levels=IN_PROD,
    judge=is_text("zoneRedundancy", "Enabled", default="Disabled"),
)

RETENTION = Rule(
    id="ACR-06",
    title="Manifests without a tag do not stay in the registry for ever",
    severity=Severity.LOW,
    applies_to=(_REGISTRY,),
    when=_is_premium,
    protects="the bill, and whoever searches the registry for what runs",
    references=("Azure.ACR.Retention", "CKV_AZURE_167"),
    remedy="set policies.retentionPolicy.status to enabled, with days that outlast a roll-back",
    levels=IN_PROD,
    judge=is_text("policies.retentionPolicy.status", "enabled", default="disabled"),
)

PRIVATE_ENDPOINT = StackRule(
    id="ACR-07",
    title="A closed registry is reached by a private endpoint",
    severity=Severity.HIGH,
    about=(_REGISTRY,),
    protects="every deployment: without it no app can pull",
    references=("Azure.ACR.Firewall", "MCSB NS-2"),
    remedy="add private_endpoint(...) with group registry to the component",
)


@PRIVATE_ENDPOINT.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_REGISTRY), lambda registry: _closed_alone(stack, registry))


def _closed_alone(stack: Stack, registry: Resource) -> Finding | None:
    closed = registry.same("publicNetworkAccess", "Disabled", default="Enabled")
    return without_endpoint(stack, registry) if closed else None


REPLICATED = StackRule(
    id="ACR-08",
    title="A Premium registry of production is in every region that pulls from it",
    severity=Severity.MEDIUM,
    about=(_REGISTRY,),
    protects="restarts in a region while the registry's own is out",
    references=("Azure.ACR.GeoReplica", "CKV_AZURE_165"),
    remedy="add a Replication of the registry for the region",
    levels=IN_PROD,
)


@REPLICATED.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_REGISTRY), lambda registry: _far_away(stack, registry))


def _far_away(stack: Stack, registry: Resource) -> Finding | None:
    # Standard has no replicas.
    if not _is_premium(registry):
        return None
    held = {_region(each) for each in (registry, *stack.linking(registry, _REPLICA, "registryName"))}
    missing = sorted({_region(each) for each in stack.of(*_PULLING)} - held)
    return Finding("", f"no replica in {', '.join(missing)}", "a replica in every region") if missing else None


def _region(resource: Resource) -> str:
    # Azure takes the display name ("West Europe") as well.
    return resource.text("location").replace(" ", "").casefold()
