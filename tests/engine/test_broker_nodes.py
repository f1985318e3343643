"""The broker's nodes on the real engine: a slot more, a slot changed, a change for all, and a role that is late."""

import copy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure.faults import Kind
from sandbox.property_path import assign, value_at
from tests.engine.sandbox_run import Sandbox, custom_resources

DIGEST = f"sha256:{'d' * 64}"
NODES = ("emqx-1", "emqx-2", "emqx-3")
REFUSED = 90
ENVIRONMENT = "azure-native:app:ManagedEnvironment"
SUBNET = "vnetConfiguration.infrastructureSubnetId"
# What records the request, and is on Azure nothing.
COMPONENTS = ("amora-sync-dev", "emqx", "collector", "metric-alerts", "prometheus-alerts", "dashboards")


@pytest.fixture(scope="module")
def cluster(standing, tmp_path_factory):
    """Dev with three nodes: what a plan does to nodes depends on their number, and prod has twice the resources.

    Each test leaves it as it found it.
    """
    sandbox = standing.copy("dev", tmp_path_factory.mktemp("nodes"))
    for slot in (1, 2, 3):
        sandbox.set(f'emqx.slots["{slot}"]', "{}")
    done = sandbox.up()
    assert done.returncode == 0, done.stdout + done.stderr
    return sandbox


@contextmanager
def settings(sandbox: Sandbox, **values: str) -> Iterator[None]:
    """The stack with other settings, ``emqx__slots__2__digest`` for ``emqx.slots["2"].digest``."""
    before = sandbox.stack_file.read_bytes()
    for name, value in values.items():
        top, *rest = name.split("__")
        sandbox.set(top + "".join(f'["{part}"]' if part.isdigit() else f".{part}" for part in rest), value)
    try:
        yield
    finally:
        sandbox.stack_file.write_bytes(before)


def on_azure(plan):
    return {name: operation for name, operation in plan.items() if name not in COMPONENTS}


def nodes_in(plan):
    return {name for name in plan if name.removeprefix("emqx-").isdigit()}


def test_of_three_nodes_a_second_up_changes_none(cluster):
    cluster.expect_no_changes()


def watching(name: str) -> bool:
    """Whether a resource only looks at nodes: no client's way goes through it."""
    return name == "collector-app" or name.startswith(("prometheus-alerts-", "dashboards-"))


def test_a_slot_more_makes_its_own_app_and_identity_and_touches_no_other_node(cluster):
    with settings(cluster, emqx__slots__4__version="5.8.9"):
        plan = on_azure(cluster.plan())
        made = {name for name, operation in plan.items() if operation == "create"}
        changed = {name: operation for name, operation in plan.items() if name not in made}
        alerts = {name for name in made if name.startswith("metric-alerts-node-")}
        assert alerts
        assert all(name.endswith("-emqx-4") for name in alerts)
        assert {name for name in made - alerts if not name.startswith("emqx-4-")} == {"emqx-4"}
        kinds = {name.removeprefix("emqx-4-").partition("-")[0] for name in made - alerts if name != "emqx-4"}
        assert kinds == {"identity", "reads"}
        # Whoever looks at the nodes learns of one more.
        assert "collector-app" in changed
        assert [name for name in changed if not watching(name)] == []
        assert set(changed.values()) == {"update"}


def test_a_slots_version_makes_its_own_app_anew(cluster):
    with settings(cluster, emqx__slots__2__digest=DIGEST):
        plan = on_azure(cluster.plan())
        assert set(plan) == {"emqx-2"}
        assert plan["emqx-2"] in ("replace", "create-replacement", "delete-replaced")


def test_a_slot_on_a_licensed_release_is_made_anew_and_no_other_node(cluster):
    """The licence comes with it, and the right of that one node to read it."""
    with settings(cluster, emqx__slots__2__version="6.2.3", emqx__slots__2__digest=DIGEST):
        cluster.pulumi("config", "set", "--secret", "--path", "amora-sync:emqx.licence", "a licence key")
        plan = on_azure(cluster.plan())
    assert nodes_in(plan) == {"emqx-2"}
    assert plan.pop("emqx-2") in ("replace", "create-replacement", "delete-replaced")
    made = {name: operation for name, operation in plan.items() if not watching(name)}
    assert made == {"emqx-licence-secret": "create", "emqx-2-reads-licence-role": "create"}


