"""The broker's database, by the login of this shell: rows of owners, accounts and members.

Where ``PGHOST`` is set, libpq's own variables name server, login and password; else the stack's output names the server
and the login is Entra's, whose token is the password.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

import jwt
import psycopg
from psycopg import sql

from ops.errors import ExitCode, OpsError
from topics.acl_rows import Row

ROLE: Final = "amora_provisioner"
"""The group whose rights every change is made with; the audit names the login beside it."""

OPERATOR: Final = "amora_operator"
"""The group that reads every right and changes none."""

DATABASE: Final = "amora"
_SCOPE: Final = "https://ossrdbms-aad.database.windows.net/.default"
_SECONDS: Final = 10

# A login that is refused while it connects comes without a code (psycopg, OperationalError of a connection).
_AT_THE_DOOR: Final = ("permission denied for database", "authentication failed", "no pg_hba.conf entry")


class Owner(NamedTuple):
    """A user and a device the user owns."""

    username: str
    device: str
    since: datetime


class Account(NamedTuple):
    """A service account. relations: of the topic contract, such as ``recorder``."""

    username: str
    enabled: bool
    purpose: str
    relations: tuple[str, ...]
    created: datetime


class Rights:
    """What stands in the database. Every change is committed by itself before the call returns."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def give(self, username: str, device: str) -> bool:
        """Make the user an owner; False where the user is one already."""
        return self._changed(
            "INSERT INTO amora.device_owner (username, device_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            username,
            device,
        )

    def take(self, username: str, device: str) -> bool:
        """Take the device from the user; False where the user has not owned it."""
        return self._changed("DELETE FROM amora.device_owner WHERE username = %s AND device_id = %s", username, device)

    def hand_over(self, device: str, username: str) -> tuple[str, ...]:
        """Give the device to this user alone, in one transaction; the owners who lose it."""
        with self._connection.transaction():
            lost = self._connection.execute(
                "DELETE FROM amora.device_owner WHERE device_id = %s AND username <> %s RETURNING username",
                (device, username),
            ).fetchall()
            self._connection.execute(
                "INSERT INTO amora.device_owner (username, device_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (username, device),
            )
        return tuple(sorted(row[0] for row in lost))

    def owners(self, *, username: str | None = None, device: str | None = None) -> list[Owner]:
        """Owners and devices, by username, then device."""
        rows = self._connection.execute(
            "SELECT username, device_id, since FROM amora.device_owner "
            "WHERE (%(user)s::text IS NULL OR username = %(user)s) AND (%(device)s::text IS NULL OR device_id = "
            "%(device)s) ORDER BY username, device_id",
            {"user": username, "device": device},
        )
        return [Owner(*row) for row in rows.fetchall()]

    def acl(self, username: str) -> list[Row]:
        """What the broker finds for a username: of devices it owns, of its relations, of single rules.

        :data:`OPERATOR` may ask, :data:`ROLE` may not.
        """
        rows = self._connection.execute(
            "SELECT permission, action, topic, qos, retain FROM mqtt.mqtt_acl WHERE username = %s "
            "ORDER BY topic, action",
            (username,),
        )
        return [Row(*row) for row in rows.fetchall()]

    def accounts(self) -> list[Account]:
        """Service accounts, by name."""
        rows = self._connection.execute(
            "SELECT username, enabled, purpose, ARRAY(SELECT relation FROM amora.membership AS member WHERE "
            "member.username = account.username ORDER BY relation), created_at FROM amora.account ORDER BY username"
        )
        return [Account(name, enabled, purpose, tuple(has), at) for name, enabled, purpose, has, at in rows.fetchall()]

    def add_account(self, username: str, password_hash: str, purpose: str) -> None:
        """Make a service account.

        Raises:
            OpsError: there is one of this name.
        """
        made = self._changed(
            "INSERT INTO amora.account (username, password_hash, purpose) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            username,
            password_hash,
            purpose,
        )
        if not made:
            raise OpsError(
                ExitCode.ACCOUNT,
                f"there is an account {username} already",
                "Give it a new password with `renew`, or take another name.",
            )

    def set_password(self, username: str, password_hash: str) -> None:
        """Give a service account another password.

        Raises:
            OpsError: there is no such account.
        """
        if not self._changed(
            "UPDATE amora.account SET password_hash = %s WHERE username = %s", password_hash, username
        ):
            raise _no_account(username)

    def set_enabled(self, username: str, *, enabled: bool) -> None:
        """Say whether a service account may log in.

        Raises:
            OpsError: there is no such account.
        """
        if not self._changed("UPDATE amora.account SET enabled = %s WHERE username = %s", enabled, username):
            raise _no_account(username)

    def remove_account(self, username: str) -> bool:
        """Remove a service account with its relations and rules; False where there is none."""
        with self._connection.transaction():
            self._connection.execute("DELETE FROM amora.membership WHERE username = %s", (username,))
            self._connection.execute("DELETE FROM amora.access_rule WHERE username = %s", (username,))
            return self._connection.execute("DELETE FROM amora.account WHERE username = %s", (username,)).rowcount > 0

    def join(self, username: str, relation: str) -> bool:
        """Give a relation; False where the user has it."""
        return self._changed(
            "INSERT INTO amora.membership (username, relation) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            username,
            relation,
        )

    def leave(self, username: str, relation: str) -> bool:
        """Take a relation; False where the user has not had it."""
        return self._changed("DELETE FROM amora.membership WHERE username = %s AND relation = %s", username, relation)

    def _changed(self, statement: str, *values: Any) -> bool:
        with self._connection.transaction():
            return self._connection.execute(statement.encode(), values).rowcount > 0


