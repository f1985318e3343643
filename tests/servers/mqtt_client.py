"""An MQTT 5 client for tests: each step waits for the broker's answer and gives its reason code."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.servers.device_pki import Certificate

NOT_AUTHORIZED = 135
_SECONDS = 10
_NO_ANSWER = -1


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True)
class Will:
    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    delay_seconds: int = 0


@dataclass
class MqttClient:
    """One client; ``connect`` first. Messages are kept in the order they came.

    certificate: with ``trusted``, makes it a TLS client that shows it. will: left at connect.
    """

    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    will: Will | None = None
    messages: list[Message] = field(default_factory=list)
    ended: int | None = None

    def __post_init__(self) -> None:
        self._answers: dict[tuple[str, int], int] = {}
        self._changed = threading.Condition()
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self.username, self.password)
        if self.tls:
            client.tls_set_context(self.tls)
        if self.will:
            properties = Properties(PacketTypes.WILLMESSAGE)
            properties.WillDelayInterval = self.will.delay_seconds
            client.will_set(self.will.topic, self.will.payload, self.will.qos, self.will.retain, properties)
        client.on_socket_open = _no_delay
        client.on_connect = lambda _c, _u, _f, code, _p: self._answer("connect", 0, code.value)
        client.on_publish = lambda _c, _u, mid, code, _p: self._answer("publish", mid, code.value)
        client.on_subscribe = lambda _c, _u, mid, codes, _p: self._answer("subscribe", mid, codes[0].value)
        client.on_disconnect = lambda _c, _u, _f, code, _p: self._end(code.value)
        client.on_message = lambda _c, _u, message: self._keep(message)
        self._client = client

    def connect(self, *, clean: bool = True, session_seconds: int = 0) -> int:
        """The reason code of CONNACK; 0 when it lets in.

        Raises:
            OSError: no connection, or the broker ended it before it answered, as it does with a certificate.
        """
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = session_seconds
        self.ended = None
        host = "localhost" if self.tls else "127.0.0.1"
        self._client.connect(host, self.port, keepalive=30, clean_start=clean, properties=properties)
        self._client.loop_start()
        code = self._wait(lambda: self._answers.pop(("connect", 0), _NO_ANSWER if self.ended else None))
        if code == _NO_ANSWER:
            raise ConnectionAbortedError(f"{self.client_id}: the broker ended the connection")
        return code

    def publish(self, topic: str, payload: bytes = b"{}", *, qos: int = 1, retain: bool = False) -> int:
        """The reason code of PUBACK; of DISCONNECT where the broker ends the connection instead."""
        sent = self._client.publish(topic, payload, qos, retain)
        return self._wait(lambda: self._answers.pop(("publish", sent.mid), self.ended))

    def subscribe(self, topic: str, qos: int = 1) -> int:
        """The reason code of SUBACK: the level granted, or why not."""
        _, mid = self._client.subscribe(topic, qos)
        assert mid is not None
        return self._wait(lambda: self._answers.pop(("subscribe", mid), None))

    def unsubscribe(self, topic: str) -> None:
        """Ask for no more of it."""
        self._client.unsubscribe(topic)

    def received(self, number: int) -> list[Message]:
        """The messages so far, once there are this many."""
        self._wait(lambda: len(self.messages) >= number or None)
        return list(self.messages)

    def until(self, topic: str) -> list[Message]:
        """The messages so far, once one of this topic is among them that is not retained."""
        self._wait(lambda: any(each.topic == topic and not each.retained for each in self.messages) or None)
        return list(self.messages)

    def ending(self) -> int:
        """The reason code with which the broker ends the connection, once it does."""
        return self._wait(lambda: self.ended)

    def cut(self) -> None:
        """Be gone without a word, as a device without power."""
        connection = self._client.socket()
        assert isinstance(connection, socket.socket)
        # Below TLS, so that not even its farewell is sent.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self._client.loop_stop()

    def disconnect(self) -> None:
        """Leave in order; the broker forgets the will."""
        self._client.disconnect()
        self._client.loop_stop()

    def _answer(self, kind: str, mid: int, code: int) -> None:
        with self._changed:
            self._answers[kind, mid] = code
            self._changed.notify_all()

    def _end(self, code: int) -> None:
        with self._changed:
            self.ended = code
            self._changed.notify_all()

    def _keep(self, message: MQTTMessage) -> None:
        with self._changed:
            self.messages.append(Message(message.topic, bytes(message.payload), message.retain))
            self._changed.notify_all()

    def _wait(self, found: Callable[[], Any]) -> Any:
        value = None

        def ready() -> bool:
            nonlocal value
            value = found()
            return value is not None

        with self._changed:
            assert self._changed.wait_for(ready, timeout=_SECONDS), f"{self.client_id}: no answer in {_SECONDS} s"
        return value


def tls_context(trusted: Path, folder: Path, certificate: Certificate | None = None) -> ssl.SSLContext:
    """A client's TLS: what it trusts the server by, and the certificate it shows."""
    context = ssl.create_default_context(cafile=str(trusted))
    if certificate:
        serial = certificate.certificate.serial_number
        own, key = certificate.write(folder, f"client-{serial:x}")
        context.load_cert_chain(own, key)
    return context


def _no_delay(_client: Client, _userdata: Any, connection: Any) -> None:
    # Small packets would wait 40 ms for an acknowledgement otherwise.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
