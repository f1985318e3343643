"""Values that follow from others when a stack leaves them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Final, TypeVar

from settings import haproxy_release
from settings.costs import DDOS_PLAN_A_MONTH, MONTHLY_AMOUNTS
from settings.emqx_releases import RELEASES
from settings.groups.base import Group
from settings.groups.broker import Edge, Emqx
from settings.groups.data import Postgres, Redis
from settings.groups.operations import Budget
from settings.groups.platform import Network, RegionCell, Subnets
from settings.groups.probe import Probe
from settings.groups.traffic import FrontDoor
from settings.groups.trust import Identity
from settings.model import NAMESPACE, Settings
from settings.planning import edge_replicas, front_door_profiles
from settings.regions import REGIONS

# Three core environments, edge, database, endpoints, operators, and one block in reserve.
_BLOCKS_BITS: Final = 3
# A block of the default cut is never larger than this; what remains of the space is free for later subnets.
_LARGEST_BLOCK: Final = 24


@dataclass(frozen=True, slots=True)
class Derivation:
    """Completes one group of the settings; ``compute`` returns the group."""

    group: str
    compute: Callable[[Settings], Any]


def _region(settings: Settings) -> RegionCell:
    cell = settings.region
    azure = REGIONS[cell.location]
    missing: dict[str, Any] = {}
    if "zones" not in cell.model_fields_set:
        missing["zones"] = ("1", "2", "3") if azure.zones else ()
    if "paired_location" not in cell.model_fields_set:
        missing["paired_location"] = azure.pair
    return cell.model_copy(update=missing)


def _tags(settings: Settings) -> dict[str, str]:
    """The stack's tags and those that say whose the resource is; a clash is a rule's business."""
    return own_tags(settings) | dict(settings.tags)


def own_tags(settings: Settings) -> dict[str, str]:
    """The tags every resource of the platform carries."""
    return {
        "application": NAMESPACE,
        "environment": settings.environment,
        "managedBy": "pulumi",
        "region": settings.region.name,
    }


def _network(settings: Settings) -> Network:
    network = settings.network
    blocks = default_blocks(network.address_space)
    given = network.subnets.model_fields_set
    wanted = 3 if settings.emqx.placement == "zones" else 1
    names = ("edge", "database", "endpoints", "operators")
    update: dict[str, Any] = {name: blocks[3 + at] for at, name in enumerate(names) if name not in given}
    if "core" not in given:
        update["core"] = tuple(blocks[:wanted])
    subnets: Subnets = network.subnets.model_copy(update=update)
    return network.model_copy(update={"subnets": subnets})


def default_blocks(address_space: str) -> list[str]:
    """The first eight equal blocks of the address space, each a /24 or, in a space below /21, an eighth of it.

    The first three are core environments whether one is used or three, so that a change of placement moves no subnet.
    """
    space = IPv4Network(address_space)
    subnets = space.subnets(new_prefix=max(space.prefixlen + _BLOCKS_BITS, _LARGEST_BLOCK))
    return [str(next(subnets)) for _ in range(2**_BLOCKS_BITS)]


def _emqx(settings: Settings) -> Emqx:
    emqx = settings.emqx
    slots = {}
    for number in sorted(emqx.slots, key=int):
        slot = emqx.slots[number]
        version = slot.version or emqx.version
        digest = slot.digest or RELEASES[version].digest
        slots[number] = slot.model_copy(update={"version": version, "digest": digest})
    return emqx.model_copy(update={"slots": slots})


def _edge(settings: Settings) -> Edge:
    edge = settings.edge
    missing: dict[str, Any] = {}
    if "digest" not in edge.model_fields_set:
        missing["digest"] = haproxy_release.DIGESTS.get(edge.version, "")
    if "min_replicas" not in edge.model_fields_set:
        missing["min_replicas"], _ = edge_replicas(settings.capacity, edge)
    return _completed(edge, **missing)


def _front_door(settings: Settings) -> FrontDoor:
    front_door = settings.front_door
    if "profiles" in front_door.model_fields_set or front_door.entry == "direct":
        return front_door
    profiles, _ = front_door_profiles(settings.capacity)
    return _completed(front_door, profiles=profiles)


def _postgres(settings: Settings) -> Postgres:
    postgres, zones = settings.postgres, settings.region.zones
    missing: dict[str, Any] = {}
    if "zone" not in postgres.model_fields_set and zones:
        missing["zone"] = next((each for each in zones if each != postgres.standby_zone), None)
    if "standby_zone" not in postgres.model_fields_set:
        primary = missing.get("zone", postgres.zone)
        standby = {
            "none": None,
            "sameZone": primary,
            "zoneRedundant": next((each for each in zones if each != primary), None),
        }
        missing["standby_zone"] = standby[postgres.high_availability]
    return _completed(postgres, **missing)


def _redis(settings: Settings) -> Redis:
    redis = settings.redis
    if "sku" in redis.model_fields_set:
        return redis
    managed = "Balanced_B1" if redis.high_availability else "Balanced_B0"
    return _completed(redis, sku={"managed": managed, "classic": "Standard_C1", "none": ""}[redis.kind])


def _budget(settings: Settings) -> Budget:
    budget, ddos = settings.budget, settings.ddos
    if "monthly_amount" in budget.model_fields_set:
        return budget
    plan = DDOS_PLAN_A_MONTH if ddos.protection == "network" and not ddos.plan_id else 0
    return _completed(budget, monthly_amount=MONTHLY_AMOUNTS[settings.tier] + plan)


def _identity(settings: Settings) -> Identity:
    identity = settings.identity
    missing: dict[str, Any] = {}
    if "username_claim" not in identity.model_fields_set:
        missing["username_claim"] = "sub" if identity.mode == "b2c" else "oid"
    addresses = token_addresses(identity) if identity.tenant and identity.tenant_id else {}
    missing |= {key: value for key, value in addresses.items() if key not in identity.model_fields_set}
    return _completed(identity, **missing)


def token_addresses(identity: Identity) -> dict[str, str]:
    """Issuer and keys of a tenant that is made, as its OpenID configuration says them; empty for an existing one.

    Azure AD B2C: learn.microsoft.com, Overview of tokens (issuer) and RP initiated metadata (jwks_uri). External ID:
    the issuer has the id in the host as well (AzureAD/microsoft-authentication-library-for-js issue 8592).
    """
    name, tenant = identity.tenant, identity.tenant_id
    return {
        "existing": {},
        "b2c": {
            "issuer": f"https://{name}.b2clogin.com/{tenant}/v2.0/",
            "jwks": f"https://{name}.b2clogin.com/{name}.onmicrosoft.com/{identity.policy}/discovery/v2.0/keys",
        },
        "externalId": {
            "issuer": f"https://{tenant}.ciamlogin.com/{tenant}/v2.0",
            "jwks": f"https://{name}.ciamlogin.com/{tenant}/discovery/v2.0/keys",
        },
    }[identity.mode]


def _probe(settings: Settings) -> Probe:
    probe = settings.probe
    if "scope" in probe.model_fields_set or not settings.identity.audience:
        return probe
    return _completed(probe, scope=f"{settings.identity.audience}/.default")


G = TypeVar("G", bound=Group)


def _completed(group: G, **values: Any) -> G:
    """The group with computed values, which still count as left out, so that a rule can tell them from a stack's."""
    completed = group.model_copy(update=values)
    completed.model_fields_set.difference_update(values)
    return completed


ALL: Final = (
    Derivation("region", _region),
    Derivation("tags", _tags),
    Derivation("network", _network),
    Derivation("emqx", _emqx),
    Derivation("edge", _edge),
    Derivation("front_door", _front_door),
    Derivation("postgres", _postgres),
    Derivation("redis", _redis),
    Derivation("budget", _budget),
    Derivation("identity", _identity),
    Derivation("probe", _probe),
)
