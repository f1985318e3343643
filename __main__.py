"""Amora Sync on Azure: settings, then the rooms of the platform in the order data flows, then the outputs."""

# ruff: noqa: E402 - imports are half of a run
from components import program_run

program_run.begin()

from dataclasses import replace

import pulumi
from pulumi_azure_native.authorization import get_client_config_output

from alerts.dashboards import grafana, portal
from alerts.figures import figures
from alerts.notices import notices
from alerts.prometheus_files import groups
from alerts.resolved import REVOCATION_LISTS, rules
from components.alerts.action_groups import ActionGroups, ActionGroupsArgs
from components.alerts.activity_alerts import ActivityAlerts, ActivityAlertsArgs
from components.alerts.dashboards import Dashboards, DashboardsArgs
from components.alerts.log_alerts import LogAlerts, LogAlertsArgs
from components.alerts.maintenance import Maintenance, MaintenanceArgs
from components.alerts.metric_alerts import MetricAlerts, MetricAlertsArgs
from components.alerts.prometheus_alerts import PrometheusAlerts, PrometheusAlertsArgs
from components.alerts.targets import alert_targets, target_names
from components.app_identity import AppIdentity, AppIdentityArgs
from components.brokers.emqx.api_jobs import (
    ApiJobArgs,
    ExportJob,
    ExportJobArgs,
    ImportJob,
    ImportJobArgs,
    OperatorsJob,
)
from components.brokers.emqx.arguments import (
    AccessRedis,
    CoreEnvironment,
    Database,
    EmqxClusterArgs,
    Issuer,
    TopicRules,
)
from components.brokers.emqx.cluster import EmqxCluster
from components.brokers.emqx.migration_container import migration
from components.brokers.emqx.node import Node
from components.brokers.emqx.queries import DATABASE, login
from components.budget import Budget, BudgetArgs
from components.cell import Cell
from components.certificates import Certificates, CertificatesArgs
from components.collector.collector import Collector, CollectorArgs, ScrapedApp
from components.container_app import Image
from components.container_environment import (
    ContainerEnvironment,
    ContainerEnvironmentArgs,
    CoreEnvironmentsArgs,
    core_environments,
)
from components.crl_app.crl_app import CrlApp, CrlAppArgs
from components.dns_records import DnsRecord, DnsRecords, DnsRecordsArgs
from components.dns_zone import DnsZone, DnsZoneArgs
from components.edge.edge import Edge, EdgeArgs
from components.edge.metrics import EdgeMetrics
from components.entry.interface import EntryArgs, EntryHostsArgs
from components.entry.kinds import ENTRIES, ENTRY_HOSTS
from components.generated_secrets import GeneratedSecrets, GeneratedSecretsArgs
from components.identity.interface import IdentityArgs
from components.identity.modes import TENANTS
from components.metrics_workspace import MetricsWorkspace, MetricsWorkspaceArgs
from components.monitoring import Monitoring, MonitoringArgs
from components.naming import Names
from components.network import Network, NetworkArgs
from components.operator_rights import OperatorRights, OperatorRightsArgs
from components.outputs import DevicePolicy, Rooms, SignIn, export
from components.postgres import Postgres, PostgresArgs
from components.probe.probe import CACHED_AS as PROBE_IMAGE
from components.probe.probe import AppLogin, Probe, ProbeArgs
from components.redis.interface import RedisArgs
from components.redis.kinds import REDIS
from components.registry import DockerHub, Registry, RegistryArgs
from components.resource_group import ResourceGroup, ResourceGroupArgs
from components.secrets_in_use import VaultPlace
from components.vault import Vault, VaultArgs
from components.versioned_store import VersionedStore, VersionedStoreArgs
from settings import SettingsError, load
from settings.emqx_releases import RELEASES
from settings.haproxy_release import REPOSITORY as HAPROXY
from settings.tool_images import TOOLS
from topics import acl_conf, acl_rows, contract, identity

try:
    settings = load(pulumi.Config())
except SettingsError as problems:
    raise pulumi.RunError(str(problems)) from None

