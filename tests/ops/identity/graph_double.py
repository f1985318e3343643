"""A loopback double of Microsoft Graph: what the identity commands use of it, with its paging, throttling and errors.

Shapes: learn.microsoft.com, Paging Microsoft Graph data (``@odata.nextLink`` whole, with its own query); throttling
guidance (429 with ``Retry-After``); error responses (``error.code``, ``message``, ``innerError.request-id``); the
resource types application, servicePrincipal, oAuth2PermissionGrant, appRoleAssignment, tokenLifetimePolicy,
authenticationEventsFlow, trustFrameworkPolicy, trustFrameworkKeySet.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.http_double import answering, on_loopback

TOKEN = "graph.token"
_FLOWS = "identity/authenticationEventsFlows"
# A list of flows leaves them out, a PATCH leaves them as they are; each is added to and taken from by itself.
_RELATIONSHIPS = {
    "includeApplications": (("conditions", "applications"), "appId"),
    "identityProviders": (("onAuthenticationMethodLoadStart",), "id"),
    "attributes": (("onAttributeCollection",), "id"),
}
_ENABLED = "Permission (scope or role) cannot be deleted or updated unless disabled first."
_FILTER = re.compile(r"(\w+) eq '([^']*)'")
COLLECTIONS = (
    "applications",
    "servicePrincipals",
    "oauth2PermissionGrants",
    "policies/tokenLifetimePolicies",
    "identity/authenticationEventsFlows",
)


MICROSOFT_GRAPH = {
    "id": "7a1f3a0e-5d0c-4c53-9a55-2f3f0c6f1b9d",
    "appId": "00000003-0000-0000-c000-000000000000",
    "displayName": "Microsoft Graph",
}
"""Its service principal, which every tenant has from the start."""


def _at_first() -> dict[str, list[dict[str, Any]]]:
    return {name: [] for name in COLLECTIONS} | {"servicePrincipals": [dict(MICROSOFT_GRAPH)]}


@dataclass
class GraphDouble:
    """collections: objects by path. policies, key_sets: of Azure AD B2C. page: objects a page.

    lag: how many requests that name an object are told that there is none, once it was made.
    stale: how many changes of a scope or role are judged by copies that hold it for enabled, though it was disabled.
    blind: how many of the next lists of applications lack every one.
    throttled: how many of the next requests get 429. broken: how many get no answer though they are carried out.
    refuse: status, code and message of every answer, if any.
    """

    url: str = ""
    page: int = 2
    collections: dict[str, list[dict[str, Any]]] = field(default_factory=_at_first)
    policies: dict[str, str] = field(default_factory=dict)
    key_sets: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    lag: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    stale: int = 0
    blind: int = 0
    throttled: int = 0
    retry_after: str = "0"
    broken: int = 0
    refuse: tuple[int, str, str] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def writes(self) -> list[tuple[str, str]]:
        return [each for each in self.asked if each[0] != "GET"]


class _Handler(BaseHTTPRequestHandler):
    graph: GraphDouble
    # One packet an answer: two would wait for each other.
    wbufsize = 65536
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the tests look at what was asked."""

    def answer(self) -> None:
        graph, url = self.graph, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        graph.asked.append((self.command, unquote(url.path)))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._error(401, "InvalidAuthenticationToken", "Access token is empty.")
        elif graph.refuse:
            self._error(*graph.refuse)
        elif graph.throttled:
            graph.throttled -= 1
            self._error(429, "TooManyRequests", "Too many requests.", {"Retry-After": graph.retry_after})
        elif unknown := self._not_known_yet(unquote(self.path), body.decode()):
            self._error(*unknown)
        else:
            self._route(unquote(url.path), {name: values[0] for name, values in parse_qs(url.query).items()}, body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - the base class's names

    def _route(self, path: str, query: dict[str, str], body: bytes) -> None:
        if match := re.fullmatch(r"/beta/trustFramework/policies/([^/]+)/\$value", path):
            self._policy(match[1], body)
        elif match := re.fullmatch(r"/beta/trustFramework/keySets(?:/([^/]+))?(/generateKey)?", path):
            self._key_set(match[1], json.loads(body) if body else {}, generate=bool(match[2]))
        elif match := re.fullmatch(r"/v1\.0/applications\(uniqueName='([\w-]+)'\)", path):
            self._named(match[1], body)
        elif match := re.fullmatch(r"/v1\.0/servicePrincipals/([^/]+)/appRoleAssignments", path):
            self._below("servicePrincipals", match[1], "appRoleAssignments", body)
        elif match := re.fullmatch(r"/v1\.0/applications/([^/]+)/tokenLifetimePolicies(/\$ref)?", path):
            self._lifetimes(match[1], body)
        elif match := re.fullmatch(
            rf"/v1\.0/{_FLOWS}/([^/]+)/.*?({'|'.join(_RELATIONSHIPS)})(?:/([^/$]+))?(?:/\$ref)?", path
        ):
            self._relationship(match[1], match[2], match[3], body)
        elif match := re.fullmatch(rf"/v1\.0/({'|'.join(COLLECTIONS)})(?:/([^/]+))?", path):
            self._collection(match[1], match[2], query, body)
        else:
            self._error(404, "Request_ResourceNotFound", f"Resource '{path}' does not exist.")

    def _not_known_yet(self, path: str, body: str) -> tuple[int, str, str] | None:
        """What a copy of the directory says that has not heard of an object yet."""
        for each, left in self.graph.unknown.items():
            if left and (each in urlsplit(path).path or each in body):
                self.graph.unknown[each] -= 1
                if each in path:
                    return 404, "Request_ResourceNotFound", f"Resource '{each}' does not exist."
                return 400, "Request_BadRequest", f"'{each}' does not reference a valid object."
        return None

    def _made(self, collection: list[dict[str, Any]], made: dict[str, Any]) -> None:
        collection.append(made)
        self.graph.unknown |= {made[name]: self.graph.lag for name in ("id", "appId") if name in made}
        self._say(201, made)

    def _named(self, name: str, body: bytes) -> None:
        """An application by its alternate key: learn.microsoft.com, Upsert application."""
        objects = self.graph.collections["applications"]
        found = next((each for each in objects if each.get("uniqueName") == name), None)
        if self.command == "GET" and found:
            self._say(200, found)
        elif found:
            self._collection("applications", found["id"], {}, body)
        elif self.headers.get("Prefer") != "create-if-missing":
            self._error(404, "Request_ResourceNotFound", f"Resource '{name}' does not exist.")
        else:
            self._create("applications", {"uniqueName": name, **json.loads(body)})

    def _create(self, name: str, given: dict[str, Any]) -> None:
        made = {"id": str(uuid.uuid4()), **given}
        if name == "applications":
            made["appId"] = str(uuid.uuid4())
        if wrong := _wrong(name, made):
            self._error(400, "Request_BadRequest", wrong)
            return
        self._made(self.graph.collections[name], made)

    def _collection(self, name: str, number: str | None, query: dict[str, str], body: bytes) -> None:
        objects = self.graph.collections[name]
        if self.command == "GET" and number is None:
            shown = [_plain(each) for each in objects] if name == _FLOWS else objects
            if name == "applications" and self.graph.blind:
                self.graph.blind, shown = self.graph.blind - 1, []
            self._page(f"/v1.0/{name}", _filtered(shown, query.get("$filter")), query)
        elif self.command == "GET":
            self._say(200, next(each for each in objects if each["id"] == number))
        elif self.command == "POST":
            self._create(name, json.loads(body))
        else:
            (found,) = [each for each in objects if each["id"] == number]
            if wrong := _wrong(name, found | json.loads(body)):
                self._error(400, "Request_BadRequest", wrong)
                return
            if self._changes_what_is_enabled(found, json.loads(body)):
                self._error(400, "CannotDeleteOrUpdateEnabledEntitlement", _ENABLED)
                return
            if name == _FLOWS:
                _patch(found, _plain(json.loads(body)))
            else:
                found.update(json.loads(body))
            self._say(204, None)

    def _changes_what_is_enabled(self, found: dict[str, Any], given: dict[str, Any]) -> bool:
        """Whether a scope or role goes or changes that is enabled, other than to be disabled."""
        going = [
            each
            for has, wants in ((_permissions(found.get(at)), _permissions(given.get(at))) for at in ("api", "appRoles"))
            if wants is not None
            for each in has or []
            if not any(each | {"isEnabled": other["isEnabled"]} == other for other in wants)
        ]
        if any(not each["isEnabled"] for each in going) and self.graph.stale:
            self.graph.stale -= 1
            return True
        return any(each["isEnabled"] for each in going)

    def _relationship(self, flow: str, name: str, key: str | None, body: bytes) -> None:
        (found,) = [each for each in self.graph.collections[_FLOWS] if each["id"] == flow]
        above, known_by = _RELATIONSHIPS[name]
        for each in above:
            found = found[each]
        if self.command == "DELETE":
            found[name] = [each for each in found[name] if each[known_by] != key]
            self._say(204, None)
        else:
            given = json.loads(body)
            found[name].append({known_by: given.get(known_by) or given["@odata.id"].rpartition("/")[2]})
            self._say(201, found[name][-1])

    def _page(self, path: str, objects: list[dict[str, Any]], query: dict[str, str]) -> None:
        begin = int(query.get("$skiptoken", "0"))
        page: dict[str, Any] = {"@odata.context": f"{self.graph.url}/v1.0/$metadata", "value": []}
        page["value"] = objects[begin : begin + self.graph.page]
        if begin + self.graph.page < len(objects):
            page["@odata.nextLink"] = f"{self.graph.url}{path}?$skiptoken={begin + self.graph.page}"
        self._say(200, page)

    def _below(self, collection: str, number: str, name: str, body: bytes) -> None:
        (owner,) = [each for each in self.graph.collections[collection] if each["id"] == number]
        held = owner.setdefault(f"_{name}", [])
        if self.command == "GET":
            self._page(f"/v1.0/{collection}/{number}/{name}", held, {})
        else:
            held.append({"id": str(uuid.uuid4()), **json.loads(body)})
            self._say(201, held[-1])

    def _lifetimes(self, number: str, body: bytes) -> None:
        (owner,) = [each for each in self.graph.collections["applications"] if each["id"] == number]
        held = owner.setdefault("_lifetimes", [])
        if self.command == "GET":
            self._say(200, {"value": held})
        else:
            held.append({"id": json.loads(body)["@odata.id"].rpartition("/")[2]})
            self._say(204, None)

    def _policy(self, name: str, body: bytes) -> None:
        there = name in self.graph.policies
        if self.command == "PUT":
            assert self.headers["Content-Type"] == "application/xml"
            self.graph.policies[name] = body.decode()
            self._say(200 if there else 201, body.decode())
        elif there:
            self._say(200, self.graph.policies[name])
        else:
            self._error(404, "AADB2C90075", f"The policy '{name}' does not exist.")

    def _key_set(self, name: str | None, body: dict[str, Any], *, generate: bool) -> None:
        sets = self.graph.key_sets
        if self.command == "POST" and name is None:
            sets[f"B2C_1A_{body['id']}"] = []
            self._say(201, {"id": f"B2C_1A_{body['id']}", "keys": []})
        elif name not in sets:
            self._error(404, "AADB2C90073", f"The key set '{name}' does not exist.")
        elif generate:
            sets[name].append({"kid": str(uuid.uuid4()), **body})
            self._say(200, sets[name][-1])
        else:
            self._say(200, {"id": name, "keys": sets[name]})

    def _error(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        inner = {"date": "2026-11-27T10:00:00", "request-id": "11111111-0000-4000-8000-000000000000"}
        self._say(status, {"error": {"code": code, "message": message, "innerError": inner}}, headers)

    def _say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        if self.graph.broken and status != 429:
            self.graph.broken -= 1
            self.close_connection = True
            return
        data = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/xml" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _permissions(value: Any) -> list[dict[str, Any]] | None:
    """Scopes of an ``api``, or roles."""
    return value.get("oauth2PermissionScopes") if isinstance(value, dict) else value


def _plain(flow: dict[str, Any]) -> dict[str, Any]:
    """A flow without its relationships."""
    return {
        name: _plain(value) if isinstance(value, dict) else value
        for name, value in flow.items()
        if name not in _RELATIONSHIPS
    }


def _patch(found: dict[str, Any], given: dict[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(found.get(name), dict):
            _patch(found[name], value)
        else:
            found[name] = value


def _wrong(collection: str, wanted: dict[str, Any]) -> str:
    """What Graph has against an object; learn.microsoft.com, Validation differences by supported account types."""
    if collection != "applications" or wanted.get("signInAudience") != "AzureADandPersonalMicrosoftAccount":
        return ""
    if wanted.get("appRoles"):
        return "Property appRoles is not supported for this signInAudience."
    if wanted.get("api", {}).get("requestedAccessTokenVersion") != 2:
        return "Property api.requestedAccessTokenVersion is invalid."
    return ""


def _filtered(objects: list[dict[str, Any]], condition: str | None) -> list[dict[str, Any]]:
    if condition is None:
        return objects
    match = _FILTER.fullmatch(condition)
    assert match, condition
    return [each for each in objects if str(each.get(match[1])) == match[2]]


@contextmanager
def graph_double() -> Iterator[GraphDouble]:
    """The double on a port of its own."""
    graph = GraphDouble()
    with answering(on_loopback(_Handler, graph=graph)) as port:
        graph.url = f"http://127.0.0.1:{port}"
        yield graph
