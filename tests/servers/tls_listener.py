"""An Erlang TLS listener as EMQX 5.8 sets one up, and the HTTP server it has its revocation lists from."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.http_double import answering, on_loopback
from tests.servers.device_pki import SERVER, Authority, Certificate, Leaf
from tests.servers.emqx_listener import erlang_options, rendered_conf, ssl_options
from tests.servers.programs import compiled, program

_MODULE = Path(__file__).resolve().parent / "erlang" / "tls_listener.erl"
_SECONDS = 15
HOST = "localhost"


class Lists:
    """What the distribution point serves, by path; anything else is 404. fetched: how often it was asked."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.fetched = 0
        lists = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                lists.fetched += 1
                body = lists.bodies.get(self.path)
                self.send_response(404 if body is None else 200)
                self.end_headers()
                self.wfile.write(b"<html>404</html>" if body is None else body)

            def log_message(self, *_: object, **__: object) -> None:
                """Say nothing."""

        self._server = on_loopback(Handler)

    def address(self, path: str) -> str:
        """Of a list."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    @contextlib.contextmanager
    def served(self) -> Iterator[Lists]:
        """While it listens."""
        with answering(self._server):
            yield self


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a handshake ended. alert: TLS alert the server sent, empty when it accepted. fetched: lists it asked for.

    resumed: an earlier session was taken up. session: to take up later.
    """

    accepted: bool
    alert: str
    fetched: int
    resumed: bool = False
    session: tuple[ssl.SSLContext, ssl.SSLSession | None] | None = None


class TlsListener:
    """A running listener; ``handshake`` is a device that connects."""

    def __init__(
        self, folder: Path, trusted: Path, lists: Lists | None, process: subprocess.Popen[str], port: int
    ) -> None:
        self._folder, self._trusted, self._lists, self._process, self.port = folder, trusted, lists, process, port

    def handshake(
        self,
        certificate: Certificate | None,
        *,
        chain: tuple[Authority, ...] = (),
        version: ssl.TLSVersion | None = None,
    ) -> Outcome:
        """Connect with a certificate, and the authorities' certificates after it."""
        context = ssl.create_default_context(cafile=str(self._trusted))
        if version:
            context.minimum_version = context.maximum_version = version
        if certificate:
            own, key = certificate.write(self._folder, "client")
            own.write_bytes(certificate.pem + b"".join(authority.own.pem for authority in chain))
            context.load_cert_chain(own, key)
        return self._connect(context, None)

    def resume(self, earlier: Outcome) -> Outcome:
        """Connect again with the session of an earlier handshake."""
        assert earlier.session
        return self._connect(*earlier.session)

    def _fetched(self) -> int:
        return self._lists.fetched if self._lists else 0

    def _connect(self, context: ssl.SSLContext, session: ssl.SSLSession | None) -> Outcome:
        before = self._fetched()
        told, resumed, kept = b"", False, None
        with (
            contextlib.suppress(ssl.SSLError, ConnectionError),
            socket.create_connection(("127.0.0.1", self.port)) as tcp,
        ):
            tcp.settimeout(_SECONDS)
            with context.wrap_socket(tcp, server_hostname=HOST, session=session) as tls:
                # In TLS 1.3 the client is done before the server has judged its certificate.
                told, resumed, kept = tls.recv(64), bool(tls.session_reused), tls.session
        assert self._process.stdout
        line = self._process.stdout.readline().split(maxsplit=2)
        assert line, "the listener ended"
        assert (line[0] == "accepted") == (told == b"accepted")
        alert = line[1] if line[0] == "refused" else ""
        return Outcome(line[0] == "accepted", alert, self._fetched() - before, resumed, (context, kept))


@contextlib.contextmanager
def listening(folder: Path, authorities: bytes, lists: Lists | None = None, **changed: Any) -> Iterator[TlsListener]:
    """A listener for devices below these authorities (PEM), with the options of the rendered ``emqx.conf``.

    Args:
        folder: for its files.
        authorities: PEM, one after the other.
        lists: whose fetches are counted; None where another server has the lists.
        changed: options of ``emqx.conf`` that are to be others.
    """
    options = erlang_options({**ssl_options(rendered_conf()), **changed})
    server_authority = Authority("Amora Sync test server CA")
    server_authority.issue(HOST, Leaf(usage=SERVER, host=HOST)).write(folder, "server")
    trusted = folder / "server-ca.pem"
    trusted.write_bytes(server_authority.own.pem)
    (folder / "device-authorities.pem").write_bytes(authorities)
    command = [
        program("erl"),
        "-noshell",
        "-pa",
        str(compiled(_MODULE)),
        "-eval",
        f'tls_listener:main("{folder}", {options}).',
    ]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield TlsListener(folder, trusted, lists, process, int(process.stdout.readline().split()[1]))
        finally:
            process.kill()
