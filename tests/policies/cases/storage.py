from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.key_vault import LEADING, NAMED
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN

ACCOUNT = Kind("storage:StorageAccount", baselines.ACCOUNT)
BLOBS = Kind("storage:BlobServiceProperties", baselines.BLOB_SERVICE, name="blobs", links={"accountName": ("subject",)})

CASES: CaseTable = {
    "ST-01": Cases(
        passes=(ACCOUNT(), ACCOUNT.without("enableHttpsTrafficOnly")),
        fails=((ACCOUNT({"enableHttpsTrafficOnly": False}), "found false"),),
        unread=unread(ACCOUNT, "enableHttpsTrafficOnly"),
    ),
    "ST-02": Cases(
        passes=(ACCOUNT(), ACCOUNT({"minimumTlsVersion": "TLS1_3"})),
        fails=(
            (ACCOUNT({"minimumTlsVersion": "TLS1_1"}), "found TLS1_1"),
            (ACCOUNT.without("minimumTlsVersion"), "found TLS1_0"),
        ),
        unread=unread(ACCOUNT, "minimumTlsVersion"),
    ),
    "ST-03": Cases(
        passes=(ACCOUNT(),),
        fails=(
            (ACCOUNT({"allowBlobPublicAccess": True}), "found true"),
            (ACCOUNT.without("allowBlobPublicAccess"), "allowBlobPublicAccess"),
        ),
        unread=unread(ACCOUNT, "allowBlobPublicAccess"),
    ),
    "ST-04": Cases(
        passes=(ACCOUNT(), ACCOUNT({"publicNetworkAccess": "Enabled"})),
        fails=(
            (
                ACCOUNT({"publicNetworkAccess": "Enabled", "networkRuleSet.defaultAction": "Allow"}),
                "networkRuleSet.defaultAction: found Allow",
            ),
            (ACCOUNT({"publicNetworkAccess": None, "networkRuleSet": None}), "found Allow"),
        ),
        unread=unread(ACCOUNT, "publicNetworkAccess"),
    ),
    "ST-05": Cases(
        passes=(ACCOUNT(), ACCOUNT({"sku.name": "Standard_ZRS"})),
        fails=((ACCOUNT({"sku.name": "Standard_LRS"}), "found Standard_LRS"),),
        unread=unread(ACCOUNT, "sku.name"),
    ),
    "ST-06": Cases(
        passes=(ACCOUNT(),),
        fails=(
            (ACCOUNT({"allowSharedKeyAccess": True}), "found true"),
            (ACCOUNT.without("allowSharedKeyAccess"), "found true"),
        ),
        unread=unread(ACCOUNT, "allowSharedKeyAccess"),
    ),
    "ST-07": StackCases(
        passes=((ACCOUNT(), BLOBS()),),
        fails=(
            ((ACCOUNT(),), "subject", "BlobServiceProperties"),
            ((ACCOUNT(), BLOBS(links={})), "subject", "BlobServiceProperties"),
            ((ACCOUNT(), BLOBS({"deleteRetentionPolicy.enabled": False})), "blobs", "deleteRetentionPolicy.enabled"),
            ((ACCOUNT(), BLOBS.without("containerDeleteRetentionPolicy")), "blobs", "containerDeleteRetentionPolicy"),
        ),
        unread=(((ACCOUNT(), BLOBS({"deleteRetentionPolicy": UNKNOWN})), "deleteRetentionPolicy"),),
        assumed=((ACCOUNT(), BLOBS({"accountName": UNKNOWN})),),
    ),
    "ST-08": StackCases(
        passes=(
            (ACCOUNT(), LEADING, NAMED),
            (ACCOUNT({"publicNetworkAccess": "Enabled"}),),
        ),
        fails=(((ACCOUNT(),), "subject", "a private endpoint"),),
        unread=(((ACCOUNT.unknown("publicNetworkAccess"),), "publicNetworkAccess"),),
    ),
    "ST-09": Cases(
        passes=(ACCOUNT(), ACCOUNT({"sku.name": "Standard_GRS"})),
        fails=(
            (ACCOUNT({"sku.name": "Standard_ZRS"}), "found Standard_ZRS"),
            (ACCOUNT.without("sku"), "found nothing"),
        ),
        unread=unread(ACCOUNT, "sku.name"),
    ),
}
