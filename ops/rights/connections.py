"""Connections of a user at the broker, by EMQX's API: found and ended.

A right that was taken from the database is in force as long as a connection has it in its cache, a subscription as long
as the connection lives (docs/decisions/0031-device-ownership.md). Ending the connection ends both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

import httpx

from ops.errors import ExitCode, OpsError

USER: Final = "amora"
"""Name of the API's key (components/brokers/emqx/configuration.py, a test compares them)."""

_PAGE: Final = 100
_SECONDS: Final = 10


class Connections:
    """The API of a cluster: any node answers for all of them.

    Args:
        addresses: of the nodes' APIs; the first that answers is asked.
        key: of the API.
        transport: another way than the network, for tests.
    """

    def __init__(self, addresses: Sequence[str], key: str, transport: httpx.BaseTransport | None = None) -> None:
        self._addresses = tuple(addresses)
        self._client = httpx.Client(auth=(USER, key), timeout=_SECONDS, transport=transport)

    def of(self, username: str) -> list[str]:
        """Client ids of the user's connections and sessions.

        Raises:
            OpsError: no node answers, or one refuses.
        """
        return sorted(self._pages(username))

    def end(self, username: str) -> list[str]:
        """End every connection and session of the user; their client ids.

        Raises:
            OpsError: no node answers, or one refuses; what was ended until then stays ended.
        """
        ended = self.of(username)
        for client_id in ended:
            # One that has gone meanwhile is as good as ended.
            self._ask("DELETE", f"/api/v5/clients/{quote(client_id, safe='')}", also=(404,))
        return ended

    def forget_retained(self, topic: str) -> bool:
        """Remove a topic's retained message; False where there is none."""
        path = f"/api/v5/mqtt/retainer/message/{quote(topic, safe='')}"
        return self._ask("DELETE", path, also=(404,)).status_code != 404

    def _pages(self, username: str) -> Iterator[str]:
        page, more = 1, True
        while more:
            query = {"username": username, "limit": str(_PAGE), "page": str(page)}
            answer = self._ask("GET", "/api/v5/clients", query=query).json()
            yield from (str(each["clientid"]) for each in answer["data"])
            page, more = page + 1, bool(answer["meta"].get("hasnext"))

    def _ask(
        self, method: str, path: str, *, query: dict[str, Any] | None = None, also: tuple[int, ...] = ()
    ) -> httpx.Response:
        unreached: list[str] = []
        for address in self._addresses:
            try:
                answer = self._client.request(method, f"{address}{path}", params=query)
            except httpx.TransportError as error:
                unreached.append(f"{address}: {error}")
                continue
            if answer.is_success or answer.status_code in also:
                return answer
            raise _refused(method, path, answer)
        raise OpsError(
            ExitCode.OUT_OF_REACH,
            f"no node of the broker answers: {'; '.join(unreached) or 'the stack names none'}",
            "Run this inside the network, from the operators' subnet; the same command once more ends what is left.",
        )


def _refused(method: str, path: str, answer: httpx.Response) -> OpsError:
    said = " ".join(answer.text.split())[:200]
    code = ExitCode.FORBIDDEN if answer.status_code in {401, 403} else ExitCode.UNREADABLE
    mend = (
        "The key in the vault is not the nodes': docs/runbooks/rotate-secrets.md."
        if code is ExitCode.FORBIDDEN
        else "Run the same command again; what was done until then stays done."
    )
    return OpsError(code, f"EMQX answers {answer.status_code} to {method} {path}: {said}", mend)
