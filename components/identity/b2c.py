"""A new Azure AD B2C tenant, for subscriptions that still may."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import azureactivedirectory

from components.component import AmoraComponent
from components.identity.interface import DOMAIN, IdentityArgs, as_expected, tell_what_is_missing
from components.lock import delete_lock


class B2CTenant(AmoraComponent):
    """The tenant alone: policies and app registrations are Graph's (`python -m ops identity`).

    P2 ended on 2026-03-15; a new tenant is billed by monthly active users.
    """

    token = "amora:identity:B2CTenant"
    tenant_id: pulumi.Output[str]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        tenant = azureactivedirectory.B2CTenant(
            f"{name}-tenant",
            resource_name_=f"{args.tenant}.{DOMAIN}",
            resource_group_name=args.resource_group_name,
            location=args.data_location,
            sku=azureactivedirectory.B2CResourceSKUArgs(
                name=azureactivedirectory.B2CResourceSKUName.PREMIUM_P1, tier="A0"
            ),
            country_code=args.country_code,
            display_name=args.display_name,
            tags=dict(args.cell.tags),
            # How the tenant was made is never told again, and cannot be changed.
            opts=self.child(
                "azure-native:azureactivedirectory:B2CTenant",
                protect=args.cell.protect,
                ignore_changes=("countryCode", "displayName"),
            ),
        )
        if args.cell.locks:
            delete_lock(self, f"{name}-tenant", tenant.id, "Every user of the platform's apps.")
        tell_what_is_missing(self, args)
        self.tenant_id = as_expected(args, tenant.tenant_id)
        self.register_outputs({"tenantId": self.tenant_id})
