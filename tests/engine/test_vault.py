"""A deleted vault on the real engine: its name is held, and there are two ways on."""

import pytest

from sandbox import wire

VAULT = "Microsoft.KeyVault/vaults"
SECRET = f"{VAULT}/secrets"


@pytest.fixture(scope="module")
def destroyed(standing, tmp_path_factory):
    sandbox = standing.copy("dev", tmp_path_factory.mktemp("vault"))
    sandbox.ok("destroy", "--stack", "dev")
    return sandbox


def vaults(sandbox):
    return [key for key, row in sandbox.azure().items() if row["type"] == VAULT]


def versions(sandbox):
    rows = [row for row in sandbox.azure().values() if row["type"] == SECRET]
    return {row["id"].rsplit("/", 1)[1]: row["outputs"]["properties"]["secretUriWithVersion"] for row in rows}


def values(sandbox):
    with sandbox.store() as store:
        rows = store.of_type(SECRET)
        return {row.id.rsplit("/", 1)[1]: wire.plain(row.inputs)["properties"]["value"] for row in rows}


def adopt_until_up_goes_through(sandbox):
    """A failed `up` has not reached the rooms behind it, and only what belongs to a room it knows can be adopted."""

    def adopt(done):
        assert "cannot create already existing resource" in done.stdout, done.stdout
        sandbox.ok("adopt", "--stack", "dev")

    sandbox.ups_until_one_goes_through(4, adopt)


def test_a_deleted_vault_holds_its_name_until_it_is_recovered(destroyed):
    assert "kv-amora-dev-eu1" in destroyed.ok_json("list", "--soft-deleted", "--json")
    refused = destroyed.up()
    assert refused.returncode != 0
    assert "ConflictError" in refused.stdout
    assert "already exists in deleted state" in refused.stdout
    assert vaults(destroyed) == []

    destroyed.set("vault.createMode", "recover")
    # Azure brings the secrets back with the vault; the state does not know them yet.
    existing = destroyed.up()
    assert existing.returncode != 0
    assert "cannot create already existing resource" in existing.stdout
    before = versions(destroyed)
    assert "device-ca-key-1" in destroyed.ok("adopt", "--stack", "dev")
    adopt_until_up_goes_through(destroyed)
    # The keys of the state that was destroyed are gone with it: what was drawn has a new version, a file has not.
    after = versions(destroyed)
    assert after.keys() == before.keys()
    drawn = ("root-ca-key-1", "device-ca-key-1", "mqtt-server-key", "emqx-cookie", "database-admin-password")
    assert all(after[name] != before[name] for name in drawn)
    assert destroyed.plan() == {}


def test_another_generation_leaves_the_name_and_takes_the_secrets_of_the_state_along(destroyed):
    """Second of the module: it goes on with the recovered vault, which somebody then deletes by hand."""
    known = values(destroyed)
    (lost,) = vaults(destroyed)
    destroyed.ok("delete", lost)
    destroyed.ok("refresh", "--stack", "dev")
    destroyed.set("vault.generation", "2")
    destroyed.set("vault.createMode", "default")
    assert destroyed.up().returncode == 0
    (found,) = vaults(destroyed)
    assert "-2-" in found.rsplit("/", 1)[1]
    assert values(destroyed) == known
    assert destroyed.plan() == {}
