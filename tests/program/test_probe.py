"""The probe in a whole stack: what it is given, what it may, who reads it."""

import json
import re

import pytest
import yaml

from components.role_assignment import ROLES
from probe import settings as program_settings
from sandbox import wire
from tests.policies.program import judge, subjects, violations
from tests.recorded_program import PROJECT, record_changed, stack_config

DIGEST = f"sha256:{'d' * 64}"
GUID = "0f1e2d3c-4b5a-4968-8776-655443322110"
DEVICE = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n..."
SECRET = "the-app's-s3cret"
CHANGES = {
    "probe": {
        "enabled": True,
        "image": "ghcr.io/amora-sync/probe",
        "digest": DIGEST,
        "device": DEVICE,
        "tokenUrl": "https://amorasync.ciamlogin.com/amorasync.onmicrosoft.com/oauth2/v2.0/token",
        "clientId": GUID,
        "clientSecret": SECRET,
    },
    "identity": {
        "mode": "existing",
        "issuer": "https://amorasync.ciamlogin.com/tenant/v2.0",
        "jwks": "https://amorasync.ciamlogin.com/tenant/discovery/v2.0/keys",
        "audience": GUID,
    },
    "domain": {"zone": "amora.example.com", "delegated": True},
}


@pytest.fixture(scope="module")
def recording():
    return record_changed("prod", CHANGES, secret_keys=("probe",))


@pytest.fixture(scope="module")
def app(recording):
    return recording.one("probe-app")


def container(app):
    (found,) = app.inputs["template"]["containers"]
    return found


def variables(app):
    return {each["name"]: wire.plain(each.get("value", "")) for each in container(app)["env"]}


def test_the_program_understands_what_it_is_told(app, tmp_path):
    told = variables(app)
    (by_reference,) = [each for each in container(app)["env"] if "secretRef" in each]
    assert (by_reference["name"], by_reference["secretRef"]) == ("PROBE_CLIENT_SECRET", "probe-client-secret")
    assert told["PROBE_CERTIFICATE_FILE"] == "/mnt/amora/probe-device.pem"
    certificate = tmp_path / "probe-device.pem"
    certificate.write_text(DEVICE)
    read = program_settings.read({**told, "PROBE_CLIENT_SECRET": SECRET, "PROBE_CERTIFICATE_FILE": str(certificate)})
    assert (read.mqtt.host, read.mqtt.port) == ("mqtt.amora.example.com", 8883)
    assert (read.web_socket.host, read.web_socket.port, read.path) == ("ws.amora.example.com", 443, "/mqtt")
    assert (read.interval_seconds, read.timeout_seconds, read.latency_seconds) == (5, 5, 0.1)
    assert read.scope == f"{GUID}/.default"
    assert read.trust.count("BEGIN CERTIFICATE") == 1


def test_it_runs_once_from_our_registry_by_digest(recording, app):
    assert re.fullmatch(rf"[a-z0-9]+\.azurecr\.io/amora/probe@{DIGEST}", container(app)["image"])
    rule = recording.one("amora-probe-cache").inputs
    assert (rule["sourceRepository"], rule["targetRepository"]) == ("ghcr.io/amora-sync/probe", "amora/probe")
    scale = app.inputs["template"]["scale"]
    assert (scale["minReplicas"], scale["maxReplicas"]) == (1, 1)


def test_its_secrets_are_in_the_vault_and_nowhere_in_plain_text(recording, app):
    for name, value in (("probe-device", DEVICE), ("probe-client-secret", SECRET)):
        kept = recording.one(f"{name}-secret").inputs["properties"]["value"]
        assert isinstance(kept, wire.Secret)
        assert wire.plain(kept) == value
    assert SECRET not in str(app.inputs)
    assert "PRIVATE KEY" not in str(app.inputs)


def test_it_reads_those_two_secrets_and_no_other(recording):
    rights = [each.inputs for each in recording.of("authorization:RoleAssignment") if each.name.startswith("probe")]
    read = {each["scope"].rpartition("/")[2] for each in rights if "/secrets/" in each["scope"]}
    assert read == {"probe-device", "probe-client-secret"}
    roles = {each["roleDefinitionId"].rpartition("/")[2] for each in rights}
    assert roles == {ROLES["Key Vault Secrets User"], ROLES["AcrPull"]}


def test_only_its_environment_reaches_it_and_the_collector_does(recording, app):
    ingress = app.inputs["configuration"]["ingress"]
    assert (ingress["external"], ingress["transport"], ingress["exposedPort"]) == (False, "tcp", 9108)
    collector = recording.one("collector-app")
    assert collector.inputs["managedEnvironmentId"] == app.inputs["managedEnvironmentId"]
    (scraping,) = collector.inputs["template"]["containers"]
    jobs = {job["job_name"]: job for job in yaml.safe_load(wire.plain(scraping["args"][1]))["scrape_configs"]}
    (target,) = jobs["probe"]["static_configs"]
    assert target["targets"] == [f"{app.inputs['containerAppName']}:9108"]


def test_every_policy_is_kept(recording):
    config = {**stack_config("prod"), f"{PROJECT}:probe": json.dumps({"enabled": True})}
    assert violations(judge(config), subjects(recording)) == []


def test_without_it_the_core_goes_out_to_no_public_address(recording):
    def destinations(made):
        rules = made.one("core-1-nsg").inputs["securityRules"]
        return {each.get("destinationAddressPrefix") for each in rules}

    without = record_changed("prod", {})
    assert "AzureFrontDoor.Frontend" in destinations(recording)
    assert "AzureFrontDoor.Frontend" not in destinations(without)
    assert "probe-app" not in {each.name for each in without.resources}
