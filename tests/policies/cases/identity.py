from __future__ import annotations

from dataclasses import replace

from tests.policies import baselines
from tests.policies.baselines import GROUP, SUBSCRIPTION
from tests.policies.cases import Cases, CaseTable
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

ROLE = Kind("authorization:RoleAssignment", baselines.ROLE)
DEFINITIONS = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"


def app_identity(*roles: str) -> Subject:
    rights = [
        {"name": "right", "role": role, "scope": UNKNOWN, "scopeName": "Microsoft.KeyVault/vaults/kv"} for role in roles
    ]
    return Subject("amora:identity:AppIdentity", {"app": "edge", "rights": rights})


EXTERNAL_TENANT = Kind("azureactivedirectory:CIAMTenant", baselines.EXTERNAL_TENANT)
B2C_TENANT = Kind("azureactivedirectory:B2CTenant", baselines.B2C_TENANT)
DEFINITION = Kind(
    "authorization:RoleDefinition",
    {
        "roleName": "Amora Sync operator",
        "scope": SUBSCRIPTION,
        "assignableScopes": [GROUP],
        "permissions": [{"actions": ["Microsoft.App/containerApps/read"], "dataActions": [], "notActions": ["*"]}],
    },
)
PERMISSION = "permissions.0"

CASES: CaseTable = {
    "ID-01": Cases(
        passes=(ROLE(),),
        fails=(
            (ROLE({"roleDefinitionId": f"{DEFINITIONS}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}), "found Owner"),
            (ROLE({"roleDefinitionId": f"{DEFINITIONS}/B24988AC-6180-42A0-AB88-20F7382DD24C"}), "found Contributor"),
            (ROLE({"roleDefinitionId": f"{DEFINITIONS}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635/"}), "found Owner"),
            (
                ROLE({"roleDefinitionId": f"{DEFINITIONS}/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"}),
                "User Access Administrator",
            ),
        ),
        deferred=unread(ROLE, "roleDefinitionId"),
    ),
    "ID-02": Cases(
        passes=(ROLE(), ROLE({"principalType": "Group"})),
        fails=((ROLE.without("principalType"), "principalType: found nothing"),),
        unread=unread(ROLE, "principalType"),
    ),
    "ID-03": Cases(
        passes=(ROLE(),),
        fails=(
            (ROLE({"scope": GROUP}), "the id of one resource"),
            (ROLE({"scope": SUBSCRIPTION}), "the id of one resource"),
            (ROLE({"scope": "/providers/Microsoft.Management/managementGroups/amora"}), "managementGroups"),
        ),
        deferred=unread(ROLE, "scope"),
    ),
    "ID-04": Cases(
        passes=(app_identity(), app_identity("AcrPull", "Key Vault Secrets User")),
        fails=(
            (app_identity("AcrPull", "Owner"), "rights.1.role: found Owner"),
            (app_identity("contributor"), "found contributor"),
            (replace(app_identity("Owner"), token="amora:identity:OperatorRights"), "found Owner"),
        ),
        unread=((app_identity(UNKNOWN), "rights.0.role"),),
    ),
    "ID-05": Cases(
        passes=(EXTERNAL_TENANT(), B2C_TENANT(), B2C_TENANT({"sku.name": "Standard"})),
        fails=(
            (B2C_TENANT({"sku.name": "PremiumP2"}), "sku.name: found PremiumP2"),
            (EXTERNAL_TENANT.without("sku"), "sku.name: found nothing"),
        ),
        unread=unread(B2C_TENANT, "sku.name"),
    ),
    "ID-06": Cases(
        passes=(
            DEFINITION(),
            DEFINITION({f"{PERMISSION}.actions": ["Microsoft.App/*", "Microsoft.Authorization/*/read", "*/read"]}),
        ),
        fails=(
            (DEFINITION({f"{PERMISSION}.actions": ["*"]}), "permissions.0.actions: found *"),
            (DEFINITION({f"{PERMISSION}.dataActions": ["*"]}), "permissions.0.dataActions: found *"),
            (DEFINITION({f"{PERMISSION}.actions": ["*/Write"]}), "found */Write"),
            (DEFINITION({f"{PERMISSION}.actions": ["microsoft.authorization/roleAssignments/write"]}), "by name"),
        ),
        unread=unread(DEFINITION, "permissions", "permissions.0"),
    ),
}
