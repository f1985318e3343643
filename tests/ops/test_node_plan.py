"""A plan may take one node; more go by name only, and the refusal says what ends with each."""

import json

import pytest
from typer.testing import CliRunner

from ops.command import app
from ops.errors import ExitCode, OpsError
from ops.node_plan import described, node_names, node_plan, require_one_at_a_time

CELL = "urn:pulumi:prod::amora-sync::amora:broker:EmqxCluster"


def node(number, operation, *reasons, kind="update-replace"):
    return {
        "urn": f"{CELL}$azure-native:app:ContainerApp::emqx-{number}",
        "op": operation,
        "detailedDiff": {path: {"kind": kind} for path in reasons} or None,
    }


def cell(*versions):
    slots = {str(slot): {"version": version} for slot, version in enumerate(versions, 1)}
    return {"urn": f"{CELL}::emqx", "op": "update", "oldState": {"inputs": {"slots": slots}}}


def replaced(number, *reasons):
    """The three steps of a replacement, as Pulumi lists them."""
    return [node(number, each, *reasons) for each in ("delete-replaced", "replace", "create-replacement")]


OTHER_APP = {
    "urn": "urn:pulumi:prod::amora-sync::amora:edge:Edge$azure-native:app:ContainerApp::edge-app",
    "op": "replace",
}
NEW = node(4, "create")


@pytest.mark.parametrize(
    ("steps", "gone", "nodes"),
    [
        ([node(1, "same"), node(2, "same")], {}, ("emqx-1", "emqx-2")),
        ([node(1, "same"), NEW], {}, ("emqx-1",)),
        ([node(1, "update", "tags")], {}, ("emqx-1",)),
        ([*replaced(2, "template")], {"emqx-2": "replaced"}, ("emqx-2",)),
        ([node(3, "delete")], {"emqx-3": "deleted"}, ("emqx-3",)),
        ([OTHER_APP], {}, ()),
        ([*replaced(1), node(2, "delete"), NEW], {"emqx-1": "replaced", "emqx-2": "deleted"}, ("emqx-1", "emqx-2")),
    ],
)
def test_nodes_that_go_are_found(steps, gone, nodes):
    plan = node_plan(steps)
    assert {step.name: step.operation for step in plan.steps} == gone
    assert plan.nodes == nodes


def test_nodes_are_told_from_other_apps_by_their_urns():
    assert node_names(each["urn"] for each in (cell("5.8.9"), node(1, "same"), node(3, "same"), OTHER_APP)) == {
        "emqx-1",
        "emqx-3",
    }


def test_only_what_makes_it_anew_is_a_reason():
    step = node(1, "replace", "template.containers[0].image")
    step["detailedDiff"]["tags.owner"] = {"kind": "update"}
    (found,) = node_plan([step]).steps
    assert found.reasons == ("template.containers[0].image",)
    (found,) = node_plan([{**node(1, "replace"), "replaceReasons": ["template"]}]).steps
    assert found.reasons == ("template",)


def test_what_a_node_stands_on_is_a_reason():
    environment = "urn:pulumi:prod::amora-sync::azure-native:app:ManagedEnvironment::core-1-environment"
    vault = "urn:pulumi:prod::amora-sync::azure-native:keyvault:Secret::emqx-cookie-secret"
    depends = {"managedEnvironmentId": [environment], "configuration": [vault], "tags": []}
    step = {**node(1, "replace"), "oldState": {"propertyDependencies": depends}}
    (found,) = node_plan([{"urn": environment, "op": "replace"}, {"urn": vault, "op": "update"}, step]).steps
    assert found.reasons == ("managedEnvironmentId (core-1-environment is made anew)",)


@pytest.mark.parametrize(
    ("steps", "forced", "passes"),
    [
        ([], [], True),
        (replaced(1), [], True),
        ([*replaced(1), node(2, "same")], [], True),
        ([*replaced(1), *replaced(2)], [], False),
        ([*replaced(1), node(2, "delete")], [], False),
        ([*replaced(1), *replaced(2)], ["emqx-1"], False),
        ([*replaced(1), *replaced(2)], ["emqx-1", "emqx-2"], True),
        ([*replaced(1), *replaced(2), *replaced(3)], ["emqx-1", "emqx-2"], False),
    ],
)
def test_one_may_go_more_by_name_only(steps, forced, passes):
    plan = node_plan(steps)
    if passes:
        require_one_at_a_time(plan, forced)
        return
    with pytest.raises(OpsError, match="nodes at once") as caught:
        require_one_at_a_time(plan, forced)
    assert caught.value.code == ExitCode.NODES
    assert f"--replace-nodes {','.join(step.name for step in plan.steps)}" in str(caught.value)
    assert "--exclude '**::emqx-1' --exclude '**::emqx-2'" in str(caught.value)


def test_a_name_that_is_no_nodes_is_refused():
    with pytest.raises(OpsError, match=r"there is no node emqx-9; there are emqx-1, emqx-2"):
        require_one_at_a_time(node_plan([*replaced(1), *replaced(2)]), ["emqx-1", "emqx-9"])


def test_the_refusal_says_what_ends_and_why():
    steps = [cell("5.8.9", "6.2.3", "5.8.9"), *replaced(1, "managedEnvironmentId"), *replaced(2), node(3, "same")]
    text = described(node_plan(steps))
    first, second = text.splitlines()
    assert "emqx-1 (EMQX 5.8.9) is replaced because of managedEnvironmentId" in first
    assert "cannot move them" in first
    assert "emqx-2 (EMQX 6.2.3) is replaced" in second
    assert "evacuated first" in second


def test_it_says_when_no_node_stays():
    assert "no node stays" in described(node_plan([*replaced(1), *replaced(2)]))
    assert "no node stays" not in described(node_plan([*replaced(1), node(2, "same")]))


class TestCommand:
    def run(self, steps, *arguments):
        return CliRunner().invoke(
            app, ["nodes", "check", "--plan", "-", *arguments], input=json.dumps({"steps": steps})
        )

    def test_it_passes_and_names_the_one(self):
        done = self.run(replaced(1, "template"))
        assert done.exit_code == 0
        assert "emqx-1 is replaced because of template" in done.stderr

    def test_it_refuses_two(self):
        done = self.run([*replaced(1), *replaced(2)])
        assert done.exit_code == ExitCode.NODES
        assert "--replace-nodes emqx-1,emqx-2" in done.stderr

    def test_it_takes_names(self):
        assert self.run([*replaced(1), *replaced(2)], "--replace-nodes", "emqx-1,emqx-2").exit_code == 0

    def test_json_is_given_also_when_it_refuses(self):
        done = self.run([*replaced(1), *replaced(2)], "--json")
        assert done.exit_code == ExitCode.NODES
        assert [step["name"] for step in json.loads(done.stdout)["steps"]] == ["emqx-1", "emqx-2"]

    @pytest.mark.parametrize("text", ["", "[]", "{}"])
    def test_what_is_no_plan_is_refused(self, text):
        done = CliRunner().invoke(app, ["nodes", "check", "--plan", "-"], input=text)
        assert done.exit_code == ExitCode.NODES
        assert "is no plan" in done.stderr

    def test_a_file_that_is_not_there_is_refused(self, tmp_path):
        done = CliRunner().invoke(app, ["nodes", "check", "--plan", str(tmp_path / "none.json")])
        assert done.exit_code == ExitCode.NODES
