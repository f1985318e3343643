"""Make `.venv` from requirements-dev.txt: `python3 -m tools.environment`, or `make setup`.

`python3 -m tools.environment scan` makes `.venv-scan` from requirements-scan.txt: a scanner of templates, whose many
packages nothing else here needs.

Runs on the bare Python of the machine, so it uses the standard library alone, and parses on Pythons that are too old so
that it can say so. An environment is finished when it carries a stamp, and remade when it was left half way.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools import exit_codes

PROJECT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
"""As `requires-python` in pyproject.toml."""

LOCK = "requirements-dev.txt"
SCAN = "scan"
KINDS = {"": (".venv", LOCK), SCAN: (".venv-scan", "requirements-scan.txt")}
"""Environments by name: folder, and what it is made from."""

STAMP = "amora-lock"
"""In the environment: the hash of what it was made from; there only when it is whole."""

PARTIAL = "amora-partial"
"""In the environment: it is being changed. Found at the start, it means that a run was killed."""


class EnvironmentProblem(Exception):  # noqa: N818 -- EnvironmentError is Python's own name for OSError
    """The environment cannot be made; the text ends in the mend."""


class Environment:
    """A virtual environment of a project folder."""

    def __init__(self, project: Path, lock: int | None = None, kind: str = "") -> None:
        """Look at a project's environment.

        Args:
            project: the folder that holds it.
            lock: open file that pip inherits, so that a pip that outlives a killed run keeps the next one waiting.
            kind: a key of :data:`KINDS`.
        """
        name, self.requirements = KINDS[kind]
        self.project = project
        self.inherited = () if lock is None else (lock,)
        self.folder = project / name
        self.python = self.folder / "bin" / "python"

    def wanted(self, python: tuple[int, int]) -> str:
        """What the stamp says when the environment fits the lock and is made with this Python."""
        lock = (self.project / self.requirements).read_bytes()
        return hashlib.sha256(lock + f"python{python[0]}.{python[1]}".encode()).hexdigest()

    def fresh(self) -> bool:
        """Whether there is nothing to do."""
        try:
            stamp = (self.folder / STAMP).read_text().strip()
        except OSError:
            return False
        version = self.version()
        return version is not None and stamp == self.wanted(version) and not (self.folder / PARTIAL).exists()

    def version(self) -> tuple[int, int] | None:
        """Its Python's version by its own files, None when its Python is gone."""
        if not self.python.exists():
            return None
        for line in (self.folder / "pyvenv.cfg").read_text().splitlines():
            name, _, value = line.partition("=")
            if name.strip() in {"version", "version_info"}:
                major, minor = value.strip().split(".")[:2]
                return int(major), int(minor)
        return None

    def prepare(self) -> None:
        """Make or update the environment.

        Raises:
            EnvironmentProblem: Python is too old, its venv module is missing, or packages cannot be installed.
        """
        version = self.version()
        usable = version is not None and version >= OLDEST and not (self.folder / PARTIAL).exists()
        uv = self.folder / "bin" / "uv"
        if usable and uv.exists() and self._updated_with(uv):
            return
        self._make(base_python())

    def _updated_with(self, uv: Path) -> bool:
        """Bring an environment up to a changed lock; False when that fails and it has to be made anew."""
        say(f"updating {self.folder.name} to {self.requirements}")
        (self.folder / PARTIAL).touch()
        sync = [str(uv), "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python"]
        command = [*sync, str(self.python), self.requirements]
        if subprocess.run(command, cwd=str(self.project), pass_fds=self.inherited, check=False).returncode != 0:
            return False
        self._finish()
        return True

    def _make(self, python: str) -> None:
        begun = time.monotonic()
        self._remove()
        say(f"making {self.folder.name} with {python}; the first time takes a minute or two")
        made = subprocess.run([python, "-m", "venv", str(self.folder)], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise EnvironmentProblem(venv_failure(made.stdout + made.stderr, python))
        (self.folder / PARTIAL).touch()
        self._install()
        self._finish()
        say(f"{self.folder.name} is ready after {time.monotonic() - begun:.0f} s")

    def _remove(self) -> None:
        """Move a broken environment away before it is deleted, so that a killed deletion leaves none behind."""
        for left_over in self.project.glob(".venv-removed-*"):
            shutil.rmtree(str(left_over), ignore_errors=True)
        if self.folder.exists() or self.folder.is_symlink():
            removed = self.project / f".venv-removed-{os.getpid()}"
            self.folder.rename(removed)
            shutil.rmtree(str(removed), ignore_errors=True)

    def _install(self) -> None:
        total = (self.project / self.requirements).read_text().count("==")
        command = [str(self.python), "-m", "pip", "install", "--require-hashes", "--compile", "--progress-bar", "off"]
        command += ["--disable-pip-version-check", "--no-input", "-r", self.requirements]
        tail: list[str] = []
        with subprocess.Popen(
            command,
            cwd=str(self.project),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=self.inherited,
        ) as pip:
            fetched = 0
            for line in pip.stdout or ():
                tail = [*tail[-11:], line.rstrip()[:300]]
                if line.startswith("Collecting "):
                    fetched += 1
                    if fetched % 10 == 0:
                        say(f"fetched {fetched} of {total} packages")
                elif line.startswith("Installing collected"):
                    say(f"installing and compiling {total} packages")
        if pip.returncode != 0:
            raise EnvironmentProblem(install_failure(tail, self.requirements))

    def _finish(self) -> None:
        version = self.version()
        if version is None:
            raise EnvironmentProblem(f"{self.folder} names no Python version.\nRun: make clean setup")
        (self.folder / STAMP).write_text(self.wanted(version) + "\n")
        (self.folder / PARTIAL).unlink()


def base_python() -> str:
    """The Python to make the environment with: this one, else a newer one on PATH.

    Raises:
        EnvironmentProblem: None is new enough.
    """
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in range(19, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found is not None:
            return found
    message = (
        "Python {}.{} at {} is too old: 3.11 or newer is needed.\n"
        "Install it (Debian 12 and newer: apt install python3 python3-venv) or name it: make PYTHON=python3.11 setup"
    )
    raise EnvironmentProblem(message.format(sys.version_info[0], sys.version_info[1], sys.executable))


def venv_failure(output: str, python: str) -> str:
    """Say why `python -m venv` failed."""
    if "ensurepip" in output:
        return (
            f"{python} cannot make virtual environments: its venv module is incomplete.\n"
            "Install it (Debian: apt install python3-venv), then run the same command again."
        )
    return f"{python} -m venv failed:\n{output.strip()}\nMend what it names, then run the same command again."


def install_failure(tail: list[str], requirements: str = LOCK) -> str:
    """Say why pip failed."""
    output = "\n".join("  " + line for line in tail)
    if "DO NOT MATCH THE HASHES" in output or ("hash" in output.lower() and "mismatch" in output.lower()):
        return (
            f"A package is not the one that {requirements} names by its hash:\n{output}\n"
            "Do not go on with it: look at the package index that pip uses (pip config list)."
        )
    return (
        f"pip cannot install the packages of {requirements}:\n{output}\n"
        "Check the network and the package index that pip uses (pip config list), then run the same command again."
    )


def say(text: str) -> None:
    """Tell the user."""
    sys.stderr.write(f"environment: {text}\n")
    sys.stderr.flush()


@contextlib.contextmanager
def only_one(project: Path):  # noqa: ANN201 -- old Pythons have to parse this file
    """Let one run at a time change the environment; yields the open lock file's number."""
    with (project / ".venv-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is making an environment; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def main(kind: str = "") -> int:
    """Make an environment unless it is fresh."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if Environment(PROJECT, kind=kind).fresh():
            return 0
        with only_one(PROJECT) as lock:
            environment = Environment(PROJECT, lock, kind)
            if not environment.fresh():
                environment.prepare()
    except EnvironmentProblem as error:
        say(str(error))
        return exit_codes.PYTHON_ENVIRONMENT
    except KeyboardInterrupt:
        say("interrupted; the next run makes it anew")
        return exit_codes.INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
