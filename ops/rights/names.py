"""Names an operator types: users, service accounts, devices, relations, each in the topic contract's own form."""

from __future__ import annotations

import re
import secrets
from typing import Final

import bcrypt

from ops.devices.device_id import device_id
from ops.errors import ExitCode, OpsError
from topics import acl_rows, identity

RELATIONS: Final = tuple(name for name in acl_rows.relations() if name != "owner")
"""What a username can be beside an owner of devices."""

_COST: Final = 12
"""Of bcrypt; the database takes 10 to 14 (components/brokers/emqx/sql/0002_credentials.sql)."""

_PASSWORD_BYTES: Final = 32


def device(text: str) -> str:
    """A device's id.

    Raises:
        OpsError: it has another form.
    """
    return device_id(text)


def user(text: str) -> str:
    """A user's username.

    Raises:
        OpsError: it has another form.
    """
    if re.fullmatch(identity.USER, text):
        return text
    raise OpsError(
        ExitCode.USERNAME,
        f"user {text!r}: allowed: a GUID in lower case",
        "It is the id of the user's object in the identity tenant.",
    )


def account(text: str) -> str:
    """A service account's username.

    Raises:
        OpsError: it has another form.
    """
    if re.fullmatch(identity.SERVICE, text):
        return text
    raise OpsError(
        ExitCode.USERNAME,
        f"account {text!r}: allowed: service.<name>, the name of 1 to 32 lower-case letters, digits and hyphens",
        "The dot keeps service accounts apart from devices and users.",
    )


def member(text: str) -> str:
    """A username that can have a relation: a user's or a service account's.

    Raises:
        OpsError: it has another form.
    """
    return account(text) if "." in text else user(text)


def relation(text: str) -> str:
    """A relation of the topic contract.

    Raises:
        OpsError: the contract has no such relation.
    """
    if text in RELATIONS:
        return text
    raise OpsError(
        ExitCode.USERNAME,
        f"relation {text!r}: allowed: {', '.join(RELATIONS)}",
        "docs/topics.md says what each may do; devices are given with `python -m ops owners give`.",
    )


def new_password() -> tuple[str, str]:
    """A password that was just drawn, and its bcrypt hash."""
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    return password, bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST)).decode()
