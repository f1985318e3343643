"""What a step finds in the tenant: whether it is there, and where it is otherwise than wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

UNKNOWN: Final = "(known once it is made)"


class Outcome(StrEnum):
    """What a step finds to do."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that is otherwise than it should be."""

    path: str
    found: Any
    wanted: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a step found.

    differences: of its properties; of one that is to be made, all of them. lines: of a text that is otherwise, as a
    unified diff. carry_out: does it; nothing where there is nothing to do.
    """

    step: str
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    lines: tuple[str, ...] = ()
    carry_out: Callable[[], None] | None = None


@dataclass
class Known:
    """Ids that are known by now: client and object ids of app registrations, ids of service principals, by key."""

    clients: dict[str, str] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    principals: dict[str, str] = field(default_factory=dict)


def differences(wanted: Any, found: Any, path: str = "") -> Iterator[Difference]:
    """Where what is found is otherwise than wanted; what Graph adds by itself is no difference."""
    if isinstance(wanted, Mapping):
        there = found if isinstance(found, Mapping) else {}
        for key, value in wanted.items():
            yield from differences(value, there.get(key), f"{path}.{key}" if path else key)
    elif isinstance(wanted, list) and wanted and all(isinstance(each, Mapping) for each in wanted):
        there = found if isinstance(found, list) else []
        if len(there) != len(wanted):
            yield Difference(path, found, wanted)
            return
        # Graph promises no order.
        for number, (value, other) in enumerate(zip(_ordered(wanted), _ordered(there), strict=True)):
            yield from differences(value, other, f"{path}[{number}]")
    elif isinstance(wanted, list):
        if sorted(map(str, found or [])) != sorted(map(str, wanted)):
            yield Difference(path, found, wanted)
    elif wanted != found:
        yield Difference(path, found, wanted)


def _ordered(items: Sequence[Any]) -> list[Any]:
    keys = ("appId", "resourceAppId", "attribute", "value", "id")

    def name(item: Any) -> str:
        return next((str(item[key]) for key in keys if key in item), "") if isinstance(item, Mapping) else str(item)

    return sorted(items, key=name)
