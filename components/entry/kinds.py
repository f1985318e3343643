"""Which way in a stack has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from components.entry.direct_entry import DirectEntry
from components.entry.direct_host import DirectHost
from components.entry.front_door import FrontDoor
from components.entry.front_door_profiles import FrontDoorProfiles
from components.entry.interface import Entry, EntryHosts

Way = Literal["frontDoor", "direct"]

ENTRY_HOSTS: Final[Mapping[Way, type[EntryHosts]]] = {"frontDoor": FrontDoorProfiles, "direct": DirectHost}
"""What stands before the edge, by way."""

ENTRIES: Final[Mapping[Way, type[Entry]]] = {"frontDoor": FrontDoor, "direct": DirectEntry}
"""What stands behind it."""
