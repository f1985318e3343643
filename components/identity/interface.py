"""What every mode of the identity tenant shares: its arguments, what it gives, and that it is the tenant meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pulumi

from components.cell import Cell

DOMAIN = "onmicrosoft.com"
"""What Azure puts behind a tenant's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityArgs:
    """What a tenant needs.

    tenant: its name, the first part of ``<tenant>.onmicrosoft.com``. display_name: shown when users sign in.
    country_code, data_location: where its data rests; both count at creation only. tenant_id: the id the broker's
    configuration is rendered with; empty while the tenant is not made yet.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    tenant: str
    display_name: str
    country_code: str
    data_location: str
    tenant_id: str


class IdentityTenant(Protocol):
    """The tenant. tenant_id: known when it is made; for an existing one as the stack file has it."""

    tenant_id: pulumi.Output[str]


def as_expected(args: IdentityArgs, made: pulumi.Input[str | None]) -> pulumi.Output[str]:
    """The id of the tenant that was made, if it is the one the stack file names.

    The broker's configuration must be known before Azure is asked, so the id is a setting; here it meets the truth.

    Raises:
        pulumi.RunError: inside the output, where the stack file names another tenant.
    """

    def judged(found: str | None) -> str:
        if args.tenant_id and found and found.lower() != args.tenant_id:
            raise pulumi.RunError(
                f"identity.tenantId: found {args.tenant_id}; the tenant {args.tenant} has {found.lower()}.\n"
                f"  Set identity.tenantId to {found.lower()}: with another tenant's id the broker trusts its users."
            )
        return (found or "").lower()

    return pulumi.Output.from_input(made).apply(judged)


def tell_what_is_missing(owner: pulumi.Resource, args: IdentityArgs) -> None:
    """Say in the run's messages how the tenant's id comes into the stack file, while it is not there."""
    if not args.tenant_id:
        pulumi.log.info(
            f"app clients are kept out until identity.tenantId and identity.audience are set: deploy, copy the output "
            f"identityTenantId of {args.tenant}.{DOMAIN}, run `python -m ops identity apply --yes`, copy the audience "
            "it says, deploy again",
            resource=owner,
        )
