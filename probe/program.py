"""The probe itself: a device and an app, and a message each way every few seconds."""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from probe.connection import CONNECT_SECONDS, AppConnection, DeviceConnection
from probe.metrics import Metrics, Way
from probe.rounds import Rounds
from probe.settings import Settings
from probe.token import Tokens
from topics.contract import WILL

log = logging.getLogger(__name__)

AGENT = "probe"
"""What the device says it is, in its state."""


class Probe:
    """One run. boot: names it in the states of the device, as a device's agent does."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self.boot = uuid.uuid4().hex[:16]
        self._numbers = itertools.count(1)
        self._rounds = Rounds(metrics)
        self._stopping = threading.Event()
        self._device = DeviceConnection(settings, self._command_arrived, metrics, will=self._gone())
        self._app = AppConnection(settings, Tokens(settings), self._state_arrived, metrics)

    def run(self, rounds: int | None = None) -> None:
        """Go on until ``stop``, or for so many rounds."""
        for connection in (self._device, self._app):
            connection.start()
        try:
            self._wait_for_both()
            began = time.monotonic()
            with ThreadPoolExecutor(max_workers=2, thread_name_prefix="round") as pool:
                for number in itertools.count() if rounds is None else range(rounds):
                    if self._stopping.wait(
                        max(0.0, began + number * self._settings.interval_seconds - time.monotonic())
                    ):
                        break
                    if not (self._device.kept and self._app.kept):
                        # A new start is better than a probe that is blind.
                        raise RuntimeError("a connection is no longer kept; the log says why")
                    self._renew()
                    list(pool.map(self._round, ("mqtt", "websocket")))
        finally:
            self._end()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stopping.set()

    def _wait_for_both(self) -> None:
        """So that the probe's own start is no loss. Longer than that is one."""
        deadline = time.monotonic() + CONNECT_SECONDS
        for connection in (self._device, self._app):
            connection.ready.wait(max(0.0, deadline - time.monotonic()))

    def _renew(self) -> None:
        if self._app.renew():
            self._app.ready.wait(CONNECT_SECONDS)

    def _round(self, way: Way) -> None:
        number = next(self._numbers)
        send = self._send_state if way == "mqtt" else self._send_command
        seconds = self._rounds.run(way, self._key(number), lambda: send(number), self._settings.timeout_seconds)
        if seconds is None:
            log.warning("%s: message %s is lost", way, number)

    def _key(self, number: int) -> str:
        return f"{self.boot}-{number}"

    def _send_state(self, number: int) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        state = {"boot": self.boot, "seq": number, "ts": now, "online": True, "agent": AGENT, "mpd": False}
        self._device.send("state", self._settings.device_id, state)

    def _send_command(self, number: int) -> None:
        self._app.send("command", self._settings.device_id, {"id": self._key(number), "name": "pause"})

    def _state_arrived(self, payload: bytes) -> None:
        state = _object(payload)
        self._rounds.arrived(f"{state.get('boot')}-{state.get('seq')}")

    def _command_arrived(self, payload: bytes) -> None:
        self._rounds.arrived(str(_object(payload).get("id")))

    def _gone(self) -> dict[str, object]:
        return {"boot": self.boot, **WILL.payload}

    def _end(self) -> None:
        try:
            self._device.send(WILL.topic, self._settings.device_id, self._gone())
        except OSError:
            log.info("the device was not connected at the end")
        for connection in (self._app, self._device):
            connection.stop()


def _object(payload: bytes) -> dict[str, object]:
    try:
        found = json.loads(payload)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
