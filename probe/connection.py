"""A connection that is kept: made again whenever it ends, until the probe stops."""

from __future__ import annotations

import json
import logging
import os
import socket
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final

from paho.mqtt.client import Client, WebsocketConnectionError
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from probe.metrics import Metrics, Way
from probe.settings import Endpoint, Settings
from probe.token import Tokens
from topics.contract import WILL, topic, topic_of

log = logging.getLogger(__name__)

KEEPALIVE_SECONDS: Final = 30
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 30.0
"""Before the next try, twice as long after each failure."""

CONNECT_SECONDS: Final = 10
_QOS: Final = 1
_LOOK_SECONDS: Final = 0.2


class NotConnectedError(OSError):
    """A message cannot be sent: there is no connection."""


class Connection(ABC):
    """One client of the broker, subscribed to one topic.

    ready: set while connected and subscribed.
    """

    way: Way

    def __init__(
        self, endpoint: Endpoint, subscription: str, received: Callable[[bytes], None], metrics: Metrics
    ) -> None:
        self._endpoint = endpoint
        self._subscription = subscription
        self._received = received
        self._metrics = metrics
        self._stopping = threading.Event()
        self._client: Client | None = None
        self._wanted_end = False
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=self.way, daemon=True)

    def start(self) -> None:
        """Connect, and stay so."""
        self._thread.start()

    @property
    def kept(self) -> bool:
        """Whether it is still looked after; if not, something happened that nobody foresaw."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Say goodbye and end."""
        self._stopping.set()
        client = self._client
        if client is not None:
            client.disconnect()
        self._thread.join(timeout=CONNECT_SECONDS)

    def send(self, name: str, device_id: str, payload: dict[str, object]) -> None:
        """Hand a message of the contract to the broker, as the contract has it.

        Args:
            name: of the topic.
            device_id: whose topic.
            payload: becomes JSON.

        Raises:
            NotConnectedError: there is no connection to hand it to.
        """
        client, rules = self._client, topic(name)
        if client is None or not self.ready.is_set():
            raise NotConnectedError(self.way)
        properties = Properties(PacketTypes.PUBLISH)
        if rules.expiry_seconds is not None:
            properties.MessageExpiryInterval = rules.expiry_seconds
        text = json.dumps(payload).encode()
        done = client.publish(topic_of(device_id, name), text, max(rules.qos), rules.retained, properties)
        if done.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise NotConnectedError(self.way)

    @abstractmethod
    def _made(self) -> Client:
        """A client with this side's credentials.

        Raises:
            OSError: there are none.
        """

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            self._wanted_end = False
            if self._once():
                pause = FIRST_PAUSE_SECONDS
            if self._wanted_end:
                continue
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _once(self) -> bool:
        """Connect and stay until it ends; whether it was connected and subscribed."""
        made = threading.Event()
        try:
            self._stay(made)
        except (OSError, ssl.SSLError, WebsocketConnectionError) as error:
            log.warning("%s: not connected: %s", self.way, error)
        finally:
            self._client = None
            self.ready.clear()
            self._metrics.connected.labels(self.way).set(0)
        if not made.is_set() and not self._stopping.is_set():
            self._metrics.failures.labels(self.way).inc()
        return made.is_set()

    def _stay(self, made: threading.Event) -> None:
        ended = threading.Event()
        client = self._made()
        client.on_connect = lambda _c, _u, _f, code, _p: self._connected(client, code)
        client.on_subscribe = lambda _c, _u, _m, codes, _p: self._subscribed(client, codes, made)
        client.on_message = lambda _c, _u, message: self._received(bytes(message.payload))
        client.on_disconnect = lambda _c, _u, _f, _code, _p: ended.set()
        client.connect_timeout = CONNECT_SECONDS
        client.connect(self._endpoint.host, self._endpoint.port, KEEPALIVE_SECONDS)
        self._client = client
        client.loop_start()
        try:
            # Who accepts and says nothing is not waited for; the loop ends a connection that falls silent later.
            deadline = time.monotonic() + CONNECT_SECONDS
            while not ended.wait(_LOOK_SECONDS):
                if not made.is_set() and time.monotonic() > deadline:
                    log.warning("%s: no answer within %s s", self.way, CONNECT_SECONDS)
                    return
        finally:
            client.loop_stop()

    def _connected(self, client: Client, code: ReasonCode) -> None:
        if code.is_failure:
            log.warning("%s: refused: %s", self.way, code)
            return
        client.subscribe(self._subscription, qos=_QOS)

    def _subscribed(self, client: Client, codes: list[ReasonCode], made: threading.Event) -> None:
        if any(code.is_failure for code in codes):
            log.warning("%s: %s may not be subscribed to", self.way, self._subscription)
            client.disconnect()
            return
        made.set()
        self.ready.set()
        self._metrics.connected.labels(self.way).set(1)
        self._metrics.connects.labels(self.way).inc()


class DeviceConnection(Connection):
    """The device: MQTT over TLS with its certificate."""

    way: Way = "mqtt"

    def __init__(
        self, settings: Settings, received: Callable[[bytes], None], metrics: Metrics, *, will: dict[str, object]
    ) -> None:
        super().__init__(settings.mqtt, topic_of(settings.device_id, "command"), received, metrics)
        self._settings = settings
        self._will_topic = topic_of(settings.device_id, WILL.topic)
        self._will = json.dumps(will).encode()

    def _made(self) -> Client:
        # Made anew with each connection: the file may have a new certificate by then.
        context = ssl.create_default_context(cadata=self._settings.trust)
        context.load_cert_chain(self._settings.certificate)
        client = _client(self._settings.device_id, "tcp")
        client.tls_set_context(context)
        properties = Properties(PacketTypes.WILLMESSAGE)
        properties.WillDelayInterval = WILL.delay_seconds
        client.will_set(self._will_topic, self._will, WILL.qos, WILL.retained, properties)
        return client


class AppConnection(Connection):
    """The app: MQTT over WebSocket with a token. It ends before its token does, and comes back with a new one."""

    way: Way = "websocket"

    def __init__(
        self,
        settings: Settings,
        tokens: Tokens,
        received: Callable[[bytes], None],
        metrics: Metrics,
    ) -> None:
        super().__init__(settings.web_socket, topic_of(settings.device_id, "state"), received, metrics)
        self._settings = settings
        self._tokens = tokens

    def renew(self) -> bool:
        """Between two rounds: connect anew if the token's time is nearly over, and whether that is so."""
        client = self._client
        if client is None or not self.ready.is_set() or not self._tokens.due():
            return False
        self._wanted_end = True
        self.ready.clear()
        client.disconnect()
        return True

    def _made(self) -> Client:
        token = self._tokens.current()
        client = _client("probe", "websockets")
        client.ws_set_options(path=self._settings.path)
        client.username_pw_set(token.username, token.text)
        if self._endpoint.tls:
            client.tls_set_context(ssl.create_default_context())
        return client


def _client(client_id: str, transport: str) -> Client:
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=MQTTProtocolVersion.MQTTv5,
        transport=transport,  # pyright: ignore[reportArgumentType] - a literal there
        reconnect_on_failure=False,
    )
    # A message is sent when it is measured, not when the next one fills the packet.
    client.on_socket_open = _no_delay
    return client


def _no_delay(_client: Client, _userdata: Any, connection: Any) -> None:
    # Paho's WebSocket is no socket, and has the number of one.
    with socket.socket(fileno=os.dup(connection.fileno())) as same:
        same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
