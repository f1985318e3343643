from __future__ import annotations

from tests.policies import baselines_machines as baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN

CLUSTER = Kind("containerservice:ManagedCluster", baselines.CLUSTER)
POOL = Kind("containerservice:AgentPool", baselines.AGENT_POOL)
_OF_CLUSTER = {"resourceName": ("subject",)}
KUBERNETES = Kind("containerservice:MaintenanceConfiguration", baselines.WINDOW, name="window", links=_OF_CLUSTER)
NODES = KUBERNETES({"configName": "AKSManagedNodeOSUpgradeSchedule"}, name="nodes")
PROVIDER = "addonProfiles.azureKeyvaultSecretsProvider"
API = "apiServerAccessProfile"
IN_CLUSTER = "agentPoolProfiles.0"

CASES: CaseTable = {
    "AKS-01": Cases(
        passes=(CLUSTER(),),
        also_passes=(CLUSTER({"disableLocalAccounts": "True"}),),
        fails=(
            (CLUSTER({"disableLocalAccounts": False}), "disableLocalAccounts: found false"),
            (CLUSTER.without("disableLocalAccounts"), "wanted true"),
        ),
        unread=unread(CLUSTER, "disableLocalAccounts"),
    ),
    "AKS-02": Cases(
        passes=(CLUSTER(),),
        fails=(
            (CLUSTER({"aadProfile.enableAzureRBAC": False}), "aadProfile.enableAzureRBAC"),
            (CLUSTER({"aadProfile.managed": None}), "aadProfile.managed"),
            (CLUSTER.without("aadProfile"), "aadProfile.managed: found false"),
        ),
        unread=unread(CLUSTER, "aadProfile", "aadProfile.managed"),
    ),
    "AKS-03": Cases(
        passes=(CLUSTER(), POOL(), CLUSTER({"agentPoolProfiles": []})),
        also_passes=(POOL({"availabilityZones": [1, 2, 3]}),),
        fails=(
            (CLUSTER({f"{IN_CLUSTER}.availabilityZones": ["1"]}), f"{IN_CLUSTER}.availabilityZones: found 1"),
            (POOL({"availabilityZones": ["1", "2", "2"]}), "three zones"),
            (POOL.without("availabilityZones"), "found nothing"),
        ),
        unread=(*unread(CLUSTER, "agentPoolProfiles", "agentPoolProfiles.0"), *unread(POOL, "availabilityZones.0")),
    ),
    "AKS-04": Cases(
        passes=(CLUSTER(), CLUSTER({"sku.tier": "premium"})),
        fails=((CLUSTER({"sku.tier": "Free"}), "found Free"), (CLUSTER.without("sku"), "found Free")),
        unread=unread(CLUSTER, "sku.tier"),
    ),
    "AKS-05": Cases(
        passes=(CLUSTER(), CLUSTER({"networkProfile.networkPolicy": "calico"})),
        fails=(
            (CLUSTER({"networkProfile.networkPolicy": "azure"}), "found azure"),
            (CLUSTER({"networkProfile.networkPolicy": None}), "found none"),
            (CLUSTER.without("networkProfile"), "found none"),
        ),
        unread=unread(CLUSTER, "networkProfile.networkPolicy"),
    ),
    "AKS-06": Cases(
        passes=(
            CLUSTER(),
            CLUSTER({API: {"authorizedIPRanges": ["203.0.113.0/24"]}}),
            CLUSTER({API: None, "publicNetworkAccess": "disabled"}),
        ),
        fails=(
            (CLUSTER.without(API), f"{API}.authorizedIPRanges: found nothing"),
            (CLUSTER({API: {"authorizedIPRanges": []}}), "found nothing"),
            (CLUSTER({API: {"authorizedIPRanges": ["203.0.113.0/24", "0.0.0.0/0"]}}), "found 0.0.0.0/0"),
        ),
        unread=unread(CLUSTER, f"{API}.enablePrivateCluster", API),
    ),
    "AKS-07": Cases(
        passes=(CLUSTER(), CLUSTER({"autoUpgradeProfile.nodeOSUpgradeChannel": None})),
        fails=(
            (CLUSTER({"autoUpgradeProfile.upgradeChannel": "None"}), "upgradeChannel: found None"),
            (CLUSTER({"autoUpgradeProfile.nodeOSUpgradeChannel": "Unmanaged"}), "nodeOSUpgradeChannel"),
            (CLUSTER.without("autoUpgradeProfile"), "upgradeChannel: found none"),
        ),
        unread=unread(CLUSTER, "autoUpgradeProfile.upgradeChannel"),
    ),
    "AKS-08": StackCases(
        passes=((CLUSTER(), KUBERNETES(), NODES),),
        fails=(
            ((CLUSTER(),), "subject", "no aksManagedAutoUpgradeSchedule, aksManagedNodeOSUpgradeSchedule"),
            ((CLUSTER(), KUBERNETES()), "subject", "no aksManagedNodeOSUpgradeSchedule"),
            ((CLUSTER(), KUBERNETES(links={}), NODES), "subject", "no aksManagedAutoUpgradeSchedule"),
        ),
        unread=(((CLUSTER(), KUBERNETES({"configName": UNKNOWN})), "configName"),),
        assumed=((CLUSTER(), KUBERNETES({"resourceName": UNKNOWN}), NODES),),
    ),
    "AKS-09": Cases(
        passes=(
            CLUSTER(),
            CLUSTER(
                {
                    PROVIDER: None,
                    "addonProfiles.azurekeyvaultsecretsprovider": {
                        "enabled": True,
                        "config": {"EnableSecretRotation": "True"},
                    },
                }
            ),
        ),
        fails=(
            (CLUSTER({f"{PROVIDER}.enabled": False}), "enabled: found false"),
            (CLUSTER({f"{PROVIDER}.config.enableSecretRotation": "false"}), "enableSecretRotation"),
            (CLUSTER({f"{PROVIDER}.config": None}), "enableSecretRotation"),
            (CLUSTER.without("addonProfiles"), "enabled: found false"),
        ),
        unread=unread(CLUSTER, "addonProfiles"),
    ),
    "AKS-10": Cases(
        passes=(
            CLUSTER(),
            CLUSTER({"addonProfiles.azurepolicy": None, "addonProfiles.azurePolicy": {"enabled": True}}),
        ),
        fails=(
            (CLUSTER({"addonProfiles.azurepolicy.enabled": False}), "addonProfiles.azurepolicy.enabled"),
            (CLUSTER({"addonProfiles.azurepolicy": None}), "wanted true"),
        ),
        unread=unread(CLUSTER, "addonProfiles.azurepolicy", "addonProfiles.azurepolicy.enabled"),
    ),
    "AKS-11": Cases(
        passes=(CLUSTER(), POOL()),
        fails=(
            (CLUSTER({f"{IN_CLUSTER}.enableEncryptionAtHost": None}), f"{IN_CLUSTER}.enableEncryptionAtHost"),
            (POOL({"enableEncryptionAtHost": False}), "enableEncryptionAtHost: found false"),
        ),
        unread=unread(POOL, "enableEncryptionAtHost"),
    ),
    "AKS-12": Cases(
        passes=(CLUSTER(), POOL(), POOL({"enableNodePublicIP": False})),
        fails=(
            (CLUSTER({f"{IN_CLUSTER}.enableNodePublicIP": True}), f"{IN_CLUSTER}.enableNodePublicIP: found true"),
            (POOL({"enableNodePublicIP": True}), "wanted false"),
        ),
        unread=unread(POOL, "enableNodePublicIP"),
    ),
    "AKS-13": Cases(
        passes=(CLUSTER(), CLUSTER({"identity": {"type": "SystemAssigned"}})),
        fails=(
            (CLUSTER.without("identity"), "identity.type: found nothing"),
            (CLUSTER({"oidcIssuerProfile.enabled": False}), "oidcIssuerProfile.enabled"),
            (CLUSTER.without("securityProfile"), "securityProfile.workloadIdentity.enabled"),
        ),
        unread=unread(CLUSTER, "identity", "oidcIssuerProfile"),
    ),
}
