"""What a change of rights is made of: the row first, then the connections that still hold the right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ops.errors import OpsError
from ops.rights.connections import Connections
from ops.rights.database import Rights
from topics.contract import TOPICS, topic_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What was done.

    changed: whether a row was. users: whose rights are others now. ended: client ids of connections that were ended, by
    user. retained: topics whose last message was removed.
    """

    changed: bool
    users: tuple[str, ...] = ()
    ended: dict[str, list[str]] = field(default_factory=dict)
    retained: tuple[str, ...] = ()


def take(rights: Rights, broker: Callable[[], Connections], username: str, device: str) -> Change:
    """Take a device from a user and end the user's connections, also where the row was gone already.

    Raises:
        OpsError: the row is gone and a connection may be left; the same call once more ends it.
    """
    changed = rights.take(username, device)
    return Change(changed=changed, users=(username,), ended=_ended(broker, [username]))


def hand_over(rights: Rights, broker: Callable[[], Connections], device: str, username: str) -> Change:
    """Give a device to this user alone: the others lose it, and it loses what it last said.

    Raises:
        OpsError: the rows are right and a connection or a message may be left.
    """
    lost = rights.hand_over(device, username)
    ended = _ended(broker, lost)
    removed = tuple(
        topic
        for topic in (topic_of(device, each.name) for each in TOPICS if each.retained)
        if broker().forget_retained(topic)
    )
    return Change(changed=bool(lost), users=(*lost, username), ended=ended, retained=removed)


def end(broker: Callable[[], Connections], usernames: Iterable[str]) -> Change:
    """End the connections of users whose rights were changed elsewhere."""
    users = tuple(usernames)
    return Change(changed=False, users=users, ended=_ended(broker, users))


def _ended(broker: Callable[[], Connections], usernames: Iterable[str]) -> dict[str, list[str]]:
    try:
        return {username: broker().end(username) for username in usernames}
    except OpsError as error:
        finding, _, mend = str(error).rpartition("\n")
        raise OpsError(
            error.code, f"the right is gone from the database, but connections may be left: {finding}", mend
        ) from error
