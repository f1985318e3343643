"""Formats of scalars: durations, sizes, rates, addresses, as EMQX's schema takes them."""

from __future__ import annotations

import ipaddress
import re

from tools.emqx_check.finding import Type, Value
from tools.emqx_check.values import show

DURATION = re.compile(r"(?:[0-9.]+(?:ms|[fwdhms]))+", re.IGNORECASE)
BYTESIZE = re.compile(r"\s*[0-9]+(?:b|B|kb|KB|mb|MB|gb|GB)")
RATE = re.compile(r"\s*([0-9]+)([a-zA-Z]*)(?:/([0-9]*)(?:ms|[smhd]))?\s*", re.IGNORECASE)
PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
INTEGER = re.compile(r"[+-]?[0-9]+")
SERVER = re.compile(r"\s*(?:[a-z+]+://)?(?:[\w.-]+|\[[0-9a-f:]+\])(?::([0-9]+))?\s*", re.IGNORECASE)
TLS_ORDER = ["tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"]
MAP_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def is_port(text: str) -> bool:
    """Whether the text is a TCP or UDP port (0 disables a listener)."""
    return text.isdigit() and int(text) <= 65535


def split_bind(value: Value) -> tuple[str, str]:
    """Split a listen address into host (may be empty) and port."""
    host, _, port = str(value).replace(" ", "").rpartition(":")
    return (host[1:-1] if host.startswith("[") and host.endswith("]") else host), port


def bad_format(value: Value, kind: str) -> str | None:
    """Say what is wrong with a scalar of the given format, or None."""
    text = str(value)
    is_int = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return f"expected {DESCRIBE[kind]}, got {show(value)}"
    ok = True
    if kind == "dur":
        ok = is_int or (isinstance(value, str) and bool(DURATION.fullmatch(text) or INTEGER.fullmatch(text)))
    elif kind == "size":
        ok = is_int or (isinstance(value, str) and bool(BYTESIZE.fullmatch(text) or INTEGER.fullmatch(text)))
    elif kind == "percent":
        match = PERCENT.fullmatch(text)
        ok = float(match[1]) <= 100 if match else isinstance(value, float) and 0 <= value <= 1
    elif kind == "rate":
        match = RATE.fullmatch(text)
        ok = text.strip() == "infinity" or bool(
            match and int(match[1]) > 0 and match[2].lower() in ("", "kb", "mb", "gb") and match[3] != "0"
        )
    elif kind == "ip_port":
        host, port = split_bind(value)
        ok = is_port(port) and (not host or is_ip(host))
    elif kind == "servers":
        parts = [SERVER.fullmatch(p) for p in text.split(",")]
        ok = all(p and (p[1] is None or is_port(p[1])) for p in parts)
    elif kind == "url":
        ok = bool(re.match(r"https?://[^/\s]+", text)) or "${" in text
    elif kind == "tcp_keepalive":
        numbers = [p.strip() for p in text.split(",")]
        ok = text == "none" or (
            len(numbers) == 3
            and all(n.isdigit() for n in numbers)
            and all(1 <= int(n) <= top for n, top in zip(numbers, (72000, 750, 90), strict=True))
        )
    return None if ok else f"expected {DESCRIBE[kind]}, got {show(value)}"


DESCRIBE = {
    "bool": "true or false",
    "int": "an integer",
    "num": "a number",
    "str": "a string",
    "secret": "a string",
    "literal_secret": "a string",
    "map": "an object",
    "dur": "a duration such as 15s, 10m or 1h30m",
    "size": "a size such as 1MB or 512KB",
    "percent": "a percentage such as 80%",
    "rate": "a rate such as 1000/s, 10MB/s or infinity",
    "ip_port": "an address and port such as 0.0.0.0:1883",
    "servers": "host:port, or several after commas",
    "url": "an http or https URL",
    "tcp_keepalive": "none or idle,interval,probes in seconds",
}


def is_ip(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address (``::`` before a port may lose a colon)."""
    for candidate in (text, text + ":"):
        try:
            ipaddress.ip_address(candidate)
        except ValueError:
            continue
        return True
    return False


def describe(kind: Type) -> str:
    """Name a type in a message."""
    if isinstance(kind, str):
        return DESCRIBE[kind]
    if "const" in kind:
        return str(kind["const"])
    if "enum" in kind:
        return ", ".join(kind["enum"])
    if "int" in kind:
        low, high = kind["int"]
        return f"an integer in {low}..{'' if high is None else high}"
    return "a list" if "list" in kind else "an object"
