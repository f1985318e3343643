"""The Key Vault of a cell: where every secret of the platform lives, reachable from inside the network only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_azure_native import keyvault

from components.app_identity import Right
from components.cell import Cell
from components.component import AmoraComponent
from components.diagnostics import diagnostics
from components.lock import delete_lock
from components.private_endpoint import private_endpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class VaultArgs:
    """What a vault needs.

    resource_group_name: the cell's group. workspace_id: where its audit log goes. tenant_id: the Entra tenant whose
    principals it knows. endpoint_subnet_id, private_zone_id: where its private endpoint stands and answers.
    deleted_secret_days: 7 to 90, create-only. generation: part of the name from 2 on; it leaves a name that a deleted
    vault still holds. create_mode: ``recover`` takes up the deleted vault of the same name.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    tenant_id: pulumi.Input[str]
    endpoint_subnet_id: pulumi.Input[str]
    private_zone_id: pulumi.Input[str]
    deleted_secret_days: int
    generation: int = 1
    create_mode: Literal["default", "recover"] = "default"


class Vault(AmoraComponent):
    """A vault with role-based access, purge protection and no way in from the internet.

    scope_name: type and name, for role assignments. ready: known only when the vault can be reached by its private
    name; what reads secrets depends on it.
    """

    token = "amora:data:Vault"
    name: pulumi.Output[str]
    scope_name: str
    vault_id: pulumi.Output[str]
    uri: pulumi.Output[str]
    ready: pulumi.Resource

    def __init__(self, name: str, args: VaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        vault_name = args.cell.names.of("Microsoft.KeyVault/vaults", _generation_role(args.generation))
        vault = self._vault(name, vault_name, args)
        diagnostics(self, f"{name}-vault", vault.id, args.workspace_id, logs=("audit",), own_tables=True)
        self.ready = private_endpoint(
            self,
            f"{name}-vault",
            cell=args.cell,
            resource_group_name=args.resource_group_name,
            resource_id=vault.id,
            group="vault",
            subnet_id=args.endpoint_subnet_id,
            private_zone_id=args.private_zone_id,
        )
        if args.cell.locks:
            delete_lock(self, f"{name}-vault", vault.id, "Certificate authorities and passwords of the platform.")
        self.name = vault.name
        self.scope_name = f"Microsoft.KeyVault/vaults/{vault_name}"
        self.vault_id = vault.id
        self.uri = vault.properties.vault_uri.apply(lambda uri: uri or "")
        self.register_outputs({"name": self.name, "vaultId": self.vault_id, "uri": self.uri})

    def right_to_read(self, secret: str, *, after: pulumi.Resource) -> Right:
        """What somebody needs to read one secret.

        Args:
            secret: its name.
            after: the secret itself.
        """
        return Right(
            name=secret,
            role="Key Vault Secrets User",
            scope=pulumi.Output.concat(self.vault_id, f"/secrets/{secret}"),
            scope_name=f"{self.scope_name}/secrets/{secret}",
            after=(after,),
        )

    def _vault(self, name: str, vault_name: str, args: VaultArgs) -> keyvault.Vault:
        return keyvault.Vault(
            f"{name}-vault",
            vault_name=vault_name,
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=args.tenant_id,
                sku=keyvault.SkuArgs(family="A", name=keyvault.SkuName.STANDARD),
                create_mode=keyvault.CreateMode(args.create_mode),
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                enable_purge_protection=True,
                soft_delete_retention_in_days=args.deleted_secret_days,
                enabled_for_deployment=False,
                enabled_for_disk_encryption=False,
                enabled_for_template_deployment=False,
                public_network_access="Disabled",
                network_acls=keyvault.NetworkRuleSetArgs(bypass="None", default_action="Deny"),
            ),
            tags=dict(args.cell.tags),
            # The vault's create mode says how it came to be; Azure does not tell it afterwards.
            opts=self.child(
                "azure-native:keyvault:Vault", protect=args.cell.protect, ignore_changes=("properties.createMode",)
            ),
        )


def _generation_role(generation: int) -> str:
    return str(generation) if generation > 1 else ""
