"""PostgreSQL flexible server: credentials and access rules of the broker, reachable from inside the network only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import pulumi
from pulumi_azure_native import dbforpostgresql

from components import ports
from components.cell import Cell
from components.component import AmoraComponent
from components.diagnostics import diagnostics
from components.lock import delete_lock
from components.postgres_parameters import BURSTABLE, Parameter, parameters_of

ADMINISTRATOR_LOGIN: Final = "amora_admin"
"""Who migrates. Azure refuses ``admin``, ``administrator``, ``root``, ``guest``, ``public`` and names with ``pg_``."""

_ENABLED: Final = "Enabled"
_DISABLED: Final = "Disabled"

# Azure's words for what the settings call high availability.
_MODES: Final[Mapping[str, str]] = {"none": _DISABLED, "sameZone": "SameZone", "zoneRedundant": "ZoneRedundant"}

_CHANGED_BY_AZURE: Final = (
    # A failover swaps the two zones.
    "availabilityZone",
    "highAvailability.standbyAvailabilityZone",
    # Storage grows by itself, and with it what Azure computes from its size. It never shrinks: the size in the
    # program would be an update that Azure refuses.
    "storage.storageSizeGB",
    "storage.tier",
    "storage.iops",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresArgs:
    """What a database needs.

    resource_group_name: the cell's group. workspace_id: where its logs go. tenant_id: the Entra tenant whose principals
    it knows. subnet_id: delegated to flexible servers. private_zone_id: its name ends in
    ``.postgres.database.azure.com``. administrator_password: secret, 8 to 128 characters of three kinds.
    database_name: what is made in it. version: major version. sku: compute size. tier: Azure's tier of the size.
    storage_gigabytes: GiB it is made with; it grows by itself. high_availability: a standby, and where. zone,
    standby_zone: ``1`` to ``3``, None leaves the choice to Azure. maintenance_day: 0 is Sunday. maintenance_hour: UTC.
    backup_days: 7 to 35. geo_redundant_backup: copies in the paired region, create-only. administrators: Entra groups
    that administer it, display name by object id.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    tenant_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    private_zone_id: pulumi.Input[str]
    administrator_password: pulumi.Output[str]
    database_name: str
    version: str
    sku: str
    tier: Literal["Burstable", "GeneralPurpose", "MemoryOptimized"]
    storage_gigabytes: int
    high_availability: Literal["none", "sameZone", "zoneRedundant"]
    zone: str | None
    standby_zone: str | None
    maintenance_day: int
    maintenance_hour: int
    backup_days: int
    geo_redundant_backup: bool
    administrators: Mapping[str, str] = field(default_factory=dict)


