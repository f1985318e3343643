"""The drill of docs/runbooks/lost-state.md, line by line: the state is lost, a former one is brought back."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import page
from tests.engine.sandbox_run import ROOT, SECONDS, Sandbox


def typed(line, sandbox, folder):
    """A line of the page as it is typed: in the project, with its Python."""
    environment = sandbox.environment
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        shlex.split(line.replace("state.json", str(folder / "state.json"))),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.fixture
def lines():
    (block,) = page("docs/runbooks/lost-state.md").blocks("sh")
    return block.splitlines()


def test_lost_state_is_brought_back_from_a_former_version(tmp_path, lines):
    sandbox = Sandbox(tmp_path / "sandbox", "dev")
    *until, bring_back, last = lines
    for line in until:
        done = typed(line, sandbox, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    before = sandbox.azure()
    assert before, "the platform stands"
    assert not list((sandbox.home / "state/.pulumi/stacks").rglob("dev.json")), "its state is lost"
    for line in (bring_back, last):
        done = typed(line, sandbox, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert sandbox.azure() == before
