"""Stand-ins for broker nodes, each behind a TCP proxy that accepts first, as the platform's own ingress does.

A node speaks what the edge needs of a broker: ``/status`` over HTTP, TLS with a client certificate, WebSocket. Its
answers say who it is and what reached it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.servers.free_port import free_port
from tests.servers.mosquitto_broker import HOST as LOCAL


class Loop:
    """An event loop in a thread of its own, so that tests stay plain."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run to the end and give the result."""
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(timeout=20)

    def close(self) -> None:
        """End the loop with everything in it."""
        self.run(self._cancel())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    async def _cancel(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class AcceptFirst:
    """A TCP proxy that accepts before it knows whether anything answers behind it.

    afterwards: what a client meets when nothing does: its connection is closed, or hangs.
    """

    def __init__(self, afterwards: Literal["close", "hang"]) -> None:
        self.afterwards = afterwards
        self.port = free_port()
        self.accepted = 0
        self._target = 0

    async def start(self, target: int) -> None:
        """Begin to listen, for a port behind."""
        self._target = target
        await asyncio.start_server(self._client, LOCAL, self.port)

    async def retarget(self, target: int) -> None:
        """Send what comes to another port."""
        self._target = target

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            behind_reader, behind_writer = await asyncio.open_connection(LOCAL, self._target)
        except OSError:
            await self._end(reader, writer)
            return
        with contextlib.suppress(ConnectionError):
            client_left = asyncio.create_task(_pump(reader, behind_writer))
            node_left = asyncio.create_task(_pump(behind_reader, writer))
            done, _ = await asyncio.wait({client_left, node_left}, return_when=asyncio.FIRST_COMPLETED)
            if node_left in done and client_left not in done:
                await self._end(reader, writer)
            behind_writer.transport.abort()
            writer.transport.abort()
            client_left.cancel()
            node_left.cancel()

    async def _end(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.afterwards == "hang":
            with contextlib.suppress(ConnectionError, RuntimeError):
                while not reader.at_eof():
                    await asyncio.sleep(0.05)
        writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


@dataclass
class Broker:
    """One stand-in node: its name, its TLS, and whether it says that it is well."""

    name: str
    tls: ssl.SSLContext
    loop: Loop
    afterwards: Literal["close", "hang"] = "close"
    healthy: bool = True
    mqtt: AcceptFirst = field(init=False)
    web_socket: AcceptFirst = field(init=False)
    health: AcceptFirst = field(init=False)

    def __post_init__(self) -> None:
        self.mqtt, self.web_socket, self.health = (AcceptFirst(self.afterwards) for _ in range(3))
        self._servers: list[Any] = []
        self._transports: set[asyncio.WriteTransport] = set()
        self._inner = [free_port() for _ in range(3)]
        self.loop.run(self._listen())

    async def _listen(self) -> None:
        proxies = (self.mqtt, self.web_socket, self.health)
        for proxy, port in zip(proxies, self._inner, strict=True):
            await proxy.start(port)

    def start(self) -> Broker:
        """Run what is behind the proxies."""
        self.loop.run(self._start())
        return self

    async def _start(self) -> None:
        mqtt, web_socket, health = self._inner
        self._servers = [
            await asyncio.start_server(self._mqtt, LOCAL, mqtt, ssl=self.tls),
            await serve(self._web_socket, LOCAL, web_socket, subprotocols=[Subprotocol("mqtt")], server_header="node"),
            await asyncio.start_server(self._status, LOCAL, health),
        ]

    def kill(self) -> None:
        """End the node at once; the proxies before it go on accepting."""
        self.loop.run(self._kill())

    async def _kill(self) -> None:
        for server in self._servers:
            server.close()
        for transport in list(self._transports):
            transport.abort()
        self._servers = []

    async def _status(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        well = self.healthy and request.startswith(b"GET /status ")
        status = "200 OK" if well else "503 Service Unavailable"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def _mqtt(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Says who it is and whose certificate it saw; then gives back what it gets."""
        self._transports.add(writer.transport)
        subject = dict(pair[0] for pair in writer.get_extra_info("peercert")["subject"])
        writer.write(json.dumps({"node": self.name, "certificate": subject["commonName"]}).encode() + b"\n")
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
        self._transports.discard(writer.transport)
        writer.close()

    async def _web_socket(self, connection: ServerConnection) -> None:
        """Says who it is and which headers reached it; then gives back what it gets."""
        self._transports.add(connection.transport)
        request = connection.request
        assert request is not None
        headers = [[name.lower(), value] for name, value in request.headers.raw_items()]
        await connection.send(json.dumps({"node": self.name, "path": request.path, "headers": headers}))
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                await connection.send(message)
        self._transports.discard(connection.transport)


@contextlib.contextmanager
def loop() -> Iterator[Loop]:
    """A loop for the time of a test."""
    running = Loop()
    try:
        yield running
    finally:
        running.close()
