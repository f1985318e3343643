"""What the sandbox's Azure holds, in one SQLite file: resources, soft-deleted ones, namespaces, faults.

SQLite gives what a stand-in needs that is killed in the middle: a write is there wholly or not at all. Secret values
are encrypted with a key beside the file, so that no secret of a stack lies in plain text anywhere below the sandbox.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken

from sandbox.protocol.package import Values
from sandbox.wire import Secret

SCHEMA_VERSION: Final = 1
_ENCRYPTED: Final = "$encrypted"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS resources (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, token TEXT NOT NULL, type TEXT NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS soft_deleted (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, token TEXT NOT NULL, type TEXT NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS namespaces (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, target TEXT NOT NULL, remaining INTEGER NOT NULL,
    seconds REAL NOT NULL);
"""


class CorruptStoreError(Exception):
    """The sandbox's file cannot be read. The text names the file, the finding and the mend."""

    def __init__(self, path: Path, finding: object) -> None:
        super().__init__(
            f"the sandbox's state {path} cannot be read: {finding}\n"
            "Start afresh with `python -m sandbox reset` (it removes the stand-in's resources, nothing on Azure)."
        )


@dataclass(frozen=True, slots=True)
class StoredResource:
    """A resource as the sandbox's Azure knows it.

    inputs: what the last request said, in the SDK's spelling; outputs: what Azure added (without the inputs).
    created: seconds since the epoch.
    """

    id: str
    token: str
    type: str
    inputs: Values
    outputs: Values
    created: float


@dataclass(frozen=True, slots=True)
class StoredFault:
    """A fault that waits: ``target`` is a pattern over ARM ids, ``remaining`` how often it still strikes."""

    number: int
    kind: str
    target: str
    remaining: int
    seconds: float


