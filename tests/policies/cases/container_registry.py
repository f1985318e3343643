from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.container_environments import ENVIRONMENT
from tests.policies.cases.key_vault import LEADING, NAMED
from tests.policies.cases.kubernetes import CLUSTER
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN

REGISTRY = Kind("containerregistry:Registry", baselines.REGISTRY)
FAR = ENVIRONMENT({"location": "northeurope"}, name="apps")
REPLICA = Kind(
    "containerregistry:Replication",
    {"location": "North Europe", "registryName": "cramoraprodeu1"},
    name="replica",
    links={"registryName": ("subject",)},
)
STANDARD = {"sku.name": "Standard", "zoneRedundancy": None, "policies": None, "publicNetworkAccess": "Enabled"}

CASES: CaseTable = {
    "ACR-01": Cases(
        passes=(REGISTRY(), REGISTRY.without("adminUserEnabled")),
        fails=((REGISTRY({"adminUserEnabled": True}), "adminUserEnabled: found true"),),
        unread=unread(REGISTRY, "adminUserEnabled"),
    ),
    "ACR-02": Cases(
        passes=(REGISTRY(), REGISTRY.without("anonymousPullEnabled")),
        fails=((REGISTRY({"anonymousPullEnabled": True}), "anonymousPullEnabled"),),
        unread=unread(REGISTRY, "anonymousPullEnabled"),
    ),
    "ACR-03": Cases(
        passes=(REGISTRY(), REGISTRY(STANDARD)),
        fails=((REGISTRY({**STANDARD, "sku.name": "Basic"}), "sku.name: found Basic"),),
        unread=unread(REGISTRY, "sku.name"),
    ),
    "ACR-04": Cases(
        passes=(
            REGISTRY(),
            REGISTRY({"publicNetworkAccess": "Enabled", "networkRuleSet": {"defaultAction": "Deny", "ipRules": []}}),
        ),
        fails=(
            (REGISTRY({"publicNetworkAccess": "Enabled"}), "publicNetworkAccess: found Enabled"),
            (REGISTRY.without("publicNetworkAccess"), "found Enabled"),
        ),
        unread=unread(REGISTRY, "publicNetworkAccess", "sku.name"),
        not_applicable=(REGISTRY(STANDARD),),
    ),
    "ACR-05": Cases(
        passes=(REGISTRY(),),
        fails=(
            (REGISTRY({"zoneRedundancy": "Disabled"}), "zoneRedundancy: found Disabled"),
            (REGISTRY.without("zoneRedundancy"), "found Disabled"),
        ),
        unread=unread(REGISTRY, "zoneRedundancy"),
        not_applicable=(REGISTRY(STANDARD),),
    ),
    "ACR-06": Cases(
        passes=(REGISTRY(),),
        fails=(
            (REGISTRY({"policies.retentionPolicy.status": "disabled"}), "found disabled"),
            (REGISTRY.without("policies"), "policies.retentionPolicy.status"),
        ),
        unread=unread(REGISTRY, "policies.retentionPolicy.status"),
        not_applicable=(REGISTRY(STANDARD),),
    ),
    "ACR-07": StackCases(
        passes=((REGISTRY(), LEADING, NAMED), (REGISTRY(STANDARD),)),
        fails=(((REGISTRY(),), "subject", "a private endpoint"),),
        unread=(((REGISTRY.unknown("publicNetworkAccess"),), "publicNetworkAccess"),),
    ),
    "ACR-08": StackCases(
        passes=(
            (REGISTRY(),),
            (REGISTRY({"location": "West Europe"}), ENVIRONMENT(name="apps")),
            (REGISTRY(), FAR, REPLICA()),
            (REGISTRY(STANDARD), FAR),
        ),
        fails=(
            ((REGISTRY(), FAR), "subject", "no replica in northeurope"),
            ((REGISTRY(), CLUSTER({"location": "swedencentral"}, name="nodes")), "subject", "in swedencentral"),
            ((REGISTRY(), FAR, REPLICA(links={})), "subject", "a replica in every region"),
            ((REGISTRY(), FAR, REPLICA({"location": "swedencentral"})), "subject", "no replica in northeurope"),
        ),
        unread=(((REGISTRY(), FAR, REPLICA({"location": UNKNOWN})), "location"),),
        assumed=((REGISTRY(), FAR, REPLICA({"registryName": UNKNOWN})),),
    ),
}
