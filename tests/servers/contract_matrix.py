"""Everyone, everything they may do, and much that they may not: written out by hand, as the contract is meant."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.servers.acl_evaluator import Action, Publish, Question, Subscribe
from topics.acl_rows import Row, app_rows, device_rows, operator_rows, recorder_rows

KITCHEN, ATTIC = "kitchen-1", "attic-2"
ANNA, BEN, CORA, DAN = (f"{digit * 8}-0000-4000-8000-00000000000{digit}" for digit in "1234")
OPERATOR = "55555555-0000-4000-8000-000000000005"
RECORDER = "service.recorder"
NAMES = ("state", "telemetry", "event", "response", "command")
TO_APPS = NAMES[:-1]


def of(device: str, *names: str) -> frozenset[str]:
    return frozenset(f"amora/v1/devices/{device}/{name}" for name in names)


@dataclass(frozen=True, slots=True)
class Member:
    """Someone the broker lets in, with the rows it has and what it may do; the rest is denied.

    client_id: as EMQX knows it. rows: of ``mqtt_acl`` on EMQX, none for devices.
    """

    who: str
    username: str
    client_id: str
    rows: tuple[Row, ...]
    publishes: frozenset[str] = frozenset()
    subscribes: frozenset[str] = frozenset()
    device: bool = field(default=False)

    def may(self, action: Action) -> bool:
        match action:
            case Publish(topic):
                return topic in self.publishes
            case Subscribe(topic):
                return topic.removeprefix("$share/group/") in self.subscribes

    def asks(self, action: Action) -> Question:
        return Question(self.username, self.client_id, action, self.username if self.device else None)


def _device(device: str) -> Member:
    publishes, subscribes = of(device, *TO_APPS), of(device, "command")
    return Member(f"device {device}", device, device, device_rows(device), publishes, subscribes, device=True)


def _app(who: str, username: str, *devices: str) -> Member:
    rows = tuple(row for device in devices for row in app_rows(device))
    publishes = frozenset[str]().union(*(of(device, "command") for device in devices))
    subscribes = frozenset[str]().union(*(of(device, *TO_APPS) for device in devices))
    return Member(who, username, f"app:{username}:phone", rows, publishes, subscribes)


def _of_all(who: str, username: str, rows: tuple[Row, ...], *names: str) -> Member:
    # Whatever stands in a device's place, a device or not.
    places = ("+", KITCHEN, ATTIC, "nobodys", KITCHEN.upper(), ANNA)
    subscribes = frozenset[str]().union(*(of(place, *names) for place in places))
    return Member(who, username, f"app:{username}:desk", rows, frozenset(), subscribes)


MEMBERS = (
    _device(KITCHEN),
    _device(ATTIC),
    _app("owner of the kitchen", ANNA, KITCHEN),
    _app("owner of the attic", BEN, ATTIC),
    _app("with whom both are shared", CORA, KITCHEN, ATTIC),
    _app("user without a device", DAN),
    _of_all("operator", OPERATOR, operator_rows(), *NAMES),
    _of_all("recorder", RECORDER, recorder_rows(), "state", "event"),
)

_LEVELS = [
    *sorted(of(KITCHEN, *NAMES, "config", "State", "") | of(ATTIC, *NAMES) | of("nobodys", *NAMES)),
    f"amora/v1/devices/{KITCHEN}",
    f"amora/v1/devices/{KITCHEN}/state/more",
    f"amora/v1/devices/{KITCHEN.upper()}/state",
    f"/amora/v1/devices/{KITCHEN}/state",
    f"amora/v2/devices/{KITCHEN}/state",
    f"amora/v1/devices/{ANNA}/state",
    f"amora/v1/users/{ANNA}/state",
    "amora",
    "anything",
    "$SYS/broker/version",
    "$SYS/brokers/emqx/clients/x/connected",
    "$events/client_connected",
    "$CONTROL/dynamic-security/v1",
]

_WILDCARDS = [
    "#",
    "+",
    "+/#",
    "/#",
    "$SYS/#",
    "$SYS/brokers/+/clients/#",
    "$events/#",
    "amora/#",
    "amora/v1/#",
    "amora/v1/devices/#",
    "amora/v1/devices/+",
    "amora/v1/devices/+/#",
    "amora/v1/devices/+/+",
    "+/+/+/+/+",
    *sorted(of("+", *NAMES, "config")),
    *sorted(of(KITCHEN, "+", "#", "state/#", "+/#", "command/#", "state/+")),
    *(f"{first}/{KITCHEN}/state" for first in ("+/v1/devices", "amora/+/devices", "amora/v1/+", "+/+/+")),
    "$share/group/#",
    "$share/group/$SYS/#",
    *(f"$share/group/{topic}" for topic in sorted(of(KITCHEN, *NAMES, "#") | of("+", *NAMES))),
]

PUBLISHED: tuple[Action, ...] = tuple(Publish(topic, retain=topic.endswith("/state")) for topic in _LEVELS)
SUBSCRIBED: tuple[Action, ...] = tuple(Subscribe(topic) for topic in [*_LEVELS, *_WILDCARDS])
ACTIONS = (*PUBLISHED, *SUBSCRIBED)
