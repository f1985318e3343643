"""The main job on the real engine, for each stack: from nothing to everything and back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from components.outputs import OUTPUTS
from sandbox import wire
from tests.engine.sandbox_run import Sandbox, custom_resources


@pytest.fixture(scope="module", params=["dev", "prod"])
def deployed(request, standing, tmp_path_factory):
    """Each stack, judged as a user's is."""
    return replace(standing.copy(request.param, tmp_path_factory.mktemp(request.param)), policies=True)


@pytest.fixture(scope="module")
def dev(standing, tmp_path_factory):
    """For what does not depend on the stack."""
    return standing.copy("dev", tmp_path_factory.mktemp("changed"))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_preview_shows_what_would_be_created_and_creates_nothing(stack, tmp_path):
    sandbox = Sandbox(tmp_path / "sandbox", stack)
    shown = sandbox.ok("preview", "--stack", stack)
    assert "to create" in shown
    assert "sandbox" in shown, "it always says what it is"
    assert sandbox.azure() == {}


def workspace_of(sandbox):
    return next(
        key for key, row in sandbox.azure().items() if row["type"] == "Microsoft.OperationalInsights/workspaces"
    )


def test_every_declared_resource_exists_on_azure(deployed):
    declared = {resource["id"] for resource in custom_resources(deployed.deployment())}
    assert declared == set(deployed.azure())
    assert len(declared) > 20


def test_the_list_is_what_azure_holds(deployed):
    listed = json.loads(deployed.ok_json("list", "--json"))
    assert {row["id"]: row for row in listed} == json.loads(json.dumps(deployed.azure()))


def test_a_second_up_changes_nothing(deployed):
    before = deployed.azure()
    assert deployed.run("up", "--stack", deployed.stack, "--expect-no-changes").returncode == 0
    assert deployed.azure() == before


def test_a_refresh_finds_nothing(deployed):
    assert deployed.run("refresh", "--stack", deployed.stack, "--expect-no-changes").returncode == 0


def test_a_changed_setting_updates_in_place_only_what_it_should(dev):
    dev.set("retention.logDays", "60")
    assert dev.plan() == {"monitoring": "update", "monitoring-workspace": "update"}
    assert dev.up().returncode == 0
    assert dev.azure()[workspace_of(dev)]["inputs"]["retentionInDays"] == 60
    dev.set("retention.logDays", "30")
    assert dev.up().returncode == 0


def test_drift_is_shown_and_repaired(dev):
    workspace = workspace_of(dev)
    dev.ok("set", workspace, "retentionInDays=90")
    shown = dev.ok("refresh", "--stack", dev.stack, "--diff")
    assert "retentionInDays" in shown
    assert "90" in shown
    assert dev.plan() == {"monitoring-workspace": "update"}
    assert dev.up().returncode == 0
    assert dev.azure()[workspace]["inputs"]["retentionInDays"] == 30


def test_what_was_deleted_behind_our_back_comes_back(dev):
    before = dev.azure()
    link = next(key for key in before if key.endswith("/privatelink.redis.azure.net/virtualNetworkLinks/network"))
    dev.ok("delete", link)
    dev.ok("refresh", "--stack", dev.stack)
    plan = dev.plan()
    assert plan.pop("redis-zone-link") == "create"
    # What needs the zone waits for its link: until that exists, the preview cannot know that nothing else changes.
    assert set(plan.values()) <= {"update"}
    assert dev.up().returncode == 0
    assert dev.azure() == before


def test_no_secret_is_in_plain_text_in_any_file_of_the_state(deployed):
    secrets = []
    for row in deployed.azure().values():
        secrets += [row["outputs"][key] for key in ("connectionString", "instrumentationKey") if key in row["outputs"]]
    assert len(secrets) == 2
    passphrase = (deployed.home / "passphrase").read_text()
    files = [
        path for path in deployed.home.rglob("*") if path.is_file() and deployed.home / "azure" not in path.parents
    ]
    texts = {path: path.read_bytes() for path in files if path.name != "passphrase"}
    assert any(path.name == f"{deployed.stack}.json" for path in texts)
    leaks = [path for path, text in texts.items() for secret in [*secrets, passphrase] if secret.encode() in text]
    assert leaks == []


def test_no_value_of_the_vault_is_in_plain_text_anywhere(deployed):
    """Not in the state, its history, the logs, the stand-in's Azure, the outputs, on the terminal."""
    with deployed.store() as store:
        rows = store.of_type("Microsoft.KeyVault/vaults/secrets")
        inputs = {row.id.rsplit("/", 1)[1]: wire.plain(row.inputs) for row in rows}
    # A file that never has to be renewed is no credential: it is in the vault because an app can mount nothing else.
    values = {
        name: each["properties"]["value"] for name, each in inputs.items() if each["tags"].get("expires") != "never"
    }
    hidden = {name: value for name, value in values.items() if not is_public(name)}
    assert {"emqx-cookie", "device-ca-key-1", "root-ca-key-1", "mqtt-server-key"} <= hidden.keys()
    # A PEM text is written as one line or with escaped ends of line: its longest line is the same in every form.
    needles = {name: max(value.splitlines(), key=len).encode() for name, value in hidden.items()}
    assert all(len(needle) >= 32 for needle in needles.values())
    texts = {path: path.read_bytes() for path in deployed.home.rglob("*") if path.is_file()}
    texts[Path("terminal")] = deployed.ok("preview", "--stack", deployed.stack, "--diff", "--show-sames").encode()
    shown = deployed.ok_json("run", "--stack", deployed.stack, "--", "stack", "output", "--json")
    texts[Path("outputs")] = shown.encode()
    assert b"BEGIN CERTIFICATE" in texts[Path("outputs")]
    leaks = [(path, name) for path, text in texts.items() for name, needle in needles.items() if needle in text]
    assert leaks == []


def is_public(secret):
    return "certificate" in secret or secret in ("device-trust-bundle", "emqx-cluster-authority", "mqtt-server-chain")


def test_the_outputs_are_those_of_the_table(deployed):
    shown = json.loads(deployed.ok_json("run", "--stack", deployed.stack, "--", "stack", "output", "--json"))
    assert sorted(shown) == sorted(output.name for output in OUTPUTS)
    assert shown["telemetryConnectionString"] == "[secret]"


def test_destroying_leaves_nothing(deployed):
    """Last of the module: it takes down what the others use."""
    if deployed.stack == "prod":
        refused = deployed.run("destroy", "--stack", "prod")
        assert refused.returncode == 81
        assert "`protect: false` and `locks: false`" in refused.stderr
        assert "monitoring-workspace" in refused.stderr
        assert len(deployed.azure()) > 20
        deployed.set("protection.protect", "false")
        deployed.set("protection.locks", "false")
        assert deployed.up().returncode == 0
    deployed.ok("destroy", "--stack", deployed.stack)
    assert deployed.azure() == {}
    assert deployed.deployment().get("resources") is None
