"""Pulumi's wire values and the Python values this package works with.

On the wire a property is JSON, with two kinds of marks (Pulumi ``sdk/go/common/resource/sig/sig.go`` and
``plugin/rpc.go``): an object with the key :data:`SIGNATURE` is a secret, an output value, a resource reference or an
asset; one of five fixed strings stands for a value that is not known yet. Here a secret is a :class:`Secret`, an
unknown value is :data:`UNKNOWN`, and everything else is plain JSON with whole numbers as ``int``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the wire's mark, not a secret
OUTPUT_VALUE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown:
    """A value that is known only after deployment."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must never be shown. Its ``repr`` hides it."""

    value: Any

    def __repr__(self) -> str:
        return "Secret([hidden])"


def decode(value: Any) -> Any:
    """Python value of a wire value: unknowns become UNKNOWN, secrets become Secret, ``None`` members are dropped.

    Assets and archives become UNKNOWN: no resource of this project takes one.
    """
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWNS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list | tuple):
        return [decode(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    signature = value.get(SIGNATURE)
    if signature is None:
        return {key: decode(item) for key, item in value.items() if item is not None}
    if signature == SECRET:
        return Secret(plain(decode(value.get("value"))))
    if signature == OUTPUT_VALUE and "value" in value:
        inner = decode(value["value"])
        return Secret(plain(inner)) if value.get("secret") else inner
    if signature == RESOURCE_REFERENCE:
        return value.get("id") or UNKNOWN
    return UNKNOWN


def encode(value: Any) -> Any:
    """Wire value of a Python value; the inverse of :func:`decode`."""
    if isinstance(value, Unknown):
        return UNKNOWN_STRING
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "value": encode(value.value)}
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """The value with every Secret opened. For comparisons and for Azure's own copy, never for messages."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def masked(value: Any) -> Any:
    """A JSON-ready copy for messages and tables: secrets and unknown values show as text."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, Unknown):
        return "<unknown>"
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def with_marks_of(value: Any, marked: Any) -> Any:
    """``value`` with a Secret wherever ``marked`` has one: Azure tells values, the program says which are secret."""
    if isinstance(marked, Secret):
        return Secret(plain(value))
    if isinstance(value, Mapping) and isinstance(marked, Mapping):
        return {key: with_marks_of(item, marked.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(marked, list):
        rest = [None] * max(0, len(value) - len(marked))
        return [with_marks_of(item, mark) for item, mark in zip(value, [*marked, *rest], strict=False)]
    return value


def has_unknown(value: Any) -> bool:
    """Whether any part of the value is not known yet."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)
