"""Container Apps environments: where they stand, who reaches them, where their logs go."""

from __future__ import annotations

import re
from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about, is_flag, is_given, is_text
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule

ENVIRONMENT: Final = "azure-native:app:ManagedEnvironment"


def is_edge(resource: Resource, name_input: str) -> bool:
    """Whether a resource is the edge's, by its Azure name, which ends in the role, or by its logical name.

    What Azure gives back of a resource, which rules about the stack see, has no input for the name.
    """
    return resource.text(name_input).casefold().endswith("-edge") or re.match(r"edge(-|$)", resource.name) is not None


def is_internal(environment: Resource) -> bool:
    """Whether nobody on the internet reaches the apps of an environment."""
    closed = environment.same("publicNetworkAccess", "Disabled", default="Enabled")
    return environment.flag("vnetConfiguration.internal", default=False) or closed


ZONES = Rule(
    id="CAE-01",
    title="An environment of production is spread over zones or placed in one by us",
    severity=Severity.HIGH,
    applies_to=(ENVIRONMENT,),
    protects="every app in it, from the outage of a zone",
    references=("Azure.ContainerApp.AvailabilityZone", "APRL f4201965"),
    remedy="set zoneRedundant, or availabilityZones for an environment of one zone; both are create-only",
    levels=IN_PROD,
)


@ZONES.check
def _(environment: Resource) -> Finding | None:
    if environment.flag("zoneRedundant", default=False) or environment.texts("availabilityZones"):
        return None
    return Finding("zoneRedundant", "false", "true, or a zone in availabilityZones")


INTERNAL = Rule(
    id="CAE-02",
    title="Only the edge environment has a public address",
    severity=Severity.CRITICAL,
    applies_to=(ENVIRONMENT,),
    when=lambda environment: not is_edge(environment, "environmentName"),
    protects="the broker nodes",
    references=("Azure.ContainerApp.PublicAccess",),
    remedy="set vnetConfiguration.internal to true; it is create-only",
)


@INTERNAL.check
def _(environment: Resource) -> Finding | None:
    if is_internal(environment):
        return None
    return Finding("vnetConfiguration.internal", "false", "true, or publicNetworkAccess Disabled")


LOGS_BY_SETTING = Rule(
    id="CAE-03",
    title="Logs leave the environment without a key",
    severity=Severity.MEDIUM,
    applies_to=(ENVIRONMENT,),
    protects="the workspace's shared key, which the other way puts into the environment",
    references=("learn.microsoft.com, Log storage and monitoring options in Azure Container Apps",),
    remedy="set appLogsConfiguration.destination to azure-monitor",
    judge=is_text("appLogsConfiguration.destination", "azure-monitor"),
)

PEER_ENCRYPTION = Rule(
    id="CAE-04",
    title="Traffic between apps of an environment is encrypted",
    severity=Severity.MEDIUM,
    applies_to=(ENVIRONMENT,),
    protects="what apps say to each other through the environment's ingress",
    references=("learn.microsoft.com, Networking in Azure Container Apps: peer-to-peer encryption", "MCSB DP-3"),
    remedy="set peerTrafficConfiguration.encryption.enabled to true",
    judge=is_flag("peerTrafficConfiguration.encryption.enabled", wanted=True, default=False),
)

OWN_SUBNET = Rule(
    id="CAE-05",
    title="An environment stands in a subnet of ours",
    severity=Severity.HIGH,
    applies_to=(ENVIRONMENT,),
    protects="every app in it: without a subnet no rule of the network holds",
    references=("Azure.ContainerApp.AvailabilityZone", "MCSB NS-2"),
    remedy="set vnetConfiguration.infrastructureSubnetId; it is create-only",
    judge=is_given("vnetConfiguration.infrastructureSubnetId", "a subnet"),
)

SPREAD = StackRule(
    id="CAE-06",
    title="Environments of production that are placed by us do not share one zone",
    severity=Severity.HIGH,
    about=(ENVIRONMENT,),
    protects="the cluster: two nodes in one zone fall together",
    references=("learn.microsoft.com, Reliability in Azure Container Apps",),
    remedy="place the core environments in different zones (region.zones, emqx.placement)",
    levels=IN_PROD,
)


@SPREAD.check
def _(stack: Stack) -> Judged:
    core = [each for each in stack.of(ENVIRONMENT) if not is_edge(each, "environmentName")]
    zones = [each.texts("availabilityZones") for each in core]
    placed = [zone for zone in zones if zone]
    if len(placed) < 2 or len(set(placed)) > 1:
        return ()
    return about(core, lambda _: Finding("availabilityZones", ", ".join(placed[0]) or NOTHING, "different zones"))
