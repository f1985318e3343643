"""The broker's cell: which broker, its nodes, and the edge in front of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from settings.groups.base import Group, matching, satisfying, setting
from settings.secret import Secret

EmqxVersion = Literal["5.8.9", "6.2.3"]
SlotNumber = Annotated[str, matching(r"[1-9]|10")]
HaproxyVersion = Annotated[str, matching(r"3\.0\.\d{1,3}")]
Digest = Annotated[str, matching(r"sha256:[0-9a-f]{64}")]
# learn.microsoft.com, Container Apps containers: 0.25 to 4 vCPU in steps of 0.25.
Cpu = Annotated[float, satisfying(lambda cores: (cores * 4).is_integer())]

_CPU = "0.25 to 4 in steps of 0.25"
_SIZES = "learn.microsoft.com, Container Apps containers: vCPU and memory of the Consumption profile"


class Broker(Group):
    """The broker option."""

    kind: Literal["emqx", "hivemq", "vernemq"] = setting(
        "EMQX on Container Apps; HiveMQ on AKS; VerneMQ on virtual machines.", default="emqx"
    )


class Slot(Group):
    """One EMQX node. It keeps its slot, its name and its ports for life."""

    version: EmqxVersion = setting("EMQX version of this node.", default="", computed="`emqx.version`")
    digest: Digest = setting(
        "Digest of the image.",
        default="",
        allowed="sha256: and 64 hexadecimal digits in lower case",
        computed="the recorded digest of the version, where there is one",
    )


class Emqx(Group):
    """EMQX on Container Apps: one app a node."""

    version: EmqxVersion = setting(
        "EMQX version of every slot that names none. 5.8.9 is Apache-2.0, clusters without a licence and gets no more "
        "fixes; 6.2.3 needs a licence above one node.",
        default="5.8.9",
        source="github.com/emqx/emqx LICENSE at v5.8.9 and 6.2.3",
    )
    slots: Mapping[SlotNumber, Slot] = setting(
        "The nodes by slot; a stack that names some names all. Slots 1 to 3 are the seeds and are never retired.",
        allowed='slots "1" to "10", each an object with version, digest, or {}',
    )
    cpu: Cpu = setting("vCPU of a node.", default=2, allowed=_CPU, ge=0.25, le=4, source=_SIZES)
    memory_gigabytes: float = setting(
        "Memory of a node, in GiB: twice the vCPU.", default=4, ge=0.5, le=8, source=_SIZES
    )
    placement: Literal["single", "zones"] = setting(
        "Where the nodes stand: all in one core environment, or in one core environment a zone.",
        default="single",
    )
    cluster_tls: bool = setting(
        "The nodes talk to each other over TLS; a change makes every node anew, and they meet again only when all are.",
        default=True,
    )
    licence: Secret | None = setting("EMQX licence key.", default=None)
    end_of_life_accepted: EmqxVersion | None = setting(
        "Version past its end of life that this stack runs knowingly.", default=None
    )
    session_expiry_seconds: int = setting(
        "Seconds a session outlives its connection, in the memory of its node.", default=7200, ge=0, le=604_800
    )


class Edge(Group):
    """The HAProxy edge: stateless, between the clients and the nodes."""

    version: HaproxyVersion = setting(
        "HAProxy version: a release of the branch 3.0, which has fixes until 2029.",
        default="3.0.28",
        allowed="3.0. and a number, such as 3.0.28",
        source="haproxy.org: long-term supported branches",
    )
    digest: Digest = setting(
        "Digest of the image.",
        default="",
        allowed="sha256: and 64 hexadecimal digits in lower case",
        computed="the recorded digest of the version, where there is one",
    )
    min_replicas: int = setting(
        "Replicas that always run.",
        default=0,
        computed="what the planned connections need in memory, plus one, at least 2",
        ge=2,
        le=10,
    )
    max_replicas: int = setting("Replicas at most.", default=10, ge=2, le=10)
    cpu: Cpu = setting(
        "vCPU of HAProxy in a replica; the collector beside it takes 0.25 of the 4 a replica may have.",
        default=2,
        allowed=_CPU,
        ge=0.25,
        le=3.75,
        source=_SIZES,
    )
    memory_gigabytes: float = setting(
        "Memory of the same, in GiB: twice the vCPU.", default=4, ge=0.5, le=7.5, source=_SIZES
    )
    scale_at_cpu_percent: int = setting("CPU load above which a replica is added.", default=70, ge=30, le=90)
    drain_seconds: int = setting(
        "Seconds a stopping replica keeps its connections.",
        default=300,
        ge=30,
        le=570,
        source="Microsoft.App REST: a replica's termination grace period is at most 600 s, of which 30 are kept",
    )
