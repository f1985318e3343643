"""What a check between resources is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.azure import ids
from sandbox.azure.errors import ArmError
from sandbox.protocol.package import Values
from sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Request:
    """A write as the relations see it: id, its parts, opened inputs, and the store it goes to."""

    id: ids.ArmId
    inputs: Values
    store: Store


Relation = Callable[[Request], ArmError | None]
