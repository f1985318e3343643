"""A TCP proxy on the loopback that is slow, silent or gone on demand: what lies between a client and its broker."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.mosquitto_broker import HOST

_CHUNK = 65536


class Proxy:
    """delay: seconds each piece waits, each way. silent: while set, nothing passes, and nothing is closed."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self.delay = 0.0
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def silence(self) -> None:
        """Let nothing pass."""
        self._open.clear()

    def speak(self) -> None:
        """Let everything pass, also what waited."""
        self._open.set()

    def cut(self) -> None:
        """End every connection."""
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._sockets.clear()

    def close(self) -> None:
        """Take no more."""
        self._listener.close()
        self.speak()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection((HOST, self._target))
            except OSError:
                return
            self._sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_CHUNK):
                time.sleep(self.delay)
                self._open.wait()
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def between(port: int) -> Iterator[Proxy]:
    """A proxy in front of this port."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