cell = Cell(
    names=Names(environment=settings.environment, region=settings.region.name),
    location=settings.region.location,
    zones=settings.region.zones,
    tags=settings.tags,
    protect=settings.protection.protect,
    locks=settings.protection.locks,
)

login_config = get_client_config_output()
tenant_id = login_config.tenant_id

foundation = ResourceGroup("platform", ResourceGroupArgs(cell=cell))

if settings.budget.start:
    Budget(
        "budget",
        BudgetArgs(
            cell=cell,
            scope=foundation.group_id,
            monthly_amount=settings.budget.monthly_amount,
            start=settings.budget.start,
            emails=settings.alerts.emails,
        ),
    )

monitoring = Monitoring(
    "monitoring",
    MonitoringArgs(
        cell=cell,
        resource_group_name=foundation.name,
        retention_days=settings.retention.log_days,
        daily_gigabytes=settings.retention.log_daily_gigabytes,
        telemetry_percent=settings.retention.telemetry_percent,
    ),
)

metrics = MetricsWorkspace(
    "metrics",
    MetricsWorkspaceArgs(cell=cell, resource_group_name=foundation.name, workspace_id=monitoring.workspace_id),
)

network = Network(
    "network",
    NetworkArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        address_space=settings.network.address_space,
        core_prefixes=settings.network.subnets.core,
        edge_prefix=settings.network.subnets.edge,
        database_prefix=settings.network.subnets.database,
        endpoints_prefix=settings.network.subnets.endpoints,
        operators_prefix=settings.network.subnets.operators,
        nat=settings.network.outbound == "nat",
        nat_zone=settings.network.nat_zone,
        ddos_protection=settings.ddos.protection == "network",
        ddos_plan_id=settings.ddos.plan_id,
        probe=settings.probe.enabled,
    ),
)

zone = DnsZone(
    "dns",
    DnsZoneArgs(
        cell=cell,
        resource_group_name=foundation.name,
        zone=settings.domain.zone,
        dnssec=settings.domain.dnssec,
        reports=settings.alerts.emails,
    ),
)

vault = Vault(
    "vault",
    VaultArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        tenant_id=tenant_id,
        endpoint_subnet_id=network.endpoints_subnet_id,
        private_zone_id=network.private_zone_ids["vault"],
        deleted_secret_days=settings.retention.deleted_secret_days,
        generation=settings.vault.generation,
        create_mode=settings.vault.create_mode,
    ),
)

secrets = GeneratedSecrets(
    "secrets",
    GeneratedSecretsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        vault_name=vault.name,
        generation=settings.secrets.generation,
        days=settings.secrets.days,
    ),
)

certificates = Certificates(
    "certificates",
    CertificatesArgs(
        cell=cell,
        resource_group_name=foundation.name,
        vault_name=vault.name,
        server_names=(settings.domain.mqtt_name,),
        root_generation=settings.certificates.root_generation,
        issuing_generation=settings.certificates.issuing_generation,
        root_years=settings.certificates.root_years,
        issuing_years=settings.certificates.issuing_years,
        server_days=settings.certificates.server_days,
        server_renewal_days=settings.certificates.server_renewal_days,
    ),
)

registry = Registry(
    "registry",
    RegistryArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        sku=settings.registry.sku,
        private=settings.registry.private,
        endpoint_subnet_id=network.endpoints_subnet_id,
        private_zone_id=network.private_zone_ids["registry"],
        besides={PROBE_IMAGE: settings.probe.image} if settings.probe.enabled else {},
        docker_hub=DockerHub(
            user_secret=settings.registry.docker_hub.user_secret,
            token_secret=settings.registry.docker_hub.token_secret,
            repositories=settings.registry.docker_hub.images,
            vault_id=vault.vault_id,
            vault_uri=vault.uri,
            vault_scope_name=vault.scope_name,
        )
        if settings.registry.docker_hub is not None
        else None,
    ),
)

store = VersionedStore(
    "store",
    VersionedStoreArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        endpoint_subnet_id=network.endpoints_subnet_id,
        private_zone_id=network.private_zone_ids["blob"],
        backup_days=settings.backup.export_days,
        geo_redundant=settings.backup.geo_redundant,
    ),
)

