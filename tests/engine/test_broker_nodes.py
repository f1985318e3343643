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
COMPONENTS = ("amora-sync-prod", "emqx", "collector", "metric-alerts", "prometheus-alerts", "dashboards")


@pytest.fixture(scope="module")
def prod(standing, tmp_path_factory):
    """Prod as it is deployed first; each test leaves it as it found it."""
    return standing.copy("prod", tmp_path_factory.mktemp("nodes"), protected=False)


@contextmanager
def settings(sandbox: Sandbox, **values: str) -> Iterator[None]:
    """The stack with other settings, ``emqx__slots__2__digest`` for ``emqx.slots["2"].digest``."""
    tops = set()
    for name, value in values.items():
        top, *rest = name.split("__")
        path = "".join(f'["{part}"]' if part.isdigit() else f".{part}" for part in rest)
        sandbox.set(f"{top}{path}", value)
        tops.add(f"{top}.{rest[0]}")
    try:
        yield
    finally:
        for top in tops:
            sandbox.unset(top)


def three_slots(**more: str) -> dict[str, str]:
    """Settings of the three slots, which a stack names all or none, and of more."""
    return {**{f"emqx__slots__{slot}__version": "5.8.9" for slot in (1, 2, 3)}, **more}


def on_azure(plan):
    return {name: operation for name, operation in plan.items() if name not in COMPONENTS}


def nodes_in(plan):
    return {name for name in plan if name.removeprefix("emqx-").isdigit()}


def test_a_second_up_changes_nothing(prod):
    done = prod.run("up", "--stack", "prod", "--expect-no-changes")
    assert done.returncode == 0, done.stdout + done.stderr


def watching(name: str) -> bool:
    """Whether a resource only looks at nodes: no client's way goes through it."""
    return name == "collector-app" or name.startswith(("prometheus-alerts-", "dashboards-"))


def test_a_slot_more_makes_its_own_app_and_identity_and_touches_no_other_node(prod):
    with settings(prod, **three_slots(emqx__slots__4__version="5.8.9")):
        plan = on_azure(prod.plan())
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


def test_a_slots_version_makes_its_own_app_anew(prod):
    with settings(prod, **three_slots(emqx__slots__2__digest=DIGEST)):
        plan = on_azure(prod.plan())
        assert set(plan) == {"emqx-2"}
        assert plan["emqx-2"] in ("replace", "create-replacement", "delete-replaced")


def test_a_slot_on_a_licensed_release_is_made_anew_and_no_other_node(prod):
    """The licence comes with it, and the right of that one node to read it."""
    prod.pulumi("config", "set", "--secret", "--path", "amora-sync:emqx.licence", "a licence key")
    upgraded = three_slots(emqx__slots__2__version="6.2.3", emqx__slots__2__digest=DIGEST)
    with settings(prod, **upgraded):
        plan = on_azure(prod.plan())
    prod.unset("emqx.licence")
    assert nodes_in(plan) == {"emqx-2"}
    assert plan.pop("emqx-2") in ("replace", "create-replacement", "delete-replaced")
    made = {name: operation for name, operation in plan.items() if not watching(name)}
    assert made == {"emqx-licence-secret": "create", "emqx-2-reads-licence-role": "create"}


def test_two_slots_at_once_are_refused_and_forced_by_name(prod):
    with settings(prod, **three_slots(emqx__slots__2__digest=DIGEST, emqx__slots__3__digest=DIGEST)):
        before = prod.azure()
        done = prod.up()
        assert done.returncode == REFUSED, done.stdout + done.stderr
        assert "the plan takes 2 of 3 nodes at once" in done.stderr
        assert "emqx-2 (EMQX 5.8.9) is replaced because of template" in done.stderr
        assert "cannot move them to another node" in done.stderr
        assert "--replace-nodes emqx-2,emqx-3" in done.stderr
        assert prod.azure() == before
        assert prod.run("up", "--stack", "prod", "--replace-nodes", "emqx-2").returncode == REFUSED
        done = prod.run("up", "--stack", "prod", "--replace-nodes", "emqx-2,emqx-3")
        assert done.returncode == 0, done.stdout + done.stderr
    assert prod.run("up", "--stack", "prod", "--replace-nodes", "emqx-2,emqx-3").returncode == 0


def test_a_change_for_all_is_walked_over_the_nodes(prod):
    """docs/runbooks/change-all-nodes.md, step by step."""
    prod.set("emqx.sessionExpirySeconds", "3600")
    refused = prod.up()
    assert refused.returncode == REFUSED, refused.stdout + refused.stderr
    assert "takes 3 of 3 nodes" in refused.stderr
    assert "no node stays" in refused.stderr
    others = [part for node in NODES for part in ("--exclude", f"**::{node}")]
    done = prod.run("up", "--stack", "prod", *others)
    assert done.returncode == 0, done.stdout + done.stderr
    assert nodes_in(prod.plan()) == set(NODES)
    for node in reversed(NODES):
        done = prod.run("up", "--stack", "prod", "--target", f"**::{node}")
        assert done.returncode == 0, done.stdout + done.stderr
    done = prod.run("up", "--stack", "prod", "--expect-no-changes")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_environment_takes_every_node_and_says_why(prod, tmp_path):
    """As if the nodes' environments had been made in another subnet: none can move, all are made anew."""
    as_it_is = prod.deployment()
    elsewhere = copy.deepcopy(as_it_is)
    for resource in custom_resources(elsewhere):
        if resource["type"] == ENVIRONMENT and "::core-" in resource["urn"]:
            subnet = value_at(resource["inputs"], SUBNET)
            resource["inputs"] = assign(resource["inputs"], SUBNET, f"{subnet}-before")
    bring(prod, tmp_path, elsewhere)
    done = prod.up()
    bring(prod, tmp_path, as_it_is)
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
        (three_slots(emqx__slots__1__digest="latest"), "sha256: and 64 hexadecimal digits"),
        (three_slots(emqx__slots__3__version="6.2.3"), "which is not recorded"),
    ],
)
def test_a_wrong_node_is_refused_before_anything(prod, wrong, words):
    before = prod.azure()
    with settings(prod, **wrong):
        done = prod.run("preview", "--stack", "prod")
    assert done.returncode != 0
    assert words in done.stdout + done.stderr
    assert prod.azure() == before


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
