"""Types, limits and unknown keys: pydantic finds them, this says them in the words of a stack file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic_core import ErrorDetails

from settings import shape
from settings.model import NAMESPACE, Settings
from settings.problem import Problem
from settings.secret import Secret

_LONGEST_SHOWN: Final = 80
_NUMBER_TYPES: Final = ("int_type", "float_type", "int_parsing")
_UNSEEN: Final = "a value that is not shown, because its group holds a secret"


def problems(errors: Iterable[ErrorDetails], hidden: frozenset[str]) -> Iterator[Problem]:
    """Each of pydantic's errors as a problem of ours.

    Args:
        errors: what validation of :class:`Settings` found, with the inputs.
        hidden: groups of which no value may be shown.
    """
    for error in errors:
        location = tuple(step for step in error["loc"] if step != "[key]")
        of_key = location != error["loc"]
        shown = not location or str(location[0]) not in hidden
        yield _problem(error, location, of_key=of_key, shown=shown)


def _problem(error: ErrorDetails, location: shape.Location, *, of_key: bool, shown: bool) -> Problem:
    path = shape.spelled_path(location)
    kind = error["type"]
    if kind == "extra_forbidden":
        return unknown_key(location)
    field = shape.field_at(Settings, location)
    group = shape.group_at(Settings, location)
    what = shape.allowed(field) if field is not None else "a setting of the reference"
    if group is not None and not of_key:
        what = "an object with " + ", ".join(key for key, _ in shape.fields(group))
    if kind == "missing":
        return Problem(path=path, found="nothing", allowed=what, mend=_add(location, group is not None))
    value = error["input"]
    if kind == "is_instance_of":
        return Problem(path=path, found="plain text", allowed=what, mend=_encrypt(location))
    found = described(value) if shown else _UNSEEN
    meant = _nearest(value, shape.choices(field)) if field is not None else None
    mend = f"Did you mean {meant}?" if meant else _mend(kind, value, path)
    return Problem(path=path, found=found, allowed=what, mend=mend)


def _mend(kind: str, value: Any, path: str) -> str:
    if isinstance(value, Secret):
        return f"Set {path} without --secret; this setting is none."
    if kind in _NUMBER_TYPES and isinstance(value, str):
        return f"Write the number at {path} without quotes."
    if kind == "bool_type":
        return f"Write true or false at {path}, without quotes."
    if kind in ("string_type", "literal_error") and isinstance(value, (int, float)):
        return f"Write the value at {path} in quotes."
    return f"Change {path} in the stack file."


def _add(location: shape.Location, is_group: bool) -> str:  # noqa: FBT001
    key = f"{NAMESPACE}:{shape.spelled_path(location)}"
    if is_group:
        return f"Add it to the stack file as `{key.replace('.', ': ')}:` with the keys that docs/settings.md lists."
    return f"Add it: `pulumi config set --path '{key}' <value>`."


def _encrypt(location: shape.Location) -> str:
    return (
        f"Take it as leaked and renew it, then `pulumi config set --secret --path "
        f"'{NAMESPACE}:{shape.spelled_path(location)}'`."
    )


def unknown_key(location: shape.Location) -> Problem:
    """The problem of a key no setting has, with the likeliest one meant."""
    siblings = shape.group_at(Settings, location[:-1])
    known = [key for key, _ in shape.fields(siblings)] if siblings is not None else []
    name = str(location[-1])
    meant = _nearest(name, known)
    elsewhere = None if meant else next(_paths_named(name), None)
    mend = f"Remove {shape.spelled_path(location)}."
    if meant:
        mend = f"Did you mean {shape.spelled_path((*location[:-1], meant))}?"
    elif elsewhere:
        mend = f"Did you mean {elsewhere}?"
    return Problem(
        path=shape.spelled_path(location), found="an unknown key", allowed="one of " + ", ".join(known), mend=mend
    )


def _nearest(text: Any, known: list[str]) -> str | None:
    """The known spelling the text is likely to mean, case, hyphens and underscores aside."""
    if not isinstance(text, str):
        return None
    folded = {_folded(each): each for each in known}
    near = get_close_matches(_folded(text), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def _folded(key: str) -> str:
    return key.casefold().replace("_", "").replace("-", "")


def _paths_named(name: str) -> Iterator[str]:
    def walk(group: type[Any], above: shape.Location) -> Iterator[str]:
        for key, field in shape.fields(group):
            if _folded(key) == _folded(name):
                yield shape.spelled_path((*above, key))
            if (below := shape.group_of(field.annotation)) is not None:
                yield from walk(below, (*above, key))

    return walk(Settings, ())


def described(value: Any) -> str:
    """A value as found, short enough for one line; a secret is only named."""
    if isinstance(value, Secret):
        return "a secret"
    if value is None:
        return "nothing"
    if isinstance(value, str) and not value:
        return "empty text"
    text = json.dumps(value, ensure_ascii=False, default=_unwritten)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _unwritten(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else "[secret]"
