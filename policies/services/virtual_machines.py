"""Virtual machines and scale sets: where they stand, how they heal, who signs in, what lies on their disks."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Final

from policies.finding import Finding, Unread
from policies.judgements import NOTHING, about, each, in_zones, is_flag, is_text
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.governance import CREDENTIAL_TEXT

_MACHINE: Final = "azure-native:compute:VirtualMachine"
_SCALE_SET: Final = "azure-native:compute:VirtualMachineScaleSet"
_INTERFACE: Final = "azure-native:network:NetworkInterface"
_DISK: Final = "azure-native:compute:Disk"
_BOTH: Final = (_MACHINE, _SCALE_SET)
_PROTECTS: Final = "the broker nodes"
_PATCHED: Final = "osProfile.linuxConfiguration.patchSettings.patchMode"


def _machine(resource: Resource) -> Properties:
    """What a machine is like: a scale set has one description for all of its own."""
    return resource.group("virtualMachineProfile") if resource.token == _SCALE_SET else resource


ZONES = StackRule(
    id="VM-01",
    title="Machines of production stand in more than one zone",
    severity=Severity.HIGH,
    about=_BOTH,
    protects="the cluster: nodes in one zone fall together",
    references=("Azure.VMSS.AvailabilityZone", "Azure.VM.AvailabilityZone"),
    remedy="set zones: two or more of a scale set, different ones of single machines; it is create-only",
    levels=IN_PROD,
)


@ZONES.check
def _(stack: Stack) -> Iterator[Finding | Unread]:
    yield from about(stack.of(_SCALE_SET), lambda scale_set: in_zones(scale_set, "zones", 2, "two zones or more"))
    machines = stack.of(_MACHINE)
    yield from about(machines, lambda machine: in_zones(machine, "zones", 1, "a zone"))
    if len({zone for machine in machines for zone in machine.texts("zones")}) == 1 < len(machines):
        yield from about(machines, lambda machine: Finding("zones", ", ".join(machine.texts("zones")), "several"))


ZONE_BALANCE = Rule(
    id="VM-02",
    title="A scale set gives way when a zone is short of machines",
    severity=Severity.LOW,
    applies_to=(_SCALE_SET,),
    protects="the number of nodes: strict balance makes none where one zone cannot",
    references=("Azure.VMSS.ZoneBalance",),
    remedy="leave zoneBalance out, or set it to false",
    judge=is_flag("zoneBalance", wanted=False, default=False),
)

REPAIRS = Rule(
    id="VM-03",
    title="A scale set repairs machines that do not answer",
    severity=Severity.MEDIUM,
    applies_to=(_SCALE_SET,),
    protects=_PROTECTS,
    references=("Azure.VMSS.AutoInstanceRepairs",),
    remedy="set automaticRepairsPolicy.enabled to true; repairAction Restart where machines keep data",
    judge=is_flag("automaticRepairsPolicy.enabled", wanted=True, default=False),
)

SSH_KEYS = Rule(
    id="VM-04",
    title="Nobody signs in to a machine with a password",
    severity=Severity.HIGH,
    applies_to=_BOTH,
    # A machine that is made of a disk has the accounts of the disk.
    when=lambda resource: _machine(resource).given("osProfile"),
    protects=_PROTECTS,
    references=("Azure.VM.PublicKey", "Azure.VMSS.PublicKey", "CKV_AZURE_1", "CKV_AZURE_49", "CKV_AZURE_178"),
    remedy="set osProfile.linuxConfiguration.disablePasswordAuthentication to true, and no adminPassword",
)


@SSH_KEYS.check
def _(resource: Resource) -> Iterator[Finding]:
    machine = _machine(resource)
    path = "osProfile.linuxConfiguration.disablePasswordAuthentication"
    if not machine.flag(path, default=False):
        yield Finding(machine.at(path), "false", "true")
    if machine.given("osProfile.adminPassword"):
        yield Finding(machine.at("osProfile.adminPassword"), "a password", NOTHING)


HOST_ENCRYPTION = Rule(
    id="VM-05",
    title="The disks of every machine are encrypted on its host",
    severity=Severity.MEDIUM,
    applies_to=_BOTH,
    protects="sessions and retained messages, also in caches and on temporary disks",
    references=("CKV_AZURE_97", "CKV_AZURE_151", "MCSB DP-4"),
    remedy="set securityProfile.encryptionAtHost to true",
)


@HOST_ENCRYPTION.check
def _(resource: Resource) -> Finding | None:
    machine, path = _machine(resource), "securityProfile.encryptionAtHost"
    return None if machine.flag(path, default=False) else Finding(machine.at(path), "false", "true")


NO_ADDRESS = Rule(
    id="VM-06",
    title="No machine has a public address",
    severity=Severity.CRITICAL,
    applies_to=(*_BOTH, _INTERFACE),
    protects="the broker nodes: clients come in by the load balancer alone",
    references=("Azure.VMSS.PublicIPAttached", "CKV_AZURE_119", "MCSB NS-1"),
    remedy="take the public address out of the interface's configuration",
)


@NO_ADDRESS.check
def _(resource: Resource) -> Judged:
    return each(_ip_configurations(resource), _has_address)


def _ip_configurations(resource: Resource) -> list[Properties]:
    """Configurations of an interface, or of the interfaces that are written into a machine."""
    if resource.token == _INTERFACE:
        return list(resource.items("ipConfigurations"))
    interfaces = _machine(resource).items("networkProfile.networkInterfaceConfigurations")
    return [each for interface in interfaces for each in interface.items("ipConfigurations")]


def _has_address(configuration: Properties) -> Iterator[Finding | Unread]:
    for name in ("publicIPAddress", "publicIPAddressConfiguration"):
        if configuration.has(name):
            yield Finding(configuration.at(name), "a public address", NOTHING)


PATCHES = Rule(
    id="VM-07",
    title="Azure keeps the system of every machine up to date",
    severity=Severity.MEDIUM,
    applies_to=_BOTH,
    protects="the broker nodes, from flaws that are mended already",
    references=("Azure.VM.Updates", "CKV_AZURE_95"),
    remedy="set osProfile.linuxConfiguration.patchSettings.patchMode to AutomaticByPlatform, or"
    " upgradePolicy.automaticOSUpgradePolicy of a scale set without data",
)


@PATCHES.check
def _(resource: Resource) -> Finding | None:
    renewed = resource.flag("upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade", default=False)
    if resource.token == _SCALE_SET and renewed:
        return None
    machine = _machine(resource)
    if machine.same(_PATCHED, "AutomaticByPlatform"):
        return None
    return Finding(machine.at(_PATCHED), machine.text(_PATCHED) or NOTHING, "AutomaticByPlatform")


TRUSTED_LAUNCH = Rule(
    id="VM-08",
    title="A machine starts nothing that is not signed",
    severity=Severity.MEDIUM,
    applies_to=_BOTH,
    protects="the broker nodes, from what hides below the system",
    references=("learn.microsoft.com, Trusted launch for Azure virtual machines", "MCSB PV-5"),
    remedy="set securityProfile.securityType to TrustedLaunch, and secureBootEnabled and vTpmEnabled of uefiSettings",
)


@TRUSTED_LAUNCH.check
def _(resource: Resource) -> Iterator[Finding]:
    profile = _machine(resource).group("securityProfile")
    if not profile.same("securityType", "TrustedLaunch", "ConfidentialVM"):
        found = profile.text("securityType") or NOTHING
        yield Finding(profile.at("securityType"), found, "TrustedLaunch or ConfidentialVM")
        return
    for path in ("uefiSettings.secureBootEnabled", "uefiSettings.vTpmEnabled"):
        if not profile.flag(path, default=False):
            yield Finding(profile.at(path), "false", "true")


CUSTOM_DATA = Rule(
    id="VM-09",
    title="What a machine is born with holds no credential",
    severity=Severity.CRITICAL,
    applies_to=_BOTH,
    protects="every credential: each process of the machine can read its custom data",
    references=("learn.microsoft.com, Custom data and cloud-init on Azure Virtual Machines", "MCSB IM-8"),
    remedy="let the machine fetch the credential from the vault with its identity",
)


@CUSTOM_DATA.check
def _(resource: Resource) -> Iterator[Finding]:
    machine = _machine(resource)
    for path in ("osProfile.customData", "userData"):
        if CREDENTIAL_TEXT.search(_opened(machine.text(path))):
            yield Finding(machine.at(path), "a credential", "an address in the vault")


def _opened(text: str) -> str:
    # Azure takes base64 only.
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


CLOSED_DISK = Rule(
    id="VM-10",
    title="A disk can be neither downloaded nor uploaded",
    severity=Severity.HIGH,
    applies_to=(_DISK,),
    protects="sessions and retained messages",
    references=("CKV_AZURE_251", "MCSB NS-2"),
    remedy="set networkAccessPolicy to DenyAll and publicNetworkAccess to Disabled",
)


@CLOSED_DISK.check
def _(disk: Resource) -> Iterator[Finding]:
    for path, wanted, default in (
        ("networkAccessPolicy", "DenyAll", "AllowAll"),
        ("publicNetworkAccess", "Disabled", "Enabled"),
    ):
        finding = is_text(path, wanted, default=default)(disk)
        if finding is not None:
            yield finding
