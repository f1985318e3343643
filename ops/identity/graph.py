"""Microsoft Graph: pages, throttling and errors as its documentation has them.

Requests that are throttled (429) or turned away (503) are repeated after what ``Retry-After`` says. A request whose
answer was lost is not: it may have been carried out, and a second run finds out by looking first.

What was made is not at once known to every copy of the directory (learn.microsoft.com, Microsoft Graph best practices:
eventual consistency). A request that names an object this run has made, and is told that there is none (404, or 400
where the body names it), is repeated until the object is known or time is up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import httpx
from httpx_retries import Retry, RetryTransport
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_delay, wait_exponential
from tenacity.wait import wait_base

from ops.errors import ExitCode, OpsError

ADDRESS: Final = "https://graph.microsoft.com"
SCOPE: Final = "https://graph.microsoft.com/.default"
_ATTEMPTS: Final = 8
_LONGEST_WAIT: Final = 300.0
_SECONDS: Final = 60
_MISSING: Final = 404
_NOT_YET: Final = frozenset({400, _MISSING})
PATIENCE: Final = 120.0
"""Seconds that an object which was made may stay unknown; copies of the directory agree within seconds to minutes."""

_RETRY: Final = Retry(
    total=_ATTEMPTS,
    allowed_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
    status_forcelist=[429, 503],
    retry_on_exceptions=(),
    backoff_factor=0.5,
    max_backoff_wait=_LONGEST_WAIT,
)
_RIGHTS: Final = (
    "The login needs Application Administrator, and External ID User Flow Administrator or both B2C IEF Policy "
    "Administrator and B2C IEF Keyset Administrator, in the tenant that is to be changed; its client (--client-id), or "
    "the pipeline's identity, needs consent to the permissions of Graph that docs/runbooks/identity.md names."
)


class Graph:
    """Graph by a login.

    Args:
        token: gives an access token, each time anew.
        address: of another Graph, for tests and national clouds.
        transport: below the retries, for tests.
        patience: seconds that an object which this run has made may stay unknown.
        waits: between requests that name such an object.
    """

    def __init__(
        self,
        token: Callable[[], str],
        address: str = ADDRESS,
        transport: httpx.BaseTransport | None = None,
        *,
        patience: float = PATIENCE,
        waits: wait_base = wait_exponential(multiplier=1, max=15),  # noqa: B008 - it keeps no state
    ) -> None:
        self._token = token
        self._patience, self._waits = patience, waits
        self._made: set[str] = set()
        # RetryTransport's own default makes a second one, for asyncio, and reads the CA bundle twice: 60 ms each.
        below = transport or httpx.HTTPTransport()
        self._client = httpx.Client(
            base_url=address, timeout=_SECONDS, transport=RetryTransport(transport=below, retry=_RETRY)
        )

    def get(self, path: str, **query: str) -> dict[str, Any] | None:
        """One object; None where there is none."""
        answer = self._ask("GET", path, params=query, may_be_missing=True)
        return answer.json() if answer.status_code != _MISSING else None

    def one(self, path: str) -> dict[str, Any]:
        """One object that is known to be there: where Graph has none all the same, that is an error."""
        return self._ask("GET", path).json()

    def text(self, path: str) -> str | None:
        """A body that is no JSON; None where there is none."""
        answer = self._ask("GET", path, may_be_missing=True)
        return answer.text if answer.status_code != _MISSING else None

    def items(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every object of a collection, page after page."""
        address: str | None = path
        while address:
            # A next link is whole, with its own query.
            answer = self._ask("GET", address, params=query if address == path else None)
            page = answer.json()
            yield from page.get("value", [])
            address = page.get("@odata.nextLink")

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make an object, or call an action."""
        answer = self._ask("POST", path, json=dict(body))
        made = answer.json() if answer.content else {}
        self._made |= {made[name] for name in ("id", "appId") if made.get(name)}
        return made

    def upsert(self, path: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make the object of a name, or change the one that has it: learn.microsoft.com, Upsert application.

        A list may lack what was made a moment ago; the name is looked up where it is written.
        """
        address = f"{path}(uniqueName='{name}')"
        answer = self._ask("PATCH", address, json=dict(body), headers={"Prefer": "create-if-missing"})
        made = answer.json() if answer.content else self.one(address)
        self._made |= {made["id"], made["appId"]}
        return made

    def patch(self, path: str, body: Mapping[str, Any], *, settling: bool = False) -> None:
        """Change some properties of an object.

        settling: it builds on a change that was made just now, which not every copy of the directory knows yet.
        """
        self._ask("PATCH", path, settling=settling, json=dict(body))

    def delete(self, path: str) -> None:
        """Take an object away, or a link to one."""
        self._ask("DELETE", path)

    def put_xml(self, path: str, text: str) -> None:
        """Write a policy."""
        self._ask("PUT", path, content=text.encode(), headers={"Content-Type": "application/xml"})

    def _ask(
        self, method: str, path: str, *, may_be_missing: bool = False, settling: bool = False, **given: Any
    ) -> httpx.Response:
        asked = f"{path} {given.get('params')} {given.get('json')} {given.get('content')}"
        fresh = settling or (not may_be_missing and any(each in asked for each in self._made))
        answer = Retrying(
            retry=retry_if_result(lambda answer: fresh and answer.status_code in _NOT_YET),
            stop=stop_after_delay(self._patience),
            wait=self._waits,
            retry_error_callback=_last,
        )(self._send, method, path, **given)
        if answer.is_success or (may_be_missing and answer.status_code == _MISSING):
            return answer
        raise _refused(method, path, answer)

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}", **given.pop("headers", {})}
        try:
            return self._client.request(method, path, headers=headers, **given)
        except httpx.TransportError as error:
            raise OpsError(
                ExitCode.OUT_OF_REACH,
                f"Graph does not answer {method} {_shown(path)}: {error}",
                "Run the same command again: it looks first, and does what is left.",
            ) from error


def _last(state: RetryCallState) -> httpx.Response:
    if state.outcome is None:
        raise ValueError("tenacity gives up after an attempt, never before one")
    return state.outcome.result()


def _refused(method: str, path: str, answer: httpx.Response) -> OpsError:
    code, message, request = _error(answer)
    told = f"Graph answers {answer.status_code} to {method} {_shown(path)}: {code}: {message} (request-id {request})"
    if answer.status_code == 401:
        return OpsError(ExitCode.NOT_SIGNED_IN, told, "Log in to the identity tenant, not to the subscription's.")
    if answer.status_code == 403:
        return OpsError(ExitCode.FORBIDDEN, told, _RIGHTS)
    if answer.status_code in {429, 503}:
        return OpsError(ExitCode.THROTTLED, told, "Wait some minutes, then run the same command again: it goes on.")
    return OpsError(
        ExitCode.UNREADABLE, told, "What was done until then stays done; mend it, run the same command again."
    )


def _error(answer: httpx.Response) -> tuple[str, str, str]:
    """Code, message and request id: learn.microsoft.com, Microsoft Graph error responses and resource types."""
    try:
        error = answer.json()["error"]
        inner = error.get("innerError") or {}
        return str(error["code"]), str(error["message"]), str(inner.get("request-id", "unknown"))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
        return "unknown", " ".join(answer.text.split())[:200], answer.headers.get("request-id", "unknown")


def _shown(path: str) -> str:
    return path.partition("?")[0]
