"""What a rendered ``emqx.conf`` makes EMQX 5.8 hand to Erlang's ssl for its TLS listener.

By emqx_tls_lib.erl and emqx_listeners.erl of github.com/emqx/emqx at v5.8.9: most keys go through under their own
names; ``enable_crl_check`` becomes ``crl_check`` and a cache; the rest is EMQX's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tests.unit.components.brokers.emqx_program import recorded
from tools.emqx_check.reading import parse
from tools.emqx_check.values import get, literal

LISTENER: Final = "listeners.ssl.default"
_PASSED: Final = frozenset(
    {"client_renegotiation", "depth", "fail_if_no_peer_cert", "hibernate_after", "reuse_sessions", "verify", "versions"}
)
# Files lie elsewhere in a test; the last two are of EMQX and its socket server, not of ssl.
_ELSEWHERE: Final = frozenset({"cacertfile", "certfile", "keyfile", "gc_after_handshake", "handshake_timeout"})
_FETCH_MILLISECONDS: Final = 3000
_DURATION: Final = re.compile(r"(\d+)s")


def rendered_conf() -> str:
    """``emqx.conf`` as the cluster component keeps it in the vault."""
    return recorded().one("emqx-configuration-secret").inputs["properties"]["value"].value


def ssl_options(text: str) -> dict[str, Any]:
    """The options of the devices' listener, as the file has them."""
    return dict(get(parse(text), f"{LISTENER}.ssl_options"))


def erlang_options(options: Mapping[str, Any]) -> str:
    """The same as an Erlang list, without the files.

    The cache is OTP's ssl_crl_cache, of which EMQX's was made: it fetches the list too, but keeps nothing.

    Raises:
        KeyError: an option of which it is not known here what EMQX makes of it.
    """
    unknown = set(options) - _PASSED - _ELSEWHERE - {"enable_crl_check"}
    if unknown:
        raise KeyError(f"what EMQX makes of {', '.join(sorted(unknown))}")
    terms = [f"{{{name}, {_term(options[name])}}}" for name in sorted(_PASSED & set(options))]
    if literal(options.get("enable_crl_check", False)) == "true":
        terms += [
            "{crl_check, peer}",
            f"{{crl_cache, {{ssl_crl_cache, {{internal, [{{http, {_FETCH_MILLISECONDS}}}]}}}}}}",
        ]
    return f"[{', '.join(terms)}]"


def _term(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_term(each) for each in value)}]"
    text = literal(value)
    if seconds := _DURATION.fullmatch(text):
        return str(int(seconds[1]) * 1000)
    return text if text.isdigit() else f"'{text}'"
