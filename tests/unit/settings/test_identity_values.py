"""Issuer, keys and username claim of each mode, as the tenants' OpenID configurations say them."""

import pytest

import settings
from tests.unit.settings.stacks import DEV, PROD, changed, problems

TENANT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
API = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"
KNOWN = {"tenant": "amorasync", "tenantId": TENANT, "audience": API}


def identity(**given):
    return settings.from_values(changed(PROD, identity=given)).identity


@pytest.mark.parametrize(
    ("given", "issuer", "jwks", "claim"),
    [
        (
            KNOWN,
            f"https://{TENANT}.ciamlogin.com/{TENANT}/v2.0",
            f"https://amorasync.ciamlogin.com/{TENANT}/discovery/v2.0/keys",
            "oid",
        ),
        (
            {**KNOWN, "mode": "b2c", "legacyAccepted": True},
            f"https://amorasync.b2clogin.com/{TENANT}/v2.0/",
            "https://amorasync.b2clogin.com/amorasync.onmicrosoft.com/B2C_1A_AMORA_SIGN_IN/discovery/v2.0/keys",
            "sub",
        ),
        (
            {
                "mode": "existing",
                "audience": API,
                "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0",
                "jwks": f"https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys",
            },
            f"https://login.microsoftonline.com/{TENANT}/v2.0",
            f"https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys",
            "oid",
        ),
    ],
)
def test_each_mode_has_its_addresses_and_its_claim(given, issuer, jwks, claim):
    found = identity(**given)
    assert (found.issuer, found.jwks, found.username_claim) == (issuer, jwks, claim)
    assert found.known
    made = "https://amorasync.onmicrosoft.com/broker/connect"
    assert found.scope == (f"{API}/connect" if found.mode == "existing" else made)


@pytest.mark.parametrize("given", [{"tenant": "amorasync", "pending": True}, {"mode": "existing", "pending": True}])
def test_while_it_is_pending_nobody_is_known(given):
    found = identity(**given)
    assert not found.known
    assert found.scope == ""


def test_an_existing_tenant_may_name_users_by_sub_where_that_is_their_id():
    given = {
        "mode": "existing",
        "audience": API,
        "issuer": f"https://amora.b2clogin.com/{TENANT}/v2.0/",
        "jwks": "https://amora.b2clogin.com/amora.onmicrosoft.com/B2C_1A_X/discovery/v2.0/keys",
        "usernameClaim": "sub",
    }
    assert problems(changed(DEV, identity=given)) == []
