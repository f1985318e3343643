"""What the profile that EMQX 6.3 makes the default refuses or turns off."""

from __future__ import annotations

from collections.abc import Iterator

from tools.emqx_check.finding import Finding, Keys, Value, error
from tools.emqx_check.formats import split_bind
from tools.emqx_check.values import as_list, enabled, get, literal

DEFAULT_COOKIES = {"emqxsecretcookie"}
DEFAULT_PASSWORDS = {"public"}


def listeners(config: dict[str, Value]) -> Iterator[tuple[Keys, dict[str, Value]]]:
    """The enabled MQTT listeners with their paths; the four that EMQX has by default too."""
    ports = {"tcp": 1883, "ssl": 8883, "ws": 8083, "wss": 8084}
    configured = get(config, "listeners") or {}
    for kind in (*ports, "quic"):
        named = configured.get(kind) if isinstance(configured, dict) else None
        named = dict(named) if isinstance(named, dict) else {}
        if kind in ports:
            named.setdefault("default", {})
        for name, listener in named.items():
            if not isinstance(listener, dict):
                continue
            bound = {"bind": ports.get(kind, 14567), **listener}
            if literal(bound.get("enable", bound.get("enabled", True))) == "true":
                yield ("listeners", kind, name), bound


def hardened(config: dict[str, Value]) -> Iterator[Finding]:
    """What the profile refuses or turns off, and two settings that should be explicit in both profiles."""
    for rule in (_binds, _clients_let_in, _key_sets, _default_secrets, _left_open):
        yield from rule(config)


def _binds(config: dict[str, Value]) -> Iterator[Finding]:
    for path, listener in listeners(config):
        if not split_bind(listener["bind"])[0]:
            yield error((*path, "bind"), f"port without address ({listener['bind']}): binds to loopback only")
    bind = get(config, "dashboard.listeners.http.bind")
    if bind and str(bind) != "0" and not split_bind(bind)[0]:
        path = ("dashboard", "listeners", "http", "bind")
        yield error(path, f"port without address ({bind}): binds to loopback only")


def _clients_let_in(config: dict[str, Value]) -> Iterator[Finding]:
    if any(enabled(each) for each in as_list(get(config, "authentication"))):
        return
    for path, listener in listeners(config):
        own = any(enabled(each) for each in as_list(listener.get("authentication")))
        if not own and literal(listener.get("enable_authn", True)) != "false":
            yield error(path, "no authenticator: every client is refused")


def _key_sets(config: dict[str, Value]) -> Iterator[Finding]:
    chains: list[tuple[Keys, Value]] = [(("authentication",), get(config, "authentication"))]
    chains += [((*path, "authentication"), each.get("authentication")) for path, each in listeners(config)]
    for path, chain in chains:
        for position, item in enumerate(as_list(chain), 1):
            if isinstance(item, dict) and item.get("mechanism") == "jwt" and literal(item.get("use_jwks")) == "true":
                yield from _key_set_is_verified(item, (*path, str(position)))


def _default_secrets(config: dict[str, Value]) -> Iterator[Finding]:
    cookie = get(config, "node.cookie")
    if cookie is None or str(cookie) in DEFAULT_COOKIES:
        yield error(("node", "cookie"), "default cookie" if cookie else "not set: the default cookie is refused")
    password = get(config, "dashboard.default_password")
    if password is None or str(password) in DEFAULT_PASSWORDS:
        found = "default password" if password else "not set: the default is refused"
        yield error(("dashboard", "default_password"), found)


def _left_open(config: dict[str, Value]) -> Iterator[Finding]:
    if literal(get(config, "prometheus.enable_basic_auth")) != "true":
        yield error(("prometheus", "enable_basic_auth"), "metrics are served without authentication")
    if literal(get(config, "authorization.no_match") or "allow") != "deny":
        yield error(("authorization", "no_match"), "allows what no rule matches; set deny")


def _key_set_is_verified(item: dict[str, Value], path: Keys) -> Iterator[Finding]:
    """The key set's server must be verified."""
    if str(item.get("endpoint", "")).startswith("http://"):
        yield error((*path, "endpoint"), "the key set is fetched without TLS")
    if literal(get(item, "ssl.enable") or False) != "true":
        yield error((*path, "ssl", "enable"), "the key set's server is not verified: ssl.enable is false")
    if get(item, "ssl.verify") != "verify_peer":
        yield error((*path, "ssl", "verify"), "the key set's server is not verified: set verify_peer")
