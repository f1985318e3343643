"""A TLS handshake over a real socket on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from typing import Any


def context(
    purpose: Any, folder: Path, *, trusted: str, chain: str | None = None, key: str | None = None
) -> ssl.SSLContext:
    """A context that trusts PEM certificates and, where given, shows a chain of its own."""
    made = ssl.SSLContext(purpose)
    made.load_verify_locations(cadata=trusted)
    made.verify_mode = ssl.CERT_REQUIRED
    if chain is not None and key is not None:
        files = folder / "chain.pem", folder / "key.pem"
        for file, text in zip(files, (chain, key), strict=True):
            file.write_text(text)
        made.load_cert_chain(*files)
    return made


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> Any:
    """What the server knows of the client's certificate after a byte each way.

    Raises:
        ssl.SSLError: either side refuses the other. The server's refusal is the one raised when it refuses.
    """
    seen: dict[str, Any] = {}

    def serve(listener: socket.socket) -> None:
        plain, _ = listener.accept()
        try:
            with server.wrap_socket(plain, server_side=True) as secured:
                seen["peer"] = secured.getpeercert()
                secured.sendall(secured.recv(1))
        except (ssl.SSLError, OSError) as error:
            seen["error"] = error
            plain.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            address = listener.getsockname()
            with (
                socket.create_connection(address, timeout=10) as plain,
                client.wrap_socket(plain, server_hostname=host) as secured,
            ):
                # In TLS 1.3 the client is done before the server has judged its certificate: only an answer tells.
                secured.sendall(b"?")
                answer = secured.recv(1)
        except (ssl.SSLError, OSError) as error:
            thread.join(10)
            refusal = seen.get("error")
            raise (refusal if isinstance(refusal, ssl.SSLCertVerificationError) else error) from error
        thread.join(10)
    if answer != b"?":
        raise seen.get("error") or ssl.SSLError("the server closed the connection")
    return seen["peer"]
