"""The engine cache outside the work tree: one folder per engine, complete or absent."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.engine.paths import BINARIES, EnginePaths, Way

_MANIFEST = "engine.json"
_STAGING = ".partial-"

_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
"""Machine names of `uname -m`, and how Pulumi's release files call them."""


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/amora-sync/pulumi`, or the same below `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "amora-sync" / "pulumi"


def system() -> str:
    """Operating system and architecture as Pulumi's release files spell them, e.g. ``linux-x64``."""
    machine = platform.machine().lower()
    return f"{sys.platform}-{_ARCHITECTURES.get(machine, machine)}"


def release_key(version: str) -> str:
    """Folder name of an official release."""
    return f"{version}-{Way.RELEASE}-{system()}"


def built_key(version: str, module: Path) -> str:
    """Folder name of a built engine: another source of `tools/pulumi` is another engine."""
    digest = hashlib.sha256()
    sources = (p for p in module.rglob("*.go") if not p.name.endswith("_test.go"))
    for path in sorted([*sources, module / "go.mod", module / "go.sum"]):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(module).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return f"{version}-{Way.BUILT}-{digest.hexdigest()[:12]}-{system()}"


def cached(folder: Path) -> EnginePaths | None:
    """The engine of a cache folder, None when it is absent or not whole.

    A folder appears by a rename when it is complete. The sizes are compared all the same: a disk that ran full or a
    half restored CI cache must lead to a new engine and not to a broken one.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text())
        whole = all((folder / "bin" / name).stat().st_size == size for name, size in manifest["sizes"].items())
        way, version = Way(manifest["way"]), str(manifest["version"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not whole or set(manifest["sizes"]) != set(BINARIES):
        return None
    return EnginePaths(pulumi=folder / "bin" / "pulumi", bin_dir=folder / "bin", way=way, version=version)


def install(folder: Path, *, way: Way, version: str, fill: Callable[[Path], None]) -> EnginePaths:
    """Make a cache folder: fill a temporary one beside it, then rename it into place.

    Args:
        folder: the folder to make; the caller holds its lock.
        way: how the engine is obtained.
        version: its version.
        fill: puts the three binaries into the folder that it is given.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left_over in folder.parent.glob(f"{_STAGING}{folder.name}-*"):
        shutil.rmtree(left_over, ignore_errors=True)  # of a run that was killed: the lock is ours, so it is dead
    staging = Path(tempfile.mkdtemp(prefix=f"{_STAGING}{folder.name}-", dir=folder.parent))
    try:
        staging.chmod(0o755)
        binaries = staging / "bin"
        binaries.mkdir()
        fill(binaries)
        for name in BINARIES:
            (binaries / name).chmod(0o755)
            _flush(binaries / name)
        sizes = {name: (binaries / name).stat().st_size for name in BINARIES}
        manifest = staging / _MANIFEST
        manifest.write_text(json.dumps({"way": way, "version": version, "sizes": sizes}))
        _flush(manifest)
        shutil.rmtree(folder, ignore_errors=True)  # present but not whole
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return EnginePaths(pulumi=folder / "bin" / "pulumi", bin_dir=folder / "bin", way=way, version=version)


@contextmanager
def locked(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a cache folder's lock; the kernel lets go of it however this process ends."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 -- a warm start needs no lock

    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.parent / f".lock-{folder.name}")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say("another process is preparing the same engine; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _flush(path: Path) -> None:
    """Write a file to the disk before the rename makes it visible, so that a power cut leaves no empty binary."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