class Postgres(AmoraComponent):
    """A flexible server inside the network with one database. Roles with fewer rights are the migrations' business.

    port: PostgreSQL's own. pgbouncer_port: PgBouncer's, None where the tier has none. ready: known when the server
    takes no more changes: who connects depends on it.
    """

    token = "amora:data:Postgres"
    server_id: pulumi.Output[str]
    host_name: pulumi.Output[str]
    database_name: str
    administrator_login: str
    port: int
    pgbouncer_port: int | None
    ready: pulumi.Resource

    def __init__(self, name: str, args: PostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        server = self._server(name, args)
        diagnostics(self, f"{name}-server", server.id, args.workspace_id, own_tables=True)
        if args.cell.locks:
            delete_lock(self, f"{name}-server", server.id, "Credentials and access rules of the platform.")
        # Azure takes one change of a server at a time (ServerIsBusy): one chain.
        last = self._database(name, args, server)
        for parameter in parameters_of(args.tier):
            last = self._parameter(name, args, server, parameter, last)
        for object_id in args.administrators:
            last = self._administrator(name, args, server, object_id, last)
        self.ready = last
        self.server_id = server.id
        self.host_name = server.fully_qualified_domain_name
        self.database_name = args.database_name
        self.administrator_login = ADMINISTRATOR_LOGIN
        self.port = ports.POSTGRESQL
        self.pgbouncer_port = None if args.tier == BURSTABLE else ports.PGBOUNCER
        self.register_outputs({"serverId": self.server_id, "hostName": self.host_name})

    def _server(self, name: str, args: PostgresArgs) -> dbforpostgresql.Server:
        return dbforpostgresql.Server(
            f"{name}-server",
            server_name=args.cell.names.of("Microsoft.DBforPostgreSQL/flexibleServers"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            version=args.version,
            sku=dbforpostgresql.SkuArgs(name=args.sku, tier=args.tier),
            storage=dbforpostgresql.StorageArgs(
                type="Premium_LRS", storage_size_gb=args.storage_gigabytes, auto_grow=_ENABLED
            ),
            availability_zone=args.zone,
            high_availability=dbforpostgresql.HighAvailabilityArgs(
                mode=_MODES[args.high_availability], standby_availability_zone=args.standby_zone
            ),
            network=dbforpostgresql.NetworkArgs(
                delegated_subnet_resource_id=args.subnet_id,
                private_dns_zone_arm_resource_id=args.private_zone_id,
                public_network_access=_DISABLED,
            ),
            administrator_login=ADMINISTRATOR_LOGIN,
            administrator_login_password=args.administrator_password,
            # EMQX knows passwords only; people come with Entra.
            auth_config=dbforpostgresql.AuthConfigArgs(
                active_directory_auth=_ENABLED, password_auth=_ENABLED, tenant_id=args.tenant_id
            ),
            backup=dbforpostgresql.BackupArgs(
                backup_retention_days=args.backup_days,
                geo_redundant_backup=_ENABLED if args.geo_redundant_backup else _DISABLED,
            ),
            maintenance_window=dbforpostgresql.MaintenanceWindowArgs(
                custom_window=_ENABLED,
                day_of_week=args.maintenance_day,
                start_hour=args.maintenance_hour,
                start_minute=0,
            ),
            tags=dict(args.cell.tags),
            opts=self.child(
                "azure-native:dbforpostgresql:Server", protect=args.cell.protect, ignore_changes=_CHANGED_BY_AZURE
            ),
        )

    def _database(self, name: str, args: PostgresArgs, server: dbforpostgresql.Server) -> pulumi.Resource:
        return dbforpostgresql.Database(
            f"{name}-{args.database_name}",
            database_name=args.database_name,
            server_name=server.name,
            resource_group_name=args.resource_group_name,
            charset="UTF8",
            collation="en_US.utf8",
            opts=self.child("azure-native:dbforpostgresql:Database", protect=args.cell.protect, deleted_with=server),
        )

    def _parameter(
        self,
        name: str,
        args: PostgresArgs,
        server: dbforpostgresql.Server,
        parameter: Parameter,
        previous: pulumi.Resource,
    ) -> pulumi.Resource:
        return dbforpostgresql.Configuration(
            f"{name}-{parameter.name.replace('.', '-').replace('_', '-')}",
            configuration_name=parameter.name,
            server_name=server.name,
            resource_group_name=args.resource_group_name,
            source="user-override",
            value=parameter.value,
            # To delete a parameter is to set it back (pulumi-azure-native#3476): no use on a server that goes too.
            opts=self.child("azure-native:dbforpostgresql:Configuration", depends_on=[previous], deleted_with=server),
        )

    def _administrator(
        self,
        name: str,
        args: PostgresArgs,
        server: dbforpostgresql.Server,
        object_id: str,
        previous: pulumi.Resource,
    ) -> pulumi.Resource:
        return dbforpostgresql.AdministratorsMicrosoftEntra(
            f"{name}-administrator-{object_id}",
            object_id=object_id,
            principal_name=args.administrators[object_id],
            principal_type="Group",
            tenant_id=args.tenant_id,
            server_name=server.name,
            resource_group_name=args.resource_group_name,
            opts=self.child(
                "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
                depends_on=[previous],
                deleted_with=server,
            ),
        )
