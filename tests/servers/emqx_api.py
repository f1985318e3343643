"""A loopback double of what the jobs talk to: EMQX's API, the identity endpoint of Container Apps, the blob store.

Shapes: docs.emqx.com, REST API (`/data/export`, `/data/files/{filename}`); learn.microsoft.com, managed identities in
Container Apps (`IDENTITY_ENDPOINT`); Put Blob.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.http_double import answering, on_loopback

KEY = "aP1key%with\\odd"
FILE = "emqx-export-2026-11-27-02-17-03.123.tar.gz"
TOKEN = "entra.token"


@dataclass
class Doubles:
    """What was asked, and how the next answers go wrong.

    status: answer by method and path instead of the right one, so often. export: of the file. shown_size: that the
    export's answer claims, where it is not the file's. broken: how many of the next requests get no answer.
    files, imported: what was uploaded to the node, and what of it was imported.
    """

    url: str = ""
    export: bytes = bytes(range(256)) * 40
    shown_size: int | None = None
    file: str = FILE
    broken: int = 0
    status: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    imported: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    doubles: Doubles
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the tests look at what was asked."""

    def answer(self) -> None:
        path = urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.doubles.asked.append((self.command, self.path))
        self.doubles.bodies[path] = body
        self.doubles.headers[path] = {name.lower(): value for name, value in self.headers.items()}
        wrong = self.doubles.status.get((self.command, path))
        if self.doubles.broken:
            self.doubles.broken -= 1
            self.close_connection = True
        elif wrong:
            self.say(wrong.pop(0), b'{"code":"WRONG"}')
        elif path.startswith("/api/"):
            self.api(path, body)
        elif path == "/msi/token":
            self.token()
        else:
            self.blob(path, body)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the base class's names

    def say(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def api(self, path: str, body: bytes) -> None:
        wanted = "Basic " + base64.b64encode(f"amora:{KEY}".encode()).decode()
        if self.headers.get("Authorization") != wanted:
            self.say(401, b'{"code":"BAD_API_KEY_OR_SECRET"}')
        elif (self.command, path) == ("POST", "/api/v5/data/export"):
            size = len(self.doubles.export) if self.doubles.shown_size is None else self.doubles.shown_size
            made = {
                "created_at": "2026-11-27T02:17:03.123+00:00",
                "created_at_sec": 1795745823,
                "filename": self.doubles.file,
                "node": "emqx1@10.40.0.9",
                "size": size,
            }
            self.say(200, json.dumps(made, separators=(",", ":")).encode())
        elif (self.command, path) == ("GET", f"/api/v5/data/files/{FILE}"):
            self.say(200, self.doubles.export)
        elif (self.command, path) == ("DELETE", f"/api/v5/data/files/{FILE}"):
            self.say(204)
        elif (self.command, path) == ("POST", "/api/v5/data/files"):
            self.upload(body)
        elif (self.command, path) == ("POST", "/api/v5/data/import"):
            self.restore(json.loads(body)["filename"])
        elif (self.command, path) == ("GET", "/api/v5/nodes"):
            self.say(200, b'[{"node":"emqx1@10.40.0.9"}]')
        elif (self.command, path) == ("POST", "/api/v5/banned"):
            self.say(200, b"{}")
        else:
            self.say(404, b'{"code":"NOT_FOUND"}')

    def upload(self, body: bytes) -> None:
        """One part, `filename`, with the file's name and content (emqx_mgmt_api_data_backup, data_files/2)."""
        kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        (part,) = message_from_bytes(kind + body, policy=HTTP).iter_parts()
        right = part.get_param("name", header="content-disposition") == "filename"
        if right:
            self.doubles.files[str(part.get_filename())] = part.get_content()
        self.say(204 if right else 400)

    def restore(self, file: str) -> None:
        if file in self.doubles.files:
            self.doubles.imported.append(file)
            self.say(204)
        else:
            self.say(400, b'{"code":"BAD_REQUEST","message":"Backup file not found"}')

    def token(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        right = {
            "resource": ["https://storage.azure.com/"],
            "api-version": ["2019-08-01"],
            "client_id": ["client-of-the-job"],
        }
        if query != right or self.headers.get("X-IDENTITY-HEADER") != "header-of-the-replica":
            self.say(400, b'{"statusCode":400}')
            return
        token = {"access_token": TOKEN, "expires_on": "1795832223", "resource": right["resource"][0]}
        self.say(200, json.dumps(token).encode())

    def blob(self, path: str, body: bytes) -> None:
        sent = self.headers
        authorized = sent.get("Authorization") == f"Bearer {TOKEN}"
        if self.command == "GET" and authorized and sent.get("x-ms-version"):
            found = self.doubles.blobs.get(path)
            self.say(404) if found is None else self.say(200, found)
            return
        if not authorized or sent.get("x-ms-blob-type") != "BlockBlob" or not sent.get("x-ms-version"):
            self.say(403)
            return
        self.doubles.blobs[path] = body
        self.say(201)


@contextmanager
def doubles() -> Iterator[Doubles]:
    """The doubles on a port of their own."""
    made = Doubles()
    with answering(on_loopback(_Handler, doubles=made)) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made
