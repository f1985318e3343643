"""`python -m probe`: runs until it is told to stop. Exit code 0, or 2 where its settings are wrong."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Final

from prometheus_client import start_http_server

from probe import settings
from probe.metrics import Metrics
from probe.program import Probe

_WRONG_SETTINGS: Final = 2


def main() -> int:
    """Run."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stdout)
    # It would write each request of the token, with its address, at this level.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        given = settings.read(os.environ)
    except settings.SettingsError as wrong:
        sys.stderr.write(f"probe: {str(wrong).replace(chr(10), chr(10) + 'probe: ')}\n")
        return _WRONG_SETTINGS
    metrics = Metrics(given.latency_seconds)
    server, _ = start_http_server(given.metrics_port, registry=metrics.registry)
    probe = Probe(given, metrics)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: probe.stop())
    probe.run()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
