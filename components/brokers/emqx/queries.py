"""What EMQX asks its database and Redis, and the roles it logs in as: for emqx.conf, the migrations and the tests.

EMQX makes a prepared statement of each, and ``$1`` of its placeholder (``emqx_authz_utils:parse_sql`` of emqx/emqx).
The views behind them are ``sql/0002_credentials.sql`` to ``sql/0004_ownership.sql``.
"""

from __future__ import annotations

from typing import Final

DATABASE: Final = "amora"
"""The database of the broker's credentials and access rules."""

AUTHENTICATION_QUERY: Final = (
    "SELECT password_hash, salt, is_superuser FROM mqtt_user WHERE username = ${username} LIMIT 1"
)
"""Of a password-based authenticator with ``backend = postgresql`` and ``password_hash_algorithm { name = bcrypt }``."""

AUTHORIZATION_QUERY: Final = "SELECT permission, action, topic, qos, retain FROM mqtt_acl WHERE username = ${username}"
"""Of an authorization source with ``type = postgresql``."""

AUTHORIZATION_COMMAND: Final = "HGETALL mqtt_acl:${username}"
"""Of an authorization source with ``type = redis``: a hash a username, a field a topic filter.

The command is split into words before the name is filled in (``emqx_authz_redis:parse_cmd``), so no name adds one.
"""

_LOGINS: Final = ("emqx_a", "emqx_b")


def login(generation: int) -> str:
    """The role EMQX logs in as with the passwords of a generation of the secrets.

    Two roles take turns, so that nodes with the old password and nodes with the new one both get in while slots are
    moved one after the other.

    Args:
        generation: ``secrets.generation`` of the stack, 1 or more.
    """
    return _LOGINS[(generation - 1) % len(_LOGINS)]
