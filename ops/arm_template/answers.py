"""What the program is answered while it is read: Azure's outputs in shape, but each a value of its own.

Two readings get two sets of answers. What differs between them and is no answer verbatim was computed from one.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from hashlib import sha256
from ipaddress import IPv4Address
from typing import Any, Final

from ops.arm_template.origins import Path

NO_ANSWER: Final = frozenset({"name", "type", "azureApiVersion", "provisioningState"})
"""Outputs that the program or its kind of resource says, whoever answers."""

_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADDRESS: Final = re.compile(r"\d+(\.\d+){3}")
_HOST: Final = re.compile(r"^(?P<scheme>[a-z]+://)?(?P<label>[A-Za-z0-9-]+)(?P<rest>\.[A-Za-z0-9.-]+.*)$", re.DOTALL)


def disguised(value: Any, seed: str, path: Path = ()) -> Any:
    """Outputs with every text and number replaced by one that only this seed and path give, of the same shape."""
    if isinstance(value, Mapping):
        return {
            key: item if not path and key in NO_ANSWER else disguised(item, seed, (*path, key))
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [disguised(item, seed, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    digest = sha256("\0".join((seed, *map(str, path))).encode()).digest()
    return _text(value, digest) if isinstance(value, str) else 10_000_000 + int.from_bytes(digest[:4], "big") % 10**9


def _text(value: str, digest: bytes) -> str:
    if not value:
        return value
    if _GUID.fullmatch(value):
        return str(uuid.UUID(bytes=digest[:16], version=4))
    if _ADDRESS.fullmatch(value):
        # 10.0.0.0/8, no end of which is 0 or 255.
        return str(IPv4Address(bytes((10, digest[0], digest[1], 1 + digest[2] % 253))))
    host = _HOST.match(value)
    if host:
        return f"{host['scheme'] or ''}x{digest.hex()[:20]}{host['rest']}"
    return f"X{digest.hex()[:39]}"


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every text and number inside a value, with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield path, value
