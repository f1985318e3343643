"""Where the engine lies, and the error when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Way(StrEnum):
    """How an engine was obtained."""

    INSTALLED = "installed"
    RELEASE = "release"
    BUILT = "built"


LANGUAGE_HOST = "pulumi-language-python"
EXECUTOR = "pulumi-language-python-exec"
BINARIES = ("pulumi", LANGUAGE_HOST, EXECUTOR)
"""The files that run a Python program: the engine, its language host and, beside that host, the SDK's script."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnginePaths:
    """An engine that is ready to run.

    pulumi: the executable.
    bin_dir: its folder; on PATH first, the engine finds the language host there.
    way: how it was obtained.
    version: without a leading v, e.g. ``3.259.0``.
    """

    pulumi: Path
    bin_dir: Path
    way: Way
    version: str


class EngineError(Exception):
    """No engine can be had; the text names what was tried and, on its last lines, the mend."""
