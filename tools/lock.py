"""The hash-locked requirements: `python -m tools.lock` compiles them, `--check` says whether they are fresh.

uv compiles without registry addresses, keeps the pins that are there, and resolves for the oldest Python that the
project supports. pip and uv both verify the hashes when they install.
"""

from __future__ import annotations

import argparse
import difflib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LOCKS = {
    "requirements-dev.txt": ("pyproject.toml", "--group", "dev"),
    "requirements.txt": ("pyproject.toml", "--constraint", "requirements-dev.txt"),
    "probe/requirements.txt": ("--group", "probe", "--constraint", "requirements-dev.txt"),
    "requirements-scan.txt": ("--group", "scan"),
}
"""Lock file, and what uv is told about it: its sources.

The development lock comes first: program and probe must run with the very versions that they are tested with.
The scanner has an environment of its own: its many packages would hold back those of the program.
"""

_COMPILE = ("pip", "compile", "--quiet", "--python-version=3.11", "--generate-hashes", "--no-header")
_NO_ADDRESSES = ("--no-emit-index-url", "--no-emit-find-links")


def compile_locks(folder: Path, *, upgrade: Sequence[str] = ()) -> None:
    """Compile every lock in a folder; pins that lie there already are kept, except those to upgrade.

    Raises:
        subprocess.CalledProcessError: uv finds no solution or no package index; it has said so on standard error.
    """
    uv = Path(sys.executable).with_name("uv")
    upgrades = [f"--upgrade-package={name}" for name in upgrade]
    # In the folder itself: uv writes the paths that it is given into the lock.
    shutil.copy(PROJECT / "pyproject.toml", folder)
    for name, options in LOCKS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        subprocess.run(
            [uv, *_COMPILE, *_NO_ADDRESSES, *upgrades, *options, "--output-file", name],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def stale(folder: Path) -> list[str]:
    """Lines of a diff between the project's locks and those in a folder; empty when they agree."""
    return [
        line
        for name in LOCKS
        for line in difflib.unified_diff(
            (PROJECT / name).read_text().splitlines(), (folder / name).read_text().splitlines(), name, "fresh", n=0
        )
    ]


def main() -> int:
    """Compile or check; exit code 1 when a lock is stale or cannot be compiled."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 when a lock is not fresh")
    parser.add_argument("--upgrade", action="append", default=[], metavar="PACKAGE", help="take its newest version")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder)
            for name in LOCKS:
                if (PROJECT / name).exists():
                    (fresh / name).parent.mkdir(exist_ok=True)
                    shutil.copy(PROJECT / name, fresh / name)
            compile_locks(fresh, upgrade=arguments.upgrade)
            if arguments.check:
                return _report(stale(fresh))
            for name in LOCKS:
                shutil.copyfile(fresh / name, PROJECT / name)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"lock: uv ended with exit code {error.returncode}; nothing was changed\n")
        return 1
    return 0


def _report(difference: list[str]) -> int:
    if not difference:
        return 0
    sys.stderr.write("\n".join(difference[:40]) + "\n")
    sys.stderr.write("lock: the requirements do not follow from pyproject.toml\nRun: make lock\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
