"""Where data rests: PostgreSQL, Redis, the image registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from settings.groups.base import Group, matching, setting
from settings.groups.platform import Zone

ObjectId = Annotated[str, matching(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
PostgresSku = Annotated[str, matching(r"Standard_(B\d+(ms|s)|[DE]\d+a?ds_v[4-6])")]


class Postgres(Group):
    """PostgreSQL flexible server: credentials and access rules, never sessions."""

    version: Literal["14", "15", "16", "17", "18"] = setting(
        "Major version of PostgreSQL, in quotes.",
        default="17",
        source="Microsoft.DBforPostgreSQL/flexibleServers 2025-08-01",
    )
    sku: PostgresSku = setting(
        "Compute size.", default="Standard_D4ds_v5", allowed="an Azure size such as Standard_D4ds_v5 or Standard_B2s"
    )
    storage_gigabytes: int = setting(
        "Storage the server is made with, in GiB; it grows by itself and never shrinks.", default=128, ge=32, le=32_767
    )
    high_availability: Literal["none", "sameZone", "zoneRedundant"] = setting(
        "A standby server, and where.", default="none"
    )
    zone: Zone | None = setting(
        "Zone of the primary.", default=None, computed="the first of `region.zones`, if there is one"
    )
    standby_zone: Zone | None = setting(
        "Zone of the standby.", default=None, computed="the second of `region.zones`, where the standby is in another"
    )
    maintenance_day: int = setting("Day of Azure's maintenance window; 0 is Sunday.", default=0, ge=0, le=6)
    maintenance_hour: int = setting("Hour at which the window begins, UTC.", default=2, ge=0, le=23)
    administrators: Mapping[ObjectId, str] = setting(
        "Entra groups that administer the database: display name by object id. Without one, the password in the vault "
        "is the only way in.",
        default={},
        allowed="an object with the groups' object ids, each with the group's display name",
    )

    @property
    def edition(self) -> Literal["Burstable", "GeneralPurpose", "MemoryOptimized"]:
        """Azure's tier of the size."""
        letter = self.sku.removeprefix("Standard_")[0]
        return "Burstable" if letter == "B" else "GeneralPurpose" if letter == "D" else "MemoryOptimized"


Eviction = Literal[
    "AllKeysLFU",
    "AllKeysLRU",
    "AllKeysRandom",
    "NoEviction",
    "VolatileLFU",
    "VolatileLRU",
    "VolatileRandom",
    "VolatileTTL",
]


class Redis(Group):
    """Redis: the last known state for the apps, and perhaps access rules; never sessions."""

    kind: Literal["managed", "classic", "none"] = setting(
        "Azure Managed Redis, the classic Azure Cache for Redis, or none.", default="managed"
    )
    sku: Annotated[
        str,
        matching(
            r"Balanced_B\d{1,4}|MemoryOptimized_M\d{2,4}|ComputeOptimized_X\d{1,3}|(Basic|Standard)_C[0-6]|Premium_P[1-5]"
        ),
    ] = setting(
        "Size.",
        default="",
        allowed="a size such as Balanced_B1 (managed) or Standard_C1 (classic)",
        computed="Balanced_B1 for managed (Balanced_B0 without a replica), Standard_C1 for classic",
    )
    high_availability: bool = setting("A replica in another zone.", default=True)
    eviction: Eviction = setting(
        "Which keys go when memory is full, in Azure's words. Volatile: of those that expire.", default="VolatileLRU"
    )
    persistence: Literal["none", "rdb1h", "rdb6h", "rdb12h", "aof1s"] = setting(
        "How the state outlives the loss of all replicas: not at all, by a snapshot every so many hours, or by a log "
        "that is written every second.",
        default="none",
        source="learn.microsoft.com, Configure data persistence in Azure Managed Redis",
    )
    access_rules: bool = setting(
        "EMQX reads access rules from Redis too, before PostgreSQL, with a key: EMQX cannot present an Entra token. "
        "Whoever writes to Redis gives rights then (docs/decisions/0032-access-rules-in-redis.md).",
        default=False,
    )
    classic_accepted: bool = setting(
        "This subscription still may create the classic cache, which retires on 2028-09-30.",
        default=False,
        source="learn.microsoft.com, Azure Cache for Redis retirement",
    )


SecretName = Annotated[str, matching(r"[0-9A-Za-z-]{1,127}")]
HubImage = Literal[
    "docker/library/haproxy",
    "docker/library/nginx",
    "docker/library/postgres",
    "emqx/emqx",
    "emqx/emqx-enterprise",
    "prometheus/prometheus",
]


class DockerHub(Group):
    """An account on Docker Hub, whose name and access token somebody has put into the platform's vault."""

    user_secret: SecretName = setting(
        "Name of the vault's secret with the account's name.",
        default="docker-hub-user",
        allowed="1 to 127 letters, digits and hyphens",
        source="learn.microsoft.com, Key Vault: object names",
    )
    token_secret: SecretName = setting(
        "Name of the vault's secret with an access token of the account.",
        default="docker-hub-token",
        allowed="1 to 127 letters, digits and hyphens",
        source="learn.microsoft.com, Key Vault: object names",
    )
    images: tuple[HubImage, ...] = setting(
        "Images that come from Docker Hub instead of ECR Public or Quay; their digests stay.",
        default=(),
        allowed="a list of the registry's repositories: docker/library/haproxy, docker/library/nginx, "
        "docker/library/postgres, emqx/emqx, emqx/emqx-enterprise, prometheus/prometheus",
    )


class Registry(Group):
    """The container registry, through whose cache every image comes."""

    sku: Literal["Basic", "Standard", "Premium"] = setting("SKU of the registry.", default="Standard")
    private: bool = setting("Reachable by private endpoint only.", default=False)
    docker_hub: DockerHub | None = setting(
        "An account on Docker Hub, which gives images to accounts only (docs/decisions/0071-images-by-digest-and-their-"
        "retention.md).",
        default=None,
    )
