"""Which Redis a stack has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from components.redis.classic import ClassicRedis
from components.redis.interface import Redis, RedisArgs
from components.redis.managed import ManagedRedis


def _no_redis(_: str, __: RedisArgs) -> None:
    """Nothing: the apps do without."""


REDIS: Final[Mapping[Literal["managed", "classic", "none"], Callable[[str, RedisArgs], Redis | None]]] = {
    "managed": ManagedRedis,
    "classic": ClassicRedis,
    "none": _no_redis,
}
"""Kind -> what makes it, from a logical name and arguments."""
