"""Names of clients, in forms that cannot meet: devices, users, service accounts, and the client ids of apps.

Rules and rows go by username, and a broker ends the older of two sessions with one client id. So no user may have a
device's name, no device a user's, and no app may present a device's client id:

- a device's certificate gives both its username and its client id (EMQX: ``peer_cert_as_username`` and
  ``peer_cert_as_clientid`` are ``cn``);
- an app's client id is made by the broker from its username and what the app sent (EMQX since 5.8.3:
  ``clientid_override``), with a colon that no device's id has. Where the expression fails, EMQX 5.8 takes the id the
  client sent (github.com/emqx/emqx pull request 18390): ``acl.conf`` therefore denies everything to who is neither
  device nor has an app's client id.
"""

from __future__ import annotations

import re
from typing import Final

DEVICE_ID: Final = "[a-z0-9][a-z0-9-]{1,30}[a-z0-9]"
"""A device: 3 to 32 lower-case letters, digits, hyphens; shorter than a user's GUID (36) and without wildcards, which
EMQX 5.8 would take for wildcards where a rule has a placeholder (github.com/emqx/emqx pull request 17596)."""

USER: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""A user: the GUID of the object in the identity tenant, in lower case."""

SERVICE: Final = r"service\.[a-z0-9-]{1,32}"
"""A service account; the dot keeps it apart from devices and users."""

APP_CLIENT_ID_PREFIX: Final = "app:"

CLIENT_ID_EXPRESSION: Final = f"concat(['{APP_CLIENT_ID_PREFIX}', username, ':', clientid])"
"""EMQX's ``mqtt.clientid_override`` in the zone of the WebSocket listener."""


def checked_device_id(text: str) -> str:
    """The id itself.

    Raises:
        ValueError: it is no device's id.
    """
    return _checked("device id", text, DEVICE_ID, "3 to 32 lower-case letters, digits and hyphens, no hyphen at an end")


def checked_username(text: str) -> str:
    """The username of a user or of a service account.

    Raises:
        ValueError: it is neither.
    """
    return _checked("username", text, f"{USER}|{SERVICE}", "a GUID in lower case, or service.<name>")


def app_client_id(username: str, instance: str) -> str:
    """The client id under which the broker knows an app.

    Args:
        username: of a user or a service account.
        instance: the client id the app sent; one for each installation, kept over its starts.

    Raises:
        ValueError: the username has another form.
    """
    return f"{APP_CLIENT_ID_PREFIX}{checked_username(username)}:{instance}"


def _checked(what: str, text: str, form: str, allowed: str) -> str:
    if not re.fullmatch(form, text):
        raise ValueError(f"{what} {text!r}: allowed: {allowed}")
    return text
