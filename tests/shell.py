"""The environment of a user's shell, for commands that a test or the benchmark starts as a user does."""

from __future__ import annotations

import os
from typing import Final

# What `make test ARGS=...` hands on to the commands it starts, another make among them.
_OF_MAKE: Final = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "ARGS", "FILE", "STACK", "WORKERS")


def shell() -> dict[str, str]:
    """The environment of a shell that make did not start."""
    return {key: value for key, value in os.environ.items() if key not in _OF_MAKE}