database = Postgres(
    "database",
    PostgresArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        tenant_id=tenant_id,
        subnet_id=network.database_subnet_id,
        private_zone_id=network.private_zone_ids["database"],
        administrator_password=secrets.values["database-admin-password"],
        database_name=DATABASE,
        version=settings.postgres.version,
        sku=settings.postgres.sku,
        tier=settings.postgres.edition,
        storage_gigabytes=settings.postgres.storage_gigabytes,
        high_availability=settings.postgres.high_availability,
        zone=settings.postgres.zone,
        standby_zone=settings.postgres.standby_zone,
        maintenance_day=settings.postgres.maintenance_day,
        maintenance_hour=settings.postgres.maintenance_hour,
        backup_days=settings.backup.postgres_days,
        geo_redundant_backup=settings.backup.geo_redundant,
        administrators=settings.postgres.administrators,
    ),
)

apps_identity = AppIdentity(
    "apps-identity", AppIdentityArgs(cell=cell, resource_group_name=foundation.name, app="apps", rights=())
)

redis = REDIS[settings.redis.kind](
    "redis",
    RedisArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        sku=settings.redis.sku,
        high_availability=settings.redis.high_availability,
        eviction=settings.redis.eviction,
        persistence=settings.redis.persistence,
        endpoint_subnet_id=network.endpoints_subnet_id,
        private_zone_ids=network.private_zone_ids,
        users={"apps": apps_identity.principal_id},
        access_keys=settings.redis.access_rules,
        vault_name=vault.name,
        key_days=settings.secrets.days,
    ),
)

core = core_environments(
    "core",
    CoreEnvironmentsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        subnet_ids=tuple(network.core_subnet_ids),
    ),
)

crl = CrlApp(
    "crl",
    CrlAppArgs(
        cell=cell,
        resource_group_name=foundation.name,
        environment_ids=tuple(each.environment_id for each in core),
        static_ips=tuple(each.static_ip for each in core),
        network_id=network.network_id,
        host=settings.domain.crl_name,
        container_url=store.crl_container_url,
        rights=(registry.right_to_pull(), store.right_to_read("crl")),
        registry_server=registry.server,
        issuing_generation=settings.certificates.issuing_generation,
        ready=(*registry.ready, *store.ready),
    ),
)

edge_environment = ContainerEnvironment(
    "edge-environment",
    ContainerEnvironmentArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        subnet_id=network.edge_subnet_id,
        role="edge",
        internal=False,
        zones=cell.zones,
    ),
)

entry_hosts = ENTRY_HOSTS[settings.front_door.entry](
    "entry-hosts",
    EntryHostsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        sku=settings.front_door.sku,
        zone_name=zone.name,
        zone=settings.domain.zone,
        hosts=settings.web_socket_hosts,
        delegated=settings.domain.delegated,
        certificate=settings.front_door.certificate,
        environment_id=edge_environment.environment_id,
        environment_domain=edge_environment.default_domain,
        verification_id=edge_environment.domain_verification_id,
    ),
)

identity_tenant = TENANTS[settings.identity.mode](
    "identity",
    IdentityArgs(
        cell=cell,
        resource_group_name=foundation.name,
        tenant=settings.identity.tenant,
        display_name=f"Amora Sync {settings.environment}",
        country_code=settings.identity.country_code,
        data_location=settings.identity.data_location,
        tenant_id=settings.identity.tenant_id,
    ),
)

