"""Rules of capacity: nodes, edge and Front Door carry the planned load; each message shows the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

from settings import planning
from settings.model import Settings
from settings.planning import FIGURES, Sum
from settings.problem import Problem
from settings.rules.registry import rule


@rule("capacity.qos", source="a share of a whole")
def qos_mix_is_whole(settings: Settings) -> Problem | None:
    """The shares of the three qualities of service make 100 percent."""
    mix = settings.capacity.qos
    total = mix.at_most_once + mix.at_least_once + mix.exactly_once
    if total == 100:
        return None
    return Problem(
        found=f"{mix.at_most_once} + {mix.at_least_once} + {mix.exactly_once} = {total} percent",
        allowed="100 percent together",
        mend="Name all three of capacity.qos.atMostOnce, atLeastOnce, exactlyOnce.",
    )


@rule("capacity.spareNodes", source="a node that does not exist cannot be lost")
def spare_nodes_leave_one(settings: Settings) -> Problem | None:
    """At least one node remains when the spare ones are lost."""
    nodes = len(settings.emqx.slots)
    if not nodes or settings.capacity.spare_nodes < nodes:
        return None
    return Problem(
        found=f"{settings.capacity.spare_nodes} of {nodes} nodes",
        allowed=f"at most {nodes - 1}",
        mend="Lower capacity.spareNodes, or add slots.",
    )


def _short(settings: Settings, total: Sum, mend: str) -> Problem | None:
    # With too few nodes for the spare ones, that rule has said it already.
    if total.fits or settings.capacity.spare_nodes >= len(settings.emqx.slots):
        return None
    return Problem(found=total.have, allowed=f"at least {total.need}", mend=mend)


@rule("emqx.memoryGigabytes", source=FIGURES)
def nodes_hold_the_connections(settings: Settings) -> Problem | None:
    """The nodes have memory for the planned connections, even with the spare ones lost."""
    mend = "Add a slot, raise emqx.cpu and emqx.memoryGigabytes, or plan fewer connections in capacity."
    return _short(settings, planning.memory(settings.capacity, settings.emqx), mend)


@rule("emqx.cpu", source=FIGURES)
def nodes_carry_the_messages(settings: Settings) -> Problem | None:
    """The nodes have cores for the planned messages, even with the spare ones lost."""
    mend = "Add a slot, raise emqx.cpu and emqx.memoryGigabytes, or plan fewer messages in capacity."
    return _short(settings, planning.throughput(settings.capacity, settings.emqx), mend)


@rule("capacity.retainedPerDevice", source=FIGURES)
def nodes_store_what_is_retained(settings: Settings) -> Problem | None:
    """A node's own disk has room for the retained messages."""
    total = planning.retained(settings.capacity, settings.emqx)
    if total.fits:
        return None
    return Problem(
        found=total.need,
        allowed=f"at most {total.have}",
        mend="Lower capacity.retainedPerDevice, or raise emqx.cpu for a larger disk.",
    )


@rule("edge.minReplicas", source=FIGURES)
def edge_holds_the_connections(settings: Settings) -> Iterator[Problem]:
    """The edge always runs replicas enough for the planned connections, with one lost."""
    needed, arithmetic = planning.edge_replicas(settings.capacity, settings.edge)
    given, most = settings.edge.min_replicas, settings.edge.max_replicas
    if given < needed:
        yield Problem(
            found=str(given),
            allowed=f"at least {needed}: {arithmetic}",
            mend="Remove edge.minReplicas to have it computed, or raise edge.cpu and edge.memoryGigabytes.",
        )
    if needed > most:
        yield Problem(
            path="edge.maxReplicas",
            found=str(most),
            allowed=f"at least {needed}: {arithmetic}",
            mend="Raise edge.maxReplicas (10 at most), or edge.cpu and edge.memoryGigabytes.",
        )


@rule("edge.maxReplicas", source="learn.microsoft.com, Container Apps scaling")
def edge_range_is_in_order(settings: Settings) -> Problem | None:
    """The edge's most replicas are not fewer than its least."""
    if "min_replicas" not in settings.edge.model_fields_set or settings.edge.min_replicas <= settings.edge.max_replicas:
        return None
    return Problem(
        found=f"{settings.edge.max_replicas}, below edge.minReplicas {settings.edge.min_replicas}",
        allowed="edge.minReplicas or more",
        mend="Raise edge.maxReplicas, or lower edge.minReplicas.",
    )


@rule("frontDoor.profiles", source="learn.microsoft.com, Front Door WebSocket: 3,000 concurrent connections a profile")
def front_door_holds_the_clients(settings: Settings) -> Problem | None:
    """There are Front Door profiles enough for the app clients."""
    if settings.front_door.entry == "direct":
        return None
    needed, arithmetic = planning.front_door_profiles(settings.capacity)
    given = settings.front_door.profiles
    if needed <= given <= 10:
        return None
    return Problem(
        found=str(given),
        allowed=f"{needed} to 10: {arithmetic}",
        mend=(
            "Remove frontDoor.profiles to have it computed, or set frontDoor.entry to direct."
            if needed <= 10
            else "Set frontDoor.entry to direct."
        ),
    )