@contextmanager
def opened(outputs: Mapping[str, Any], login: str | None = None, role: str = ROLE) -> Iterator[Rights]:
    """The database of a stack, with the rights of a group.

    Args:
        outputs: of the stack; ``databaseHost`` counts where ``PGHOST`` is not set.
        login: name of the Entra user or group to log in as; left out, the one of the token.
        role: the group, :data:`ROLE` or :data:`OPERATOR`.

    Raises:
        OpsError: no way there, no right, or no migration yet.
    """
    try:
        with psycopg.connect(**_address(outputs, login), connect_timeout=_SECONDS, autocommit=True) as connection:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            yield Rights(connection)
    except psycopg.Error as error:
        raise _refused(error, role) from error


def _address(outputs: Mapping[str, Any], login: str | None) -> dict[str, Any]:
    if os.environ.get("PGHOST"):
        return {} if os.environ.get("PGDATABASE") else {"dbname": DATABASE}
    token = _token()
    name = login or _name_in(token)
    return {
        "host": outputs["databaseHost"],
        "dbname": DATABASE,
        "user": name,
        "password": token,
        "sslmode": "verify-full",
        "sslrootcert": "system",
    }


def _token() -> str:
    # Azure's clients take longer to load than most commands to run.
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415

    try:
        return DefaultAzureCredential().get_token(_SCOPE).token
    except ClientAuthenticationError as error:
        words = " ".join(str(error.message).split())
        raise OpsError(
            ExitCode.NOT_SIGNED_IN, f"Azure gives no token for PostgreSQL: {words}", "Run `az login`."
        ) from error


def _name_in(token: str) -> str:
    """The login a token stands for; it is our own, and PostgreSQL verifies it."""
    claims = jwt.decode(token, options={"verify_signature": False})
    found = claims.get("upn") or claims.get("unique_name") or claims.get("appid", "")
    if not found:
        raise OpsError(
            ExitCode.NOT_SIGNED_IN, "the token of this login names nobody", "Name the database's login with --login."
        )
    return str(found)


def _refused(error: psycopg.Error, role: str) -> OpsError:
    words = " ".join(str(error).split())
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return OpsError(ExitCode.NOT_DEPLOYED, f"the database has no such table: {words}", "Start a node: it migrates.")
    if isinstance(error, psycopg.errors.InsufficientPrivilege) or any(each in words for each in _AT_THE_DOOR):
        return OpsError(
            ExitCode.FORBIDDEN,
            f"the database refuses this login: {words}",
            f'Its administrator gives the right: GRANT {role} TO "<Entra user or group>".',
        )
    if isinstance(error, psycopg.errors.UndefinedObject):
        return OpsError(ExitCode.NOT_DEPLOYED, f"the database has no {role}: {words}", "Start a node: it migrates.")
    if isinstance(error, psycopg.OperationalError):
        return OpsError(
            ExitCode.OUT_OF_REACH,
            f"the database cannot be reached: {words}",
            "It lets nobody in from the internet: run this inside the network, from the operators' subnet.",
        )
    return OpsError(
        ExitCode.UNREADABLE, f"the database refuses: {words}", "Nothing was changed; mend it, run it again."
    )


def _no_account(username: str) -> OpsError:
    return OpsError(
        ExitCode.ACCOUNT, f"there is no account {username}", "`python -m ops accounts list` shows those there are."
    )
