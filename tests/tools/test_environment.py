"""The virtual environment: fresh, updated, or made anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment
from tools.environment import Environment, EnvironmentProblem

PYTHON = """
    import os, pathlib, shutil, sys
    arguments = sys.argv[1:]
    with open(os.environ["PYTHON_LOG"], "a") as log:
        log.write(" ".join(arguments) + "\\n")
    if arguments[:2] == ["-m", "venv"]:
        folder = pathlib.Path(arguments[2])
        (folder / "bin").mkdir(parents=True)
        (folder / "pyvenv.cfg").write_text("version = 3.11.2\\n")
        shutil.copy(__file__, folder / "bin" / "python")
    elif os.environ.get("PIP_SAYS"):
        sys.exit(os.environ["PIP_SAYS"])
"""
"""A Python that makes environments of itself and installs nothing."""

UV = """
    import os, pathlib, sys
    pathlib.Path(os.environ["UV_LOG"]).write_text(" ".join(sys.argv[1:]))
    sys.exit(int(os.environ.get("UV_CODE", "0")))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / environment.LOCK).write_text("")
    return folder


@pytest.fixture
def base(program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's Python; returns the log of what it was asked."""
    python = str(program("python3", PYTHON))
    monkeypatch.setattr(environment, "base_python", lambda: python)
    monkeypatch.setenv("PYTHON_LOG", str(tmp_path / "python.log"))
    monkeypatch.delenv("PIP_SAYS", raising=False)
    return tmp_path / "python.log"


@pytest.fixture
def made(project: Path, base: Path) -> Environment:
    """An environment made for an empty lock."""
    found = Environment(project)
    found.prepare()
    return found


def test_made_environment_is_fresh_and_installed_by_hash(made, base):
    assert made.fresh()
    assert "pip install --require-hashes --compile" in base.read_text()


def test_real_python_makes_a_fresh_environment(project):
    found = Environment(project)
    found.prepare()
    assert found.fresh()
    assert subprocess.run([found.python, "-m", "pip", "--version"], check=False).returncode == 0


def change_lock(made: Environment) -> None:
    (made.project / environment.LOCK).write_text("# changed")


def lose_python(made: Environment) -> None:
    made.python.unlink()


def lose_stamp(made: Environment) -> None:
    (made.folder / environment.STAMP).unlink()


def be_killed(made: Environment) -> None:
    (made.folder / environment.PARTIAL).touch()


@pytest.mark.parametrize("change", [change_lock, lose_python, lose_stamp, be_killed])
def test_environment_is_not_fresh_after(made, change):
    change(made)
    assert not made.fresh()
    made.prepare()
    assert made.fresh()


def test_killed_run_leads_to_a_new_environment(made):
    (made.folder / "half-written").touch()
    be_killed(made)
    made.prepare()
    assert not (made.folder / "half-written").exists()
    assert list(made.project.glob(".venv-removed-*")) == []


@pytest.fixture
def uv(made: Environment, program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A uv in the environment that installs nothing; returns its log."""
    program("uv", UV).rename(made.folder / "bin" / "uv")
    monkeypatch.setenv("UV_LOG", str(tmp_path / "uv.log"))
    return tmp_path / "uv.log"


def test_changed_lock_updates_in_place_with_hashes(made, uv):
    (made.folder / "kept").touch()
    change_lock(made)
    made.prepare()
    assert made.fresh()
    assert (made.folder / "kept").exists()
    assert "--require-hashes" in uv.read_text()


def test_failed_update_leads_to_a_new_environment(made, uv, monkeypatch):
    monkeypatch.setenv("UV_CODE", "1")
    (made.folder / "kept").touch()
    change_lock(made)
    made.prepare()
    assert made.fresh()
    assert not (made.folder / "kept").exists()


def test_failed_install_is_told_and_not_taken_for_an_environment(project, base, monkeypatch):
    monkeypatch.setenv("PIP_SAYS", "ERROR: Could not find a version that satisfies the requirement ruff")
    with pytest.raises(EnvironmentProblem, match="satisfies the requirement ruff"):
        Environment(project).prepare()
    assert not Environment(project).fresh()


def test_old_python_is_refused_with_the_mend(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(EnvironmentProblem, match=r"Python 3\.9 .* is too old[\s\S]*apt install"):
        environment.base_python()


def test_newer_python_on_path_is_taken(program, monkeypatch):
    program("python3.11", "")
    newer = program("python3.12", "")
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert environment.base_python() == str(newer)


@pytest.mark.parametrize(
    ("output", "mend"),
    [
        ("The virtual environment was not created: ensurepip is not available", "apt install python3-venv"),
        ("No space left on device", "No space left on device"),
    ],
)
def test_failure_to_make_an_environment_is_explained(output, mend):
    assert mend in environment.venv_failure(output, "/usr/bin/python3")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "Do not go on with it"),
        ("ERROR: Could not find a version that satisfies the requirement ruff", "Check the network"),
    ],
)
def test_failure_to_install_is_explained(line, message):
    assert message in environment.install_failure([line])


def test_second_run_waits_for_the_first(project, tmp_path):
    script = (
        "import sys; from pathlib import Path; from tools.environment import only_one\n"
        "with only_one(Path(sys.argv[1])): print('in')"
    )
    root = Path(__file__).resolve().parents[2]
    with environment.only_one(project):
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(project)],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert other.stderr is not None
        assert "waiting" in other.stderr.readline()
        assert other.poll() is None
    assert other.communicate()[0] == "in\n"
