"""Rules of the services around the broker: data, names, certificates, alerts, backup, DDoS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.model import Settings
from settings.problem import Problem
from settings.rules.registry import rule

# learn.microsoft.com, PostgreSQL flexible server storage: sizes of Premium SSD, in GiB.
STORAGE_SIZES: Final = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767)
_DAYS_A_YEAR: Final = 365


@rule("postgres.storageGigabytes", source="learn.microsoft.com, PostgreSQL flexible server: Premium SSD sizes")
def postgres_storage_is_sold(settings: Settings) -> Problem | None:
    """The database's storage is a size Azure sells."""
    size = settings.postgres.storage_gigabytes
    if size in STORAGE_SIZES:
        return None
    next_size = next(each for each in STORAGE_SIZES if each > size)
    return Problem(
        found=str(size),
        allowed=f"one of {', '.join(map(str, STORAGE_SIZES))}",
        mend=f"Set postgres.storageGigabytes to {next_size}, the next size.",
    )


@rule("postgres.highAvailability", source="learn.microsoft.com, PostgreSQL high availability: not for Burstable")
def postgres_standby_needs_a_lasting_size(settings: Settings) -> Problem | None:
    """A standby needs a size of General Purpose or Memory Optimized."""
    postgres = settings.postgres
    if postgres.high_availability == "none" or postgres.edition != "Burstable":
        return None
    return Problem(
        found=f"{postgres.high_availability} with the Burstable size {postgres.sku}",
        allowed="none, or a size of General Purpose or Memory Optimized",
        mend="Set postgres.sku to Standard_D4ds_v5, or postgres.highAvailability to none.",
    )


@rule("postgres.highAvailability", source="learn.microsoft.com, PostgreSQL high availability: zone redundancy")
def postgres_standby_has_a_zone(settings: Settings) -> Problem | None:
    """A standby in another zone has another zone to be in."""
    postgres, zones = settings.postgres, settings.region.zones
    if postgres.high_availability != "zoneRedundant" or len(set(zones)) > 1:
        return None
    return Problem(
        found=f"zoneRedundant with {len(zones)} zones in region.zones",
        allowed="none or sameZone, or two zones and more",
        mend="Set postgres.highAvailability to sameZone, or choose a region with zones such as westeurope.",
    )


@rule("postgres.zone", source="learn.microsoft.com, PostgreSQL high availability: primary and standby zones")
def postgres_zones_are_the_cells(settings: Settings) -> Iterator[Problem]:
    """The database's zones are zones of the cell, and differ where the standby is in another."""
    postgres, zones = settings.postgres, settings.region.zones
    for name, zone in (("zone", postgres.zone), ("standbyZone", postgres.standby_zone)):
        if zone is not None and zone not in zones:
            yield Problem(
                path=f"postgres.{name}",
                found=f"zone {zone}",
                allowed=f"one of region.zones: {', '.join(zones) or 'none'}",
                mend=f"Remove postgres.{name} to have it chosen.",
            )
    if postgres.high_availability == "zoneRedundant" and postgres.zone == postgres.standby_zone is not None:
        yield Problem(
            path="postgres.standbyZone",
            found=f"zone {postgres.standby_zone}, the primary's",
            allowed="a zone other than the primary's",
            mend="Remove postgres.standbyZone to have it chosen.",
        )
    if postgres.high_availability == "none" and "standby_zone" in postgres.model_fields_set and postgres.standby_zone:
        yield Problem(
            path="postgres.standbyZone",
            found=f"zone {postgres.standby_zone} without a standby",
            allowed="nothing where postgres.highAvailability is none",
            mend="Remove postgres.standbyZone, or set postgres.highAvailability.",
        )


@rule("redis.classicAccepted", source="learn.microsoft.com, Azure Cache for Redis retirement: no new customers")
def classic_redis_is_accepted(settings: Settings) -> Problem | None:
    """The classic cache is chosen knowingly."""
    if settings.redis.kind != "classic" or settings.redis.classic_accepted:
        return None
    return Problem(
        found="the classic cache without acknowledgement",
        allowed="true, where the tenant had a classic cache before 2026-04-01; it retires on 2028-09-30",
        mend="Set redis.kind to managed, or redis.classicAccepted to true.",
    )


