"""Ports that nothing on the internet may reach, for the rules of all that opens ports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Final

CLOSED: Final[tuple[tuple[int, int, str], ...]] = (
    (22, 22, "SSH"),
    (3389, 3389, "RDP"),
    (1883, 1883, "MQTT without TLS"),
    (18083, 18083, "EMQX's dashboard"),
    (4370, 4390, "Erlang distribution"),
    (5370, 5390, "EMQX's RPC"),
)
"""First and last port, and what answers there; the ports between nodes leave room above those of components/ports.py,
which a test compares."""

PLAIN: Final = {1883: "MQTT without TLS", 18083: "EMQX's dashboard"}
"""Ports that no app serves, from wherever."""

_ALL: Final = (0, 65535)
_ANYWHERE: Final = frozenset({"*", "any", "internet", "0.0.0.0"})  # noqa: S104 - a source that rules forbid
# A network this wide is half the internet, not somebody's: 0.0.0.0/1 and 128.0.0.0/1 are all of it. By IP version.
_WIDEST: Final = {4: 8, 6: 16}


def opened(ranges: Iterable[tuple[int, int]]) -> Iterator[str]:
    """The closed ports that some ranges hold, in words."""
    held = tuple(ranges)
    for first, last, service in CLOSED:
        if any(low <= last and first <= high for low, high in held):
            yield f"{first if first == last else f'{first}-{last}'} ({service})"


def ports(text: str) -> tuple[int, int]:
    """A range as Azure writes it: ``8883``, ``1000-2000``; everything else, such as ``*``, is every port."""
    found = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", text)
    return (int(found[1]), int(found[2] or found[1])) if found else _ALL


def is_anywhere(source: str) -> bool:
    """Whether a source of a security rule is the internet, or so much of it that it belongs to nobody."""
    text = source.strip().casefold()
    if text in _ANYWHERE:
        return True
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen < _WIDEST[network.version]