pulls = registry.right_to_pull()
edge_identity = AppIdentity(
    "edge-identity",
    AppIdentityArgs(
        cell=cell,
        resource_group_name=foundation.name,
        app="edge",
        rights=(pulls, metrics.right_to_write()) if settings.metrics.edge else (pulls,),
    ),
)
collector_identity = AppIdentity(
    "collector-identity",
    AppIdentityArgs(
        cell=cell, resource_group_name=foundation.name, app="collector", rights=(pulls, metrics.right_to_write())
    ),
)
operators_identity = AppIdentity(
    "operators-identity",
    AppIdentityArgs(cell=cell, resource_group_name=foundation.name, app="operators", rights=(pulls,)),
)
export_identity = AppIdentity(
    "export-identity",
    AppIdentityArgs(
        cell=cell,
        resource_group_name=foundation.name,
        app="emqx-export",
        rights=(pulls, store.right_to_write("backup")),
    ),
)
import_identity = AppIdentity(
    "import-identity",
    AppIdentityArgs(
        cell=cell,
        resource_group_name=foundation.name,
        app="emqx-import",
        rights=(pulls, store.right_to_read("backup")),
    ),
)
secret_place = VaultPlace(name=vault.name, vault_id=vault.vault_id, scope_name=vault.scope_name)
reachable = (vault.ready, *registry.ready)
tools = {
    name: Image(server=registry.server, repository=tool.repository, digest=tool.digest) for name, tool in TOOLS.items()
}

broker = EmqxCluster(
    "emqx",
    EmqxClusterArgs(
        cell=cell,
        resource_group_name=foundation.name,
        environments=tuple(
            CoreEnvironment(environment_id=each.environment_id, static_ip=each.static_ip) for each in core
        ),
        slots={
            int(number): Node(
                version=slot.version,
                image=Image(server=registry.server, repository=RELEASES[slot.version].repository, digest=slot.digest),
            )
            for number, slot in settings.emqx.slots.items()
        },
        cpu=settings.emqx.cpu,
        memory_gigabytes=settings.emqx.memory_gigabytes,
        rights=(pulls,),
        vault=secret_place,
        secret_uris=secrets.uris,
        server_chain_uri=certificates.server_chain_uri,
        server_key_uri=certificates.server_key_uri,
        trust_bundle_uri=certificates.trust_bundle_uri,
        database=Database(
            host=database.host_name,
            port=database.pgbouncer_port or database.port,
            name=database.database_name,
            username=login(settings.secrets.generation),
            pooled=database.pgbouncer_port is not None,
        ),
        tokens=Issuer(
            issuer=settings.identity.issuer,
            audience=settings.identity.audience,
            jwks=settings.identity.jwks,
            username_claim=settings.identity.username_claim,
        )
        if settings.identity.known
        else None,
        topics=TopicRules(
            access_rules=acl_conf.acl_conf(),
            client_id_expression=identity.CLIENT_ID_EXPRESSION,
            max_packet_bytes=contract.MAX_PACKET_BYTES,
        ),
        session_expiry_seconds=settings.emqx.session_expiry_seconds,
        cluster_tls=settings.emqx.cluster_tls,
        generation=settings.secrets.generation,
        redis=AccessRedis(host=redis.host_name, port=redis.port, key_uri=redis.access_key_uri, ready=(redis,))
        if redis and redis.access_key_uri
        else None,
        licence=settings.emqx.licence.output() if settings.emqx.licence else None,
        migration=migration(
            image=tools["psql"].reference,
            host_name=database.host_name,
            administrator_login=database.administrator_login,
            login=login(settings.secrets.generation),
            relations=acl_rows.relations(),
            revision=acl_rows.REVISION,
        ),
        depends_on=(*reachable, database.ready, secrets, certificates),
    ),
)

edge = Edge(
    "edge",
    EdgeArgs(
        cell=cell,
        resource_group_name=foundation.name,
        environment_id=edge_environment.environment_id,
        static_ip=edge_environment.static_ip,
        default_domain=edge_environment.default_domain,
        vault_id=vault.vault_id,
        vault_name=vault.name,
        vault_scope_name=vault.scope_name,
        identity=edge_identity,
        registry_server=registry.server,
        image=Image(server=registry.server, repository=HAPROXY, digest=settings.edge.digest),
        backends=broker.backends,
        min_replicas=settings.edge.min_replicas,
        max_replicas=settings.edge.max_replicas,
        cpu=settings.edge.cpu,
        memory_gigabytes=settings.edge.memory_gigabytes,
        scale_at_cpu_percent=settings.edge.scale_at_cpu_percent,
        drain_seconds=settings.edge.drain_seconds,
        promoted=settings.region.promoted,
        front_door_ids=entry_hosts.front_door_ids,
        custom_domain=entry_hosts.custom_domain,
        metrics=EdgeMetrics(
            image=tools["prometheus"],
            write_url=metrics.write_url,
            interval_seconds=settings.metrics.interval_seconds,
        )
        if settings.metrics.edge
        else None,
        ready=(*reachable, *entry_hosts.ready),
    ),
)

