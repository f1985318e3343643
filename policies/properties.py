"""A resource's properties as a rule reads them.

Pulumi gives policies a tree of its own: numbers are floats, lists and objects are no ``list`` and no ``dict``, secrets
are plain text, and touching a value that is not known yet raises. Azure adds that it compares text without case and
that what is left out has a default. All of that is dealt with here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_policy.proxy import UnknownValueError

_UNKNOWN: Final = object()
# What `pulumi policy analyze --file` hands to rules in place of a secret that it cannot decrypt.
_ENCRYPTED: Final = "[secret]"


class UnknownError(Exception):
    """A rule read a value that is not known yet, or that a state file keeps encrypted. The text is the path."""

    def __init__(self, path: str, *, encrypted: bool = False) -> None:
        super().__init__(path)
        self.path = path
        self.encrypted = encrypted


class Properties:
    """Part of a resource: an object of its properties, and where it stands."""

    __slots__ = ("_path", "_values")

    def __init__(self, values: Any, path: str = "") -> None:
        self._values = values
        self._path = path

    def at(self, path: str) -> str:
        """The whole path of one of this object's properties."""
        return ".".join(step for step in (self._path, path) if step)

    def value(self, path: str) -> Any:
        """The raw value at a path, None where there is none.

        Raises:
            UnknownError: the value, or what holds it, is not known yet.
        """
        here: Any = self._values
        steps = path.split(".")
        for index, step in enumerate(steps):
            self._require_known(here, ".".join(steps[:index]))
            if not isinstance(here, Mapping):
                return None
            here = _read(here, step)
        self._require_known(here, path)
        return here

    def given(self, path: str) -> bool:
        """Whether something stands at a path. A value that is not known yet counts: it is going to be there."""
        try:
            return self.has(path)
        except UnknownError:
            return True

    def has(self, path: str) -> bool:
        """Whether something other than nothing, empty text or an empty list stands at a path."""
        value = self.value(path)
        if isinstance(value, str | Mapping | Sequence):
            return len(value) > 0
        return value is not None

    def text(self, path: str, default: str = "") -> str:
        """The text at a path; `default` is what Azure takes where it is left out."""
        value = self.value(path)
        return default if value is None or isinstance(value, Mapping) else _spelled(value)

    def same(self, path: str, *wanted: str, default: str = "") -> bool:
        """Whether the text at a path is one of these, as Azure compares: without case."""
        return self.text(path, default).casefold() in {each.casefold() for each in wanted}

    def flag(self, path: str, *, default: bool) -> bool:
        """The truth value at a path."""
        value = self.value(path)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).casefold() == "true"

    def number(self, path: str, default: float) -> float:
        """The number at a path."""
        value = self.value(path)
        if isinstance(value, bool) or value is None:
            return default
        try:
            return float(value)
        except (TypeError, ValueError):
            return default

    def texts(self, path: str) -> tuple[str, ...]:
        """The texts of the list at a path."""
        return tuple(_spelled(item) for item in self._list(path, known=True))

    def items(self, path: str) -> tuple[Properties, ...]:
        """The objects of the list at a path. One that is not known yet is there, and raises when it is read."""
        found = enumerate(self._list(path, known=False))
        return tuple(Properties(item, f"{self.at(path)}.{index}") for index, item in found)

    def group(self, path: str) -> Properties:
        """The object at a path, an empty one where there is none."""
        return Properties(self.value(path) or {}, self.at(path))

    def free(self, path: str) -> Properties:
        """The object at a path whose names are the user's own, such as tags: in lower case, as Azure compares them."""
        values = self.value(path)
        names = values if isinstance(values, Mapping) else ()
        return Properties({name.casefold(): _read(values, name) for name in names}, self.at(path))

    def keys(self, path: str = "") -> tuple[str, ...]:
        """The names in the object at a path; without a path, of this one."""
        value = self.value(path) if path else self._values
        return tuple(value) if isinstance(value, Mapping) else ()

    def leaves(self) -> Iterator[tuple[str, Any]]:
        """Every known text, number and truth value below this object, with its whole path."""
        yield from _leaves(self._values, self._path)

    def _require_known(self, value: Any, path: str) -> None:
        encrypted = isinstance(value, str) and value == _ENCRYPTED
        if value is _UNKNOWN or encrypted:
            raise UnknownError(self.at(path), encrypted=encrypted)

    def _list(self, path: str, *, known: bool) -> Iterator[Any]:
        value = self.value(path)
        if not isinstance(value, Sequence) or isinstance(value, str):
            return
        for index in range(len(value)):
            item = _read(value, index)
            if known and item is _UNKNOWN:
                raise UnknownError(f"{self.at(path)}.{index}")
            yield item


def _spelled(value: Any) -> str:
    """A value as JSON spells it where text is expected: 443 is a float on the wire, and Azure reads ``443``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _read(holder: Any, step: Any) -> Any:
    try:
        return holder.get(step) if isinstance(holder, Mapping) else holder[step]
    except UnknownValueError:
        return _UNKNOWN


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str)):
        for step in value if isinstance(value, Mapping) else range(len(value)):
            yield from _leaves(_read(value, step), f"{path}.{step}" if path else str(step))
    elif value is not None and value is not _UNKNOWN:
        yield path, value
