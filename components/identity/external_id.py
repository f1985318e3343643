"""A new tenant of Entra External ID."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import azureactivedirectory

from components.component import AmoraComponent
from components.identity.interface import DOMAIN, IdentityArgs, as_expected, tell_what_is_missing
from components.lock import delete_lock

# What ARM takes for this type in 2026: an exported template has it, and a deployment with `Standard`, which the API's
# own type lists, is refused (docs/quirks.md).
_SKU = "Base"


class ExternalIdTenant(AmoraComponent):
    """The tenant alone: user flows and app registrations are Graph's (`python -m ops identity`).

    Azure makes it for a signed-in user only, not for a pipeline's identity, and deletes it only when it is empty.
    """

    token = "amora:identity:ExternalIdTenant"
    tenant_id: pulumi.Output[str]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        tenant = azureactivedirectory.CIAMTenant(
            f"{name}-tenant",
            resource_name_=f"{args.tenant}.{DOMAIN}",
            resource_group_name=args.resource_group_name,
            location=args.data_location,
            sku=azureactivedirectory.CIAMResourceSKUArgs(name=_SKU, tier="A0"),
            create_tenant_properties=azureactivedirectory.CreateCIAMTenantPropertiesArgs(
                country_code=args.country_code, display_name=args.display_name
            ),
            tags=dict(args.cell.tags),
            # How the tenant was made is never told again, and cannot be changed.
            opts=self.child(
                "azure-native:azureactivedirectory:CIAMTenant",
                protect=args.cell.protect,
                ignore_changes=("createTenantProperties",),
            ),
        )
        if args.cell.locks:
            delete_lock(self, f"{name}-tenant", tenant.id, "Every user of the platform's apps.")
        tell_what_is_missing(self, args)
        self.tenant_id = as_expected(args, tenant.tenant_id)
        self.register_outputs({"tenantId": self.tenant_id})
