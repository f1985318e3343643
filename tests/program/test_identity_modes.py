"""The whole program in each mode of the identity tenant: what it declares, and whose tokens the broker takes."""

from __future__ import annotations

import json
import runpy
from typing import Any

import pytest

from components.identity.modes import TENANTS
from sandbox import wire
from sandbox.azure.outputs import tenant_id
from tests.recorded_program import ROOT, record, stack_config
from tools.emqx_check.reading import parse

OTHER = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
API = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"
MADE = tenant_id("amorasync.onmicrosoft.com")
KNOWN = {"tenant": "amorasync", "tenantId": MADE, "audience": API}
EXISTING = {
    "mode": "existing",
    "audience": API,
    "issuer": f"https://login.microsoftonline.com/{OTHER}/v2.0",
    "jwks": f"https://login.microsoftonline.com/{OTHER}/discovery/v2.0/keys",
}
MODES: dict[str, dict[str, Any]] = {
    "existing": EXISTING,
    "b2c": {**KNOWN, "mode": "b2c", "legacyAccepted": True},
    "externalId": {**KNOWN, "mode": "externalId"},
    "pending": {"tenant": "amorasync", "pending": True},
}
DECLARED = {
    "existing": set(),
    "b2c": {"azure-native:azureactivedirectory:B2CTenant"},
    "externalId": {"azure-native:azureactivedirectory:CIAMTenant"},
    "pending": {"azure-native:azureactivedirectory:CIAMTenant"},
}
CLAIMS = {
    "existing": {"iss": EXISTING["issuer"], "aud": API, "oid": "${username}"},
    "b2c": {"iss": f"https://amorasync.b2clogin.com/{MADE}/v2.0/", "aud": API, "sub": "${username}"},
    "externalId": {"iss": f"https://{MADE}.ciamlogin.com/{MADE}/v2.0", "aud": API, "oid": "${username}"},
}
MADE_SCOPE = "https://amorasync.onmicrosoft.com/broker/connect"
SCOPES = {"existing": f"{API}/connect", "b2c": MADE_SCOPE, "externalId": MADE_SCOPE}


@pytest.fixture(scope="module", params=sorted(MODES))
def recorded(request):
    """Mode and recording of prod in it."""
    config = {**stack_config("prod"), "amora-sync:identity": json.dumps(MODES[request.param])}
    return request.param, record(lambda: runpy.run_path(str(ROOT / "__main__.py")) and None, "prod", config)


def authenticators(recording):
    conf = recording.one("emqx-configuration-secret")
    found = parse(wire.plain(dict(conf.inputs))["properties"]["value"])["authentication"]
    assert isinstance(found, list)
    return found


def test_every_mode_has_a_case():
    assert set(TENANTS) <= set(MODES)


def test_the_tenant_is_declared_where_arm_makes_it(recorded):
    mode, recording = recorded
    found = {each.token for each in recording.resources if ":azureactivedirectory:" in each.token}
    assert found == DECLARED[mode]


def test_the_broker_takes_this_tenants_tokens_and_no_others(recorded):
    mode, recording = recorded
    tokens = [each for each in authenticators(recording) if each["mechanism"] == "jwt"]
    assert [each["verify_claims"] for each in tokens] == ([CLAIMS[mode]] if mode in CLAIMS else [])


def test_apps_are_told_how_to_sign_in(recorded):
    mode, recording = recorded
    told = {key: recording.outputs[key] for key in ("identityTenantId", "tokenIssuer", "tokenAudience", "tokenScope")}
    claims = CLAIMS.get(mode, {"iss": "", "aud": ""})
    assert told == {
        "identityTenantId": "" if mode == "existing" else MADE,
        "tokenIssuer": claims["iss"],
        "tokenAudience": claims["aud"],
        "tokenScope": SCOPES.get(mode, ""),
    }
