"""Where the sandbox keeps things."""

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
