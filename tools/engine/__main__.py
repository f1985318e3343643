"""`python -m tools.engine`: print the engine's path; get it first if need be."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import json
import sys
import time

from tools import exit_codes
from tools.engine import EngineError, EnginePaths, engine
from tools.engine.resolve import say


def main() -> int:
    """Print the path (or all with --json) on standard output; what happens meanwhile goes to standard error."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m tools.engine", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print path, folder, way and version as JSON")
    arguments = parser.parse_args()
    begun = time.monotonic()
    try:
        found = engine()
    except EngineError as error:
        say(str(error))
        return exit_codes.NO_ENGINE
    except KeyboardInterrupt:
        say("interrupted; what was fetched and compiled so far is kept for the next run")
        return exit_codes.INTERRUPTED
    _report(found, seconds=time.monotonic() - begun, as_json=arguments.json)
    return 0


def _report(found: EnginePaths, *, seconds: float, as_json: bool) -> None:
    say(f"pulumi {found.version} ({found.way}), {seconds:.1f} s")
    if as_json:
        values = {"pulumi": str(found.pulumi), "binDir": str(found.bin_dir), "way": found.way, "version": found.version}
        print(json.dumps(values))  # noqa: T201
    else:
        print(found.pulumi)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
