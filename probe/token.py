"""The app's token: OAuth 2 client credentials (RFC 6749 §4.4) of the identity tenant."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from probe.settings import Settings


class TokenError(OSError):
    """There is no token; the text says why and holds no secret."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token. username: what the broker knows its holder by. renew_at: monotonic seconds at which to take another."""

    text: str
    username: str
    renew_at: float


class Tokens:
    """Gives a token, a new one when four fifths of the old one's life are over."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._token: Token | None = None

    def current(self) -> Token:
        """A token with life left in it.

        Raises:
            TokenError: the tenant gives none.
        """
        if self._token is None or self._clock() >= self._token.renew_at:
            self._token = self._fetch()
        return self._token

    def due(self) -> bool:
        """Whether the token that was given last is to be renewed."""
        return self._token is not None and self._clock() >= self._token.renew_at

    def _fetch(self) -> Token:
        given = self._settings
        form = {
            "grant_type": "client_credentials",
            "client_id": given.client_id,
            "client_secret": given.client_secret,
            "scope": given.scope,
        }
        asked = self._clock()
        try:
            answer = httpx.post(given.token_url, data=form, timeout=10)
            body = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise TokenError(f"{given.token_url}: {type(error).__name__}") from None
        text = body.get("access_token") if isinstance(body, dict) else None
        if answer.status_code != httpx.codes.OK or not isinstance(text, str):
            said = body.get("error") if isinstance(body, dict) else None
            raise TokenError(f"{given.token_url}: status {answer.status_code}, {said or 'no access_token'}")
        life = float(body.get("expires_in", 300))
        return Token(text, self._username(text), asked + life * 4 / 5)

    def _username(self, text: str) -> str:
        """The claim that is the username. The broker checks the token; here it is only read."""
        claim = self._settings.username_claim
        try:
            payload = text.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return str(claims[claim])
        except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
            raise TokenError(f"the token has no claim {claim}") from None
