"""Where a value inside a request comes from, and how it is found again in text.

The program is run with answers that no other value of the run resembles. Whatever it makes of an answer by joining
texts then still holds the answer verbatim, and where it stands it can be replaced by the expression that gives it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

SUBSCRIPTION: Final = "{subscriptionId}"
"""Stands for the subscription in ids, which differ from run to run by it alone."""


@dataclass(frozen=True, slots=True)
class ResourceId:
    """The ARM id of a resource; its subscription is :data:`SUBSCRIPTION`."""

    id: str


@dataclass(frozen=True, slots=True)
class ResourceProperty:
    """What Azure adds to a resource: its URN and the path in the SDK's spelling."""

    urn: str
    path: Path


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """What a function of azure-native gives about a resource: the function, the resource's id, the path."""

    token: str
    id: str
    path: Path


@dataclass(frozen=True, slots=True)
class Deployer:
    """Who deploys, and where: ``subscriptionId``, ``tenantId``, ``clientId``, ``objectId``."""

    what: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A value that a resource outside of Azure makes (random, tls)."""

    urn: str
    path: Path


@dataclass(frozen=True, slots=True)
class SecretSetting:
    """An encrypted value of the stack file, by its path."""

    path: Path


Origin: TypeAlias = ResourceId | ResourceProperty | FunctionResult | Deployer | Drawn | SecretSetting
Part: TypeAlias = str | Origin

# What would carry an id, an address or a name on: a match that ends before it is a match of something else.
_CONTINUES: Final = "(?![A-Za-z0-9_-])"
_WHOLE: Final = (ResourceId, ResourceProperty, Deployer)


class Origins:
    """Values of one run and where they come from."""

    def __init__(self, subscription_id: str) -> None:
        self.subscription_id = subscription_id
        self._of: dict[str | int, Origin] = {subscription_id: Deployer("subscriptionId")}

    def add(self, value: str | int, origin: Origin) -> None:
        """Note a value; the first origin of a value stays."""
        self._of.setdefault(value, origin)
        self.__dict__.pop("_pattern", None)

    def neutral(self, resource_id: str) -> str:
        """An id without the subscription of this run."""
        return resource_id.replace(self.subscription_id, SUBSCRIPTION)

    def of_number(self, value: int) -> Origin | None:
        """Where a number comes from; None for one that is no answer."""
        return self._of.get(value)

    def parts(self, text: str) -> tuple[Part, ...]:
        """The text as literals and origins, in order."""
        parts: list[Part] = []
        end = 0
        for found in self._pattern.finditer(text):
            if found.start() > end:
                parts.append(text[end : found.start()])
            parts.append(self._of[found[0]])
            end = found.end()
        if end < len(text) or not text:
            parts.append(text[end:])
        return tuple(parts)

    @property
    def drawn(self) -> Mapping[Drawn | SecretSetting, str]:
        """The values of this run that become parameters."""
        return {origin: str(value) for value, origin in self._of.items() if isinstance(origin, Drawn | SecretSetting)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        texts = sorted((value for value in self._of if isinstance(value, str)), key=len, reverse=True)
        return re.compile(
            "|".join(re.escape(t) + (_CONTINUES if isinstance(self._of[t], _WHOLE) else "") for t in texts)
        )
