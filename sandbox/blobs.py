"""The blobs of the sandbox's storage accounts, in a file beside its resources.

As in Azure Blob Storage a write can demand what it writes over: an ETag, that there is nothing yet, or the length of
what it appends to. The demand and the write are one transaction, whoever else writes at that moment.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sandbox.azure import errors, ids
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults
from sandbox.store import Store, StoredResource

_CONTAINER: Final = "Microsoft.Storage/storageAccounts/blobServices/containers"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS blobs (
    container TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, etag TEXT NOT NULL,
    PRIMARY KEY (container, name));
"""


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob's content from where it was asked for, its whole length in bytes, and its ETag."""

    content: bytes
    length: int
    etag: str


class Blobs:
    """The blobs of one container.

    Args:
        folder: the sandbox's Azure.
        store: its resources: a container is one of them.
        url: the container's address, ``https://<account>.blob.core.windows.net/<container>``.

    Raises:
        ArmError: from every method: no such container, a demand that is not met, a fault that was laid on it.
    """

    def __init__(self, folder: Path, store: Store, url: str) -> None:
        self._store = store
        self._faults = Faults(store, lambda: None)
        parts = urlsplit(url)
        self._account, self._name = (parts.hostname or "").split(".")[0], parts.path.strip("/")
        self._file = folder / "blobs.sqlite"

    def read(self, name: str, start: int = 0) -> Blob | None:
        """A blob from a byte on; None when there is none of the name."""
        with self._open() as (database, key):
            statement = "SELECT substr(content, ?), length(content), etag FROM blobs WHERE container = ? AND name = ?"
            row = database.execute(statement, (start + 1, key, name)).fetchone()
        return Blob(*row) if row is not None else None

    def write(self, name: str, content: bytes, *, over: str | None) -> str:
        """Write a blob over the one with that ETag, or, for None, where there is none; the new ETag."""
        etag = _etag()
        with self._open() as (database, key):
            if over is None:
                statement = "INSERT OR IGNORE INTO blobs (content, etag, container, name) VALUES (?, ?, ?, ?)"
                done = database.execute(statement, (content, etag, key, name)).rowcount
            else:
                statement = "UPDATE blobs SET content = ?, etag = ? WHERE container = ? AND name = ? AND etag = ?"
                done = database.execute(statement, (content, etag, key, name, over)).rowcount
        if not done:
            raise errors.BLOB_EXISTS() if over is None else errors.CONDITION_NOT_MET()
        return etag

    def append(self, name: str, content: bytes, *, at: int) -> None:
        """Append to a blob that is exactly so long."""
        with self._open() as (database, key):
            row = database.execute("SELECT content FROM blobs WHERE container = ? AND name = ?", (key, name)).fetchone()
            if row is None:
                raise errors.BLOB_NOT_FOUND(name=name)
            if len(row[0]) != at:
                raise errors.APPEND_POSITION(at=at)
            statement = "UPDATE blobs SET content = ?, etag = ? WHERE container = ? AND name = ?"
            database.execute(statement, (row[0] + content, _etag(), key, name))

    @contextmanager
    def _open(self) -> Iterator[tuple[sqlite3.Connection, str]]:
        container = self._container()
        self._faults.before(container.id)
        # Waits for another writer as long as a storage client would.
        database = sqlite3.connect(self._file, isolation_level=None, timeout=30)
        try:
            database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_SCHEMA}")
            database.execute("BEGIN IMMEDIATE")
            # A container made anew under the same name is another one.
            yield database, f"{container.id.lower()}@{container.created}"
            database.execute("COMMIT")
        finally:
            database.close()

    def _container(self) -> StoredResource:
        for resource in self._store.of_type(_CONTAINER):
            parsed = ids.parse(resource.id)
            if parsed is not None and (parsed.names[0], parsed.names[-1]) == (self._account, self._name):
                return resource
        missing: ArmError = errors.CONTAINER_NOT_FOUND()
        raise missing


def _etag() -> str:
    return f'"0x{uuid.uuid4().hex[:15].upper()}"'
