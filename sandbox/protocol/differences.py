"""What differs between two sets of inputs, by Pulumi's property paths."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.protocol.package import Change, Values
from sandbox.wire import Secret, Unknown, plain

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][\w$]*")
_ABSENT: Final = object()


def changes(old: Values, new: Values) -> dict[str, Change]:
    """The changed properties: path to the kind of change, innermost first difference only.

    A value not known yet counts as a change. Secrets are compared opened. Lists are compared by index.
    """
    return dict(_between("", old, new))


def _between(path: str, old: Any, new: Any) -> Iterator[tuple[str, Change]]:
    if isinstance(old, Secret) or isinstance(new, Secret):
        old, new = plain(old), plain(new)
    if _is_absent(old) and _is_absent(new):
        return
    if _is_absent(old):
        yield path, Change.ADD
    elif _is_absent(new):
        yield path, Change.DELETE
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _between(_member(path, key), old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _between(f"{path}[{index}]", _item(old, index), _item(new, index))
    elif isinstance(new, Unknown) or _differ(old, new):
        yield path, Change.UPDATE


def _is_absent(value: Any) -> bool:
    return value is _ABSENT or value is None


def _differ(old: Any, new: Any) -> bool:
    # In Python True equals 1; on the wire they are different kinds of value.
    return isinstance(old, bool) is not isinstance(new, bool) or old != new


def _item(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _ABSENT


def _member(path: str, key: str) -> str:
    if not _IDENTIFIER.fullmatch(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key
