"""Generated stack files: nothing of the real secrets, placeholders that stay secret, the original only read."""

import subprocess

import pytest
import yaml

from sandbox import stack_files
from sandbox.exit_codes import ExitCode, SandboxError
from sandbox.workspace import Workspace

PROJECT = {
    "name": "amora-sync",
    "runtime": "python",
    "config": {"token": {"type": "string"}, "count": {"type": "integer"}},
}
STACK = {
    "secretsprovider": "azurekeyvault://amora.vault.azure.net/keys/pulumi",
    "encryptedkey": "abc",
    "config": {
        "amora-sync:environment": "prod",
        "amora-sync:count": {"secure": "v1:aaa"},
        "amora-sync:emqx": {"licence": {"secure": "v1:bbb"}, "slots": [{"key": {"secure": "v1:ccc"}}]},
    },
}


class FakePulumi:
    """Does what ``pulumi stack init`` and ``config set`` do to the generated folder, and remembers the calls."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.calls = []
        self.code = 0

    def __call__(self, arguments):
        self.calls.append(list(arguments))
        if arguments[:2] == ["stack", "init"]:
            (self.workspace.generated / f"Pulumi.{arguments[2]}.yaml").write_text("encryptionsalt: v1:salt\n")
            checkpoint = self.workspace.checkpoint(arguments[2])
            checkpoint.parent.mkdir(parents=True, exist_ok=True)
            checkpoint.write_text("{}")
        return subprocess.CompletedProcess(arguments, self.code, "", "broken")


@pytest.fixture
def workspace(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(PROJECT))
    (project / "Pulumi.prod.yaml").write_text(yaml.safe_dump(STACK))
    made = Workspace(project, tmp_path / "home")
    made.create()
    return made


@pytest.fixture
def pulumi(workspace):
    return FakePulumi(workspace)


def test_what_belongs_to_real_secrets_is_gone_and_the_rest_is_there(workspace, pulumi):
    before = (workspace.project / "Pulumi.prod.yaml").read_bytes()
    copy = yaml.safe_load(stack_files.generate(workspace, "prod", pulumi).read_text())
    assert "secretsprovider" not in copy
    assert "encryptedkey" not in copy
    assert copy["encryptionsalt"] == "v1:salt"
    assert copy["config"]["amora-sync:environment"] == "prod"
    assert "v1:" not in str(copy["config"])
    assert (workspace.project / "Pulumi.prod.yaml").read_bytes() == before


def test_every_secure_value_becomes_a_secret_placeholder_of_its_type(workspace, pulumi):
    stack_files.generate(workspace, "prod", pulumi)
    placed = {call[-2]: call[-1] for call in pulumi.calls if call[:2] == ["config", "set"]}
    assert placed == {
        "amora-sync:count": "1",
        'amora-sync:emqx["licence"]': "sandbox-placeholder",
        'amora-sync:emqx["slots"][0]["key"]': "sandbox-placeholder",
    }
    assert all("--secret" in call for call in pulumi.calls if call[:2] == ["config", "set"])


def test_an_unchanged_original_is_not_generated_again_a_changed_one_is(workspace, pulumi):
    stack_files.generate(workspace, "prod", pulumi)
    calls = len(pulumi.calls)
    stack_files.generate(workspace, "prod", pulumi)
    assert len(pulumi.calls) == calls
    (workspace.project / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": {"amora-sync:environment": "dev"}}))
    copy = yaml.safe_load(stack_files.generate(workspace, "prod", pulumi).read_text())
    assert copy == {"config": {"amora-sync:environment": "dev"}, "encryptionsalt": "v1:salt"}


@pytest.mark.parametrize("text", ["", "config:", "config: {}"])
def test_an_empty_stack_file_is_a_stack_file(workspace, pulumi, text):
    (workspace.project / "Pulumi.prod.yaml").write_text(text)
    assert yaml.safe_load(stack_files.generate(workspace, "prod", pulumi).read_text())["config"] == {}


@pytest.mark.parametrize(
    ("text", "words"), [("config: [", "is no YAML"), ("- a", "wrong shape"), ("config: [a]", "wrong shape")]
)
def test_a_file_that_is_no_stack_file_is_named(workspace, pulumi, text, words):
    (workspace.project / "Pulumi.prod.yaml").write_text(text)
    with pytest.raises(SandboxError, match=words) as caught:
        stack_files.generate(workspace, "prod", pulumi)
    assert caught.value.code is ExitCode.STACK_FILE


def test_an_unknown_stack_is_named_with_the_known_ones(workspace, pulumi):
    with pytest.raises(SandboxError, match="Known: prod") as caught:
        stack_files.generate(workspace, "staging", pulumi)
    assert caught.value.code is ExitCode.UNKNOWN_STACK


def test_what_pulumi_refuses_is_passed_on(workspace, pulumi):
    pulumi.code = 1
    with pytest.raises(SandboxError, match="broken"):
        stack_files.generate(workspace, "prod", pulumi)
