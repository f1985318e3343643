"""The whole table, and what of it a stack has."""

from __future__ import annotations

from typing import Final

from alerts.alert import Alert, Recording
from alerts.figures import FEATURES, Figures
from alerts.table import broker, cache, database, edge, objectives, platform, upkeep, vault

ALERTS: Final[tuple[Alert, ...]] = (
    *platform.ALERTS,
    *database.ALERTS,
    *cache.ALERTS,
    *vault.ALERTS,
    *edge.ALERTS,
    *broker.ALERTS,
    *objectives.ALERTS,
    *upkeep.ALERTS,
)
"""Every alert, in the order of the platform's parts."""

RECORDINGS: Final[tuple[Recording, ...]] = objectives.RECORDINGS
"""Every recording rule."""

BY_ID: Final = {each.id: each for each in ALERTS}
"""The alerts by their names."""


def lacking(alert: Alert, figures: Figures) -> str:
    """Why a stack has no such alert, in words; empty where it has it."""
    return "; ".join(f"without {FEATURES[need]}" for need in alert.needs if need not in figures.features)


def recordings_of(figures: Figures) -> tuple[Recording, ...]:
    """The recording rules a stack has: all of them are about the probe."""
    return RECORDINGS if "probe" in figures.features else ()


def alerts_of(figures: Figures) -> tuple[Alert, ...]:
    """The alerts a stack has."""
    return tuple(each for each in ALERTS if not lacking(each, figures))
