"""The topic contract: which topics a device has, who may do what with them. Every other form is rendered from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from topics.identity import checked_device_id

VERSION: Final = "v1"
"""Part of every topic. A change that an old receiver cannot read gets a new one, served beside the old."""

PREFIX: Final = f"amora/{VERSION}/devices"


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """One of the topics every device has: ``amora/v1/devices/{device}/<name>``.

    name: last level. Patterns always end in it: EMQX lets ``a/#`` pass a rule for ``a/+``.
    sender: who alone publishes there. qos: the levels a publisher may use. retained: whether every message is
    retained, or none. payload_bytes: the largest payload. expiry_seconds: Message Expiry Interval, nothing where a
    message does not age. about: what it says.
    """

    name: str
    sender: Literal["device", "app"]
    qos: tuple[int, ...]
    retained: bool
    payload_bytes: int
    expiry_seconds: int | None
    about: str


TOPICS: Final[tuple[Topic, ...]] = (
    Topic(
        name="state",
        sender="device",
        qos=(1,),
        retained=True,
        payload_bytes=16_384,
        expiry_seconds=None,
        about="The whole state of the player, at every change; also the last will.",
    ),
    Topic(
        name="telemetry",
        sender="device",
        qos=(0, 1),
        retained=False,
        payload_bytes=4_096,
        expiry_seconds=None,
        about="How the device fares, once a minute.",
    ),
    Topic(
        name="event",
        sender="device",
        qos=(1,),
        retained=False,
        payload_bytes=4_096,
        expiry_seconds=None,
        about="Something that happened once.",
    ),
    Topic(
        name="response",
        sender="device",
        qos=(1,),
        retained=False,
        payload_bytes=40_960,
        expiry_seconds=60,
        about="The answer to a command, with the command's id.",
    ),
    Topic(
        name="command",
        sender="app",
        qos=(1,),
        retained=False,
        payload_bytes=4_096,
        expiry_seconds=30,
        about="What a user asks the device to do.",
    ),
)

MAX_PACKET_BYTES: Final = 65_536
"""What a broker takes at most (EMQX: ``mqtt.max_packet_size``): the largest payload, its topic and its properties."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Will:
    """The last will every device leaves: its broker says for it that it is gone.

    delay_seconds: Will Delay Interval, so that a short cut of the network is no departure.
    payload: the fields beside ``boot``, the process start the will belongs to.
    """

    topic: str
    qos: int
    retained: bool
    delay_seconds: int
    payload: dict[str, bool]


WILL: Final = Will(topic="state", qos=1, retained=True, delay_seconds=5, payload={"online": False})


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What one kind of client may do.

    devices: with its own topics (``itself``), with those of the devices its user owns (``owned``), or with those of
    every device (``every``).
    """

    principal: Literal["device", "app", "operator", "recorder"]
    devices: Literal["itself", "owned", "every"]
    publishes: tuple[str, ...]
    subscribes: tuple[str, ...]
    about: str


_FROM_DEVICE: Final = tuple(topic.name for topic in TOPICS if topic.sender == "device")
_TO_DEVICE: Final = tuple(topic.name for topic in TOPICS if topic.sender == "app")

GRANTS: Final[tuple[Grant, ...]] = (
    Grant(
        principal="device",
        devices="itself",
        publishes=_FROM_DEVICE,
        subscribes=_TO_DEVICE,
        about="A device, by the common name of its certificate.",
    ),
    Grant(
        principal="app",
        devices="owned",
        publishes=_TO_DEVICE,
        subscribes=_FROM_DEVICE,
        about="A user's app, by the user's token: one set of rows for each device the user owns.",
    ),
    Grant(
        principal="operator",
        devices="every",
        publishes=(),
        subscribes=(*_FROM_DEVICE, *_TO_DEVICE),
        about="An operator of the platform: sees all, changes nothing.",
    ),
    Grant(
        principal="recorder",
        devices="every",
        publishes=(),
        subscribes=("state", "event"),
        about="The service account that keeps the last known state for the apps.",
    ),
)
"""Everyone else, and everything else, is denied; nobody has ``#`` or ``$SYS``."""


def topic(name: str) -> Topic:
    """The topic of this name.

    Raises:
        KeyError: the contract has no such topic.
    """
    for each in TOPICS:
        if each.name == name:
            return each
    raise KeyError(f"topic {name!r}; the contract has {', '.join(each.name for each in TOPICS)}")


def grant(principal: str) -> Grant:
    """What this kind of client may do.

    Raises:
        KeyError: the contract knows no such kind.
    """
    for each in GRANTS:
        if each.principal == principal:
            return each
    raise KeyError(f"principal {principal!r}; the contract has {', '.join(each.principal for each in GRANTS)}")


def pattern(device: str, name: str) -> str:
    """The topic, or pattern of topics, with this text in the device's place: an id, ``+`` or a placeholder."""
    return f"{PREFIX}/{device}/{topic(name).name}"


def topic_of(device: str, name: str) -> str:
    """The topic of one device.

    Raises:
        ValueError: the device's id has another form.
        KeyError: the contract has no such topic.
    """
    return pattern(checked_device_id(device), name)
