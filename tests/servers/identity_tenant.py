"""A tenant on the loopback: it publishes its keys over TLS and signs tokens, right and wrong ones.

with running(folder) as tenant:
tenant.jwks, tenant.trusted, tenant.token(oid=...)
"""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import HMACAlgorithm, RSAAlgorithm

from tests.http_double import answering
from tests.servers.device_pki import SERVER, Authority, Leaf

ISSUER = "https://3f2504e0-4f89-41d3-9a0c-0305e82c3301.ciamlogin.com/3f2504e0-4f89-41d3-9a0c-0305e82c3301/v2.0"
AUDIENCE = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"
USER = "0f8fad5b-d9cb-469f-a165-70867728950e"
OTHER_USER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of the tenant, in Entra's form: RSA, 2,048 bits, no ``alg`` beside it."""

    kid: str
    private: rsa.RSAPrivateKey

    @classmethod
    def drawn(cls, kid: str) -> SigningKey:
        return cls(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @property
    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def published(self) -> dict[str, Any]:
        described = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {"kty": "RSA", "use": "sig", "kid": self.kid, "n": described["n"], "e": described["e"]}

    def sign(self, claims: dict[str, Any], algorithm: str = "RS256") -> str:
        return jwt.encode(claims, self.private, algorithm=algorithm, headers={"kid": self.kid})


@dataclass
class Tenant:
    """jwks: address of its keys. trusted: the authority above its certificate, PEM.

    keys: what it publishes; the first one signs. body, status: an answer instead of the keys. delay: seconds before it.
    """

    jwks: str = ""
    trusted: Path = Path()
    keys: list[SigningKey] = field(default_factory=list)
    body: bytes | None = None
    status: int = 200
    delay: float = 0.0

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Of a good token of :data:`USER`; a claim changed to None is left out."""
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": AUDIENCE, "oid": USER, "sub": "pairwise", "ver": "2.0"}
        claims = {**usual, "iat": now, "nbf": now - 5, "exp": now + 3600, **changed}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changed: Any) -> str:
        return self.keys[0].sign(self.claims(**changed))

    def answer(self) -> bytes:
        return json.dumps({"keys": [each.published for each in self.keys]}).encode() if self.body is None else self.body


def unsigned(claims: dict[str, Any]) -> str:
    """A token of the algorithm ``none``."""
    return f"{_unsigned({'alg': 'none', 'typ': 'JWT'}, claims)}."


def by_shared_secret(claims: dict[str, Any], secret: bytes, kid: str) -> str:
    """A token of HS256 with a public key for a secret, which libraries refuse to make."""
    text = _unsigned({"alg": "HS256", "typ": "JWT", "kid": kid}, claims)
    return f"{text}.{_encoded(HMACAlgorithm(HMACAlgorithm.SHA256).sign(text.encode(), secret)).decode()}"


def _unsigned(header: dict[str, str], claims: dict[str, Any]) -> str:
    return b".".join(_encoded(json.dumps(part).encode()) for part in (header, claims)).decode()


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


class _Handler(BaseHTTPRequestHandler):
    tenant: Tenant

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing."""

    def do_GET(self) -> None:
        time.sleep(self.tenant.delay)
        body = self.tenant.answer()
        try:
            self.send_response(self.tenant.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            """Whoever asked has stopped waiting."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that refuses the certificate is a case of the tests."""


@contextmanager
def running(folder: Path) -> Iterator[Tenant]:
    """A tenant with one key, on a port of its own."""
    authority = Authority("Amora Sync test tenant CA")
    certificate, key = authority.issue("localhost", Leaf(usage=SERVER, host="localhost")).write(folder, "tenant")
    tenant = Tenant(trusted=folder / "tenant-ca.pem", keys=[SigningKey.drawn("first")])
    tenant.trusted.write_bytes(authority.own.pem)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"tenant": tenant}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with answering(server) as port:
        tenant.jwks = f"https://localhost:{port}/discovery/v2.0/keys"
        yield tenant
