"""Messages on their way: when they were sent, and what became of them."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from probe.metrics import Metrics, Way

_REMEMBERED: Final = 1000


@dataclass
class _Message:
    way: Way
    sent: float
    over: threading.Event = field(default_factory=threading.Event)
    arrived: float | None = None


class Rounds:
    """One message of a way at a time; those that were given up are remembered for a while, to tell late from lost."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: dict[str, _Message] = {}
        self._given_up: OrderedDict[str, Way] = OrderedDict()

    def run(self, way: Way, key: str, send: Callable[[], None], timeout: float) -> float | None:
        """Send a message and wait for it.

        Args:
            way: how it goes in.
            key: what it is known by on its arrival; never used before.
            send: hands it to the client; any ``OSError`` counts it as lost.
            timeout: seconds after which it is lost.

        Returns:
            Seconds it took, None when it was lost.
        """
        message = _Message(way, self._clock())
        with self._lock:
            self._pending[key] = message
        try:
            send()
            message.over.wait(timeout)
        except OSError:
            pass
        with self._lock:
            del self._pending[key]
            if message.arrived is None:
                self._give_up(key, way)
        if message.arrived is None:
            self._metrics.lost(way)
            return None
        seconds = message.arrived - message.sent
        self._metrics.arrived(way, seconds)
        return seconds

    def arrived(self, key: str) -> None:
        """A message came in; one that nobody waits for, such as a retained one of an earlier run, is nothing."""
        now = self._clock()
        with self._lock:
            message = self._pending.get(key)
            if message is not None:
                # Of one that is delivered twice (QoS 1) the first counts.
                message.arrived = now if message.arrived is None else message.arrived
                message.over.set()
                return
            way = self._given_up.pop(key, None)
        if way is not None:
            self._metrics.late.labels(way).inc()

    def _give_up(self, key: str, way: Way) -> None:
        self._given_up[key] = way
        while len(self._given_up) > _REMEMBERED:
            self._given_up.popitem(last=False)
