"""The settings of a stack, whole: what `Pulumi.<stack>.yaml` may say in the project's namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from settings.groups.base import Group, matching, setting
from settings.groups.broker import Broker, Edge, Emqx
from settings.groups.data import Postgres, Redis, Registry
from settings.groups.operations import Alerts, Backup, Budget, Metrics, Operators, Protection, Retention
from settings.groups.platform import Network, RegionCell
from settings.groups.probe import Probe
from settings.groups.traffic import Capacity, Ddos, Domain, FrontDoor
from settings.groups.trust import Certificates, Identity, Secrets, Vault

NAMESPACE: Final = "amora-sync"

Tier = Literal["dev", "prod"]
TagName = Annotated[str, matching(r"[A-Za-z][A-Za-z0-9._-]{0,127}")]
TagValue = Annotated[str, matching(r"[^\x00-\x1f]{1,256}")]


class Settings(Group):
    """The settings of one stack, with every value final: no caller looks at tier or environment again."""

    environment: Annotated[str, matching(r"[a-z][a-z0-9]{1,7}")] = setting(
        "Name of the environment, part of every resource name; never changed once deployed.",
        allowed="2 to 8 lower-case letters and digits, beginning with a letter, such as dev or prod",
    )
    tier: Tier = setting(
        "Set of defaults the stack begins from.",
        computed="the environment, where it is itself called dev or prod",
    )
    tags: Mapping[TagName, TagValue] = setting(
        "Tags on every resource, besides `application`, `environment`, `region` and `managedBy`.",
        default={},
        allowed=(
            "at most 11 tags: names of letters, digits, dot, hyphen and underscore that begin with a letter, "
            "values of 1 to 256 characters"
        ),
        source="learn.microsoft.com, tag limitations: DNS zones take 15 tags, and no space or leading digit in a name",
    )
    region: RegionCell = setting("The region cell: where the platform stands.")
    network: Network = setting("The virtual network of the cell.")
    domain: Domain = setting("The public DNS zone and the names in it.")
    capacity: Capacity = setting("The load to carry.")
    broker: Broker = setting("The broker option.", default=Broker())
    emqx: Emqx = setting("The EMQX nodes.")
    edge: Edge = setting("The HAProxy edge in front of the nodes.", default=Edge())
    postgres: Postgres = setting("PostgreSQL flexible server.", default=Postgres())
    redis: Redis = setting("Redis.", default=Redis())
    registry: Registry = setting("The container registry.", default=Registry())
    front_door: FrontDoor = setting("The way of the apps' WebSockets.", default=FrontDoor())
    identity: Identity = setting("The tenant whose tokens let app clients in.", default=Identity())
    certificates: Certificates = setting("The platform's own certificate authorities.", default=Certificates())
    secrets: Secrets = setting("The secrets the platform makes itself.", default=Secrets())
    vault: Vault = setting("The Key Vault.", default=Vault())
    operators: Operators = setting("Who keeps the platform day by day.", default=Operators())
    metrics: Metrics = setting("How often metrics are collected, and whether of the edge too.", default=Metrics())
    probe: Probe = setting("The synthetic probe.", default=Probe())
    alerts: Alerts = setting("Who is told, and when.", default=Alerts())
    backup: Backup = setting("What can be had again after a loss.", default=Backup())
    retention: Retention = setting("How long logs and deleted secrets are kept.", default=Retention())
    protection: Protection = setting("What guards data against deletion.", default=Protection())
    ddos: Ddos = setting("DDoS protection beyond what everyone gets.", default=Ddos())
    budget: Budget = setting("What a month may cost before somebody is told.", default=Budget())

    @property
    def web_socket_hosts(self) -> tuple[str, ...]:
        """Names apps connect to, below the zone: one for each Front Door, ``ws``, ``ws2``, ``ws3``; one without."""
        first, *rest = self.domain.web_socket_host.split(".")
        numbers = range(2, self.front_door.profiles + 1) if self.front_door.entry == "frontDoor" else ()
        return (self.domain.web_socket_host, *(".".join([f"{first}{number}", *rest]) for number in numbers))
