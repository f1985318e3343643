"""Azure Managed Redis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pulumi
from pulumi_azure_native import redisenterprise

from components import ports
from components.diagnostics import diagnostics
from components.private_endpoint import private_endpoint
from components.redis.interface import Persistence, Redis, RedisArgs

# The one name a database of a cluster has, and the one access policy it knows.
_DEFAULT: Final = "default"

_PERSISTENCE: Final[Mapping[Persistence, dict[str, Any]]] = {
    "none": {"aof_enabled": False, "rdb_enabled": False},
    "rdb1h": {"aof_enabled": False, "rdb_enabled": True, "rdb_frequency": "1h"},
    "rdb6h": {"aof_enabled": False, "rdb_enabled": True, "rdb_frequency": "6h"},
    "rdb12h": {"aof_enabled": False, "rdb_enabled": True, "rdb_frequency": "12h"},
    "aof1s": {"aof_enabled": True, "aof_frequency": "1s", "rdb_enabled": False},
}


class ManagedRedis(Redis):
    """A cluster with one database, on port 10000 with TLS, behind a private endpoint."""

    token = "amora:data:ManagedRedis"

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        cluster = self._cluster(name, args)
        database = self._database(name, args, cluster)
        diagnostics(self, f"{name}-database", database.id, args.workspace_id)
        users = self._users(name, args, cluster, database)
        endpoint = private_endpoint(
            self,
            f"{name}-cluster",
            cell=args.cell,
            resource_group_name=args.resource_group_name,
            resource_id=cluster.id,
            group="redisEnterprise",
            subnet_id=args.endpoint_subnet_id,
            private_zone_id=args.private_zone_ids["redis"],
        )
        self.host_name = cluster.host_name
        self.cache_id = cluster.id
        self.port = ports.MANAGED_REDIS
        self.access_key_uri = self._kept_key(name, args, lambda: _key(args, cluster, database))
        self.ready = [database, endpoint, *users]
        self.register_outputs({"hostName": self.host_name, "port": self.port})

    def _cluster(self, name: str, args: RedisArgs) -> redisenterprise.RedisEnterprise:
        return redisenterprise.RedisEnterprise(
            f"{name}-cluster",
            cluster_name=args.cell.names.of("Microsoft.Cache/redisEnterprise"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            sku=redisenterprise.SkuArgs(name=args.sku),
            high_availability="Enabled" if args.high_availability else "Disabled",
            minimum_tls_version="1.2",
            public_network_access="Disabled",
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:redisenterprise:RedisEnterprise", protect=args.cell.protect),
        )

    def _database(
        self, name: str, args: RedisArgs, cluster: redisenterprise.RedisEnterprise
    ) -> redisenterprise.Database:
        return redisenterprise.Database(
            f"{name}-database",
            database_name=_DEFAULT,
            cluster_name=cluster.name,
            resource_group_name=args.resource_group_name,
            client_protocol="Encrypted",
            port=ports.MANAGED_REDIS,
            # One address whatever is behind it: EMQX's `single` and every client library speak to it.
            clustering_policy="EnterpriseCluster",
            eviction_policy=args.eviction,
            persistence=redisenterprise.PersistenceArgs(**_PERSISTENCE[args.persistence]),
            access_keys_authentication="Enabled" if args.access_keys else "Disabled",
            opts=self.child("azure-native:redisenterprise:Database", protect=args.cell.protect),
        )

    def _users(
        self,
        name: str,
        args: RedisArgs,
        cluster: redisenterprise.RedisEnterprise,
        database: redisenterprise.Database,
    ) -> list[pulumi.Resource]:
        made: list[pulumi.Resource] = []
        for user, object_id in args.users.items():
            made.append(
                redisenterprise.AccessPolicyAssignment(
                    f"{name}-{user}-access",
                    access_policy_assignment_name=user,
                    access_policy_name=_DEFAULT,
                    cluster_name=cluster.name,
                    database_name=database.name,
                    resource_group_name=args.resource_group_name,
                    user=redisenterprise.AccessPolicyAssignmentPropertiesUserArgs(object_id=object_id),
                    # A cluster takes one change at a time.
                    opts=self.child("azure-native:redisenterprise:AccessPolicyAssignment", depends_on=made[-1:]),
                )
            )
        return made


def _key(
    args: RedisArgs, cluster: redisenterprise.RedisEnterprise, database: redisenterprise.Database
) -> pulumi.Output[str]:
    keys = redisenterprise.list_database_keys_output(
        cluster_name=cluster.name, database_name=database.name, resource_group_name=args.resource_group_name
    )
    return keys.apply(lambda found: found.primary_key)
