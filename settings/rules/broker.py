"""Rules of the broker: option, EMQX releases and slots, container sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings import haproxy_release
from settings.emqx_releases import RELEASES
from settings.model import Settings
from settings.problem import Problem
from settings.rules.registry import rule

_SEEDS: Final = ("1", "2", "3")
_MEMORY_OF_A_CORE: Final = 2


@rule("broker.kind", source="docs/architecture.md: options 2 and 3")
def broker_is_built(settings: Settings) -> Problem | None:
    """The chosen broker is built."""
    if settings.broker.kind == "emqx":
        return None
    return Problem(
        found=f"{settings.broker.kind}, which is not built yet",
        allowed="emqx",
        mend="Set broker.kind to emqx, or remove it.",
    )


@rule("emqx.licence", source="github.com/emqx/emqx LICENSE at 6.2.3: BSL 1.1 grants one node")
def cluster_needs_licence(settings: Settings) -> Problem | None:
    """Above one node, a release under the Business Source License has a licence key."""
    paid = sorted(each.version for each in settings.emqx.slots.values() if not RELEASES[each.version].clusters_freely)
    if len(settings.emqx.slots) == 1 or not paid or settings.emqx.licence is not None:
        return None
    return Problem(
        found=f"no licence with {len(settings.emqx.slots)} nodes on {paid[0]}",
        allowed="one node without a licence, or a licence",
        mend="`pulumi config set --secret --path 'amora-sync:emqx.licence'`, or set emqx.version to 5.8.9.",
    )


@rule("emqx.endOfLifeAccepted", source="github.com/emqx/emqx issue 15226: no open-source image after 5.8.9")
def end_of_life_is_accepted_in_prod(settings: Settings) -> Problem | None:
    """Prod runs a release past its end of life only knowingly."""
    if settings.tier != "prod":
        return None
    versions = {each.version for each in settings.emqx.slots.values()}
    past = sorted(each for each in versions if not RELEASES[each].supported)
    if not past or settings.emqx.end_of_life_accepted in past:
        return None
    return Problem(
        found=str(settings.emqx.end_of_life_accepted or "nothing"),
        allowed=f"{past[0]}, whose end of life was {RELEASES[past[0]].end_of_life}",
        mend=f'Set emqx.endOfLifeAccepted to "{past[0]}", or use 6.2.3 with a licence.',
    )


@rule("emqx.slots", source="an image is pinned by digest; a tag can be moved")
def digests_are_known(settings: Settings) -> Iterator[Problem]:
    """Every slot has the digest of its image."""
    for number, slot in settings.emqx.slots.items():
        if not slot.digest:
            image = f"public.ecr.aws/{RELEASES[slot.version].repository}:{slot.version}"
            yield Problem(
                path=f'emqx.slots["{number}"].digest',
                found="nothing",
                allowed=f"the digest of {image}, which is not recorded",
                mend=f"`docker buildx imagetools inspect {image}` shows it.",
            )


@rule("edge.digest", source="an image is pinned by digest; a tag can be moved")
def edge_digest_is_known(settings: Settings) -> Problem | None:
    """The edge has the digest of its image."""
    if settings.edge.digest:
        return None
    image = f"public.ecr.aws/{haproxy_release.REPOSITORY}:{settings.edge.version}"
    return Problem(
        found="nothing",
        allowed=f"the digest of {image}, which is not recorded",
        mend=f"`docker buildx imagetools inspect {image}` shows it.",
    )


@rule("emqx.slots", source="docs/architecture.md: slots 1 to 3 are the static seeds")
def seeds_are_kept(settings: Settings) -> Problem | None:
    """The first nodes are the seeds, so that every node finds the cluster."""
    slots = settings.emqx.slots
    wanted = _SEEDS[: max(len(slots), 1)]
    missing = [each for each in wanted if each not in slots]
    if not missing:
        return None
    return Problem(
        found=f"slots {', '.join(slots) or 'none'}",
        allowed=f"slots that begin with {', '.join(wanted)}",
        mend=f"Add slot {' and slot '.join(missing)}; a node is retired from the highest slot down.",
    )


@rule("emqx.slots", source="a single node's loss ends every session: 99.9 % delivered cannot be kept")
def prod_has_several_nodes(settings: Settings) -> Problem | None:
    """Prod has more than one node."""
    if settings.tier != "prod" or len(settings.emqx.slots) > 1:
        return None
    return Problem(
        found="a single node in prod",
        allowed="2 to 10 slots; 3 survive a loss during an upgrade",
        mend="Add slots 2 and 3, or set tier to dev.",
    )


@rule("emqx.placement", source="learn.microsoft.com, Azure Well-Architected: zones for reliability")
def prod_is_in_zones(settings: Settings) -> Problem | None:
    """Prod spreads its nodes over zones."""
    if settings.tier != "prod" or settings.emqx.placement == "zones":
        return None
    return Problem(
        found="single in prod",
        allowed="zones, so that the loss of a zone leaves nodes",
        mend="Set emqx.placement to zones, or set tier to dev.",
    )


@rule("emqx.clusterTls", source="docs.emqx.com, cluster security: who reads the cookie runs code on every node")
def prod_nodes_talk_over_tls(settings: Settings) -> Problem | None:
    """In prod the nodes talk to each other over TLS."""
    if settings.tier != "prod" or settings.emqx.cluster_tls:
        return None
    return Problem(
        found="false in prod",
        allowed="true: without TLS the cookie and every message cross the network in plain text",
        mend="Remove emqx.clusterTls, or set tier to dev.",
    )


@rule("region.zones", source="learn.microsoft.com, Azure Well-Architected: zones for reliability")
def prod_has_zones(settings: Settings) -> Problem | None:
    """Prod stands in a region with zones and uses them."""
    if settings.tier != "prod" or settings.region.zones:
        return None
    return Problem(
        found="no zones in prod",
        allowed="three zones",
        mend="Choose a region with zones such as westeurope, and leave region.zones out.",
    )


@rule("edge.memoryGigabytes", source="learn.microsoft.com, Container Apps containers: memory is twice the vCPU")
def container_sizes_are_sold(settings: Settings) -> Iterator[Problem]:
    """A container's memory is twice its vCPU, as the Consumption profile sells it."""
    for name, cpu, memory in (
        ("emqx", settings.emqx.cpu, settings.emqx.memory_gigabytes),
        ("edge", settings.edge.cpu, settings.edge.memory_gigabytes),
    ):
        if memory != cpu * _MEMORY_OF_A_CORE:
            yield Problem(
                path=f"{name}.memoryGigabytes",
                found=f"{memory:g} GiB with {cpu:g} vCPU",
                allowed=f"{cpu * _MEMORY_OF_A_CORE:g} GiB with {cpu:g} vCPU",
                mend=f"Set {name}.memoryGigabytes to {cpu * _MEMORY_OF_A_CORE:g}, or {name}.cpu to fit.",
            )
