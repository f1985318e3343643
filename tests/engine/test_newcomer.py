"""What a newcomer types in a fresh clone, by make: it works, and git sees nothing of it."""

import shutil
import subprocess

import pytest

from sandbox.workspace import CHECKPOINTS_VARIABLE
from tests.engine.sandbox_run import ROOT, SECONDS
from tests.shell import shell


def git(folder, *arguments):
    """Git without anybody's own settings."""
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A repository of its own with this checkout's files, committed; it shares the virtual environment."""
    folder = tmp_path_factory.mktemp("clone")
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    # .gitignore names the folder; here it is a link.
    (folder / ".git" / "info" / "exclude").write_text(".venv\n", encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All of it")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def make(clone, *arguments):
    # Nobody kills what runs here.
    own = {key: value for key, value in shell().items() if not key.startswith("AMORA_SANDBOX")}
    done = subprocess.run(
        ["make", *arguments],
        cwd=clone,
        env={**own, CHECKPOINTS_VARIABLE: "last"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert git(clone, "status", "--porcelain", "--untracked-files=all") == "", arguments
    return done


def ok(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_journey_works_and_leaves_the_work_tree_clean(clone):
    assert "make preview" in ok(make(clone, "help"))
    assert "to create" in ok(make(clone, "preview"))
    previewed = make(clone, "preview", "STACK=prod")
    assert "to create" in ok(previewed)
    # Nothing of it exists yet: what Azure will draw is unknown to every rule.
    assert "policies: no violation" in previewed.stderr
    assert " created" in ok(make(clone, "up", "STACK=prod"))
    again = ok(make(clone, "up", "STACK=prod"))
    assert "unchanged" in again
    assert " created" not in again
    assert "unchanged" in ok(make(clone, "refresh", "STACK=prod"))
    refused = make(clone, "destroy", "STACK=prod")
    assert refused.returncode != 0
    assert "`protect: false` and `locks: false`" in refused.stderr
    ok(make(clone, "destroy", "STACK=dev"))
    ok(make(clone, "golden"))


def test_a_typo_in_the_config_is_named_and_costs_nothing(clone):
    stack = clone / "Pulumi.dev.yaml"
    before = stack.read_text(encoding="utf-8")
    stack.write_text(before.replace("addressSpace", "adressSpace"), encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "A typo")
    done = make(clone, "preview")
    assert done.returncode != 0
    assert "Did you mean network.addressSpace?" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    stack.write_text(before, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "Mended")
    ok(make(clone, "preview"))


@pytest.mark.parametrize(
    ("content", "said"), [("", "environment"), ("config: [\n", "is no YAML"), ("a\n", "wrong shape")]
)
def test_an_empty_or_broken_stack_file_is_named(clone, content, said):
    stack = clone / "Pulumi.empty.yaml"
    stack.write_text(content, encoding="utf-8")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "A stack of nothing")
    done = make(clone, "preview", "STACK=empty")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
