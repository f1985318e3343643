"""Rules of managed and classic Redis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known, one_of
from sandbox.protocol.package import Values

_CLUSTER: Final = "microsoft.cache/redisenterprise"
_DATABASE: Final = "microsoft.cache/redisenterprise/databases"
_CACHE: Final = "microsoft.cache/redis"
_MANAGED: Final = ("Balanced_", "MemoryOptimized_", "ComputeOptimized_", "FlashOptimized_")


def _managed_sku(values: Values) -> Iterator[tuple[str, str]]:
    if not str(known(values, "sku.name")).startswith(_MANAGED):
        return
    if known(values, "sku.capacity") is not None:
        yield "sku.capacity", "a size of Azure Managed Redis has its capacity in its name; leave it out"
    if known(values, "zones") is not None:
        yield "zones", "Azure Managed Redis chooses its zones itself; leave them out"


def _persistence(values: Values) -> Iterator[tuple[str, str]]:
    if known(values, "persistence.aofEnabled") and known(values, "persistence.rdbEnabled"):
        yield "persistence", "append-only file and snapshots are both on; a database has one of them"


def _keys_off(values: Values) -> Iterator[tuple[str, str]]:
    entra = str(known(values, "redisConfiguration.aadEnabled")).lower() == "true"
    if known(values, "disableAccessKeyAuthentication") and not entra:
        yield "disableAccessKeyAuthentication", "true without redisConfiguration 'aad-enabled': nobody could come in"


def _classic_size(values: Values) -> Iterator[tuple[str, str]]:
    tier, family, capacity = (known(values, f"sku.{name}") for name in ("name", "family", "capacity"))
    wanted = "P" if tier == "Premium" else "C"
    if tier is not None and family != wanted:
        yield "sku.family", f"{family!r} with {tier}; it takes {wanted}"
    low, high = (1, 5) if wanted == "P" else (0, 6)
    if isinstance(capacity, int | float) and not low <= capacity <= high:
        yield "sku.capacity", f"{capacity:g} is outside {low} to {high}"


def _basic_zones(values: Values) -> Iterator[tuple[str, str]]:
    policy = known(values, "zonalAllocationPolicy")
    if known(values, "sku.name") == "Basic" and policy not in (None, "NoZones"):
        yield "zonalAllocationPolicy", f"{policy!r} with Basic, which has one node"


RULES: Final = (
    Rule("managed-redis-sku", (_CLUSTER,), "relation", "REST: RedisEnterprise - Create: sku, zones", _managed_sku),
    between("managed-redis-port", _DATABASE, "port", 10000, 10049, "REST: Databases - Create: port"),
    Rule(
        "managed-redis-persistence",
        (_DATABASE,),
        "relation",
        "learn.microsoft.com, Configure data persistence in Azure Managed Redis",
        _persistence,
    ),
    one_of(
        "managed-redis-policy",
        f"{_DATABASE}/accesspolicyassignments",
        "accessPolicyName",
        ("default",),
        "learn.microsoft.com, Use Microsoft Entra for Azure Managed Redis: the one access policy",
    ),
    Rule("redis-size", (_CACHE,), "relation", "REST: Redis - Create: sku", _classic_size),
    Rule(
        "redis-keys-off",
        (_CACHE,),
        "relation",
        "learn.microsoft.com, Use Microsoft Entra for cache authentication",
        _keys_off,
    ),
    Rule(
        "redis-basic-zones",
        (_CACHE,),
        "relation",
        "learn.microsoft.com, Enable zone redundancy for Azure Cache for Redis",
        _basic_zones,
    ),
)
