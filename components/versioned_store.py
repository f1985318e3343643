"""The storage account of a cell: revocation lists, the register of device certificates, exports of the broker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import storage

from components.app_identity import Right
from components.cell import Cell
from components.component import AmoraComponent
from components.diagnostics import diagnostics
from components.lock import delete_lock
from components.private_endpoint import private_endpoint

CONTAINERS: Final = ("backup", "crl", "register")

# What is deleted or overwritten can be had again for so long; 1 to 365 days.
DELETED_DAYS: Final = 30

# (the region has zones, copies in the paired region) -> replication (learn.microsoft.com, Azure Storage redundancy).
_REPLICATION: Final[Mapping[tuple[bool, bool], str]] = {
    (True, True): "Standard_GZRS",
    (True, False): "Standard_ZRS",
    (False, True): "Standard_GRS",
    (False, False): "Standard_LRS",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionedStoreArgs:
    """What the store needs.

    endpoint_subnet_id, private_zone_id: where its private endpoint stands and answers. backup_days: 1 and more, after
    which an export is deleted. geo_redundant: a copy in the paired region, create-only.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    endpoint_subnet_id: pulumi.Input[str]
    private_zone_id: pulumi.Input[str]
    backup_days: int
    geo_redundant: bool


class VersionedStore(AmoraComponent):
    """Blobs that keep their former versions, without keys and without a way in from the internet.

    account_name, ``*_container_url``: known before a deployment. ready: what reads or writes blobs depends
    on it.
    """

    token = "amora:data:VersionedStore"
    account_name: str
    account_id: pulumi.Output[str]
    crl_container_url: str
    register_container_url: str
    backup_container_url: str
    ready: list[pulumi.Resource]
    _container_ids: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: VersionedStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.account_name = args.cell.names.of("Microsoft.Storage/storageAccounts")
        account = self._account(name, args)
        service = self._blob_service(name, args, account)
        self._lifecycle(name, args, account, service)
        containers = {each: self._container(each, args, account, service) for each in CONTAINERS}
        diagnostics(self, f"{name}-blobs", service.id, args.workspace_id)
        endpoint = self._endpoint(name, args, account)
        if args.cell.locks:
            delete_lock(self, f"{name}-account", account.id, "Register of device certificates, CRLs, exports.")
        self.account_id = account.id
        self._container_ids = {each: container.id for each, container in containers.items()}
        self.crl_container_url = self._url("crl")
        self.register_container_url = self._url("register")
        self.backup_container_url = self._url("backup")
        self.ready = [*containers.values(), endpoint]
        self.register_outputs({"accountId": self.account_id, "containerUrls": {c: self._url(c) for c in CONTAINERS}})

    def right_to_read(self, container: str) -> Right:
        """What an app's identity needs to read a container's blobs, and no other's."""
        return self._right(container, "Storage Blob Data Reader")

    def right_to_write(self, container: str) -> Right:
        """What an app's identity needs to read, write and delete a container's blobs, and no other's."""
        return self._right(container, "Storage Blob Data Contributor")

    def _right(self, container: str, role: str) -> Right:
        account = f"Microsoft.Storage/storageAccounts/{self.account_name}"
        return Right(
            name=container,
            role=role,
            scope=self._container_ids[container],
            scope_name=f"{account}/blobServices/default/containers/{container}",
        )

    def _url(self, container: str) -> str:
        return f"https://{self.account_name}.blob.core.windows.net/{container}"

    def _account(self, name: str, args: VersionedStoreArgs) -> storage.StorageAccount:
        return storage.StorageAccount(
            f"{name}-account",
            account_name=self.account_name,
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            kind="StorageV2",
            sku=storage.SkuArgs(name=_REPLICATION[bool(args.cell.zones), args.geo_redundant]),
            access_tier=storage.AccessTier.HOT,
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            enable_https_traffic_only=True,
            is_local_user_enabled=False,
            minimum_tls_version="TLS1_2",
            public_network_access="Disabled",
            network_rule_set=storage.NetworkRuleSetArgs(bypass="None", default_action=storage.DefaultAction.DENY),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:storage:StorageAccount", protect=args.cell.protect),
        )

    def _blob_service(
        self, name: str, args: VersionedStoreArgs, account: storage.StorageAccount
    ) -> storage.BlobServiceProperties:
        kept = storage.DeleteRetentionPolicyArgs(enabled=True, days=DELETED_DAYS)
        return storage.BlobServiceProperties(
            f"{name}-blobs",
            blob_services_name="default",
            account_name=account.name,
            resource_group_name=args.resource_group_name,
            is_versioning_enabled=True,
            delete_retention_policy=kept,
            container_delete_retention_policy=kept,
            opts=self.child("azure-native:storage:BlobServiceProperties", deleted_with=account),
        )

    def _lifecycle(
        self,
        name: str,
        args: VersionedStoreArgs,
        account: storage.StorageAccount,
        service: storage.BlobServiceProperties,
    ) -> None:
        days = float(args.backup_days)
        storage.ManagementPolicy(
            f"{name}-lifecycle",
            management_policy_name="default",
            account_name=account.name,
            resource_group_name=args.resource_group_name,
            policy=storage.ManagementPolicySchemaArgs(
                rules=[
                    storage.ManagementPolicyRuleArgs(
                        name="old-exports",
                        type="Lifecycle",
                        enabled=True,
                        definition=storage.ManagementPolicyDefinitionArgs(
                            filters=storage.ManagementPolicyFilterArgs(
                                blob_types=["blockBlob"], prefix_match=["backup/"]
                            ),
                            actions=storage.ManagementPolicyActionArgs(
                                base_blob=storage.ManagementPolicyBaseBlobArgs(
                                    delete=storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
                                ),
                                # With versions kept, a deletion alone makes one more version.
                                version=storage.ManagementPolicyVersionArgs(
                                    delete=storage.DateAfterCreationArgs(days_after_creation_greater_than=days)
                                ),
                            ),
                        ),
                    )
                ]
            ),
            # Azure refuses rules for versions while none are kept.
            opts=self.child("azure-native:storage:ManagementPolicy", depends_on=[service], deleted_with=account),
        )

    def _container(
        self,
        container: str,
        args: VersionedStoreArgs,
        account: storage.StorageAccount,
        service: storage.BlobServiceProperties,
    ) -> storage.BlobContainer:
        return storage.BlobContainer(
            f"{container}-container",
            container_name=container,
            account_name=account.name,
            resource_group_name=args.resource_group_name,
            public_access=storage.PublicAccess.NONE,
            opts=self.child(
                "azure-native:storage:BlobContainer",
                protect=args.cell.protect,
                depends_on=[service],
                deleted_with=account,
            ),
        )

    def _endpoint(self, name: str, args: VersionedStoreArgs, account: storage.StorageAccount) -> pulumi.Resource:
        return private_endpoint(
            self,
            f"{name}-account",
            cell=args.cell,
            resource_group_name=args.resource_group_name,
            resource_id=account.id,
            group="blob",
            subnet_id=args.endpoint_subnet_id,
            private_zone_id=args.private_zone_id,
        )
