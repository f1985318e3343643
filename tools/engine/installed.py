"""An engine that is already installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tools.engine.paths import EXECUTOR, LANGUAGE_HOST, EnginePaths, Way
from tools.engine.versions import Wanted

_ANSWER_WITHIN = 20
"""Seconds for `pulumi version`: a cold disk reads 115 MB first."""


def installed(wanted: Wanted, say: Callable[[str], None]) -> EnginePaths | None:
    """The `pulumi` on PATH, if its version is allowed and its Python language host is there."""
    found = shutil.which("pulumi")
    if found is None:
        return None
    version = _version(found)
    if version is None:
        say(f"{found} does not answer `pulumi version`; it is not used")
        return None
    if not wanted.allows(version):
        say(f"{found} is version {version}, the project needs {wanted.allowed}; it is not used")
        return None
    folder = Path(found).resolve().parent
    host = shutil.which(LANGUAGE_HOST, path=os.pathsep.join([str(folder), os.environ.get("PATH", "")]))
    if host is None or not (Path(host).resolve().parent / EXECUTOR).exists():
        say(f"{found} has no {LANGUAGE_HOST} with {EXECUTOR} beside it; it is not used")
        return None
    return EnginePaths(pulumi=Path(found), bin_dir=Path(found).parent, way=Way.INSTALLED, version=version)


def _version(pulumi: str) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [pulumi, "version"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_ANSWER_WITHIN,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip().removeprefix("v")
