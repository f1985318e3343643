"""The database on the real engine: what Azure changes by itself, and what a changed setting does to it."""

import pytest

from sandbox import wire


@pytest.fixture(scope="module")
def prod(standing, tmp_path_factory):
    return standing.copy("prod", tmp_path_factory.mktemp("database"), protected=False)


def server_of(sandbox):
    return next(row for row in sandbox.azure().values() if row["type"] == "Microsoft.DBforPostgreSQL/flexibleServers")


def stored(sandbox):
    with sandbox.store() as store:
        (server,) = store.of_type("Microsoft.DBforPostgreSQL/flexibleServers")
    return server


def up_beside_the_nodes(sandbox):
    """What changes every node is taken node by node: everything else first (docs/runbooks/change-all-nodes.md)."""
    return sandbox.run("up", "--stack", "prod", *(f"--exclude=**::emqx-{slot}" for slot in (1, 2, 3)))


def test_after_a_failover_and_grown_storage_nothing_is_to_do(prod):
    server = server_of(prod)
    for change in (
        'availabilityZone="2"',
        'highAvailability.standbyAvailabilityZone="1"',
        "storage.storageSizeGB=256",
        "storage.tier=P15",
    ):
        prod.ok("set", server["id"], change)
    shown = prod.ok("refresh", "--stack", "prod", "--diff")
    assert "availabilityZone" in shown
    prod.expect_no_changes()


def test_another_change_goes_out_with_what_azure_has_now(prod):
    """The zones and the size of the program would be refused; an update of something else must not send them."""
    prod.set("postgres.maintenanceHour", "4")
    done = prod.up()
    assert done.returncode == 0, done.stdout + done.stderr
    inputs = server_of(prod)["inputs"]
    assert inputs["maintenanceWindow"]["startHour"] == 4
    assert (inputs["availabilityZone"], inputs["storage"]["storageSizeGB"]) == ("2", 256)


def test_drift_of_what_is_ours_is_repaired(prod):
    parameter = next(key for key in prod.azure() if key.endswith("/configurations/log_connections"))
    prod.ok("set", parameter, "value=off")
    prod.ok("refresh", "--stack", "prod")
    assert prod.up().returncode == 0
    assert prod.azure()[parameter]["inputs"]["value"] == "on"


def test_an_administrator_comes_without_touching_the_server(prod):
    group = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"
    prod.set(f'postgres.administrators["{group}"]', "dba")
    records_of_arguments = {"database": "update", "emqx": "update"}
    assert prod.plan() == {**records_of_arguments, f"database-administrator-{group}": "create"}
    prod.unset("postgres.administrators")


def test_a_new_password_is_set_in_place_and_appears_nowhere(prod):
    def password():
        return wire.plain(stored(prod).inputs)["administratorLoginPassword"]

    before = password()
    prod.set("secrets.generation", "2")
    done = up_beside_the_nodes(prod)
    assert done.returncode == 0, done.stdout + done.stderr
    after = password()
    assert after != before
    outside = [path for path in prod.home.rglob("*") if path.is_file() and prod.home / "azure" not in path.parents]
    written = b"".join(path.read_bytes() for path in outside)
    assert before.encode() not in written
    assert after.encode() not in written
    assert after not in done.stdout + done.stderr


def test_a_smaller_tier_loses_its_pool_and_keeps_the_rest(prod):
    prod.set("postgres.highAvailability", "none")
    prod.set("postgres.sku", "Standard_B2s")
    plan = {name: step for name, step in prod.plan().items() if name.startswith("database")}
    assert plan == {
        "database": "update",
        "database-server": "update",
        "database-pgbouncer-enabled": "delete",
        "database-pgbouncer-max-prepared-statements": "delete",
    }
