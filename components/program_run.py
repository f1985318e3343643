"""How the program's process runs: without four things that Python and Pulumi's SDK do at length for nothing.

None changes what is declared. docs/benchmarks.md compares with a program that pays for all of them.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import os
from typing import Any, Final

import pulumi

from components.sdk_parts import load_parts_alone

SDK_DEBUG: Final = "AMORA_SDK_DEBUG"
"""Environment variable: set to anything, the SDK's own debug messages go to the engine, for ``pulumi up --debug``."""


def begin() -> None:
    """Make the process a quick one; call it before the SDK's namespaces are imported.

    - A namespace of the SDK loads the modules of the names that are used.
    - Nobody looks for cyclic garbage. The process lives for the seconds of a run and makes 300,000 objects, nearly all
      of which stay to the end; looking through them again and again takes as long as all of the program's own work.
      Python's end looks too, whatever is set: frozen objects it passes over.
    - The SDK's debug messages stay here. Each is a call that waits for the engine, six a resource, and is thrown away
      there unless Pulumi runs with ``--debug``, which a program is not told.
    """
    load_parts_alone()
    gc.disable()
    atexit.register(gc.freeze)
    if SDK_DEBUG not in os.environ:
        pulumi.log.debug = _unsaid


def _unsaid(*_arguments: Any, **_options: Any) -> None:
    """In place of ``pulumi.log.debug``."""


def finish() -> None:
    """Let the runtime wait for the registrations, then for outputs; the program's last statement.

    The runtime looks whether registrations are outstanding when the module has ended, before its event loop ran any:
    it finds none, and waits for thousands of outputs instead, going through all of them each time one of them is there.
    One turn of the loop begins the registrations; when they are done nearly every output is.
    """
    pulumi.run(registrations_begun)


async def registrations_begun() -> None:
    """One turn of the event loop."""
    await asyncio.sleep(0)
