"""Which way to an engine is taken: installed, cached, the official release, or a build."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.engine import cache
from tools.engine.installed import installed
from tools.engine.paths import EngineError, EnginePaths, Way
from tools.engine.versions import MODULE, Wanted, wanted

if TYPE_CHECKING:
    from rich.console import Console

WAYS_VARIABLE = "AMORA_ENGINE"
"""Environment variable: the ways that may be taken, e.g. ``built`` or ``installed,built`` (no download)."""


def engine() -> EnginePaths:
    """Find the engine, or get it; says on standard error which way it took when that was not the cache.

    Raises:
        EngineError: No way leads to one.
    """
    want = wanted()
    ways = allowed_ways()
    if Way.INSTALLED in ways:
        found = installed(want, say)
        if found is not None:
            return found
    keys = {
        Way.RELEASE: cache.release_key(want.version),
        Way.BUILT: cache.built_key(want.version, MODULE),
    }
    folders = {way: cache.cache_folder() / key for way, key in keys.items() if way in ways}
    for folder in folders.values():
        found = cache.cached(folder)
        if found is not None:
            return found
    try:
        return _obtain(want, folders)
    except OSError as error:
        message = (
            f"The engine cannot be put into {cache.cache_folder()}: {error}\n"
            "Make room or grant access there, or name another folder: XDG_CACHE_HOME=/some/folder"
        )
        raise EngineError(message) from error


def allowed_ways() -> frozenset[Way]:
    """The ways that `AMORA_ENGINE` allows; all of them when it is not set.

    Raises:
        EngineError: It names an unknown way.
    """
    given = os.environ.get(WAYS_VARIABLE, "")
    names = [name.strip() for name in given.split(",") if name.strip()]
    unknown = sorted(set(names) - set(Way))
    if unknown:
        message = (
            f"{WAYS_VARIABLE} names {', '.join(unknown)}; allowed are {', '.join(Way)}.\n"
            f"Unset it, or list ways with commas: {WAYS_VARIABLE}=installed,built"
        )
        raise EngineError(message)
    return frozenset(Way(name) for name in names) or frozenset(Way)


def say(text: str) -> None:
    """Tell the user; standard output belongs to the path."""
    sys.stderr.write(f"engine: {text}\n")
    sys.stderr.flush()


def _obtain(want: Wanted, folders: dict[Way, Path]) -> EnginePaths:
    """Fill the cache; these imports are what a warm start does without."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    tried: list[str] = []
    if Way.RELEASE in folders:
        try:
            return _release(want, folders[Way.RELEASE], console)
        except EngineError as error:
            say(str(error))
            tried.append(str(error))
    if Way.BUILT in folders:
        return _build(want, folders[Way.BUILT], console)
    message = (
        f"No Pulumi engine {want.version}: {WAYS_VARIABLE}={os.environ.get(WAYS_VARIABLE)} leaves no other way.\n"
        f"Unset {WAYS_VARIABLE}, or install Pulumi {want.allowed}."
    )
    raise EngineError("\n".join([*tried, message]))


def _release(want: Wanted, folder: Path, console: Console) -> EnginePaths:
    from tools.engine import release  # noqa: PLC0415
    from tools.engine.progress import progress  # noqa: PLC0415

    try:
        source, sha256 = release.find(want.version)
    except release.OutOfReachError as error:
        message = f"the official release is out of reach ({error})"
        raise EngineError(message) from error
    say(f"downloading pulumi {want.version} from {source.name}")
    with cache.locked(folder, say):
        found = cache.cached(folder)
        if found is not None:
            return found
        with progress(console) as shown:
            return cache.install(
                folder,
                way=Way.RELEASE,
                version=want.version,
                fill=lambda binaries: release.download(binaries, want.version, source, sha256, shown),
            )


def _build(want: Wanted, folder: Path, console: Console) -> EnginePaths:
    from tools.engine.build import build  # noqa: PLC0415
    from tools.engine.progress import progress  # noqa: PLC0415

    with cache.locked(folder, say):
        found = cache.cached(folder)
        if found is not None:
            return found
        say(f"building pulumi {want.version} from tools/pulumi with Go; the first time takes minutes")
        with progress(console) as shown:
            return cache.install(
                folder, way=Way.BUILT, version=want.version, fill=lambda binaries: build(binaries, want, shown)
            )
