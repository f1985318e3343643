"""Rules of PostgreSQL flexible server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, absent, between, known, one_of, open_to_doubt
from sandbox.protocol.package import Values

_SERVER: Final = "microsoft.dbforpostgresql/flexibleservers"
_PAGES: Final = "learn.microsoft.com, PostgreSQL flexible server"
_TIERS: Final = {"B": "Burstable", "D": "GeneralPurpose", "E": "MemoryOptimized"}
_RESERVED_LOGINS: Final = frozenset(
    {"azure_pg_admin", "azure_superuser", "azuresu", "admin", "administrator", "guest", "public", "root"}
)


def _burstable_ha(values: Values) -> Iterator[tuple[str, str]]:
    mode = known(values, "highAvailability.mode")
    if known(values, "sku.tier") == "Burstable" and mode not in (None, "Disabled"):
        yield "highAvailability.mode", f"{mode!r}; the Burstable tier has no high availability"


def _tier(values: Values) -> Iterator[tuple[str, str]]:
    name, tier = known(values, "sku.name"), known(values, "sku.tier")
    wanted = _TIERS.get(str(name).removeprefix("Standard_")[:1])
    if name is not None and tier is not None and tier != wanted:
        yield "sku.tier", f"{tier!r} with the size {name}, which is of the tier {wanted}"


def _zones(values: Values) -> Iterator[tuple[str, str]]:
    mode, path = known(values, "highAvailability.mode"), "highAvailability.standbyAvailabilityZone"
    zone, standby = known(values, "availabilityZone"), known(values, path)
    if not standby or not zone:
        return
    if mode == "ZoneRedundant" and standby == zone:
        yield path, f"zone {standby} is the primary's; a zone-redundant standby is in another"
    if mode == "SameZone" and standby != zone:
        yield path, f"zone {standby} is not the primary's; a standby in the same zone is in zone {zone}"


def _login(values: Values) -> Iterator[tuple[str, str]]:
    login = known(values, "administratorLogin")
    if isinstance(login, str) and (login.lower() in _RESERVED_LOGINS or login.lower().startswith("pg_")):
        yield "administratorLogin", f"{login!r} is reserved"


def _password(values: Values) -> Iterator[tuple[str, str]]:
    path = "administratorLoginPassword"
    password = known(values, path)
    if not isinstance(password, str):
        return
    kinds = [str.isupper, str.islower, str.isdigit, lambda letter: not letter.isalnum()]
    found = sum(any(kind(letter) for letter in password) for kind in kinds)
    if not 8 <= len(password) <= 128 or found < 3:
        yield path, "8 to 128 characters of at least three kinds: upper case, lower case, digits, others"


def _authentication(values: Values) -> Iterator[tuple[str, str]]:
    entra, by_name = known(values, "authConfig.activeDirectoryAuth"), known(values, "authConfig.passwordAuth")
    if entra == "Enabled" and absent(values, "authConfig.tenantId"):
        yield "authConfig.tenantId", "nothing; Entra authentication needs a tenant"
    if entra == "Disabled" and by_name == "Disabled":
        yield "authConfig.passwordAuth", "nobody could log in: Entra authentication is off too"


def _network(values: Values) -> Iterator[tuple[str, str]]:
    if absent(values, "network.delegatedSubnetResourceId"):
        return
    if known(values, "network.publicNetworkAccess") == "Enabled":
        yield "network.publicNetworkAccess", "'Enabled'; a server in a network of one's own has no public access"
    zone = "network.privateDnsZoneArmResourceId"
    if absent(values, zone) and not open_to_doubt(values, "network"):
        yield zone, "nothing; a server in a network of one's own needs a private DNS zone"


RULES: Final = (
    one_of(
        "postgresql-storage",
        _SERVER,
        "storage.storageSizeGB",
        (32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767),
        f"{_PAGES}: storage (Premium SSD)",
    ),
    between("postgresql-backup", _SERVER, "backup.backupRetentionDays", 7, 35, f"{_PAGES}: backup and restore"),
    between("postgresql-window-day", _SERVER, "maintenanceWindow.dayOfWeek", 0, 6, f"{_PAGES}: maintenance"),
    between("postgresql-window-hour", _SERVER, "maintenanceWindow.startHour", 0, 23, f"{_PAGES}: maintenance"),
    Rule(
        "postgresql-burstable",
        (_SERVER,),
        "relation",
        f"{_PAGES}: high availability limitations",
        _burstable_ha,
    ),
    Rule("postgresql-tier", (_SERVER,), "relation", f"{_PAGES}: compute options", _tier),
    Rule("postgresql-zones", (_SERVER,), "relation", f"{_PAGES}: high availability", _zones),
    Rule("postgresql-login", (_SERVER,), "format", "REST: Server.administratorLogin", _login),
    Rule("postgresql-password", (_SERVER,), "format", "REST: Server.administratorLoginPassword", _password),
    Rule("postgresql-authentication", (_SERVER,), "relation", "REST: AuthConfig", _authentication),
    Rule("postgresql-network", (_SERVER,), "relation", f"{_PAGES}: networking with private access", _network),
)
