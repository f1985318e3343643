"""Resources that take one write at a time: a second one that comes meanwhile is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sandbox.azure import errors, ids

_REFUSALS: Final[Mapping[str, errors.Wording]] = {
    # ARM type of the owner in lower case. Azure/ResourceModules#3324: parameters and databases written side by side
    "microsoft.dbforpostgresql/flexibleservers": errors.SERVER_IS_BUSY,
}

# Azure's writes last seconds to minutes. Long enough that two requests the engine sends together meet.
_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Busy:
    """The resources that are being written now."""

    _names: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def writing(self, resource_id: str) -> Iterator[None]:
        """One write.

        Raises:
            ArmError: the resource, or the one it is part of, is being written.
        """
        owner = _owner(resource_id)
        if owner is None:
            yield
            return
        name, refusal = owner
        with self._lock:
            if name in self._names:
                raise refusal(server=name.rsplit("/", 1)[1])
            self._names.add(name)
        try:
            yield
            time.sleep(_SECONDS)
        finally:
            with self._lock:
                self._names.discard(name)


def _owner(resource_id: str) -> tuple[str, errors.Wording] | None:
    """The resource that takes one write at a time, among the one written and what it is part of."""
    parsed = ids.parse(resource_id)
    if parsed is None or ids.scope_of_extension(resource_id) is not None:
        return None
    top = "/".join(parsed.type.lower().split("/")[:2])
    refusal = _REFUSALS.get(top)
    return None if refusal is None else ("/".join(resource_id.lower().split("/")[:9]), refusal)
