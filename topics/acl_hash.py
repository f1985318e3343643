"""Rows of the contract as a hash of Redis, which EMQX reads by ``HGETALL mqtt_acl:<username>``.

A field is a topic filter, its value the rest of the rule as JSON; every rule allows (EMQX 5.8, emqx_authz_redis.erl).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from topics.acl_rows import Row
from topics.identity import checked_username


def acl_hash(rows: Iterable[Row]) -> dict[str, str]:
    """Fields and values of one user's hash.

    Raises:
        ValueError: two rows have one topic filter, and a hash has one field for it: the second would replace the first.
    """
    fields: dict[str, str] = {}
    for row in rows:
        if row.topic in fields:
            raise ValueError(f"{row.topic}: two rows; a hash of Redis holds one rule for a topic filter")
        fields[row.topic] = _rule(row)
    return fields


def acl_commands(username: str, rows: Iterable[Row], seconds: int | None = None) -> str:
    """The same as commands for ``redis-cli``, one a line: the hash made anew, in one transaction.

    Args:
        username: whose hash.
        rows: what the user may.
        seconds: after which it is all over, 1 or more; None for good.

    Raises:
        ValueError: no user has this name, a topic filter comes twice, or the time is none.
    """
    if seconds is not None and seconds < 1:
        raise ValueError(f"seconds {seconds}: allowed: 1 or more")
    key = f"mqtt_acl:{checked_username(username)}"
    lines = [
        "MULTI",
        f"DEL {key}",
        *(f"HSET {key} '{field}' '{value}'" for field, value in acl_hash(rows).items()),
        *([f"EXPIRE {key} {seconds}"] if seconds is not None else []),
        "EXEC",
    ]
    return "".join(f"{line}\n" for line in lines)


def _rule(row: Row) -> str:
    rule: dict[str, Any] = {"action": row.action, "qos": [int(level) for level in row.qos.split(",")]}
    if row.retain != "all":
        rule["retain"] = row.retain == "true"
    return json.dumps(rule)
