"""Migrations of the broker's database, rendered to what ``sh`` and ``psql`` alone can apply.

Versions are the files of ``sql/``: forward only, each in a transaction of its own, recorded with a checksum of its
text. The topic contract is data and has a revision of its own. The ``.psql`` files say how both are applied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

SCRIPT: Final = "migrate.sh"
BUNDLE: Final = "migrations.psql"

LONGEST_FILE: Final = 25_000
"""Bytes a secret of a Key Vault holds at most (learn.microsoft.com, About Azure Key Vault secrets: 25 KB)."""

OWNER: Final = "owner"
"""The relation of a user to a device; its patterns hold ``{device}``."""

Action = Literal["publish", "subscribe", "all"]

_ACTIONS: Final[Mapping[str, Action]] = {"publish": "publish", "subscribe": "subscribe", "all": "all"}
_RETAIN: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "all": None}
_FOLDER: Final = Path(__file__).parent / "sql"
_FILE: Final = re.compile(r"(?P<version>\d{4})_(?P<name>[a-z_]+)\.sql")
_LOCK: Final = int.from_bytes(sha256(b"amora-sync/emqx/migrations").digest()[:8], signed=True)


@dataclass(frozen=True, slots=True)
class Migration:
    """One version of the database: its number, its name, the SQL that leads to it."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """What is recorded when it is applied: a later change of the text is refused."""
        return sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """One row of the topic contract as the database takes it.

    relation: :data:`OWNER` for what an owner may do with a device, else the name of a membership, such as
    ``operator``. topic: a filter whose first level is literal; with ``{device}`` for owners. qos: allowed levels.
    retain: whether the message is retained; None when either will do.
    """

    relation: str
    action: Action
    topic: str
    qos: tuple[int, ...] = (0, 1, 2)
    retain: bool | None = None

    def row(self) -> str:
        """The row as SQL writes it."""
        retain = "all" if self.retain is None else str(self.retain).lower()
        texts = (self.relation, self.action, self.topic, ",".join(map(str, self.qos)), retain)
        return "(" + ", ".join(_quoted(text) for text in texts) + ")"


def topic_patterns(relations: Mapping[str, Iterable[tuple[str, str, str, str, str]]]) -> tuple[TopicPattern, ...]:
    """The topic contract as the database takes it.

    Args:
        relations: by relation, rows of permission, action, topic, QoS levels with commas, and retain flag (``true``,
            ``false`` or ``all``), as ``topics/acl_rows.py`` makes them.

    Raises:
        ValueError: a row denies; the database holds only what is allowed.
    """
    found = []
    for relation, rows in relations.items():
        for permission, action, topic, qos, retain in rows:
            if permission != "allow":
                raise ValueError(f"{relation} {topic}: permission {permission!r}; the database takes allow only")
            levels = tuple(int(level) for level in qos.split(","))
            found.append(TopicPattern(relation, _ACTIONS[action], topic, levels, _RETAIN[retain]))
    return tuple(found)


@cache
def migrations() -> tuple[Migration, ...]:
    """Every migration in order.

    Raises:
        ValueError: a number is missing or twice.
    """
    found = []
    for path in sorted(_FOLDER.glob("*.sql")):
        named = _FILE.fullmatch(path.name)
        if named is not None:
            found.append(Migration(int(named["version"]), named["name"], path.read_text(encoding="utf-8").rstrip()))
    if [each.version for each in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"{_FOLDER}: migrations are numbered 0001, 0002 and so on without a gap")
    return tuple(found)


def script() -> str:
    """The shell script that applies the bundle beside it."""
    return (_FOLDER / SCRIPT).read_text(encoding="utf-8")


def bundle(patterns: Sequence[TopicPattern], revision: int, versions: Sequence[Migration] | None = None) -> str:
    """What psql runs: every migration that is due, the broker's login, the topic contract.

    Args:
        patterns: the topic contract.
        revision: 1 or more; raised by one whenever the patterns change.
        versions: the migrations; None for all there are.

    Raises:
        ValueError: there are no patterns, or the text does not fit into a secret.
    """
    if not patterns or revision < 1:
        raise ValueError(
            f"revision {revision} with {len(patterns)} patterns; a topic contract has at least one of each"
        )
    known = migrations() if versions is None else tuple(versions)
    rows = sorted(pattern.row() for pattern in patterns)
    values = {
        "newest": str(known[-1].version),
        "lock": str(_LOCK),
        "known": json.dumps({str(each.version): each.checksum for each in known}, separators=(",", ":")),
        "revision": str(revision),
        "patterns": ",\n        ".join(rows),
        "contract": sha256("\n".join(rows).encode()).hexdigest(),
    }
    text = "".join([_filled("begin.psql", values), *map(_step, known), _filled("finish.psql", values)])
    size = len(text.encode())
    if size >= LONGEST_FILE:
        raise ValueError(f"{BUNDLE} has {size} bytes; a secret of the vault holds less than {LONGEST_FILE}")
    return text


def _step(migration: Migration) -> str:
    values = {"version": str(migration.version), "name": migration.name, "checksum": migration.checksum}
    return _filled("migration.psql", {**values, "sql": migration.sql})


def _filled(template: str, values: Mapping[str, str]) -> str:
    text = (_FOLDER / template).read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
