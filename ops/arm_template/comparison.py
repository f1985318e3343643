"""Two readings of one program compared: what in a request is fixed, what is an answer, what is computed from one.

Answers are found verbatim. What differs between the readings otherwise is a moment (their clocks are a known time
apart), a digest of a text that stands in the template, or computed in a way that ARM cannot repeat: then it is given to
the deployment as a parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, TypeAlias

from ops.arm_template.origins import Origin, Part, Path
from ops.arm_template.reading import Reading
from sandbox.wire import Secret

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Sealed(str):
    """A text that Pulumi keeps secret. It passes through the translation to ARM as what it is: text."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text with answers in it."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that is an answer and no text."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Moment:
    """Seconds since 1970: this many after the moment of the deployment."""

    after: int


@dataclass(frozen=True, slots=True)
class Digest:
    """The SHA-256 of a text, which ARM has no function for."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A value that ARM cannot compute.

    number: which, among all: a value that stands at several places is one. secret: whether Pulumi keeps it secret.
    """

    number: int
    secret: bool


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object; its names may hold answers."""

    items: tuple[tuple[str | Text, Any], ...]


Understood: TypeAlias = Any
"""A literal of JSON, a list of Understood, or one of the classes above."""


@dataclass(slots=True)
class Computed:
    """A value behind :class:`Given`: what both readings had, and where it stands first. secret: as there."""

    first: Any
    second: Any
    where: Path
    secret: bool


@dataclass(slots=True)
class Comparison:
    """Compares what two readings have at one place. computed: what ARM cannot compute, in order of appearance."""

    one: Reading
    two: Reading
    computed: list[Computed] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _texts: dict[str, tuple[str, tuple[Part, ...]]] = field(default_factory=dict)

    def learn(self, one: Any, two: Any) -> None:
        """Note the texts of a request, so that digests of them are known for what they are."""
        for text, other in zip(_texts(one), _texts(two), strict=False):
            parts = self.one.origins.parts(text)
            if text != other and parts == self.two.origins.parts(other):
                self._texts[sha256(text.encode()).hexdigest()] = (sha256(other.encode()).hexdigest(), parts)

    def understand(self, one: Any, two: Any, where: Path) -> Understood:
        """What stands at a place."""
        if isinstance(one, str) and isinstance(two, str):
            return self._text(one, two, where)
        if isinstance(one, Mapping) and isinstance(two, Mapping) and len(one) == len(two):
            return self._object(one, two, where)
        if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
            return [self.understand(a, b, (*where, i)) for i, (a, b) in enumerate(zip(one, two, strict=True))]
        if type(one) is type(two) and one == two:
            return one
        return self._number(one, two, where)

    def _text(self, one: str, two: str, where: Path) -> Understood:
        parts = self.one.origins.parts(one)
        if parts == self.two.origins.parts(two):
            return one if parts == (one,) else Text(parts)
        if _SHA256.fullmatch(one) and self._texts.get(one, ("",))[0] == two:
            return Digest(self._texts[one][1])
        return self._given(one, two, where)

    def _object(self, one: Mapping[str, Any], two: Mapping[str, Any], where: Path) -> Understood:
        items: list[tuple[str | Text, Any]] = []
        for key, other in self._pairs(one, two):
            named = self._text(key, other, where) if key != other else str(key)
            if isinstance(named, Given | Digest):
                return self._given(one, two, where)
            items.append((named, self.understand(one[key], two[other], (*where, key))))
        return Object(tuple(items))

    def _pairs(self, one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Names that belong together: the same ones, then those that hold answers."""
        yield from ((key, key) for key in sorted(one) if key in two)
        changed = sorted((key for key in one if key not in two), key=lambda key: repr(self.one.origins.parts(key)))
        others = sorted((key for key in two if key not in one), key=lambda key: repr(self.two.origins.parts(key)))
        yield from zip(changed, others, strict=True)

    def _number(self, one: Any, two: Any, where: Path) -> Understood:
        if isinstance(one, int) and isinstance(two, int):
            origin = self.one.origins.of_number(one)
            if origin is not None and origin == self.two.origins.of_number(two):
                return Answer(origin)
            after = one - int(self.one.moment.timestamp())
            if after == two - int(self.two.moment.timestamp()):
                return Moment(after)
        return self._given(one, two, where)

    def _given(self, one: Any, two: Any, where: Path) -> Given:
        key = json.dumps([one, two], sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.computed)
            self.computed.append(Computed(one, two, where, secret=False))
        number = self._numbers[key]
        self.computed[number].secret |= any(isinstance(each, Sealed) for each in _texts(one))
        return Given(number, self.computed[number].secret)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from _texts(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def sealed(value: Any, *, inside: bool = False) -> Any:
    """Inputs with their secrets opened and every text in one marked as :class:`Sealed`."""
    if isinstance(value, Secret):
        return sealed(value.value, inside=True)
    if isinstance(value, Mapping):
        return {key: sealed(item, inside=inside) for key, item in value.items()}
    if isinstance(value, list):
        return [sealed(item, inside=inside) for item in value]
    return Sealed(value) if inside and isinstance(value, str) else value
