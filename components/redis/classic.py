"""The classic Azure Cache for Redis: for tenants that had one before 2026-04-01, until 2028-09-30."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_azure_native import redis

from components import ports
from components.diagnostics import diagnostics
from components.private_endpoint import private_endpoint
from components.redis.interface import Eviction, Redis, RedisArgs

# learn.microsoft.com, "Configure role-based access control with Data Access Policy": built-in policies.
_POLICY: Final = "Data Contributor"

_EVICTION: Final[Mapping[Eviction, str]] = {
    "AllKeysLFU": "allkeys-lfu",
    "AllKeysLRU": "allkeys-lru",
    "AllKeysRandom": "allkeys-random",
    "NoEviction": "noeviction",
    "VolatileLFU": "volatile-lfu",
    "VolatileLRU": "volatile-lru",
    "VolatileRandom": "volatile-random",
    "VolatileTTL": "volatile-ttl",
}


class ClassicRedis(Redis):
    """A cache on port 6380 with TLS, behind a private endpoint. It keeps nothing when all replicas are lost."""

    token = "amora:data:ClassicRedis"

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        if args.persistence != "none":
            raise ValueError(f"persistence: found {args.persistence}; the classic cache takes none here")
        cache = self._cache(name, args)
        diagnostics(self, f"{name}-cache", cache.id, args.workspace_id)
        users = self._users(name, args, cache)
        endpoint = private_endpoint(
            self,
            f"{name}-cache",
            cell=args.cell,
            resource_group_name=args.resource_group_name,
            resource_id=cache.id,
            group="redisCache",
            subnet_id=args.endpoint_subnet_id,
            private_zone_id=args.private_zone_ids["classic-redis"],
        )
        self.host_name = cache.host_name
        self.cache_id = cache.id
        self.port = ports.CLASSIC_REDIS
        self.access_key_uri = self._kept_key(name, args, lambda: _key(args, cache))
        self.ready = [cache, endpoint, *users]
        self.register_outputs({"hostName": self.host_name, "port": self.port})

    def _cache(self, name: str, args: RedisArgs) -> redis.Redis:
        tier, _, size = args.sku.partition("_")
        spread = args.high_availability and args.cell.zones and tier != "Basic"
        return redis.Redis(
            f"{name}-cache",
            name=args.cell.names.of("Microsoft.Cache/redis"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            sku=redis.SkuArgs(name=tier, family=size[0], capacity=int(size[1:])),
            redis_version="6",
            enable_non_ssl_port=False,
            minimum_tls_version="1.2",
            public_network_access="Disabled",
            disable_access_key_authentication=not args.access_keys,
            zonal_allocation_policy="Automatic" if spread else "NoZones",
            redis_configuration=redis.RedisCommonPropertiesRedisConfigurationArgs(
                aad_enabled="true", maxmemory_policy=_EVICTION[args.eviction]
            ),
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:redis:Redis", protect=args.cell.protect),
        )

    def _users(self, name: str, args: RedisArgs, cache: redis.Redis) -> list[pulumi.Resource]:
        made: list[pulumi.Resource] = []
        for user, object_id in args.users.items():
            made.append(
                redis.AccessPolicyAssignment(
                    f"{name}-{user}-access",
                    access_policy_assignment_name=user,
                    access_policy_name=_POLICY,
                    cache_name=cache.name,
                    resource_group_name=args.resource_group_name,
                    object_id=object_id,
                    object_id_alias=user,
                    # A cache takes one change at a time.
                    opts=self.child("azure-native:redis:AccessPolicyAssignment", depends_on=made[-1:]),
                )
            )
        return made


def _key(args: RedisArgs, cache: redis.Redis) -> pulumi.Output[str]:
    keys = redis.list_redis_keys_output(name=cache.name, resource_group_name=args.resource_group_name)
    return keys.apply(lambda found: found.primary_key)
