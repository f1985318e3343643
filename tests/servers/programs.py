"""Finding the real servers' programs: one that is missing fails the test, with the package that has it."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import servers


def program(name: str) -> str:
    """Path of a server's program.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = shutil.which(name, path=servers.search_path())
    if found is None:
        commands = {"erlc": "erl", "promtool": "prometheus"}
        of = commands.get(name, name)
        packages = ", ".join(package.name for package in servers.PACKAGES if package.command[0] == of)
        raise FileNotFoundError(f"`{name}` is missing; install the Debian package {packages}, or run `make servers`")
    return found


def compiled(module: Path) -> Path:
    """A folder with an Erlang module compiled; it goes with the process."""
    return Path(_compiled(module).name)


@cache
def _compiled(module: Path) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="amora-erlang-")
    subprocess.run([program("erlc"), "-o", folder.name, str(module)], check=True, capture_output=True)
    return folder
