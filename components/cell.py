"""What every component of a region cell is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.naming import Names


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One region with all that runs in it.

    names: names of the cell's resources. location: Azure region in its programmatic spelling. zones: availability
    zones in use, empty in a region without. tags: on every resource that takes tags. protect: Pulumi refuses to delete
    or replace what holds data. locks: the same resources carry Azure's CanNotDelete lock.
    """

    names: Names
    location: str
    zones: tuple[str, ...]
    tags: Mapping[str, str]
    protect: bool
    locks: bool
