"""The contract as rows of ``mqtt_acl``, which EMQX reads for everyone who is no device.

EMQX reads permission, action, topic, qos and retain of a row by name (EMQX 5.8, emqx_authz_rule_raw.erl). Rows only
ever allow, so their order does not matter.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from topics.contract import Grant, grant, pattern, topic
from topics.identity import checked_device_id

REVISION: Final = 1
"""Raised by one whenever a row changes: the database goes forward only."""

DEVICE_PLACEHOLDER: Final = "{device}"
"""Stands for a device's id in the patterns of an owner."""

_ANY_QOS: Final = "0,1,2"
_ANY_RETAIN: Final = "all"


class Row(NamedTuple):
    """One row of ``mqtt_acl``, without the username it belongs to.

    qos: levels separated by commas. retain: ``true``, ``false`` or ``all``. A subscription has any level: it is the
    receiver's choice, and the broker lowers it to its own maximum.
    """

    permission: Literal["allow"]
    action: Literal["publish", "subscribe"]
    topic: str
    qos: str
    retain: str


def relations() -> dict[str, tuple[Row, ...]]:
    """Rows by what a username is: ``owner`` of a device, with ``{device}`` for its id; ``operator``; ``recorder``."""
    return {
        "owner": _rows(grant("app"), DEVICE_PLACEHOLDER),
        "operator": operator_rows(),
        "recorder": recorder_rows(),
    }


def app_rows(device: str) -> tuple[Row, ...]:
    """What a user gets with a device.

    Raises:
        ValueError: the device's id has another form.
    """
    return _rows(grant("app"), checked_device_id(device))


def operator_rows() -> tuple[Row, ...]:
    """What an operator of the platform gets."""
    return _rows(grant("operator"), "+")


def recorder_rows() -> tuple[Row, ...]:
    """What the service account gets that keeps the last known state."""
    return _rows(grant("recorder"), "+")


def device_rows(device: str) -> tuple[Row, ...]:
    """What a device may do, for brokers without placeholders; EMQX has it from ``acl.conf``.

    Raises:
        ValueError: the device's id has another form.
    """
    return _rows(grant("device"), checked_device_id(device))


def _rows(given: Grant, device: str) -> tuple[Row, ...]:
    return (
        *(Row("allow", "publish", pattern(device, name), *_limits(name)) for name in given.publishes),
        *(Row("allow", "subscribe", pattern(device, name), _ANY_QOS, _ANY_RETAIN) for name in given.subscribes),
    )


def _limits(name: str) -> tuple[str, str]:
    limits = topic(name)
    return ",".join(str(level) for level in limits.qos), "true" if limits.retained else "false"
