"""What a device may be called: its certificate's common name, its MQTT client id, a level of its topics."""

from __future__ import annotations

import re
from typing import Final

from ops.errors import ExitCode, OpsError
from topics import identity

# The topic contract's own form: a device of another name would get in and be denied every topic.
_DEVICE_ID: Final = re.compile(identity.DEVICE_ID)
ALLOWED: Final = "3 to 32 lower-case letters, digits and `-`, no `-` at an end"


def is_device_id(text: str) -> bool:
    """Whether a device may be called so."""
    return _DEVICE_ID.fullmatch(text) is not None


def device_id(text: str) -> str:
    """The text, if a device may be called so.

    Raises:
        OpsError: it may not.
    """
    if is_device_id(text):
        return text
    raise OpsError(
        ExitCode.DEVICE_ID,
        f"{text!r} is no device id: allowed are {ALLOWED}",
        "The id becomes the certificate's common name, the MQTT client id and a part of the device's topics.",
    )
