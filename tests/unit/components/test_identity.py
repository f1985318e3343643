"""The identity tenant of each mode: what is declared, what is kept, and that it is the one the stack file names."""

from typing import Any

import pulumi
import pytest

from components.cell import Cell
from components.identity.interface import IdentityArgs
from components.identity.modes import TENANTS
from components.naming import Names
from sandbox.azure.outputs import tenant_id
from tests.recorded_program import record

TOKENS = {"b2c": "azureactivedirectory:B2CTenant", "externalId": "azureactivedirectory:CIAMTenant"}
MADE = tenant_id("amorasync.onmicrosoft.com")
OTHER = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"


def made(mode: Any, *, named="", protect=True, locks=True):
    cell = Cell(
        names=Names("test", "eu1"), location="westeurope", zones=(), tags={"owner": "me"}, protect=protect, locks=locks
    )

    def program():
        tenant = TENANTS[mode](
            "identity",
            IdentityArgs(
                cell=cell,
                resource_group_name="rg",
                tenant="amorasync",
                display_name="Amora Sync test",
                country_code="DE",
                data_location="Europe",
                tenant_id=named,
            ),
        )
        pulumi.export("tenantId", tenant.tenant_id)

    return record(program)


@pytest.mark.parametrize(("mode", "plan"), [("b2c", "PremiumP1"), ("externalId", "Base")])
def test_arm_makes_the_tenant_under_its_whole_domain(mode, plan):
    recording = made(mode)
    (tenant,) = recording.of(TOKENS[mode])
    assert tenant.inputs["resourceName"] == "amorasync.onmicrosoft.com"
    assert tenant.inputs["location"] == "Europe"
    assert tenant.inputs["sku"] == {"name": plan, "tier": "A0"}
    assert tenant.inputs["tags"] == {"owner": "me"}
    assert recording.outputs["tenantId"] == MADE


def test_an_existing_tenant_declares_nothing():
    recording = made("existing", named=OTHER)
    assert [each for each in recording.resources if not each.token.startswith("pulumi:")] == []
    assert recording.outputs["tenantId"] == OTHER


@pytest.mark.parametrize("mode", sorted(TOKENS))
@pytest.mark.parametrize("kept", [True, False])
def test_a_tenant_is_kept_as_data_is(mode, kept):
    recording = made(mode, protect=kept, locks=kept)
    (tenant,) = recording.of(TOKENS[mode])
    assert tenant.protect is kept
    assert len(recording.of("authorization:ManagementLockByScope")) == int(kept)


@pytest.mark.parametrize(
    ("mode", "ignored"), [("b2c", ("countryCode", "displayName")), ("externalId", ("createTenantProperties",))]
)
def test_how_it_was_made_is_no_difference_later(mode, ignored):
    (tenant,) = made(mode).of(TOKENS[mode])
    assert tenant.ignore_changes == ignored


@pytest.mark.parametrize("mode", sorted(TOKENS))
def test_the_tenant_named_by_the_stack_file_is_the_one_that_was_made(mode):
    assert made(mode, named=MADE).outputs["tenantId"] == MADE
    with pytest.raises(pulumi.RunError, match=f"identity.tenantId: found {OTHER}; the tenant amorasync has {MADE}"):
        made(mode, named=OTHER)
