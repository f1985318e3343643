"""What a Redis needs and gives, whichever service it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import pulumi
import pulumi_random as random

from components.cell import Cell
from components.component import AmoraComponent
from components.generated_secrets import seconds_at
from components.vault_secret import vault_secret

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
Persistence = Literal["none", "rdb1h", "rdb6h", "rdb12h", "aof1s"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisArgs:
    """What a Redis needs.

    sku: Azure's name, such as ``Balanced_B1`` or ``Standard_C1``. high_availability: a replica, in another zone where
    there is one. eviction: which keys go when memory is full. persistence: how state outlives all replicas.
    private_zone_ids: of the network, by service. users: object ids of the identities that may read and write, by a name
    of letters and digits. access_keys: whether keys are on, for who cannot present an Entra token: EMQX. vault_name,
    key_days: where the key is kept then, and 30 to 730 days after which it counts as expired.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    sku: str
    high_availability: bool
    eviction: Eviction
    persistence: Persistence
    endpoint_subnet_id: pulumi.Input[str]
    private_zone_ids: Mapping[str, pulumi.Input[str]]
    users: Mapping[str, pulumi.Input[str]]
    access_keys: bool
    vault_name: pulumi.Input[str]
    key_days: int


class Redis(AmoraComponent):
    """A Redis inside the network, with TLS and Entra tokens.

    host_name, port: where it answers. cache_id: ARM id, for alerts. access_key_uri: ``secretUriWithVersion`` of the
    access key, None while keys are off. ready: what uses it depends on it.
    """

    host_name: pulumi.Output[str]
    cache_id: pulumi.Output[str]
    port: int
    access_key_uri: pulumi.Output[str] | None
    ready: list[pulumi.Resource]

    @property
    def endpoint(self) -> pulumi.Output[str]:
        """Host name and port."""
        return pulumi.Output.concat(self.host_name, f":{self.port}")

    def _kept_key(self, name: str, args: RedisArgs, key: Callable[[], pulumi.Output[str]]) -> pulumi.Output[str] | None:
        """The versioned address of the key in the vault; None, and no key is asked for, while keys are off.

        A key that was regenerated is another secret with days of its own.
        """
        if not args.access_keys:
            return None
        value = pulumi.Output.secret(key())
        birth = random.RandomUuid7(
            f"{name}-key-birth",
            keepers={"key": value.apply(_fingerprint)},
            opts=self.child("random:index/randomUuid7:RandomUuid7"),
        )
        return vault_secret(
            self,
            f"{name}-key",
            vault_name=args.vault_name,
            resource_group_name=args.resource_group_name,
            value=value,
            content_type="text/plain",
            expires=birth.result.apply(lambda drawn: seconds_at(drawn, args.key_days)),
            tags={**args.cell.tags, "usedBy": "the EMQX nodes, to read access rules"},
        )


def _fingerprint(key: str) -> str:
    return sha256(key.encode()).hexdigest()
