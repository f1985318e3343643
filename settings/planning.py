"""The capacity arithmetic: the project's planning figures applied to a stack, with the sum in words.

Figures, source "Scaling Considerations" of the project: 1 to 2 MB of memory a connection, 1,000 to 5,000 messages a
second a core, 1 to 10 GB of storage for a million messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from settings.groups.broker import Edge, Emqx
from settings.groups.traffic import Capacity, QosMix

FIGURES: Final = (
    "planning figures of the project: 1-2 MB a connection, 1,000-5,000 messages/s a core, 1-10 GB a million"
)

_MEGABYTES_A_GIGABYTE: Final = 1024
_FASTEST_CORE: Final = 5000
_SLOWEST_CORE: Final = 1000
# MQTT 5.0 §4.3: packets that a message costs at QoS 0 (PUBLISH), 1 (with PUBACK), 2 (with PUBREC, PUBREL, PUBCOMP).
_PACKETS: Final = (1, 2, 4)
_FEWEST_EDGE_REPLICAS: Final = 2
CLIENTS_A_PROFILE: Final = 3000
"""WebSocket connections at once that a Front Door profile carries (learn.microsoft.com, Front Door WebSocket)."""

# learn.microsoft.com, Container Apps storage mounts: GiB of a replica's own disk up to so many vCPU.
_DISK_GIGABYTES: Final = ((0.25, 1), (0.5, 2), (1.0, 4), (4.0, 8))


@dataclass(frozen=True, slots=True)
class Sum:
    """Something needed against something there, and the sentence that shows the arithmetic of each."""

    needed: float
    there: float
    need: str
    have: str

    @property
    def fits(self) -> bool:
        """There is enough."""
        return self.needed <= self.there


def _nodes(capacity: Capacity, emqx: Emqx) -> tuple[int, str]:
    """Nodes that carry the load when the spare ones are lost, and how many that is in words."""
    left = max(len(emqx.slots) - capacity.spare_nodes, 0)
    return left, f"({len(emqx.slots)} nodes - {capacity.spare_nodes} spare)"


def memory(capacity: Capacity, emqx: Emqx) -> Sum:
    """Memory of the nodes, in MB."""
    left, words = _nodes(capacity, emqx)
    needed = capacity.connections * capacity.connection_megabytes
    there = left * emqx.memory_gigabytes * _MEGABYTES_A_GIGABYTE
    return Sum(
        needed,
        there,
        f"{capacity.connections:,} connections x {capacity.connection_megabytes:g} MB = {needed:,.0f} MB",
        f"{words} x {emqx.memory_gigabytes:g} GiB x {_MEGABYTES_A_GIGABYTE:,} = {there:,.0f} MB",
    )


def messages_a_core(mix: QosMix) -> float:
    """Messages a second that a core carries at this mix: 5,000 of one packet each, never below 1,000."""
    shares = (mix.at_most_once, mix.at_least_once, mix.exactly_once)
    packets = sum(share * each for share, each in zip(shares, _PACKETS, strict=True)) / max(sum(shares), 1)
    return max(_FASTEST_CORE / packets, _SLOWEST_CORE) if packets else _FASTEST_CORE


def throughput(capacity: Capacity, emqx: Emqx) -> Sum:
    """Messages a second."""
    left, words = _nodes(capacity, emqx)
    each = messages_a_core(capacity.qos)
    there = left * emqx.cpu * each
    return Sum(
        capacity.messages_per_second,
        there,
        f"{capacity.messages_per_second:,} messages/s",
        f"{words} x {emqx.cpu:g} vCPU x {each:,.0f} messages/s at this QoS mix = {there:,.0f} messages/s",
    )


def retained(capacity: Capacity, emqx: Emqx) -> Sum:
    """Gigabytes of retained messages on each node's own disk; every node keeps them all."""
    millions = capacity.devices * capacity.retained_per_device / 1e6
    each = min(max(capacity.message_bytes / 1000, 1), 10)
    disk = next(size for cores, size in _DISK_GIGABYTES if emqx.cpu <= cores)
    return Sum(
        millions * each,
        disk,
        f"{capacity.devices:,} devices x {capacity.retained_per_device} retained = {millions:g} million "
        f"x {each:g} GB = {millions * each:g} GB",
        f"{disk} GiB on the disk of a replica with {emqx.cpu:g} vCPU",
    )


def edge_replicas(capacity: Capacity, edge: Edge) -> tuple[int, str]:
    """Edge replicas that must always run, and the arithmetic: memory for all connections with one replica lost."""
    needed = capacity.connections * capacity.connection_megabytes
    each = edge.memory_gigabytes * _MEGABYTES_A_GIGABYTE
    replicas = max(ceil(needed / each) + 1, _FEWEST_EDGE_REPLICAS)
    return replicas, (
        f"{capacity.connections:,} connections x {capacity.connection_megabytes:g} MB / {each:,.0f} MB a replica "
        f"= {needed / each:.2f}, rounded up + 1 that may be lost = {replicas}"
    )


def front_door_profiles(capacity: Capacity) -> tuple[int, str]:
    """Front Door profiles the app clients need, and the arithmetic."""
    profiles = ceil(capacity.clients / CLIENTS_A_PROFILE)
    return profiles, f"{capacity.clients:,} app clients / {CLIENTS_A_PROFILE:,} WebSockets a profile = {profiles}"