entry = ENTRIES[settings.front_door.entry](
    "entry",
    EntryArgs(
        cell=cell,
        resource_group_name=foundation.name,
        sku=settings.front_door.sku,
        made=entry_hosts,
        zone_id=zone.zone_id,
        zone_name=zone.name,
        zone=settings.domain.zone,
        hosts=settings.web_socket_hosts,
        delegated=settings.domain.delegated,
        environment_name=edge_environment.name,
        environment=edge_environment.resource,
        edge_host=entry_hosts.edge_host,
        edge_ready=(edge,),
    ),
)

names = DnsRecords(
    "names",
    DnsRecordsArgs(
        resource_group_name=foundation.name,
        zone_name=zone.name,
        records=(DnsRecord(name=settings.domain.mqtt_host, type="A", values=(edge_environment.static_ip,)),),
    ),
)

probe = (
    Probe(
        "probe",
        ProbeArgs(
            cell=cell,
            resource_group_name=foundation.name,
            environment_id=core[0].environment_id,
            image=Image(server=registry.server, repository=PROBE_IMAGE, digest=settings.probe.digest),
            identity=AppIdentity(
                "probe-identity",
                AppIdentityArgs(cell=cell, resource_group_name=foundation.name, app="probe", rights=(pulls,)),
            ),
            vault=secret_place,
            device_id=settings.probe.device_id,
            device=settings.probe.device.output(),
            trust=certificates.root_certificate_pem,
            mqtt_host=settings.domain.mqtt_name,
            web_socket_host=settings.domain.web_socket_name,
            login=AppLogin(
                token_url=settings.probe.token_url,
                client_id=settings.probe.client_id,
                secret=settings.probe.client_secret.output(),
                scope=settings.probe.scope,
                username_claim=settings.identity.username_claim,
            ),
            interval_seconds=settings.probe.interval_seconds,
            latency_milliseconds=settings.alerts.thresholds.latency_milliseconds,
            ready=reachable,
        ),
    )
    if settings.probe.enabled and settings.probe.device and settings.probe.client_secret
    else None
)

Collector(
    "collector",
    CollectorArgs(
        cell=cell,
        resource_group_name=foundation.name,
        environment_id=core[0].environment_id,
        image=tools["prometheus"],
        identity=collector_identity,
        write_url=metrics.write_url,
        nodes=broker.metrics,
        apps=(ScrapedApp(name="probe", address=probe.address),) if probe else (),
        vault=secret_place,
        secret_uris=secrets.uris,
        interval_seconds=settings.metrics.interval_seconds,
        ready=(*reachable, secrets),
    ),
)

operators = ApiJobArgs(
    cell=cell,
    resource_group_name=foundation.name,
    environment_id=core[0].environment_id,
    identity=operators_identity,
    image=tools["curl"],
    nodes=broker.backends,
    vault=secret_place,
    key_uri=secrets.uris["emqx-api-key"],
    depends_on=(*reachable, secrets),
)
startable = [OperatorsJob("operators", operators).right_to_start]

if settings.backup.enabled:
    ExportJob(
        "export",
        ExportJobArgs(
            api=replace(operators, identity=export_identity, depends_on=(*operators.depends_on, *store.ready)),
            hours=settings.backup.export_hours,
            container_url=store.backup_container_url,
        ),
    )
    import_job = ImportJob(
        "import",
        ImportJobArgs(
            api=replace(operators, identity=import_identity, depends_on=(*operators.depends_on, *store.ready)),
            container_url=store.backup_container_url,
        ),
    )
    startable.append(import_job.right_to_start)

