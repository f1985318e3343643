"""PostgreSQL flexible server: credentials and access rules of every client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import Final, NamedTuple

from policies.finding import Finding
from policies.judgements import NOTHING, about, is_at_least, is_text
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.private_endpoints import without_endpoint

_SERVER: Final = "azure-native:dbforpostgresql:Server"
_FIREWALL: Final = "azure-native:dbforpostgresql:FirewallRule"
_PARAMETER: Final = "azure-native:dbforpostgresql:Configuration"
_PROTECTS: Final = "the credentials and access rules of every client"
_WIDEST: Final = 256


class _Guard(NamedTuple):
    """What a server parameter must be. fits: of the value, in lower case. wanted: the same in words."""

    fits: Callable[[str], bool]
    wanted: str


def _on(value: str) -> bool:
    return value in ("on", "true", "1")


# learn.microsoft.com, "Server parameters in Azure Database for PostgreSQL flexible server"; CIS Azure 2.0.0 §4.3.
_PARAMETERS: Final[Mapping[str, _Guard]] = {
    "require_secure_transport": _Guard(_on, "on"),
    "ssl_min_protocol_version": _Guard(lambda value: value in ("tlsv1.2", "tlsv1.3"), "TLSv1.2 or TLSv1.3"),
    "log_checkpoints": _Guard(_on, "on"),
    "log_connections": _Guard(_on, "on"),
    "log_disconnections": _Guard(_on, "on"),
    "connection_throttle.enable": _Guard(_on, "on"),
    "logfiles.retention_days": _Guard(lambda value: value.isdigit() and int(value) > 3, "4 or more"),
    "password_encryption": _Guard(lambda value: value == "scram-sha-256", "scram-sha-256"),
}

HIGH_AVAILABILITY = Rule(
    id="PG-01",
    title="The database of production has a standby in another zone",
    severity=Severity.HIGH,
    applies_to=(_SERVER,),
    protects="every sign-in during the outage of a zone",
    references=("Azure.PostgreSQL.ZoneRedundantHA", "learn.microsoft.com, High availability in flexible server"),
    remedy="set postgres.highAvailability to zoneRedundant",
    levels=IN_PROD,
    judge=is_text("highAvailability.mode", "ZoneRedundant", default="Disabled"),
)

GEO_BACKUP = Rule(
    id="PG-02",
    title="Backups of production are copied to the paired region",
    severity=Severity.HIGH,
    applies_to=(_SERVER,),
    protects=_PROTECTS,
    references=("Azure.PostgreSQL.GeoRedundantBackup", "CKV_AZURE_136"),
    remedy="set backup.geoRedundant to true; it is create-only",
    levels=IN_PROD,
    judge=is_text("backup.geoRedundantBackup", "Enabled", default="Disabled"),
)

BACKUP_DAYS = Rule(
    id="PG-03",
    title="The database of production can be taken back 14 days",
    severity=Severity.MEDIUM,
    applies_to=(_SERVER,),
    protects=_PROTECTS,
    references=("MCSB BR-1", "learn.microsoft.com, Backup and restore in flexible server: 7 to 35 days"),
    remedy="set backup.postgresDays to 14 or more",
    levels=IN_PROD,
    judge=is_at_least("backup.backupRetentionDays", 14, default=7),
)

MAINTENANCE = Rule(
    id="PG-04",
    title="Azure maintains the database of production in a window of ours",
    severity=Severity.LOW,
    applies_to=(_SERVER,),
    protects="clients, from a restart in the busiest hour",
    references=("Azure.PostgreSQL.MaintenanceWindow", "APRL b2bad57d"),
    remedy="set maintenanceWindow.customWindow to Enabled, with day and hour",
    levels=IN_PROD,
    judge=is_text("maintenanceWindow.customWindow", "Enabled", default="Disabled"),
)

ENTRA = Rule(
    id="PG-05",
    title="People sign in to the database with Entra",
    severity=Severity.MEDIUM,
    applies_to=(_SERVER,),
    protects=_PROTECTS,
    references=("Azure.PostgreSQL.AAD", "MCSB IM-1"),
    remedy="set authConfig.activeDirectoryAuth to Enabled",
    judge=is_text("authConfig.activeDirectoryAuth", "Enabled", default="Disabled"),
)

NO_PASSWORDS = Rule(
    id="PG-06",
    title="Nobody signs in to the database with a password",
    severity=Severity.MEDIUM,
    applies_to=(_SERVER,),
    protects=_PROTECTS,
    references=("Azure.PostgreSQL.AADOnly", "MCSB IM-1"),
    remedy="set authConfig.passwordAuth to Disabled",
    judge=is_text("authConfig.passwordAuth", "Disabled", default="Enabled"),
)

PRIVATE = StackRule(
    id="PG-07",
    title="The database is not reachable from the internet",
    severity=Severity.CRITICAL,
    about=(_SERVER,),
    protects=_PROTECTS,
    references=("CKV2_AZURE_57", "MCSB NS-2"),
    remedy="give the server network.delegatedSubnetResourceId; it is create-only",
)


@PRIVATE.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_SERVER), lambda server: _reachable(stack, server))


def _reachable(stack: Stack, server: Resource) -> Finding | None:
    if server.given("network.delegatedSubnetResourceId"):
        return None
    if not server.same("network.publicNetworkAccess", "Disabled", default="Enabled"):
        return Finding("network.publicNetworkAccess", "Enabled", "a delegated subnet, or Disabled")
    return without_endpoint(stack, server)


FIREWALL = Rule(
    id="PG-08",
    title="No firewall rule lets Azure, or half the world, into the database",
    severity=Severity.HIGH,
    applies_to=(_FIREWALL,),
    protects=_PROTECTS,
    references=("Azure.PostgreSQL.AllowAzureAccess", "Azure.PostgreSQL.FirewallIPRange", "CKV2_AZURE_26"),
    remedy=f"name a range of at most {_WIDEST} addresses of ours",
)


@FIREWALL.check
def _(rule: Resource) -> Finding | None:
    first, last = rule.text("startIpAddress"), rule.text("endIpAddress")
    try:
        width = int(IPv4Address(last)) - int(IPv4Address(first)) + 1
    except ValueError:
        return Finding("startIpAddress", f"{first or NOTHING} to {last or NOTHING}", "two IPv4 addresses")
    if first != "0.0.0.0" and width <= _WIDEST:  # noqa: S104 - Azure's way to say "every service of Azure"
        return None
    return Finding("startIpAddress", f"{first} to {last}", f"at most {_WIDEST} addresses, not from 0.0.0.0")


PARAMETERS = Rule(
    id="PG-09",
    title="No server parameter is set to less safety than Azure's default or our minimum",
    severity=Severity.HIGH,
    applies_to=(_PARAMETER,),
    when=lambda parameter: parameter.text("configurationName").casefold() in _PARAMETERS,
    protects="connections on the way, and whoever has to find out who connected",
    references=("CIS Azure 2.0.0 §4.3", "CKV_AZURE_30", "CKV_AZURE_31", "CKV_AZURE_32", "CKV_AZURE_146"),
    remedy="set the parameter to the value that is wanted, or leave it out",
)


@PARAMETERS.check
def _(parameter: Resource) -> Finding | None:
    guard = _PARAMETERS[parameter.text("configurationName").casefold()]
    value = parameter.text("value")
    if guard.fits(value.casefold()):
        return None
    return Finding("value", value or NOTHING, f"{guard.wanted} for {parameter.text('configurationName')}")


STORAGE = Rule(
    id="PG-10",
    title="The storage of the database grows by itself",
    severity=Severity.MEDIUM,
    applies_to=(_SERVER,),
    protects="the database, which turns read-only on a full disk",
    references=("APRL 6293a3cc",),
    remedy="set storage.autoGrow to Enabled",
    levels=IN_PROD,
    judge=is_text("storage.autoGrow", "Enabled", default="Disabled"),
)