class Store:
    """The sandbox's Azure on disk. Safe for the threads of one process; every write is one transaction.

    Raises:
        CorruptStoreError: from the constructor and every read, when the file is not a store of this version.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "azure.sqlite"
        self._lock = threading.RLock()
        self._cipher = Fernet(_key(folder / "azure.key"))
        try:
            self._database = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=30)
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, SCHEMA_VERSION):
                raise CorruptStoreError(self.path, f"schema version {version}, this sandbox writes {SCHEMA_VERSION}")
            # Full synchronisation guards against power loss, which a stand-in need not survive; a kill it does survive.
            self._database.executescript(
                f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_SCHEMA} PRAGMA user_version={SCHEMA_VERSION};"
            )
        except sqlite3.DatabaseError as error:
            raise CorruptStoreError(self.path, error) from error
        self.path.chmod(0o600)

    def close(self) -> None:
        """Close the file; the store must not be used afterwards."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """One transaction: what is checked inside still holds when the write happens."""
        with self._lock:
            nested = self._database.in_transaction
            if not nested:
                self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if not nested:
                    self._database.execute("ROLLBACK")
                raise
            if not nested:
                self._database.execute("COMMIT")

    def get(self, resource_id: str) -> StoredResource | None:
        """The resource of that id, whatever the case of its letters; None if there is none."""
        return next(iter(self._select("resources", "WHERE key = ?", resource_id.lower())), None)

    def all(self) -> list[StoredResource]:
        """Every resource, oldest first."""
        return self._select("resources", "ORDER BY created, key")

    def below(self, resource_id: str) -> list[StoredResource]:
        """Every resource whose id lies below that one."""
        return self._select("resources", "WHERE substr(key, 1, ?) = ?", len(resource_id) + 1, resource_id.lower() + "/")

    def of_type(self, arm_type: str) -> list[StoredResource]:
        """Every resource of an ARM type."""
        return self._select("resources", "WHERE lower(type) = ? ORDER BY created", arm_type.lower())

    def put(self, resource: StoredResource, *, soft_deleted: bool = False) -> None:
        """Write a resource, over what its id held before."""
        table = "soft_deleted" if soft_deleted else "resources"
        row = (
            resource.id.lower(),
            resource.id,
            resource.token,
            resource.type,
            self._dump(resource.inputs),
            self._dump(resource.outputs),
            resource.created or time.time(),
        )
        with self.exclusive():
            self._database.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608

    def remove(self, resource_id: str) -> bool:
        """Remove a resource; whether there was one."""
        with self.exclusive():
            rows = self._database.execute("DELETE FROM resources WHERE key = ?", (resource_id.lower(),)).rowcount
        return rows > 0

    def soft_deleted(self, resource_id: str) -> StoredResource | None:
        """The soft-deleted resource of that id."""
        return next(iter(self._select("soft_deleted", "WHERE key = ?", resource_id.lower())), None)

    def all_soft_deleted(self) -> list[StoredResource]:
        """Every soft-deleted resource."""
        return self._select("soft_deleted", "ORDER BY created")

    def purge(self, resource_id: str) -> None:
        """Forget a soft-deleted resource."""
        with self.exclusive():
            self._database.execute("DELETE FROM soft_deleted WHERE key = ?", (resource_id.lower(),))

    def namespaces(self) -> frozenset[str]:
        """The registered provider namespaces, in lower case."""
        return frozenset(row[0] for row in self._rows("SELECT name FROM namespaces"))

    def register(self, namespace: str) -> None:
        """Register a provider namespace."""
        with self.exclusive():
            self._database.execute("INSERT OR IGNORE INTO namespaces VALUES (?)", (namespace.lower(),))

    def add_fault(self, kind: str, target: str, times: int, seconds: float) -> int:
        """Lay a fault; its number."""
        with self.exclusive():
            cursor = self._database.execute(
                "INSERT INTO faults (kind, target, remaining, seconds) VALUES (?, ?, ?, ?)",
                (kind, target, times, seconds),
            )
        return cursor.lastrowid or 0

    def faults(self) -> list[StoredFault]:
        """The faults that wait, oldest first."""
        rows = self._rows("SELECT number, kind, target, remaining, seconds FROM faults ORDER BY number")
        return [StoredFault(*row) for row in rows]

    def take_fault(self, wanted: Callable[[StoredFault], bool]) -> StoredFault | None:
        """The first waiting fault that is wanted, used up by one; None if there is none."""
        with self.exclusive():
            fault = next(filter(wanted, self.faults()), None)
            if fault is not None:
                self._database.execute("UPDATE faults SET remaining = remaining - 1 WHERE number = ?", (fault.number,))
                self._database.execute("DELETE FROM faults WHERE remaining <= 0")
        return fault

    def clear_faults(self) -> None:
        """Remove every waiting fault."""
        with self.exclusive():
            self._database.execute("DELETE FROM faults")

    def _select(self, table: str, clause: str, *values: object) -> list[StoredResource]:
        statement = f"SELECT id, token, type, inputs, outputs, created FROM {table} {clause}"  # noqa: S608
        return [
            StoredResource(row[0], row[1], row[2], self._load(row[3]), self._load(row[4]), row[5])
            for row in self._rows(statement, *values)
        ]

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._database.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise CorruptStoreError(self.path, error) from error

    def _dump(self, values: Values) -> str:
        return json.dumps(self._seal(values), sort_keys=True)

    def _load(self, text: str) -> Values:
        try:
            return self._open(json.loads(text))
        except (ValueError, InvalidToken) as error:
            raise CorruptStoreError(self.path, type(error).__name__) from error

    def _seal(self, value: Any) -> Any:
        if isinstance(value, Secret):
            return {_ENCRYPTED: self._cipher.encrypt(json.dumps(value.value).encode()).decode()}
        if isinstance(value, Mapping):
            return {key: self._seal(item) for key, item in value.items()}
        return [self._seal(item) for item in value] if isinstance(value, list) else value

    def _open(self, value: Any) -> Any:
        if isinstance(value, dict) and _ENCRYPTED in value:
            return Secret(json.loads(self._cipher.decrypt(value[_ENCRYPTED].encode())))
        if isinstance(value, dict):
            return {key: self._open(item) for key, item in value.items()}
        return [self._open(item) for item in value] if isinstance(value, list) else value


def _key(path: Path) -> bytes:
    """The store's key, made on first use, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        try:
            Fernet(key)
        except ValueError as error:
            raise CorruptStoreError(path, "not a key") from error
        return key
    key = Fernet.generate_key()
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
