"""Where the sandbox keeps things."""

import json

import pytest

from sandbox.workspace import Workspace


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
