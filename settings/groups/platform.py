"""Where the platform stands: its region cell and its network."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import BeforeValidator

from settings.groups.base import Group, matching, satisfying, setting
from settings.regions import REGIONS

PRIVATE_RANGES = tuple(IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _private(text: str) -> bool:
    return any(IPv4Network(text).subnet_of(each) for each in PRIVATE_RANGES)


def _zone(value: object) -> object:
    # YAML writes a zone as a number, ARM as text.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Zone = Annotated[Literal["1", "2", "3"], BeforeValidator(_zone)]
Location = Annotated[str, satisfying(lambda text: text in REGIONS)]
Prefix = Annotated[str, satisfying(_private)]

_PREFIX = "a private IPv4 network without host bits, such as 10.40.3.0/24"
_LOCATION = "an Azure region in its programmatic spelling, such as westeurope"


class RegionCell(Group):
    """One cell: a region with all that runs in it. Its name is part of every resource name."""

    name: Annotated[str, matching(r"[a-z][a-z0-9]{1,5}")] = setting(
        "Short name of the cell, part of every resource name; never changed once deployed.",
        allowed="2 to 6 lower-case letters and digits, beginning with a letter, such as eu1",
    )
    location: Location = setting("Azure region of the cell.", allowed=_LOCATION, choices=REGIONS)
    zones: tuple[Zone, ...] = setting(
        "Availability zones to use.",
        default=(),
        allowed='a list of the zones "1", "2", "3", each once',
        computed="all three where the region has zones, else none",
        source="learn.microsoft.com, Azure regions with availability zone support",
        max_length=3,
    )
    paired_location: Location = setting(
        "Region that receives geo-redundant backups; Azure fixes it.",
        default="",
        allowed=_LOCATION,
        choices=REGIONS,
        computed="Azure's pair of the region; empty where it has none",
        source="learn.microsoft.com, Azure paired regions",
    )
    promoted: bool = setting(
        "Whether this region takes clients. A standby turns devices and apps away, and its `/healthz` is 503.",
        default=True,
    )


class Subnets(Group):
    """The address prefixes of the virtual network's subnets."""

    core: tuple[Prefix, ...] = setting(
        "One subnet for each core environment: one for placement `single`, one a zone for placement `zones`.",
        default=(),
        allowed=f"a list of one or three: each {_PREFIX}",
        computed="blocks 1 to 3 of the address space",
        max_length=3,
    )
    edge: Prefix = setting(
        "Subnet of the edge environment.",
        default="",
        allowed=_PREFIX,
        computed="block 4",
    )
    database: Prefix = setting(
        "Subnet delegated to PostgreSQL flexible server.",
        default="",
        allowed=_PREFIX,
        computed="block 5",
    )
    endpoints: Prefix = setting(
        "Subnet of the private endpoints.",
        default="",
        allowed=_PREFIX,
        computed="block 6",
    )
    operators: Prefix = setting(
        "Subnet from which operators reach the brokers' API.",
        default="",
        allowed=_PREFIX,
        computed="block 7",
    )

    def named(self) -> dict[str, str]:
        """Each prefix by its path below ``network.subnets``, e.g. ``core[0]``, in the order of the address space."""
        core = {f"core[{index}]": prefix for index, prefix in enumerate(self.core)}
        rest = {name: getattr(self, name) for name in ("edge", "database", "endpoints", "operators")}
        return core | rest


class Network(Group):
    """The virtual network of the cell. No two cells that are ever peered may share addresses."""

    address_space: Annotated[str, satisfying(lambda text: _private(text) and IPv4Network(text).prefixlen <= 24)] = (
        setting(
            "Address space of the virtual network; create-only in practice.",
            allowed="a private IPv4 network without host bits, /24 or larger, such as 10.40.0.0/16",
            source="RFC 1918",
        )
    )
    subnets: Subnets = setting(
        "Prefixes of the subnets. Left out, the address space is cut into equal blocks of at most 256 addresses.",
        default=Subnets(),
    )
    outbound: Literal["nat", "default"] = setting(
        "Way out of the network: a NAT gateway with an address of ours, or what each service brings itself.",
        default="default",
    )
    nat_zone: Zone | None = setting(
        "Zone that holds the NAT gateway and its address; left out, Azure chooses.",
        default=None,
        source="learn.microsoft.com, NAT gateway and availability zones: a Standard NAT gateway is zonal",
    )
