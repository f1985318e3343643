from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.key_vault import LEADING, NAMED
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

SERVER = Kind("dbforpostgresql:Server", baselines.POSTGRES)
PARAMETER = Kind("dbforpostgresql:Configuration", baselines.PARAMETER)
FIREWALL = Kind("dbforpostgresql:FirewallRule", baselines.FIREWALL_RULE)


EVERY_AZURE_SERVICE = "0.0.0.0"  # noqa: S104 - an address in a rule, nothing is bound


def parameter(name: str, value: str | None) -> Subject:
    return PARAMETER({"configurationName": name, "value": value})


def addresses(first: str, last: str) -> Subject:
    return FIREWALL({"startIpAddress": first, "endIpAddress": last})


CASES: CaseTable = {
    "PG-01": Cases(
        passes=(SERVER(),),
        fails=(
            (SERVER({"highAvailability.mode": "SameZone"}), "found SameZone, wanted ZoneRedundant"),
            (SERVER.without("highAvailability"), "found Disabled"),
        ),
        unread=unread(SERVER, "highAvailability.mode"),
    ),
    "PG-02": Cases(
        passes=(SERVER(),),
        fails=(
            (SERVER({"backup.geoRedundantBackup": "Disabled"}), "found Disabled"),
            (SERVER.without("backup"), "backup.geoRedundantBackup"),
        ),
        unread=unread(SERVER, "backup.geoRedundantBackup"),
    ),
    "PG-03": Cases(
        passes=(SERVER(), SERVER({"backup.backupRetentionDays": 14})),
        fails=(
            (SERVER({"backup.backupRetentionDays": 13}), "found 13, wanted 14 or more"),
            (SERVER.without("backup.backupRetentionDays"), "found 7"),
        ),
        unread=unread(SERVER, "backup.backupRetentionDays"),
    ),
    "PG-04": Cases(
        passes=(SERVER(),),
        fails=(
            (SERVER({"maintenanceWindow.customWindow": "Disabled"}), "found Disabled"),
            (SERVER.without("maintenanceWindow"), "maintenanceWindow.customWindow"),
        ),
        unread=unread(SERVER, "maintenanceWindow.customWindow"),
    ),
    "PG-05": Cases(
        passes=(SERVER(),),
        fails=(
            (SERVER({"authConfig.activeDirectoryAuth": "Disabled"}), "found Disabled"),
            (SERVER.without("authConfig"), "found Disabled"),
        ),
        unread=unread(SERVER, "authConfig.activeDirectoryAuth"),
    ),
    "PG-06": Cases(
        passes=(SERVER(),),
        fails=(
            (SERVER({"authConfig.passwordAuth": "Enabled"}), "authConfig.passwordAuth: found Enabled"),
            (SERVER.without("authConfig"), "found Enabled"),
        ),
        unread=unread(SERVER, "authConfig.passwordAuth"),
    ),
    "PG-07": StackCases(
        passes=(
            (SERVER(),),
            (
                SERVER({"network": {"publicNetworkAccess": "Disabled"}}),
                LEADING,
                NAMED,
            ),
        ),
        fails=(
            ((SERVER.without("network"),), "subject", "a delegated subnet, or Disabled"),
            ((SERVER({"network": {"publicNetworkAccess": "Enabled"}}),), "subject", "found Enabled"),
            ((SERVER({"network": {"publicNetworkAccess": "Disabled"}}),), "subject", "a private endpoint"),
        ),
        unread=(
            (
                (SERVER({"network": {"publicNetworkAccess": UNKNOWN}}),),
                "network.publicNetworkAccess",
            ),
        ),
        assumed=((SERVER.unknown("network.delegatedSubnetResourceId"),),),
    ),
    "PG-08": Cases(
        passes=(FIREWALL(), addresses("203.0.113.7", "203.0.113.7")),
        fails=(
            (addresses(EVERY_AZURE_SERVICE, EVERY_AZURE_SERVICE), "not from 0.0.0.0"),
            (addresses(EVERY_AZURE_SERVICE, "255.255.255.255"), "found 0.0.0.0 to 255.255.255.255"),
            (addresses("203.0.112.0", "203.0.113.0"), "at most 256 addresses"),
            (addresses("office", "203.0.113.0"), "two IPv4 addresses"),
        ),
        unread=unread(FIREWALL, "startIpAddress", "endIpAddress"),
    ),
    "PG-09": Cases(
        passes=(
            PARAMETER(),
            parameter("ssl_min_protocol_version", "TLSv1.3"),
            parameter("logfiles.retention_days", "7"),
            parameter("connection_throttle.enable", "on"),
        ),
        fails=(
            (parameter("require_secure_transport", "OFF"), "found OFF, wanted on for require_secure_transport"),
            (parameter("ssl_min_protocol_version", "TLSv1"), "TLSv1.2 or TLSv1.3"),
            (parameter("log_connections", "off"), "wanted on"),
            (parameter("logfiles.retention_days", "3"), "4 or more"),
            (parameter("password_encryption", "md5"), "scram-sha-256"),
            (parameter("log_checkpoints", None), "found nothing"),
        ),
        unread=unread(PARAMETER, "value", "configurationName"),
        not_applicable=(parameter("work_mem", "4096"),),
    ),
    "PG-10": Cases(
        passes=(SERVER(),),
        fails=(
            (SERVER({"storage.autoGrow": "Disabled"}), "found Disabled"),
            (SERVER.without("storage.autoGrow"), "storage.autoGrow"),
        ),
        unread=unread(SERVER, "storage.autoGrow"),
    ),
}
