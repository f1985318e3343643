"""Whether the broker would take a token: the rules of ``emqx.conf``, judged as EMQX judges them.

Written after EMQX's ``emqx_authn_jwt.erl`` (5.8): every key of the tenant is tried, whatever ``kid`` says; ``exp`` and
``nbf`` are looked at where they are there; each claim of ``verify_claims`` has to be there and be equal. Signatures are
PyJWT's work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import jwt
from jwt.api_jws import PyJWS

PUBLIC_KEY_ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""What EMQX takes with a key set: no ``none``, nothing that shares a secret."""

_RIGHTS: Final[Mapping[str, str]] = {
    "is_superuser": "passes every access rule of the broker",
    "client_attrs": "sets attributes of the client that no rule of the platform knows",
    "clientid_override": "gives the client another client id in EMQX 6",
}
"""Claims EMQX acts on by itself (``emqx_authn_jwt.erl``); no token of the platform has one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenRules:
    """``verify_claims`` of the broker's token authenticator. username_claim: the one that is ``${username}``."""

    issuer: str
    audience: str
    username_claim: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the broker makes of a token.

    taken: whether the client gets in. why: the first rule that refuses it, in words; empty when it is taken.
    algorithm, key_id: ``alg`` and ``kid`` of its header, which anybody can write; empty where it has none.
    username: whom the token is for, once it is the tenant's own. ends: its ``exp``, in seconds since 1970; the broker
    closes the connection then. remarks: what else EMQX would do because of the token.
    """

    taken: bool
    why: str = ""
    algorithm: str = ""
    key_id: str = ""
    username: str = ""
    ends: float | None = None
    remarks: tuple[str, ...] = ()


class _Header(NamedTuple):
    algorithm: str
    key_id: str


def key_set(text: str) -> tuple[jwt.PyJWK, ...]:
    """The public keys of a JSON Web Key Set; those of kinds that are unknown are left out.

    Raises:
        ValueError: it is none.
    """
    described = json.loads(text)
    if described == {"keys": []}:
        return ()
    try:
        return tuple(jwt.PyJWKSet.from_dict(described).keys)
    except (jwt.PyJWTError, AttributeError, TypeError) as error:
        raise ValueError(f"no key set: {error}") from error


def judge(
    token: str, keys: Sequence[jwt.PyJWK], rules: TokenRules, *, now: float, username: str | None = None
) -> Verdict:
    """The broker's verdict on a token.

    Args:
        token: as the app sends it for a password.
        keys: the tenant's, by :func:`key_set`.
        rules: of ``emqx.conf``.
        now: seconds since 1970.
        username: what the app sends beside it; left out, the one the token is for.
    """
    header = _header(token)
    if header is None:
        return Verdict(taken=False, why="it is no signed token")
    told = header._asdict()
    payload = next((found for key in keys if (found := _signed(token, key.key)) is not None), None)
    if payload is None:
        return Verdict(taken=False, why=_unsigned(header, keys), **told)
    claims = _claims(payload)
    if claims is None:
        return Verdict(taken=False, why="what is signed is no JSON object", **told)
    own = str(claims.get(rules.username_claim, ""))
    wanted = {"iss": rules.issuer, "aud": rules.audience, rules.username_claim: own if username is None else username}
    why = _untimely(claims, now) or _unequal(claims, wanted)
    ends = _number(claims.get("exp"))
    return Verdict(taken=not why, why=why, username=own, ends=ends, remarks=tuple(_remarks(claims)), **told)


def _header(token: str) -> _Header | None:
    try:
        said = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, UnicodeError):
        return None
    return _Header(str(said.get("alg", "")), str(said.get("kid", "")))


def _unsigned(header: _Header, keys: Sequence[jwt.PyJWK]) -> str:
    if header.algorithm not in PUBLIC_KEY_ALGORITHMS:
        return f"alg: found {header.algorithm!r}; the broker takes {', '.join(PUBLIC_KEY_ALGORITHMS)}"
    published = [str(key.key_id) for key in keys]
    if header.key_id in published:
        return f"no key of the tenant has signed it, though it names {header.key_id}, which is one of them"
    return f"no key of the tenant has signed it: kid {header.key_id!r} is none of {', '.join(published) or 'no keys'}"


def _signed(token: str, key: Any) -> bytes | None:
    try:
        return PyJWS().decode_complete(token, key, algorithms=list(PUBLIC_KEY_ALGORITHMS))["payload"]
    except (jwt.PyJWTError, TypeError, ValueError):
        # Another key's kind, or no token at all.
        return None


def _claims(payload: bytes) -> dict[str, Any] | None:
    try:
        claims = json.loads(payload)
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def _untimely(claims: Mapping[str, Any], now: float) -> str:
    if "exp" in claims:
        ends = _number(claims["exp"])
        if ends is None or now >= ends:
            return f"exp: it has ended ({claims['exp']})"
    if "nbf" in claims:
        begins = _number(claims["nbf"])
        if begins is None or begins > now:
            return f"nbf: it is not valid yet ({claims['nbf']})"
    return ""


def _unequal(claims: Mapping[str, Any], wanted: Mapping[str, str]) -> str:
    for name, value in wanted.items():
        if name not in claims:
            return f"{name}: it has none; the broker wants {value or 'the username'}"
        if claims[name] != value or not value:
            return f"{name}: found {claims[name]!r}; the broker wants {value or 'a username'}"
    return ""


def _number(value: Any) -> float | None:
    """A number, or text that is one; EMQX reads both."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _remarks(claims: Mapping[str, Any]) -> Iterable[str]:
    if "exp" not in claims:
        yield "exp: it has none, so the broker would take it for ever"
    for name, what in _RIGHTS.items():
        if name in claims:
            yield f"{name}: {what}"
