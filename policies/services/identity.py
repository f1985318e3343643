"""Rights: what an app's identity may do, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from policies.finding import Finding, Unread
from policies.judgements import NOTHING, each, is_text
from policies.properties import Properties
from policies.resources import Resource
from policies.rule import Judged, Rule, Severity

_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
_B2C: Final = "azure-native:azureactivedirectory:B2CTenant"
_EXTERNAL: Final = "azure-native:azureactivedirectory:CIAMTenant"
_DEFINITION: Final = "azure-native:authorization:RoleDefinition"
_APP_IDENTITY: Final = "amora:identity:AppIdentity"
_OPERATOR_RIGHTS: Final = "amora:identity:OperatorRights"

# Built-in roles that can change the platform or give rights away (learn.microsoft.com, Azure built-in roles).
TOO_MUCH: Final[Mapping[str, str]] = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
}

NO_ADMINISTRATOR = Rule(
    id="ID-01",
    title="No app can change the platform or give rights away",
    severity=Severity.CRITICAL,
    applies_to=(_ASSIGNMENT,),
    # The id has the subscription in it, which comes from the scope.
    deferred=("roleDefinitionId",),
    protects="the whole subscription, from an app that was taken over",
    references=("Azure.RBAC.LimitOwner", "MCSB PA-7", "CIS Azure 2.0.0 §1.23"),
    remedy="give the role that allows just what the app does (ROLES in components/role_assignment.py)",
)


@NO_ADMINISTRATOR.check
def _(assignment: Resource) -> Finding | None:
    role = TOO_MUCH.get(assignment.text("roleDefinitionId").rstrip("/").rsplit("/", 1)[-1].casefold())
    return Finding("roleDefinitionId", role, "a role for the one task") if role else None


PRINCIPAL_TYPE = Rule(
    id="ID-02",
    title="A role assignment says what kind of principal it is for",
    severity=Severity.MEDIUM,
    applies_to=(_ASSIGNMENT,),
    protects="the first deployment: without it Azure looks up an identity the directory may not know yet",
    references=("learn.microsoft.com, Troubleshoot Azure RBAC: PrincipalNotFound",),
    remedy="set principalType to ServicePrincipal",
    judge=is_text("principalType", "ServicePrincipal", "Group", "User"),
)

SCOPE = Rule(
    id="ID-03",
    title="An app's right is on one resource, not on a group of them",
    severity=Severity.HIGH,
    applies_to=(_ASSIGNMENT,),
    deferred=("scope",),
    protects="everything else in the resource group",
    references=("Azure.RBAC.UseRGDelegation", "MCSB PA-7"),
    remedy="pass the resource's id as the scope",
)


@SCOPE.check
def _(assignment: Resource) -> Finding | None:
    scope = assignment.text("scope")
    if "/providers/" in scope.casefold().removeprefix("/providers/microsoft.management"):
        return None
    return Finding("scope", scope or NOTHING, "the id of one resource")


ASKED_FOR = Rule(
    id="ID-04",
    title="No app or operator is given a right to change the platform",
    severity=Severity.CRITICAL,
    applies_to=(_APP_IDENTITY, _OPERATOR_RIGHTS),
    protects="the whole subscription, from a stolen login or an app taken over; ID-01 sees the role in the deployment",
    references=("MCSB PA-7",),
    remedy="name the role that allows just what is to be done (ROLES in components/role_assignment.py)",
)


@ASKED_FOR.check
def _(identity: Resource) -> Judged:
    return each(identity.items("rights"), _asks_too_much)


def _asks_too_much(right: Properties) -> Iterator[Finding | Unread]:
    role = right.text("role")
    if role.casefold() in {name.casefold() for name in TOO_MUCH.values()}:
        yield Finding(right.at("role"), role, "a role for the one task")


TENANT_SKU = Rule(
    id="ID-05",
    title="An identity tenant has a plan that is still sold",
    severity=Severity.MEDIUM,
    applies_to=(_B2C, _EXTERNAL),
    protects="the first deployment: Azure AD B2C's P2 ended on 2026-03-15",
    references=("learn.microsoft.com, Azure AD B2C: end of sale",),
    remedy="set sku.name to PremiumP1 for Azure AD B2C, to Base for External ID",
    judge=is_text("sku.name", "PremiumP1", "Standard", "Base"),
)

# Actions that let their holder do everything, or give rights away.
_WILDCARDS: Final = frozenset({"*", "*/write", "*/action", "*/delete"})
_RIGHTS: Final = "microsoft.authorization/"

NO_WILDCARD = Rule(
    id="ID-06",
    title="No role of our own allows everything, or to give rights away",
    severity=Severity.CRITICAL,
    applies_to=(_DEFINITION,),
    protects="the whole subscription: such a role is Owner under another name",
    references=("Azure.RBAC.LimitOwner", "CKV_AZURE_39", "CIS Azure 2.0.0 §1.23"),
    remedy="name the actions one by one, or take a built-in role (ROLES in components/role_assignment.py)",
)


@NO_WILDCARD.check
def _(definition: Resource) -> Judged:
    return each(definition.items("permissions"), _allows_everything)


def _allows_everything(permission: Properties) -> Iterator[Finding | Unread]:
    for kind in ("actions", "dataActions"):
        for action in permission.texts(kind):
            if action.casefold() in _WILDCARDS or _gives_rights(action.casefold()):
                yield Finding(permission.at(kind), action, "actions by name")


def _gives_rights(action: str) -> bool:
    return action.startswith(_RIGHTS) and not action.endswith("/read")
