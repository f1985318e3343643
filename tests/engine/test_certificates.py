"""Certificates on the real engine: time renews the server's alone, generations overlap, protection holds."""

import json

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from sandbox import clock, wire

VAULT = "Microsoft.KeyVault/vaults"


@pytest.fixture(scope="module")
def deployed(standing, tmp_path_factory):
    return standing.copy("dev", tmp_path_factory.mktemp("certificates"))


def secrets(sandbox):
    """Value by name of every secret in the vault."""
    with sandbox.store() as store:
        rows = store.of_type(f"{VAULT}/secrets")
        return {row.id.rsplit("/", 1)[1]: wire.plain(row.inputs)["properties"]["value"] for row in rows}


def bundle(sandbox):
    found = x509.load_pem_x509_certificates(secrets(sandbox)["device-trust-bundle"].encode())
    return [each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for each in found]


def without_nodes(names):
    """What a plan does beside the broker's nodes: those name the versions of the secrets they use."""
    return {name for name in names if not name.startswith("emqx")}


def test_time_renews_the_server_certificate_and_nothing_else(deployed, monkeypatch):
    before = secrets(deployed)
    monkeypatch.setenv(clock.VARIABLE, "304")
    assert deployed.plan() == {}
    monkeypatch.setenv(clock.VARIABLE, "306")
    plan = deployed.plan()
    assert without_nodes(plan) == {"mqtt-server", "mqtt-server-chain-secret", "mqtt-server-key-secret"}
    assert plan["emqx-1"] == "replace"
    assert plan["mqtt-server"] in ("replace", "create-replacement", "delete-replaced")
    assert deployed.up().returncode == 0
    after = secrets(deployed)
    assert {name for name, value in before.items() if after[name] != value} == {"mqtt-server-chain"}
    old, new = (x509.load_pem_x509_certificate(each["mqtt-server-chain"].encode()) for each in (before, after))
    assert 305 <= (new.not_valid_after_utc - old.not_valid_after_utc).days <= 306
    assert new.public_key() == old.public_key()
    assert deployed.plan() == {}


def test_a_new_server_key_takes_its_certificate_along(deployed):
    """`--replace`, as the runbook has it; `--target-replace` would leave the chain of the former key in place."""
    arguments = ("preview", "--json", "--replace", "**::mqtt-server-private-key")
    digest = json.loads(deployed.ok_json("run", "--stack", "dev", "--", *arguments))
    changed = {step["urn"].rsplit("::", 1)[1] for step in digest["steps"] if step["op"] not in ("same", "read")}
    made = {"mqtt-server-private-key", "mqtt-server-request", "mqtt-server"}
    assert without_nodes(changed) == made | {"mqtt-server-chain-secret", "mqtt-server-key-secret"}


def test_lifetimes_are_for_the_next_authority(deployed):
    for setting, value in (("rootYears", "15"), ("issuingYears", "5")):
        deployed.set(f"certificates.{setting}", value)
    assert deployed.plan() == {"certificates": "update"}


def test_generations_overlap_and_a_root_stays_as_long_as_what_it_signed(deployed):
    first = secrets(deployed)
    for setting in ("rootGeneration", "issuingGeneration"):
        deployed.set(f"certificates.{setting}", "2")
    assert deployed.up().returncode == 0
    names = ("root CA 1", "root CA 2", "device CA 1", "device CA 2")
    assert bundle(deployed) == [f"Amora Sync dev {name}" for name in names]
    changed = {name for name, value in first.items() if secrets(deployed)[name] != value}
    assert changed == {"device-trust-bundle"}

    deployed.set("certificates.rootGeneration", "4")
    assert not {"device-ca-1", "device-ca-2"} & set(deployed.plan())
    assert deployed.up().returncode == 0
    names = ("root CA 3", "root CA 4", "root CA 1", "device CA 1", "root CA 2", "device CA 2")
    assert bundle(deployed) == [f"Amora Sync dev {name}" for name in names]
    shown = json.loads(deployed.ok_json("run", "--stack", "dev", "--", "stack", "output", "--json"))
    assert [each["generation"] for each in shown["deviceAuthorities"]] == [1, 2]
    assert [each["keySecretName"] for each in shown["deviceAuthorities"]] == ["device-ca-key-1", "device-ca-key-2"]


def test_a_protected_authority_is_neither_renewed_by_time_nor_dropped_in_one_step(deployed, monkeypatch):
    """Last of the module: it leaves the stack protected."""
    deployed.set("protection.protect", "true")
    assert deployed.up().returncode == 0
    deployed.set("certificates.issuingGeneration", "4")
    refused = deployed.run("preview", "--stack", "dev")
    assert refused.returncode != 0
    assert "device-ca-2" in refused.stdout
    assert "protected" in refused.stdout
    deployed.set("certificates.issuingGeneration", "2")
    monkeypatch.setenv(clock.VARIABLE, str(15 * 365 + 400))
    refused = deployed.run("preview", "--stack", "dev")
    assert refused.returncode != 0
    assert "unable to replace resource" in refused.stdout
    assert "root-ca-4" in refused.stdout
    assert "marked for protection" in refused.stdout
