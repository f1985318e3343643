"""The EMQX releases a slot may run: image, digest, licence, end of life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One release.

    repository: path of the image below public.ecr.aws.
    digest: of the multi-platform image; empty where nobody recorded it, and a slot must name it.
    clusters_freely: more than one node runs without a licence.
    supported: the vendor still gives fixes.
    end_of_life: day (ISO 8601) of the last fixes, told or expected.
    source: where licence and dates are stated.
    """

    repository: str
    digest: str
    clusters_freely: bool
    supported: bool
    end_of_life: str
    source: str


RELEASES: Final[dict[str, Release]] = {
    "5.8.9": Release(
        repository="emqx/emqx",
        # As pinned by github.com/WOOWTECH/Woow_podman_emqx quadlet/emqx.container at 097a47f.
        digest="sha256:35b46f7aa7a0d51f3959e4344221ac5ec7f948b03e43099286b6c40a07bb393b",
        clusters_freely=True,
        supported=False,
        end_of_life="2026-02-27",
        source="github.com/emqx/emqx LICENSE at v5.8.9, end of the open-source edition in issue 15226",
    ),
    "6.2.3": Release(
        repository="emqx/emqx-enterprise",
        digest="",
        clusters_freely=False,
        supported=True,
        end_of_life="2027-09-30",
        source="github.com/emqx/emqx LICENSE at 6.2.3 (BSL 1.1: one node without a licence)",
    ),
}
