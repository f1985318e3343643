"""A loopback double of the identity tenant's token endpoint: OAuth 2 client credentials (RFC 6749 §4.4)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.http_double import answering, on_loopback


def token(claims: dict[str, object]) -> str:
    """A token with these claims; who reads it here looks at no signature."""
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


@dataclass
class Tenant:
    """answers: status and body of the next answers; afterwards the token. asked: forms that came."""

    token: str
    expires_in: int = 3600
    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    tenant: Tenant

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.tenant.asked.append({name: values[0] for name, values in form.items()})
        right = json.dumps({"access_token": self.tenant.token, "expires_in": self.tenant.expires_in}).encode()
        status, body = self.tenant.answers.pop(0) if self.tenant.answers else (200, right)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running(tenant: Tenant) -> Iterator[Tenant]:
    """The endpoint on the loopback."""
    with answering(on_loopback(_Handler, tenant=tenant)) as port:
        tenant.url = f"http://127.0.0.1:{port}/oauth2/v2.0/token"
        yield tenant
