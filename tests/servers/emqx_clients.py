"""A loopback double of EMQX's API for clients and retained messages: paging, credentials and refusals as docs.emqx.com.

with clients_api({"app:...:phone": "<username>"}) as api:
api.url, api.clients, api.retained
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

from tests.http_double import answering, on_loopback

KEY = "aP1key"


@dataclass
class ClientsApi:
    """clients: username by client id. retained: topics with a message. refuse: status of every answer, if any."""

    url: str = ""
    clients: dict[str, str] = field(default_factory=dict)
    retained: set[str] = field(default_factory=set)
    refuse: int | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    api: ClientsApi

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the tests look at what was asked."""

    def answer(self) -> None:
        self.api.asked.append((self.command, self.path))
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        wanted = "Basic " + base64.b64encode(f"amora:{KEY}".encode()).decode()
        _, _, client_id = path.partition("/api/v5/clients/")
        _, _, topic = path.partition("/api/v5/mqtt/retainer/message/")
        if self.headers.get("Authorization") != wanted:
            self._say(401, {"code": "BAD_API_KEY_OR_SECRET", "message": "Check api_key/api_secret"})
        elif self.api.refuse:
            self._say(self.api.refuse, {"code": "INTERNAL_ERROR", "message": "wrong"})
        elif self.command == "GET" and path == "/api/v5/clients":
            self._page(query)
        elif self.command == "DELETE" and client_id:
            self._gone(self.api.clients.pop(unquote(client_id), None) is not None, "CLIENTID_NOT_FOUND")
        elif self.command == "DELETE" and topic:
            there = unquote(topic) in self.api.retained
            self.api.retained.discard(unquote(topic))
            self._gone(there, "NOT_FOUND")
        else:
            self._say(404, {"code": "NOT_FOUND", "message": "no such path"})

    do_GET = do_DELETE = answer  # noqa: N815 - the base class's names

    def _page(self, query: Mapping[str, list[str]]) -> None:
        (username,), (limit,), (page,) = query["username"], query["limit"], query["page"]
        found = sorted(each for each, owner in self.api.clients.items() if owner == username)
        begin, size = (int(page) - 1) * int(limit), int(limit)
        rows = [{"clientid": each, "username": username, "connected": True} for each in found[begin : begin + size]]
        more = begin + size < len(found)
        meta = {"page": int(page), "limit": size, "count": len(found), "hasnext": more}
        self._say(200, {"data": rows, "meta": meta})

    def _gone(self, there: bool, code: str) -> None:  # noqa: FBT001
        self._say(204, None) if there else self._say(404, {"code": code, "message": "not found"})

    def _say(self, status: int, body: object) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def clients_api(clients: Mapping[str, str] | None = None) -> Iterator[ClientsApi]:
    """The double on a port of its own, with these connections: username by client id."""
    api = ClientsApi(clients=dict(clients or {}))
    with answering(on_loopback(_Handler, api=api)) as port:
        api.url = f"http://127.0.0.1:{port}"
        yield api
