"""Key Vault and Blob Storage as their REST references describe them, in memory behind Azure's own clients.

What a request demands and what the services answer (status, codes, headers) was compared with Azurite 3.37.0,
Microsoft's emulator, for every blob operation here.
"""

from __future__ import annotations

import io
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

TENANT = "https://login.microsoftonline.com/tenant"


class Login:
    """Somebody who is signed in."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("token", int(time.time()) + 3600)


@dataclass
class Blob:
    kind: str
    content: bytes = b""
    etag: str = ""
    content_type: str = ""


@dataclass
class Services(BaseAdapter):
    """One vault and one container. ``fail``: answers that come before anything is done, by method and end of path."""

    secrets: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    fail: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    lose_answer_of: str = ""
    unreachable: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._etags = itertools.count(1)

    def transport(self) -> RequestsTransport:
        """Azure's usual transport, with these services at the other end of every connection."""
        session = requests.Session()
        session.mount("https://", self)
        return RequestsTransport(session=session, session_owner=False)

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:  # pyright: ignore[reportIncompatibleMethodOverride]
        if self.unreachable:
            raise requests.exceptions.ConnectionError(self.unreachable)
        parts = urlsplit(request.url)
        self.requests.append(f"{request.method} {parts.path}")
        status, headers, body = self._failure(request, parts.path) or self._answer(request, parts)
        if self.lose_answer_of and self.lose_answer_of == f"{request.method} {parts.query.split('&')[0]}":
            self.lose_answer_of = ""
            raise requests.exceptions.ConnectionError("connection reset by peer")
        return _response(request, status, headers, body)

    def close(self) -> None:
        """Nothing is open."""

    def _failure(self, request: Any, path: str) -> tuple[int, dict[str, str], bytes] | None:
        for index, (method, end, status, code, message) in enumerate(self.fail):
            if request.method == method and path.endswith(end):
                del self.fail[index]
                return _error(request, status, code, message)
        return None

    def _answer(self, request: Any, parts: Any) -> tuple[int, dict[str, str], bytes]:
        if parts.hostname.endswith(".vault.azure.net"):
            return self._secret(request, parts.path.split("/")[2])
        _, container, *name = parts.path.split("/")
        if container != "register":
            return _error(request, 404, "ContainerNotFound", "The specified container does not exist.")
        return self._blob(request, "/".join(name), parse_qs(parts.query))

    def _secret(self, request: Any, name: str) -> tuple[int, dict[str, str], bytes]:
        if "Authorization" not in request.headers:
            challenge = f'Bearer authorization="{TENANT}", resource="https://vault.azure.net"'
            return 401, {"WWW-Authenticate": challenge}, b""
        if name not in self.secrets:
            message = f"A secret with (name/id) {name} was not found in this key vault."
            return _error(request, 404, "SecretNotFound", message)
        body = {"value": self.secrets[name], "id": f"https://kv-test.vault.azure.net/secrets/{name}/v1"}
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()

    def _blob(self, request: Any, name: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        blob, headers = self.blobs.get(name), request.headers
        if request.method in ("GET", "HEAD"):
            return self._read(request, blob)
        wanted = headers.get("If-Match")
        if wanted is not None and (blob is None or blob.etag != wanted):
            return _error(request, 412, "ConditionNotMet", "The condition specified is not met.")
        if headers.get("If-None-Match") == "*" and blob is not None:
            return _error(request, 409, "BlobAlreadyExists", "The specified blob already exists.")
        content = _content(request)
        if query.get("comp") == ["appendblock"]:
            if blob is None:
                return _error(request, 404, "BlobNotFound", "The specified blob does not exist.")
            if int(headers["x-ms-blob-condition-appendpos"]) != len(blob.content):
                return _error(request, 412, "AppendPositionConditionNotMet", "The append position is not met.")
            blob.content += content
        else:
            kind = headers["x-ms-blob-type"]
            blob = self.blobs[name] = Blob(kind, content, content_type=headers.get("x-ms-blob-content-type", ""))
        blob.etag = f'"0x{next(self._etags):X}"'
        return 201, {"ETag": blob.etag, "Last-Modified": "Mon, 01 Jun 2026 12:00:00 GMT"}, b""

    def _read(self, request: Any, blob: Blob | None) -> tuple[int, dict[str, str], bytes]:
        if blob is None:
            return _error(request, 404, "BlobNotFound", "The specified blob does not exist.")
        wanted = request.headers.get("If-Match")
        if wanted is not None and wanted != blob.etag:
            return _error(request, 412, "ConditionNotMet", "The condition specified is not met.")
        told = {"ETag": blob.etag, "x-ms-blob-type": blob.kind, "Last-Modified": "Mon, 01 Jun 2026 12:00:00 GMT"}
        if request.method == "HEAD":
            return 200, {**told, "Content-Length": str(len(blob.content))}, b""
        start, end = (int(part) for part in request.headers["x-ms-range"].removeprefix("bytes=").split("-"))
        part = blob.content[start : end + 1]
        span = f"bytes {start}-{start + len(part) - 1}/{len(blob.content)}"
        return 206, {**told, "Content-Length": str(len(part)), "Content-Range": span}, part


def _content(request: Any) -> bytes:
    data: Any = request.body if request.body is not None else b""
    return data.read() if hasattr(data, "read") else bytes(data)


def _error(request: Any, status: int, code: str, message: str) -> tuple[int, dict[str, str], bytes]:
    if ".vault." in request.url:
        body = json.dumps({"error": {"code": code, "message": message}}).encode()
        return status, {"Content-Type": "application/json"}, body
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    told = {"x-ms-error-code": code, "Content-Type": "application/xml"}
    return status, told, b"" if request.method == "HEAD" else body.encode()


def _response(request: Any, status: int, headers: dict[str, str], body: bytes) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer.reason = "answer"
    answer.url = request.url
    answer.request = request
    answer.headers.update(headers)
    # The answer to a HEAD names a length and has no body.
    answer.raw = HTTPResponse(
        body=io.BytesIO(body), headers=headers, status=status, preload_content=False, enforce_content_length=False
    )
    return answer
