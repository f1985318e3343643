from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.governance import POSTGRES
from tests.policies.cases.key_vault import VAULT
from tests.policies.cases.monitoring import METRICS, WORKSPACE
from tests.policies.cases.network import SUBNET
from tests.policies.cases.shorthand import Kind
from tests.policies.cases.storage import ACCOUNT
from tests.policies.cases.virtual_machines import DISK
from tests.policies.subjects import UNKNOWN, Subject

LOCK = Kind("authorization:ManagementLockByScope", baselines.LOCK, name="lock", links={"scope": ("subject",)})
ZONE = Kind("dns:Zone", baselines.ZONE)
RECORD = Kind("dns:RecordSet", baselines.CAA_RECORDS)(name="record", links={"zoneName": ("subject",)})
EXTERNAL_TENANT = Kind("azureactivedirectory:CIAMTenant", baselines.EXTERNAL_TENANT)
B2C_TENANT = Kind("azureactivedirectory:B2CTenant", baselines.B2C_TENANT)

IN_GROUP = {"resourceGroupName": ("group",)}
GROUP = Subject("azure-native:resources:ResourceGroup", {"resourceGroupName": "rg"}, name="group")
_LEVEL = {"level": "CanNotDelete", "lockName": "keep", "resourceGroupName": "rg"}
AT_GROUP = Kind("authorization:ManagementLockAtResourceGroupLevel", _LEVEL, name="lock", links=IN_GROUP)
AT_RESOURCE = Kind(
    "authorization:ManagementLockAtResourceLevel", _LEVEL, name="lock", links={"resourceName": ("subject",)}
)

CASES: CaseTable = {
    "DATA-01": Cases(
        passes=tuple(
            kind(protect=True)
            for kind in (VAULT, ZONE, POSTGRES, WORKSPACE, METRICS, ACCOUNT, EXTERNAL_TENANT, B2C_TENANT, DISK)
        ),
        fails=((VAULT(), "the option protect"), (EXTERNAL_TENANT(), "not protected"), (ZONE(), "not protected")),
        # The option is Pulumi's own and always known.
        assumed=(VAULT({"properties": UNKNOWN}, protect=True),),
        not_applicable=(SUBNET(),),
    ),
    "DATA-02": StackCases(
        passes=(
            (VAULT(), LOCK()),
            (ZONE(), LOCK({"level": "ReadOnly"})),
            (ZONE(), RECORD, LOCK(links={"scope": ("record",)})),
            # A lock of the group holds for what lies in it.
            (VAULT(links=IN_GROUP), GROUP, LOCK(links={"scope": ("group",)})),
            (VAULT(links=IN_GROUP), GROUP, AT_GROUP()),
            (VAULT(), AT_RESOURCE()),
        ),
        fails=(
            ((VAULT(),), "subject", "a CanNotDelete lock"),
            ((VAULT(), LOCK(links={})), "subject", "a CanNotDelete lock"),
            ((VAULT(), LOCK({"level": "NotSpecified"})), "subject", "a CanNotDelete lock"),
            ((VAULT(), ZONE(name="zone"), LOCK()), "zone", "a CanNotDelete lock"),
            ((VAULT(), GROUP, AT_GROUP()), "subject", "a CanNotDelete lock"),
            ((VAULT(links=IN_GROUP), GROUP, AT_GROUP({"level": "NotSpecified"})), "subject", "a CanNotDelete lock"),
            ((VAULT(), ZONE(name="zone"), RECORD, LOCK(links={"scope": ("record",)})), "zone", "a CanNotDelete lock"),
        ),
        unread=(((VAULT(), LOCK({"level": UNKNOWN})), "level"),),
        assumed=((VAULT(), LOCK({"scope": UNKNOWN})),),
    ),
}