@rule("redis.sku", source="learn.microsoft.com, Azure Managed Redis and Azure Cache for Redis: SKUs")
def redis_size_is_of_its_kind(settings: Settings) -> Problem | None:
    """The size is one of the chosen kind of Redis."""
    redis = settings.redis
    if redis.kind == "none" or not redis.sku:
        return None
    classic = redis.sku.startswith(("Basic_", "Standard_", "Premium_"))
    if classic == (redis.kind == "classic"):
        return None
    return Problem(
        found=f"{redis.sku} with redis.kind {redis.kind}",
        allowed="a size such as Standard_C1" if redis.kind == "classic" else "a size such as Balanced_B1",
        mend="Remove redis.sku to have it chosen.",
    )


@rule("redis.accessRules", source="a service that is not there cannot be asked")
def access_rules_need_redis(settings: Settings) -> Problem | None:
    """Access rules are read from Redis only where there is one."""
    if settings.redis.kind != "none" or not settings.redis.access_rules:
        return None
    return Problem(
        found="true with redis.kind none",
        allowed="false, or a Redis",
        mend="Remove redis.accessRules; access rules are in PostgreSQL then.",
    )


@rule("redis.eviction", source="a rule that was evicted is a right that was lost")
def access_rules_are_not_evicted(settings: Settings) -> Problem | None:
    """Keys that never expire, as access rules are, stay when memory is full."""
    redis = settings.redis
    if not redis.access_rules or not redis.eviction.startswith("AllKeys"):
        return None
    return Problem(
        found=f"{redis.eviction} with redis.accessRules true",
        allowed="NoEviction, or an eviction of expiring keys such as VolatileLRU",
        mend="Remove redis.eviction to have the default.",
    )


@rule("redis.persistence", source="learn.microsoft.com, Azure Cache for Redis persistence: Premium, by a storage key")
def persistence_needs_managed_redis(settings: Settings) -> Problem | None:
    """State is kept on disk by Azure Managed Redis only."""
    if settings.redis.persistence == "none" or settings.redis.kind == "managed":
        return None
    return Problem(
        found=f"{settings.redis.persistence} with redis.kind {settings.redis.kind}",
        allowed="none, or Azure Managed Redis",
        mend="Remove redis.persistence, or set redis.kind to managed.",
    )


@rule("redis.highAvailability", source="learn.microsoft.com, Azure Cache for Redis: Basic is a single node")
def redis_replica_needs_a_second_node(settings: Settings) -> Problem | None:
    """A replica needs a size with more than one node."""
    if not settings.redis.high_availability or not settings.redis.sku.startswith("Basic_"):
        return None
    return Problem(
        found=f"true with {settings.redis.sku}",
        allowed="false, or a size of Standard or Premium",
        mend="Set redis.sku to Standard_C1, or redis.highAvailability to false.",
    )


@rule("registry.private", source="learn.microsoft.com, Container Registry SKUs: private link is Premium")
def private_registry_is_premium(settings: Settings) -> Problem | None:
    """A registry behind a private endpoint is Premium."""
    if not settings.registry.private or settings.registry.sku == "Premium":
        return None
    return Problem(
        found=f"true with registry.sku {settings.registry.sku}",
        allowed="false, or Premium",
        mend="Set registry.sku to Premium, or registry.private to false.",
    )


@rule("domain.webSocketHost", source="RFC 1034: one name, one CNAME")
def hosts_are_distinct(settings: Settings) -> Iterator[Problem]:
    """Devices, apps and revocation lists have a name each."""
    domain = settings.domain
    if domain.mqtt_host == domain.web_socket_host:
        yield Problem(
            found=f"{domain.web_socket_host}, which is domain.mqttHost too",
            allowed="a name of its own",
            mend="Change one of the two; left out they are mqtt and ws.",
        )
    for host in settings.web_socket_hosts[1:]:
        if domain.mqtt_host == host:
            yield Problem(
                path="domain.mqttHost",
                found=f"{host}, a name of the Front Doors",
                allowed=f"none of {', '.join(settings.web_socket_hosts)}",
                mend="Remove domain.mqttHost to have the default.",
            )
    for key, name in (("mqttHost", domain.mqtt_name), ("webSocketHost", domain.web_socket_name)):
        if name == domain.crl_name:
            yield Problem(
                path=f"domain.{key}",
                found="crl, under which the revocation lists are served",
                allowed="another name",
                mend=f"Remove domain.{key} to have the default.",
            )


@rule("domain.mqttHost", source="a host is written without its zone")
def hosts_are_below_the_zone(settings: Settings) -> Iterator[Problem]:
    """A host is named without the zone, which is added."""
    domain = settings.domain
    for key, host in (("mqttHost", domain.mqtt_host), ("webSocketHost", domain.web_socket_host)):
        if f".{host}".endswith(f".{domain.zone}"):
            short = host.removesuffix(domain.zone).removesuffix(".")
            yield Problem(
                path=f"domain.{key}",
                found=f"{host}, which has the zone in it",
                allowed="the part before the zone; never the apex",
                mend=f"Write {short or 'mqtt'} at domain.{key}.",
            )
        elif len(f"{host}.{domain.zone}") > 253:
            yield Problem(
                path=f"domain.{key}",
                found=f"{len(f'{host}.{domain.zone}')} characters with the zone",
                allowed="at most 253 characters",
                mend=f"Shorten domain.{key}.",
            )


