"""A stand-in of an HTTP service: the standard library's server, listening for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

# How often the server looks whether it is to end, in seconds: each test waits for it.
_POLL: Final = 0.01


def on_loopback(handler: type[BaseHTTPRequestHandler], **known: object) -> ThreadingHTTPServer:
    """A server with a port of its own, not listening yet, whose handlers have these attributes."""
    return ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), known))


@contextmanager
def answering(server: ThreadingHTTPServer) -> Iterator[int]:
    """Let a server answer while the block runs; the port it does so on."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
