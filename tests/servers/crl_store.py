"""Stand-ins for what the CRL app asks: the identity endpoint of Container Apps and a container of blobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.http_double import answering, on_loopback

HEADER = "identity-header-of-the-replica"
TOKEN = "a-token.for-blobs.only"
CLIENT_ID = "8d9f1c1e-0000-4000-8000-0123456789ab"
PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
_KEY = ec.generate_private_key(ec.SECP256R1())


def crl(*, begins: float = -1, ends: float = 6, encoding: serialization.Encoding = PEM) -> bytes:
    """A signed list in force from ``begins`` to ``ends``, in days from now."""
    now = datetime.now(UTC)
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Amora Sync test device CA 1")]))
        .last_update(now + timedelta(days=begins))
        .next_update(now + timedelta(days=ends))
        .add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(4711).revocation_date(now - timedelta(days=9)).build()
        )
        .sign(_KEY, hashes.SHA256())
    )
    return made.public_bytes(encoding)


@dataclass
class Azure:
    """What the stand-ins hold and were asked. blobs: by name. away: whether the store answers 503 to everything."""

    port: int
    blobs: dict[str, bytes] = field(default_factory=dict)
    away: bool = False
    refused: list[str] = field(default_factory=list)
    tokens_given: int = 0

    @property
    def container(self) -> str:
        """Address of the container."""
        return f"http://127.0.0.1:{self.port}/crl"

    @property
    def identity_endpoint(self) -> str:
        """What Container Apps gives a replica as IDENTITY_ENDPOINT."""
        return f"http://127.0.0.1:{self.port}/msi/token"


class _Handler(BaseHTTPRequestHandler):
    azure: Azure

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer as the identity endpoint or as the store."""
        path = urlsplit(self.path)
        if path.path == "/msi/token":
            self._identity(parse_qs(path.query))
        else:
            self._blob(path.path.removeprefix("/crl/"))

    def _identity(self, query: dict[str, list[str]]) -> None:
        wanted = {
            "api-version": ["2019-08-01"],
            "resource": ["https://storage.azure.com/"],
            "client_id": [CLIENT_ID],
        }
        if self.headers["X-IDENTITY-HEADER"] != HEADER or query != wanted:
            self.azure.refused.append(self.path)
            self._answer(400, b'{"statusCode":400}')
            return
        self.azure.tokens_given += 1
        token = {"access_token": TOKEN, "expires_on": "1764230400", "token_type": "Bearer"}
        self._answer(200, json.dumps(token).encode())

    def _blob(self, name: str) -> None:
        if self.azure.away:
            self._answer(503, b"<Error><Code>ServerBusy</Code></Error>")
        elif self.headers["Authorization"] != f"Bearer {TOKEN}" or not self.headers["x-ms-version"]:
            self.azure.refused.append(self.path)
            self._answer(401, b"<Error><Code>NoAuthenticationInformation</Code></Error>")
        elif name in self.azure.blobs:
            self._answer(200, self.azure.blobs[name])
        else:
            self._answer(404, b"<Error><Code>BlobNotFound</Code></Error>")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def azure() -> Iterator[Azure]:
    """The stand-ins, on a port of loopback."""
    handler = type("Handler", (_Handler,), {})
    with answering(on_loopback(handler)) as port:
        handler.azure = Azure(port=port)
        yield handler.azure
