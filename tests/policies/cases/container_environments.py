from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

ENVIRONMENT = Kind("app:ManagedEnvironment", baselines.ENVIRONMENT)
PUBLIC = {"vnetConfiguration.internal": False, "publicNetworkAccess": "Enabled"}


def placed(name: str, *zones: str) -> Subject:
    return ENVIRONMENT({"zoneRedundant": False, "availabilityZones": list(zones)}, name=name)


CASES: CaseTable = {
    "CAE-01": Cases(
        passes=(ENVIRONMENT(), placed("core-1", "1")),
        fails=(
            (ENVIRONMENT({"zoneRedundant": False}), "zoneRedundant: found false"),
            (ENVIRONMENT.without("zoneRedundant"), "zoneRedundant"),
        ),
        unread=unread(ENVIRONMENT, "zoneRedundant"),
    ),
    "CAE-02": Cases(
        passes=(
            ENVIRONMENT(),
            # Azure refuses what comes from the internet, whatever the load balancer's address.
            ENVIRONMENT({**PUBLIC, "publicNetworkAccess": "Disabled"}),
        ),
        also_passes=(ENVIRONMENT({"vnetConfiguration.internal": "true", "publicNetworkAccess": "Enabled"}),),
        fails=(
            (ENVIRONMENT(PUBLIC), "vnetConfiguration.internal: found false"),
            (ENVIRONMENT({"vnetConfiguration": None, "publicNetworkAccess": None}), "vnetConfiguration.internal"),
            (ENVIRONMENT({**PUBLIC, "environmentName": "cae-amora-edge-eu1-core-1"}), "internal"),
        ),
        unread=unread(ENVIRONMENT, "vnetConfiguration.internal", "vnetConfiguration", "environmentName"),
        not_applicable=(
            ENVIRONMENT({**PUBLIC, "environmentName": "cae-amora-prod-eu1-edge"}),
            ENVIRONMENT(PUBLIC, name="edge-environment"),
        ),
    ),
    "CAE-03": Cases(
        passes=(ENVIRONMENT(),),
        fails=(
            (ENVIRONMENT({"appLogsConfiguration.destination": "log-analytics"}), "found log-analytics"),
            (ENVIRONMENT.without("appLogsConfiguration"), "found nothing"),
        ),
        unread=unread(ENVIRONMENT, "appLogsConfiguration.destination"),
    ),
    "CAE-04": Cases(
        passes=(ENVIRONMENT(),),
        fails=(
            (ENVIRONMENT({"peerTrafficConfiguration.encryption.enabled": False}), "encryption.enabled"),
            (ENVIRONMENT.without("peerTrafficConfiguration"), "encryption.enabled"),
        ),
        unread=unread(ENVIRONMENT, "peerTrafficConfiguration.encryption.enabled"),
    ),
    "CAE-05": Cases(
        passes=(ENVIRONMENT(),),
        fails=(
            (ENVIRONMENT.without("vnetConfiguration.infrastructureSubnetId"), "a subnet"),
            (ENVIRONMENT.without("vnetConfiguration"), "a subnet"),
        ),
        assumed=(ENVIRONMENT.unknown("vnetConfiguration.infrastructureSubnetId"),),
    ),
    "CAE-06": StackCases(
        passes=(
            (placed("core-1", "1"), placed("core-2", "2")),
            (ENVIRONMENT(),),
            (placed("core-1", "1"),),
            (placed("core-1", "1"), placed("edge", "1")),
        ),
        fails=(((placed("core-1", "1"), placed("core-2", "1")), "core-1", "different zones"),),
        unread=(((placed("core-1", "1"), placed("core-2", UNKNOWN)), "availabilityZones.0"),),
    ),
}
