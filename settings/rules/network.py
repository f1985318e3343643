"""Rules of the network: subnets lie inside the address space, apart from each other, and are large enough."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations
from math import ceil
from typing import Final

from settings.model import Settings
from settings.problem import Problem
from settings.rules.registry import rule

# learn.microsoft.com, Container Apps, "Configure a virtual network": workload profiles environments.
RESERVED_BY_CONTAINER_APPS: Final = tuple(
    IPv4Network(each)
    for each in (
        "169.254.0.0/16",
        "172.30.0.0/16",
        "172.31.0.0/16",
        "192.0.2.0/24",
        "100.100.0.0/17",
        "100.100.128.0/19",
        "100.100.160.0/19",
        "100.100.192.0/19",
    )
)
_ADDRESSES_AZURE_KEEPS: Final = 5  # learn.microsoft.com, Virtual Network FAQ: first four and last of each subnet
_ADDRESSES_OF_AN_ENVIRONMENT: Final = 12
_REPLICAS_AN_ADDRESS: Final = 10
_MOST_NODES: Final = 10
_MOST_EDGE_REPLICAS: Final = 10
_SMALLEST: Final = {"core": 27, "edge": 27, "database": 28, "endpoints": 28, "operators": 27}


def _subnets(settings: Settings) -> dict[str, IPv4Network]:
    return {name: IPv4Network(prefix) for name, prefix in settings.network.subnets.named().items()}


def _at(name: str) -> str:
    return f"network.subnets.{name}"


@rule("network.subnets", source="learn.microsoft.com, Virtual Network: a subnet lies within the address space")
def subnets_are_inside_the_address_space(settings: Settings) -> Iterator[Problem]:
    """Every subnet lies inside the address space."""
    space = IPv4Network(settings.network.address_space)
    for name, subnet in _subnets(settings).items():
        if not subnet.subnet_of(space):
            yield Problem(
                path=_at(name),
                found=str(subnet),
                allowed=f"a part of network.addressSpace {space}",
                mend=f"Remove {_at(name)} to have it computed, or choose addresses of {space}.",
            )


@rule("network.subnets", source="learn.microsoft.com, Virtual Network: subnets of a network do not overlap")
def subnets_are_disjoint(settings: Settings) -> Iterator[Problem]:
    """No two subnets overlap."""
    for (name, subnet), (other, beside) in combinations(_subnets(settings).items(), 2):
        if subnet.overlaps(beside):
            yield Problem(
                path=_at(other),
                found=f"{beside}, which overlaps {_at(name)} {subnet}",
                allowed="addresses of no other subnet",
                mend=f"Move one of the two; left out, {_at(other)} takes its own block of the address space.",
            )


@rule("network.subnets", source="learn.microsoft.com, Container Apps virtual networks: reserved address ranges")
def subnets_are_outside_reserved_ranges(settings: Settings) -> Iterator[Problem]:
    """No subnet takes addresses that Container Apps uses itself."""
    for name, subnet in _subnets(settings).items():
        taken = next((each for each in RESERVED_BY_CONTAINER_APPS if subnet.overlaps(each)), None)
        if taken is not None:
            yield Problem(
                path=_at(name),
                found=f"{subnet}, inside {taken}",
                allowed="addresses that Container Apps does not use itself",
                mend="Choose another network.addressSpace, for example one of 10.0.0.0/8.",
            )


@rule("network.subnets", source="learn.microsoft.com: Container Apps /27, PostgreSQL flexible server /28")
def subnets_are_large_enough_for_their_service(settings: Settings) -> Iterator[Problem]:
    """Every subnet is as large as its service asks."""
    for name, subnet in _subnets(settings).items():
        smallest = _SMALLEST[name.partition("[")[0]]
        if subnet.prefixlen > smallest:
            yield Problem(
                path=_at(name),
                found=f"{subnet} with {subnet.num_addresses} addresses",
                allowed=f"/{smallest} or larger",
                mend=f"Give {_at(name)} a larger prefix, or remove it to have it computed.",
            )


def addresses_at_most(replicas: int) -> int:
    """Addresses an environment of the Consumption profile needs while all its replicas change revision."""
    return _ADDRESSES_AZURE_KEEPS + _ADDRESSES_OF_AN_ENVIRONMENT + 2 * ceil(replicas / _REPLICAS_AN_ADDRESS)


@rule(
    "network.subnets",
    source="learn.microsoft.com, Container Apps networks: 12 addresses, 1 for 10 replicas, twice while revising",
)
def environments_fit_at_their_largest(settings: Settings) -> Iterator[Problem]:
    """An environment has addresses enough while its most replicas change revision."""
    for name, subnet in _subnets(settings).items():
        replicas = {"core": _MOST_NODES, "edge": _MOST_EDGE_REPLICAS}.get(name.partition("[")[0])
        if replicas is None or subnet.num_addresses >= addresses_at_most(replicas):
            continue
        yield Problem(
            path=_at(name),
            found=f"{subnet} with {subnet.num_addresses} addresses",
            allowed=(
                f"{addresses_at_most(replicas)} addresses: {_ADDRESSES_AZURE_KEEPS} that Azure keeps "
                f"+ {_ADDRESSES_OF_AN_ENVIRONMENT} of the environment "
                f"+ 2 x {ceil(replicas / _REPLICAS_AN_ADDRESS)} for {replicas} replicas"
            ),
            mend=f"Give {_at(name)} a larger prefix, or remove it to have it computed.",
        )


@rule("network.subnets.core", source="one core environment has one subnet, create-only")
def core_subnets_match_the_placement(settings: Settings) -> Problem | None:
    """There is one core subnet for placement `single`, three for `zones`."""
    wanted = 3 if settings.emqx.placement == "zones" else 1
    given = len(settings.network.subnets.core)
    if given == wanted:
        return None
    return Problem(
        found=f"{given} subnets",
        allowed=f"{wanted}, since emqx.placement is {settings.emqx.placement}",
        mend="List that many, or remove network.subnets.core to have them computed.",
    )


@rule("network.natZone", source="learn.microsoft.com, NAT gateway and availability zones")
def nat_zone_is_used(settings: Settings) -> Problem | None:
    """A NAT zone is named only with a NAT gateway, and is one of the zones of the cell."""
    zone = settings.network.nat_zone
    if zone is None:
        return None
    if settings.network.outbound != "nat":
        return Problem(
            found=f"zone {zone} without a NAT gateway",
            allowed="a zone only where network.outbound is nat",
            mend="Remove network.natZone, or set network.outbound to nat.",
        )
    if zone in settings.region.zones:
        return None
    return Problem(
        found=f"zone {zone}",
        allowed=f"one of region.zones: {', '.join(settings.region.zones) or 'none'}",
        mend="Choose one of the cell's zones, or remove network.natZone.",
    )
