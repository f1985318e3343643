"""Redis, managed and classic: the last known state for the apps, perhaps access rules."""

from __future__ import annotations

from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about, is_text
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.private_endpoints import without_endpoint

_MANAGED: Final = "azure-native:redisenterprise:RedisEnterprise"
_DATABASE: Final = "azure-native:redisenterprise:Database"
_CLASSIC: Final = "azure-native:redis:Redis"
_PROTECTS: Final = "what the apps know of every device, and access rules where Redis holds them"

RETIRED = Rule(
    id="REDIS-01",
    title="Redis is the managed service",
    severity=Severity.MEDIUM,
    applies_to=(_MANAGED, _CLASSIC),
    protects="the platform after 2028-09-30, when the classic cache is switched off",
    references=("Azure.Redis.Retirement", "learn.microsoft.com, Azure Cache for Redis retirement"),
    remedy="set redis.kind to managed",
)


@RETIRED.check
def _(cache: Resource) -> Finding | None:
    if cache.token == _MANAGED:
        return None
    return Finding("", "the classic Azure Cache for Redis", "Azure Managed Redis")


TLS = Rule(
    id="REDIS-02",
    title="Redis speaks TLS 1.2 or newer",
    severity=Severity.HIGH,
    applies_to=(_MANAGED, _CLASSIC),
    protects=_PROTECTS,
    references=("Azure.RedisEnterprise.MinTLS", "Azure.Redis.MinTLS", "CKV_AZURE_148"),
    remedy="set minimumTlsVersion to 1.2",
    judge=is_text("minimumTlsVersion", "1.2", "1.3"),
)

HIGH_AVAILABILITY = Rule(
    id="REDIS-03",
    title="Redis of production has a replica",
    severity=Severity.HIGH,
    applies_to=(_MANAGED,),
    protects="the apps during the outage of a node or a zone",
    references=("Azure.RedisEnterprise.Zones", "learn.microsoft.com, Azure Managed Redis high availability"),
    remedy="set redis.highAvailability to true",
    levels=IN_PROD,
    judge=is_text("highAvailability", "Enabled", default="Enabled"),
)

SKU = Rule(
    id="REDIS-04",
    title="Redis of production is not the smallest",
    severity=Severity.MEDIUM,
    applies_to=(_MANAGED, _CLASSIC),
    protects="the apps: the smallest has half a gigabyte, or no replica and no SLA",
    references=("Azure.Redis.MinSKU", "learn.microsoft.com, Azure Managed Redis: choosing the right tier"),
    remedy="set redis.sku to Balanced_B1 or more (managed), Standard_C1 or more (classic)",
    levels=IN_PROD,
)


@SKU.check
def _(cache: Resource) -> Finding | None:
    name = cache.text("sku.name")
    small = name.casefold() in ("balanced_b0", "basic") or (cache.token == _CLASSIC and _smallest(cache))
    return Finding("sku.name", name, "Balanced_B1, Standard C1 or more") if small else None


def _smallest(cache: Resource) -> bool:
    return not cache.same("sku.name", "Premium") and cache.number("sku.capacity", 0) < 1


PUBLIC_ACCESS = Rule(
    id="REDIS-05",
    title="Redis is not reachable from the internet",
    severity=Severity.HIGH,
    applies_to=(_MANAGED, _CLASSIC),
    protects=_PROTECTS,
    references=("Azure.Redis.PublicNetworkAccess", "CKV_AZURE_89"),
    remedy="set publicNetworkAccess to Disabled and reach Redis by its private endpoint",
    judge=is_text("publicNetworkAccess", "Disabled", default="Enabled"),
)

ENCRYPTED = Rule(
    id="REDIS-06",
    title="Redis takes encrypted connections only",
    severity=Severity.HIGH,
    applies_to=(_DATABASE, _CLASSIC),
    protects=_PROTECTS,
    references=("Azure.Redis.NonSslPort", "CKV_AZURE_91", "MCSB DP-3"),
    remedy="set clientProtocol to Encrypted (managed), enableNonSslPort to false (classic)",
)


@ENCRYPTED.check
def _(cache: Resource) -> Finding | None:
    if cache.token == _DATABASE:
        return is_text("clientProtocol", "Encrypted", default="Encrypted")(cache)
    plain = cache.flag("enableNonSslPort", default=False)
    return Finding("enableNonSslPort", "true", "false") if plain else None


NO_KEYS = Rule(
    id="REDIS-07",
    title="Nobody signs in to Redis with a key",
    severity=Severity.HIGH,
    applies_to=(_DATABASE, _CLASSIC),
    protects=_PROTECTS,
    references=("Azure.Redis.LocalAuth", "Azure.Redis.EntraID", "MCSB IM-1"),
    remedy="set accessKeysAuthentication to Disabled (managed), disableAccessKeyAuthentication to true (classic)",
)


@NO_KEYS.check
def _(cache: Resource) -> Finding | None:
    if cache.token == _DATABASE:
        return is_text("accessKeysAuthentication", "Disabled", default="Enabled")(cache)
    off = cache.flag("disableAccessKeyAuthentication", default=False)
    return None if off else Finding("disableAccessKeyAuthentication", NOTHING, "true")


PRIVATE_ENDPOINT = StackRule(
    id="REDIS-08",
    title="Redis is reached by a private endpoint",
    severity=Severity.HIGH,
    about=(_MANAGED, _CLASSIC),
    protects=_PROTECTS,
    references=("MCSB NS-2", "learn.microsoft.com, Azure Managed Redis with Private Link"),
    remedy="add private_endpoint(...) with group redisEnterprise (managed) or redisCache (classic) to the component",
)


@PRIVATE_ENDPOINT.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_MANAGED, _CLASSIC), lambda cache: without_endpoint(stack, cache))