def test_two_slots_at_once_are_refused_and_forced_by_name(cluster):
    with settings(cluster, emqx__slots__2__digest=DIGEST, emqx__slots__3__digest=DIGEST):
        before = cluster.azure()
        done = cluster.up()
        assert done.returncode == REFUSED, done.stdout + done.stderr
        assert "the plan takes 2 of 3 nodes at once" in done.stderr
        assert "emqx-2 (EMQX 5.8.9) is replaced because of template" in done.stderr
        assert "cannot move them to another node" in done.stderr
        assert "--replace-nodes emqx-2,emqx-3" in done.stderr
        assert cluster.azure() == before
        assert cluster.up("--replace-nodes", "emqx-2").returncode == REFUSED
        done = cluster.up("--replace-nodes", "emqx-2,emqx-3")
        assert done.returncode == 0, done.stdout + done.stderr
    assert cluster.up("--replace-nodes", "emqx-2,emqx-3").returncode == 0


def test_a_change_for_all_is_walked_over_the_nodes(cluster):
    """docs/runbooks/change-all-nodes.md, step by step."""
    cluster.set("emqx.sessionExpirySeconds", "3600")
    refused = cluster.up()
    assert refused.returncode == REFUSED, refused.stdout + refused.stderr
    assert "takes 3 of 3 nodes" in refused.stderr
    assert "no node stays" in refused.stderr
    others = [part for node in NODES for part in ("--exclude", f"**::{node}")]
    done = cluster.up(*others)
    assert done.returncode == 0, done.stdout + done.stderr
    assert nodes_in(cluster.plan()) == set(NODES)
    for node in reversed(NODES):
        done = cluster.up("--target", f"**::{node}")
        assert done.returncode == 0, done.stdout + done.stderr
    cluster.expect_no_changes()


def test_a_changed_environment_takes_every_node_and_says_why(cluster, tmp_path):
    """As if the nodes' environments had been made in another subnet: none can move, all are made anew."""
    as_it_is = cluster.deployment()
    elsewhere = copy.deepcopy(as_it_is)
    for resource in custom_resources(elsewhere):
        if resource["type"] == ENVIRONMENT and "::core-" in resource["urn"]:
            subnet = value_at(resource["inputs"], SUBNET)
            resource["inputs"] = assign(resource["inputs"], SUBNET, f"{subnet}-before")
    bring(cluster, tmp_path, elsewhere)
    done = cluster.up()
    bring(cluster, tmp_path, as_it_is)
    assert done.returncode == REFUSED, done.stdout + done.stderr
    for node in NODES:
        why = rf"{node} \(EMQX 5.8.9\) is replaced because of managedEnvironmentId \(core-\d-environment is made anew\)"
        assert re.search(why, done.stderr), done.stderr


def bring(sandbox: Sandbox, folder: Path, deployment: dict[str, Any]) -> None:
    """Give the stack another state."""
    file = folder / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": deployment}))
    sandbox.pulumi("stack", "import", "--file", str(file))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"emqx__version": "6.2.3"}, "emqx.licence"),
        ({"emqx__slots__1__digest": "latest"}, "sha256: and 64 hexadecimal digits"),
        ({"emqx__slots__3__version": "6.2.3"}, "which is not recorded"),
    ],
)
def test_a_wrong_node_is_refused_before_anything(cluster, wrong, words):
    before = cluster.azure()
    with settings(cluster, **wrong):
        done = cluster.run("preview", "--stack", cluster.stack)
    assert done.returncode != 0
    assert words in done.stdout + done.stderr
    assert cluster.azure() == before


class TestLateRole:
    def lay(self, sandbox, kind, target, times):
        with sandbox.store() as store:
            store.add_fault(kind, target, times, 0.01)

    def test_a_role_that_is_late_is_waited_for(self, sandbox):
        self.lay(sandbox, Kind.ROLE_LAG, "*/containerapps/*-emqx-1", 2)
        self.lay(sandbox, Kind.ROLE_LAG, "*/jobs/*-operators", 1)
        done = sandbox.up()
        assert done.returncode == 0, done.stdout + done.stderr
        assert "a role is not effective yet; trying again in 2 s" in done.stdout
        assert any(each.endswith("-emqx-1") for each in sandbox.azure())

    def test_any_other_failure_is_not(self, sandbox):
        self.lay(sandbox, Kind.FAIL, "*/containerapps/*-emqx-1", 1)
        done = sandbox.up()
        assert done.returncode != 0
        assert "InternalServerError" in done.stdout
        assert "a role is not effective yet" not in done.stdout
        assert sandbox.up().returncode == 0