if settings.operators.groups:
    OperatorRights(
        "operator-rights",
        OperatorRightsArgs(
            cell=cell,
            groups=settings.operators.groups,
            rights=(
                *(vault.right_to_read(key, after=certificates.secrets[key]) for key in certificates.device_key_names),
                store.right_to_write("register"),
                store.right_to_write("crl"),
                store.right_to_read("backup"),
                *startable,
            ),
        ),
    )

told = ActionGroups(
    "told",
    ActionGroupsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        emails=settings.alerts.emails,
        app_push=settings.alerts.app_push,
        webhook=settings.alerts.webhook.output() if settings.alerts.webhook else None,
    ),
)
known = figures(settings)
for notice in notices(known):
    pulumi.log.warn(notice)
watched = rules(known, queries={REVOCATION_LISTS: crl.overdue_query}, runbooks=settings.alerts.runbooks)

targets = alert_targets(
    nodes=broker.app_ids,
    edge=edge.app_id,
    crl=crl.app_ids,
    registry=registry.registry_id,
    nat=network.nat_gateway_id,
    database=database.server_id,
    cache=redis.cache_id if redis else None,
    vault=vault.vault_id,
    front_doors=entry_hosts.profile_ids,
    metrics=metrics.workspace_id,
)

MetricAlerts(
    "metric-alerts",
    MetricAlertsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        rules=watched.metric,
        targets=targets,
        action_groups=told.ids,
        depends_on=broker.ready,
    ),
)

LogAlerts(
    "log-alerts",
    LogAlertsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        workspace_id=monitoring.workspace_id,
        rules=watched.log,
        action_groups=told.ids,
    ),
)

PrometheusAlerts(
    "prometheus-alerts",
    PrometheusAlertsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        metrics_id=metrics.workspace_id,
        groups=groups(watched),
        action_groups=told.ids,
    ),
)

ActivityAlerts(
    "activity-alerts",
    ActivityAlertsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        scopes={
            "group": foundation.group_id,
            "subscription": pulumi.Output.concat("/subscriptions/", login_config.subscription_id),
        },
        rules=watched.activity,
        action_groups=told.ids,
    ),
)

if settings.alerts.maintenance:
    Maintenance(
        "maintenance",
        MaintenanceArgs(
            cell=cell,
            resource_group_name=foundation.name,
            group_id=foundation.group_id,
            days=settings.alerts.maintenance.days,
            start=settings.alerts.maintenance.start,
            end=settings.alerts.maintenance.end,
        ),
    )

shown = target_names(cell.names, targets, managed_cache=settings.redis.kind == "managed")
title = f"Amora Sync, {settings.environment} in {settings.region.name}"
Dashboards(
    "dashboards",
    DashboardsArgs(
        cell=cell,
        resource_group_name=foundation.name,
        title=title,
        lenses=portal.lenses(
            title,
            {name: tuple(targets[name].values()) for name, there in shown.items() if there},
            monitoring.workspace_id,
        ),
        grafana=grafana.dashboard(
            title,
            f"amora-{settings.environment}-{settings.region.name}",
            cell.names.of("Microsoft.Resources/resourceGroups"),
            shown,
            known,
        ),
        words={
            grafana.SUBSCRIPTION: login_config.subscription_id,
            grafana.WORKSPACE: monitoring.workspace_id,
        },
    ),
)

export(
    Rooms(
        cell=cell,
        foundation=foundation,
        monitoring=monitoring,
        network=network,
        zone=zone,
        vault=vault,
        database=database,
        certificates=certificates,
        devices=DevicePolicy(
            certificate_days=settings.certificates.device_days,
            crl_days=settings.certificates.crl_days,
            crl_url=crl.url,
        ),
        registry=registry,
        store=store,
        redis=redis,
        broker=broker,
        edge_environment=edge_environment,
        entry=entry,
        apps_identity=apps_identity,
        identity_tenant=identity_tenant,
        sign_in=SignIn(
            mode=settings.identity.mode,
            tenant=settings.identity.tenant,
            issuer=settings.identity.issuer,
            jwks=settings.identity.jwks,
            audience=settings.identity.audience,
            scope=settings.identity.scope,
            username_claim=settings.identity.username_claim,
        ),
    )
)

program_run.finish()
