"""Property paths in Pulumi's spelling: names, ``[index]`` and ``["key"]``."""

from __future__ import annotations

import copy
import re
from typing import Any, Final

from sandbox.protocol.package import Values

_STEP: Final = re.compile(r'\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def steps(path: str) -> list[str | int]:
    """The steps of a path.

    Raises:
        ValueError: the text is no path.
    """
    result: list[str | int] = []
    position = 0
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            raise ValueError(f"no property path at {path[position:]!r}")
        name, index, quoted = found.groups()
        result.append(int(index) if index is not None else name or re.sub(r"\\(.)", r"\1", quoted or ""))
        position = found.end()
    if not result:
        raise ValueError("the path is empty")
    return result


def value_at(values: Any, path: str) -> Any:
    """The value at a path, None where there is none."""
    for step in steps(path):
        if isinstance(step, str):
            values = values.get(step) if isinstance(values, dict) else None
        else:
            values = values[step] if isinstance(values, list) and step < len(values) else None
    return values


def assign(values: Values, path: str, value: Any) -> Values:
    """A copy of the values with one of them set; missing objects on the way are made.

    Raises:
        ValueError: the text is no path.
        TypeError, IndexError: the path leads through something that has no such member.
    """
    result = copy.deepcopy(values)
    *parents, last = steps(path)
    here: Any = result
    for step in parents:
        here = here.setdefault(step, {}) if isinstance(step, str) and isinstance(here, dict) else here[step]
    if isinstance(here, dict) is not isinstance(last, str):
        raise TypeError(f"{last!r} is no member of {'an object' if isinstance(here, dict) else 'a list or value'}")
    here[last] = value
    return result
