from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from tests.policies import baselines_machines as baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

MACHINE = Kind("compute:VirtualMachine", baselines.MACHINE)
SCALE_SET = Kind("compute:VirtualMachineScaleSet", baselines.SCALE_SET)
INTERFACE = Kind("network:NetworkInterface", baselines.INTERFACE)
DISK = Kind("compute:Disk", baselines.DISK)
LINUX = "osProfile.linuxConfiguration"
PROFILE = "virtualMachineProfile"
NODE = f"{PROFILE}.networkProfile.networkInterfaceConfigurations.0.ipConfigurations.0"
AUTOMATIC = {"upgradePolicy": {"mode": "Rolling", "automaticOSUpgradePolicy": {"enableAutomaticOSUpgrade": True}}}


def born_with(text: str) -> Mapping[str, Any]:
    return {"osProfile.customData": base64.b64encode(text.encode()).decode()}


def second(zone: str) -> Subject:
    return MACHINE({"zones": [zone]}, name="second")


CASES: CaseTable = {
    "VM-01": StackCases(
        passes=(
            (MACHINE(),),
            (MACHINE(), second("2")),
            (SCALE_SET(),),
            (MACHINE({"zones": [1]}), second("2")),
        ),
        fails=(
            ((SCALE_SET({"zones": ["1"]}),), "subject", "found 1, wanted two zones or more"),
            ((SCALE_SET.without("zones"),), "subject", "found nothing"),
            ((MACHINE.without("zones"),), "subject", "wanted a zone"),
            ((MACHINE(), second("1")), "second", "found 1, wanted several"),
        ),
        unread=(((SCALE_SET({"zones": UNKNOWN}),), "zones"),),
    ),
    "VM-02": Cases(
        passes=(SCALE_SET(), SCALE_SET.without("zoneBalance")),
        fails=((SCALE_SET({"zoneBalance": True}), "zoneBalance: found true"),),
        unread=unread(SCALE_SET, "zoneBalance"),
    ),
    "VM-03": Cases(
        passes=(SCALE_SET(),),
        fails=(
            (SCALE_SET({"automaticRepairsPolicy.enabled": False}), "found false"),
            (SCALE_SET.without("automaticRepairsPolicy"), "wanted true"),
        ),
        unread=unread(SCALE_SET, "automaticRepairsPolicy"),
    ),
    "VM-04": Cases(
        passes=(MACHINE(), SCALE_SET()),
        fails=(
            (MACHINE({f"{LINUX}.disablePasswordAuthentication": None}), f"{LINUX}.disablePasswordAuthentication"),
            (SCALE_SET({f"{PROFILE}.{LINUX}": None}), f"{PROFILE}.{LINUX}.disablePasswordAuthentication"),
            (MACHINE({"osProfile.adminPassword": "Correct horse battery staple 7"}), "a value (not shown)"),
        ),
        unread=unread(MACHINE, f"{LINUX}.disablePasswordAuthentication"),
        not_applicable=(MACHINE.without("osProfile"),),
    ),
    "VM-05": Cases(
        passes=(MACHINE(), SCALE_SET()),
        fails=(
            (MACHINE({"securityProfile.encryptionAtHost": False}), "securityProfile.encryptionAtHost"),
            (SCALE_SET({f"{PROFILE}.securityProfile": None}), f"{PROFILE}.securityProfile.encryptionAtHost"),
        ),
        unread=unread(MACHINE, "securityProfile.encryptionAtHost"),
    ),
    "VM-06": Cases(
        passes=(MACHINE(), SCALE_SET(), INTERFACE()),
        fails=(
            (SCALE_SET({f"{NODE}.publicIPAddressConfiguration": {"name": "direct"}}), "found a public address"),
            (
                MACHINE(
                    {
                        "networkProfile": {
                            "networkApiVersion": "2022-11-01",
                            "networkInterfaceConfigurations": [
                                {
                                    "name": "node",
                                    "ipConfigurations": [
                                        {"name": "node", "publicIPAddressConfiguration": {"name": "direct"}}
                                    ],
                                }
                            ],
                        }
                    }
                ),
                "publicIPAddressConfiguration",
            ),
            (
                INTERFACE({"ipConfigurations.0.publicIPAddress": {"id": baselines.vnet("publicIPAddresses", "pip")}}),
                "ipConfigurations.0.publicIPAddress",
            ),
        ),
        unread=unread(INTERFACE, "ipConfigurations", "ipConfigurations.0"),
    ),
    "VM-07": Cases(
        passes=(
            MACHINE(),
            SCALE_SET(),
            SCALE_SET({**AUTOMATIC, f"{PROFILE}.{LINUX}.patchSettings": None}),
        ),
        fails=(
            (MACHINE({f"{LINUX}.patchSettings.patchMode": "ImageDefault"}), "found ImageDefault"),
            (SCALE_SET({f"{PROFILE}.{LINUX}.patchSettings": None}), f"{PROFILE}.{LINUX}.patchSettings.patchMode"),
        ),
        unread=unread(MACHINE, f"{LINUX}.patchSettings.patchMode"),
    ),
    "VM-08": Cases(
        passes=(MACHINE(), SCALE_SET(), MACHINE({"securityProfile.securityType": "ConfidentialVM"})),
        fails=(
            (MACHINE({"securityProfile.securityType": None}), "securityType: found nothing"),
            (MACHINE({"securityProfile.securityType": "Standard"}), "found Standard"),
            (SCALE_SET({f"{PROFILE}.securityProfile.uefiSettings": None}), "uefiSettings.secureBootEnabled"),
            (MACHINE({"securityProfile.uefiSettings.vTpmEnabled": False}), "vTpmEnabled"),
        ),
        unread=unread(MACHINE, "securityProfile", "securityProfile.uefiSettings.vTpmEnabled"),
    ),
    "VM-09": Cases(
        passes=(MACHINE(), SCALE_SET(), MACHINE({"osProfile.customData": None}), MACHINE({"userData": "plain"})),
        fails=(
            (MACHINE(born_with("url: postgresql://amora:swordfish@db/amora")), "osProfile.customData: found a cred"),
            (MACHINE({"userData": born_with("AccountKey=abc")["osProfile.customData"]}), "userData"),
            (SCALE_SET({f"{PROFILE}.userData": "-----BEGIN PRIVATE KEY-----"}), f"{PROFILE}.userData"),
        ),
        unread=unread(MACHINE, "osProfile.customData"),
    ),
    "VM-10": Cases(
        passes=(DISK(), DISK({"networkAccessPolicy": "denyall"})),
        fails=(
            (DISK.without("networkAccessPolicy"), "networkAccessPolicy: found AllowAll"),
            (DISK({"publicNetworkAccess": "Enabled"}), "publicNetworkAccess: found Enabled"),
        ),
        unread=unread(DISK, "networkAccessPolicy", "publicNetworkAccess"),
    ),
}
