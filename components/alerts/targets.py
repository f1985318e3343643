"""The resources that metric alerts are about, by the names the table calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.naming import Names

Targets = Mapping[str, Mapping[str, pulumi.Input[str]]]
"""ARM ids by a name of their own, by the name of what they are."""


def alert_targets(  # noqa: PLR0913 - each is a part of the platform
    *,
    nodes: Mapping[str, pulumi.Input[str]],
    edge: pulumi.Input[str],
    crl: Sequence[pulumi.Input[str]],
    registry: pulumi.Input[str],
    nat: pulumi.Input[str] | None,
    database: pulumi.Input[str],
    cache: pulumi.Input[str] | None,
    vault: pulumi.Input[str],
    front_doors: Sequence[pulumi.Input[str]],
    metrics: pulumi.Input[str],
) -> Targets:
    """The targets of a stack, from the ARM ids of its parts; what a stack does not have is an empty target."""
    return {
        "node": nodes,
        "edge": {"edge": edge},
        "crl": _numbered(crl),
        "registry": {"registry": registry},
        "nat": {} if nat is None else {"outbound": nat},
        "database": {"database": database},
        "cache": {} if cache is None else {"cache": cache},
        "vault": {"vault": vault},
        "front door": _numbered(front_doors),
        "metrics": {"workspace": metrics},
    }


def target_names(names: Names, targets: Targets, *, managed_cache: bool) -> dict[str, tuple[str, ...]]:
    """The names on Azure of the targets that dashboards show; a part that a stack does not have has none.

    Args:
        names: of the cell.
        targets: of the stack.
        managed_cache: whether the cache is Azure Managed Redis, whose metrics the dashboards know.
    """
    return {
        "database": (names.of("Microsoft.DBforPostgreSQL/flexibleServers"),),
        "cache": (names.of("Microsoft.Cache/redisEnterprise"),) if managed_cache else (),
        "edge": (names.of("Microsoft.App/containerApps", "edge"),),
        "front door": tuple(names.of("Microsoft.Cdn/profiles", number) for number in targets["front door"]),
        "metrics": (names.of("Microsoft.Monitor/accounts"),),
    }


def _numbered(ids: Sequence[pulumi.Input[str]]) -> dict[str, pulumi.Input[str]]:
    return {str(number): each for number, each in enumerate(ids, start=1)}