@rule("certificates", source="RFC 5280 §6.1: a certificate is valid within its issuer's time")
def certificates_end_before_their_issuer(settings: Settings) -> Iterator[Problem]:
    """No certificate outlives the one that signed it, and renewal begins within its life."""
    lives = settings.certificates
    for key, days, above, most in (
        ("issuingYears", lives.issuing_years * _DAYS_A_YEAR, "rootYears", lives.root_years * _DAYS_A_YEAR),
        ("deviceDays", lives.device_days, "issuingYears", lives.issuing_years * _DAYS_A_YEAR),
        ("serverRenewalDays", lives.server_renewal_days, "serverDays", lives.server_days),
    ):
        if days >= most:
            yield Problem(
                path=f"certificates.{key}",
                found=f"{days} days",
                allowed=f"less than the {most} days of certificates.{above}",
                mend=f"Lower certificates.{key}, or raise certificates.{above}.",
            )


@rule("backup.enabled", source="learn.microsoft.com, Azure Well-Architected: recovery")
def prod_has_backup(settings: Settings) -> Problem | None:
    """Prod keeps backups."""
    if settings.tier != "prod" or settings.backup.enabled:
        return None
    return Problem(found="false in prod", allowed="true", mend="Remove backup.enabled, or set tier to dev.")


@rule("backup.geoRedundant", source="learn.microsoft.com, PostgreSQL backup: geo-redundancy in paired regions only")
def geo_backup_has_a_pair(settings: Settings) -> Problem | None:
    """Geo-redundant backup is asked for only where Azure has paired the region."""
    if not settings.backup.geo_redundant or settings.region.paired_location:
        return None
    return Problem(
        found=f"true in {settings.region.location}, which has no pair",
        allowed="false",
        mend="Set backup.geoRedundant to false, or choose a paired region such as westeurope.",
    )


@rule("frontDoor.certificate", source="learn.microsoft.com, Azure Front Door: managed certificates are its own")
def a_bound_certificate_is_the_direct_ways(settings: Settings) -> Problem | None:
    """A certificate is bound to the edge only where apps come to it straight, by a name the world knows."""
    if settings.front_door.certificate == "requested":
        return None
    if settings.front_door.entry == "direct" and settings.domain.delegated:
        return None
    way = "" if settings.front_door.entry == "frontDoor" else " while domain.delegated is false"
    return Problem(
        found=f"bound with frontDoor.entry {settings.front_door.entry}{way}",
        allowed="requested, or bound with frontDoor.entry direct and domain.delegated true",
        mend="Remove frontDoor.certificate.",
    )


@rule("ddos.protection", source="learn.microsoft.com, DDoS IP Protection: for public addresses of one's own")
def ddos_ip_has_an_address(settings: Settings) -> Problem | None:
    """Protection by address is chosen only where the platform owns the public address."""
    if settings.ddos.protection != "ip" or settings.broker.kind != "emqx":
        return None
    return Problem(
        found="ip with broker.kind emqx, whose public address belongs to Container Apps",
        allowed="none or network",
        mend="Set ddos.protection to none, or to network for a plan.",
    )


@rule("ddos.planId", source="learn.microsoft.com, DDoS Network Protection: a plan is linked to a network")
def ddos_plan_is_used(settings: Settings) -> Problem | None:
    """A plan is named only where the network is protected by one."""
    if not settings.ddos.plan_id or settings.ddos.protection == "network":
        return None
    return Problem(
        found=f"a plan with ddos.protection {settings.ddos.protection}",
        allowed="a plan only where ddos.protection is network",
        mend="Remove ddos.planId, or set ddos.protection to network.",
    )


@rule("registry.dockerHub", source="the vault's names are unique: one secret cannot be both")
def docker_hub_has_two_secrets(settings: Settings) -> Problem | None:
    """The account's name and its token are two secrets."""
    account = settings.registry.docker_hub
    if account is None or account.user_secret != account.token_secret:
        return None
    return Problem(
        found=f"{account.user_secret} for both",
        allowed="two secrets",
        mend="Name the secret with the account's name in userSecret, the one with its token in tokenSecret.",
    )
