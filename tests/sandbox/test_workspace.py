"""Where the sandbox keeps things."""

import json

import pytest

from sandbox.exit_codes import ExitCode, SandboxError
from sandbox.workspace import CHECKPOINTS_VARIABLE, Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path, tmp_path / "home")


def test_the_engine_finds_no_folder_for_its_logs(workspace):
    workspace.create()
    with pytest.raises(FileExistsError):
        (workspace.home / "pulumi" / "logs").mkdir(parents=True)


def test_logs_of_an_earlier_engine_go_and_the_rest_of_its_home_stays(workspace):
    home = workspace.home / "pulumi"
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "pulumi-1.log").write_bytes(b"log")
    (home / "credentials.json").write_text("{}")
    for _ in range(2):
        workspace.create()
        assert (home / "logs").is_file()
        assert (home / "credentials.json").read_text() == "{}"


def state(workspace, content):
    path = workspace.checkpoint("dev")
    path.parent.mkdir(parents=True)
    path.write_text(content if isinstance(content, str) else json.dumps({"checkpoint": content}))


RESOURCE = {"urn": "urn:pulumi:dev::amora-sync::pulumi:pulumi:Stack::amora-sync-dev"}


@pytest.mark.parametrize(
    ("content", "left_behind", "urns"),
    [
        ({}, False, []),
        ({"latest": None}, False, []),
        ({"latest": {"resources": [RESOURCE]}}, False, [RESOURCE["urn"]]),
        ({"latest": {"resources": [RESOURCE], "pending_operations": []}}, False, [RESOURCE["urn"]]),
        ({"latest": {"resources": [RESOURCE], "pending_operations": [{}]}}, True, [RESOURCE["urn"]]),
        ("{ rubbish", True, []),
        ("[]", True, []),
        ('{"version": 3}', True, []),
    ],
)
def test_a_state_tells_whether_a_run_was_killed(workspace, content, left_behind, urns):
    state(workspace, content)
    assert workspace.was_left_behind("dev") is left_behind
    assert workspace.urns("dev") == urns


def test_a_lock_tells_that_a_run_was_killed_and_no_state_that_none_was(workspace):
    locks = workspace.state / ".pulumi" / "locks" / "organization" / "amora-sync" / "dev"
    locks.mkdir(parents=True)
    assert not workspace.was_left_behind("dev")
    (locks / "1.json").write_text("{}")
    assert workspace.was_left_behind("dev")


@pytest.mark.parametrize(("chosen", "skips"), [(None, False), ("", False), ("each", False), ("last", True)])
def test_the_engine_writes_its_state_after_each_step_unless_it_is_told_not_to(workspace, monkeypatch, chosen, skips):
    monkeypatch.delenv(CHECKPOINTS_VARIABLE, raising=False)
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "true")  # of the user's own shell
    if chosen is not None:
        monkeypatch.setenv(CHECKPOINTS_VARIABLE, chosen)
    workspace.create()
    assert ("PULUMI_SKIP_CHECKPOINTS" in workspace.environment(workspace.home, "")) is skips


def test_another_choice_for_the_state_is_refused(workspace, monkeypatch):
    monkeypatch.setenv(CHECKPOINTS_VARIABLE, "never")
    workspace.create()
    with pytest.raises(SandboxError, match=r"is 'never'; allowed: each, last") as refused:
        workspace.environment(workspace.home, "")
    assert refused.value.code is ExitCode.USAGE
