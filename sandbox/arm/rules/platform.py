"""Rules of Resource Manager itself: tags, locks, role assignments, global locations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, known, open_to_doubt
from sandbox.protocol.package import Values

_TAGS: Final = "learn.microsoft.com, Use tags to organize your Azure resources: limitations"
_FORBIDDEN: Final = "<>%&\\?/"


def _tag_count(values: Values) -> Iterator[tuple[str, str]]:
    tags = known(values, "tags")
    if isinstance(tags, dict) and len(tags) > 50:
        yield "tags", f"{len(tags)} tags; a resource takes at most 50"


def _tag_names(values: Values) -> Iterator[tuple[str, str]]:
    tags = known(values, "tags")
    for name in tags if isinstance(tags, dict) else ():
        if len(name) > 512 or any(letter in name for letter in _FORBIDDEN):
            yield "tags", f"the tag name {name[:40]!r} is longer than 512 characters or has one of {_FORBIDDEN}"


def _tag_values(values: Values) -> Iterator[tuple[str, str]]:
    tags = known(values, "tags")
    for name, text in tags.items() if isinstance(tags, dict) else ():
        if isinstance(text, str) and len(text) > 256:
            yield "tags", f"the value of tag {name!r} has {len(text)} characters; at most 256"


def _lock_notes(values: Values) -> Iterator[tuple[str, str]]:
    notes = known(values, "notes")
    if isinstance(notes, str) and len(notes) > 512:
        yield "notes", f"{len(notes)} characters; at most 512"


def _lives_in_global(values: Values) -> Iterator[tuple[str, str]]:
    location = known(values, "location")
    if not open_to_doubt(values, "location") and str(location).lower() != "global":
        yield "location", f"{location!r}; the type exists in 'global' only and has no default"


RULES: Final = (
    Rule("tag-count", ("*",), "range", _TAGS, _tag_count),
    Rule("tag-names", ("*",), "format", _TAGS, _tag_names),
    Rule("tag-values", ("*",), "range", _TAGS, _tag_values),
    Rule(
        "lock-notes", ("microsoft.authorization/locks",), "range", "REST: ManagementLockProperties.notes", _lock_notes
    ),
    Rule(
        "global-location",
        (
            "microsoft.network/dnszones",
            "microsoft.network/privatednszones",
            "microsoft.network/privatednszones/virtualnetworklinks",
            "microsoft.network/trafficmanagerprofiles",
        ),
        "relation",
        "learn.microsoft.com, Azure DNS and Traffic Manager REST: location is 'global'",
        _lives_in_global,
    ),
)
