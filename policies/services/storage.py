"""Storage accounts: backups of the broker, revocation lists."""

from __future__ import annotations

from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about, is_flag, is_text
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.private_endpoints import without_endpoint

_ACCOUNT: Final = "azure-native:storage:StorageAccount"
_BLOBS: Final = "azure-native:storage:BlobServiceProperties"
_PROTECTS: Final = "the backups of the broker and the lists of revoked certificates"

HTTPS = Rule(
    id="ST-01",
    title="A storage account speaks HTTPS only",
    severity=Severity.HIGH,
    applies_to=(_ACCOUNT,),
    protects=_PROTECTS,
    references=("Azure.Storage.SecureTransfer", "CKV_AZURE_3", "CIS Azure 2.0.0 §3.1"),
    remedy="set enableHttpsTrafficOnly to true",
    judge=is_flag("enableHttpsTrafficOnly", wanted=True, default=True),
)

TLS = Rule(
    id="ST-02",
    title="A storage account speaks TLS 1.2 or newer",
    severity=Severity.HIGH,
    applies_to=(_ACCOUNT,),
    protects=_PROTECTS,
    references=("Azure.Storage.MinTLS", "CKV_AZURE_44", "CIS Azure 2.0.0 §3.15"),
    remedy="set minimumTlsVersion to TLS1_2",
    judge=is_text("minimumTlsVersion", "TLS1_2", "TLS1_3", default="TLS1_0"),
)

NO_PUBLIC_BLOBS = Rule(
    id="ST-03",
    title="No blob is public",
    severity=Severity.HIGH,
    applies_to=(_ACCOUNT,),
    protects=_PROTECTS,
    references=("Azure.Storage.BlobPublicAccess", "CKV_AZURE_59", "CIS Azure 2.0.0 §3.7"),
    remedy="set allowBlobPublicAccess to false",
    judge=is_flag("allowBlobPublicAccess", wanted=False, default=True),
)

DEFAULT_DENY = Rule(
    id="ST-04",
    title="A storage account is not reachable from the internet",
    severity=Severity.HIGH,
    applies_to=(_ACCOUNT,),
    protects=_PROTECTS,
    references=("Azure.Storage.Firewall", "CKV_AZURE_35", "CIS Azure 2.0.0 §3.8"),
    remedy="set publicNetworkAccess to Disabled, or networkRuleSet.defaultAction to Deny",
)


@DEFAULT_DENY.check
def _(account: Resource) -> Finding | None:
    if account.same("publicNetworkAccess", "Disabled", default="Enabled"):
        return None
    return is_text("networkRuleSet.defaultAction", "Deny", default="Allow")(account)


REPLICATION = Rule(
    id="ST-05",
    title="What production stores outlives a zone",
    severity=Severity.MEDIUM,
    applies_to=(_ACCOUNT,),
    protects=_PROTECTS,
    references=("Azure.Storage.UseReplication", "CKV_AZURE_206", "APRL e6c7e1cc"),
    remedy="set sku.name to Standard_ZRS or Standard_GZRS",
    levels=IN_PROD,
)


@REPLICATION.check
def _(account: Resource) -> Finding | None:
    name = account.text("sku.name")
    return None if name.casefold().endswith("zrs") else Finding("sku.name", name or NOTHING, "a ZRS or GZRS kind")


NO_SHARED_KEY = Rule(
    id="ST-06",
    title="A storage account is opened by roles, not by its keys",
    severity=Severity.MEDIUM,
    applies_to=(_ACCOUNT,),
    protects=_PROTECTS,
    references=("CKV2_AZURE_40", "MCSB IM-1"),
    remedy="set allowSharedKeyAccess to false",
    judge=is_flag("allowSharedKeyAccess", wanted=False, default=True),
)

SOFT_DELETE = StackRule(
    id="ST-07",
    title="A deleted blob or container can be had again",
    severity=Severity.MEDIUM,
    about=(_ACCOUNT,),
    protects=_PROTECTS,
    references=("Azure.Storage.SoftDelete", "Azure.Storage.ContainerSoftDelete", "CKV2_AZURE_38"),
    remedy="add BlobServiceProperties with deleteRetentionPolicy and containerDeleteRetentionPolicy enabled",
)


@SOFT_DELETE.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_ACCOUNT), lambda account: _gone_for_ever(stack, account))


def _gone_for_ever(stack: Stack, account: Resource) -> Finding | None:
    for service in stack.linking(account, _BLOBS, "accountName"):
        for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
            if not service.flag(f"{policy}.enabled", default=False):
                return Finding(f"{policy}.enabled", "false", "true", urn=service.urn)
        return None
    return Finding("", NOTHING, "BlobServiceProperties with soft delete")


PRIVATE_ENDPOINT = StackRule(
    id="ST-08",
    title="A closed storage account is reached by a private endpoint",
    severity=Severity.HIGH,
    about=(_ACCOUNT,),
    protects="the backups and the revocation lists: without it no app reaches them",
    references=("CKV2_AZURE_33", "MCSB NS-2"),
    remedy="add private_endpoint(...) with group blob to the component",
)


@PRIVATE_ENDPOINT.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_ACCOUNT), lambda account: _closed_alone(stack, account))


def _closed_alone(stack: Stack, account: Resource) -> Finding | None:
    closed = account.same("publicNetworkAccess", "Disabled", default="Enabled")
    return without_endpoint(stack, account) if closed else None


GEO_COPY = Rule(
    id="ST-09",
    title="What production stores outlives its region",
    severity=Severity.MEDIUM,
    applies_to=(_ACCOUNT,),
    protects="the register, without which no device's certificate can be revoked, and the exports",
    references=("learn.microsoft.com, Azure Storage redundancy", "MCSB BR-1"),
    remedy="set backup.geoRedundant to true; it is create-only",
    levels=IN_PROD,
    judge=is_text("sku.name", "Standard_GZRS", "Standard_RAGZRS", "Standard_GRS", "Standard_RAGRS"),
)
