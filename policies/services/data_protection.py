"""What cannot be had again: nobody deletes it by mistake, not from Pulumi and not from the portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule

_LOCK: Final = "azure-native:authorization:ManagementLockByScope"
_LOCK_OF_RESOURCE: Final = "azure-native:authorization:ManagementLockAtResourceLevel"
_LOCK_OF_GROUP: Final = "azure-native:authorization:ManagementLockAtResourceGroupLevel"
_GROUP: Final = "azure-native:resources:ResourceGroup"
_RECORDS: Final = "azure-native:dns:RecordSet"

DATA: Final[Mapping[str, str]] = {
    "azure-native:azureactivedirectory:B2CTenant": "every user of the apps",
    "azure-native:azureactivedirectory:CIAMTenant": "every user of the apps",
    "azure-native:compute:Disk": "sessions and retained messages of a broker",
    "azure-native:dbforpostgresql:Server": "credentials and access rules",
    "azure-native:dns:Zone": "the names every device knows",
    "azure-native:keyvault:Vault": "certificate authorities and passwords",
    "azure-native:monitor:AzureMonitorWorkspace": "metrics",
    "azure-native:operationalinsights:Workspace": "logs",
    "azure-native:storage:StorageAccount": "backups and revocation lists",
}
"""Types that hold what cannot be had again, and what that is."""

PROTECTED = Rule(
    id="DATA-01",
    title="Pulumi refuses to delete or replace what holds data of production",
    severity=Severity.HIGH,
    applies_to=tuple(DATA),
    protects="data, from a plan that nobody read to its end",
    references=("pulumi.com, Resource option: protect",),
    remedy="pass protect=cell.protect to child(...); a stack that is to be destroyed sets protection.protect to false",
    levels=IN_PROD,
    advice_while="protection.protect=false",
)


@PROTECTED.check
def _(resource: Resource) -> Finding | None:
    return None if resource.protect else Finding("", "not protected", "the option protect")


LOCKED = StackRule(
    id="DATA-02",
    title="What holds data of production carries Azure's delete lock",
    severity=Severity.HIGH,
    about=tuple(DATA),
    protects="data, from a hand in the portal and from the deletion of the resource group",
    references=("CIS Azure 2.0.0 §10.1", "learn.microsoft.com, Lock your resources to protect your infrastructure"),
    remedy="add delete_lock(...) under cell.locks; a stack that is to be destroyed sets protection.locks to false",
    levels=IN_PROD,
    advice_while="protection.locks=false",
)


@LOCKED.check
def _(stack: Stack) -> Judged:
    return about(stack.of(*DATA), lambda resource: _unlocked(stack, resource))


def _unlocked(stack: Stack, resource: Resource) -> Finding | None:
    # A lock on a zone would be inherited by every record; on one record it keeps that record and the zone
    # (learn.microsoft.com, How to protect DNS zones and records).
    locked = (resource, *stack.linking(resource, _RECORDS, "zoneName"))
    groups = stack.linked(resource, "resourceGroupName", _GROUP)
    # What lies in a group inherits its locks.
    locks = [lock for each in (*locked, *groups) for lock in stack.linking(each, _LOCK, "scope")]
    locks += [lock for each in locked for lock in stack.linking(each, _LOCK_OF_RESOURCE, "resourceName")]
    locks += [lock for each in groups for lock in stack.linking(each, _LOCK_OF_GROUP, "resourceGroupName")]
    if any(lock.same("level", "CanNotDelete", "ReadOnly") for lock in locks):
        return None
    return Finding("", NOTHING, "a CanNotDelete lock on it")
