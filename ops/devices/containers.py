"""Where the register and the revocation lists lie, and how the vault is read: on Azure, or in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class ChangedError(Exception):
    """Somebody else has written in the meantime: read again, judge again, write again."""


@dataclass(frozen=True, slots=True)
class Content:
    """A blob from the byte that was asked for on. length: of the whole, in bytes. etag: of this state of it."""

    data: bytes
    length: int
    etag: str


class Container(Protocol):
    """A container of blobs whose writes demand what they write over. Refusals are :class:`ops.errors.OpsError`."""

    url: str

    def read(self, name: str, start: int = 0) -> Content | None:
        """A blob from a byte on; None when there is none."""
        ...

    def begin(self, name: str) -> None:
        """Make an empty blob that can be appended to; one that exists stays as it is."""
        ...

    def append(self, name: str, data: bytes, *, at: int) -> None:
        """Append to a blob that is exactly so long.

        Raises:
            ChangedError: it is longer by now.
        """
        ...

    def write(self, name: str, data: bytes, *, content_type: str, over: str | None) -> None:
        """Write a blob over the one with that ETag, or, for None, where there is none.

        Raises:
            ChangedError: there is another one by now.
        """
        ...


class Access(Protocol):
    """The way to a vault and to containers, by the login of whoever runs the command."""

    def secret(self, vault_url: str, name: str) -> str:
        """The value of a secret.

        Raises:
            OpsError: no right, no such secret, no way.
        """
        ...

    def container(self, url: str) -> Container:
        """The container of an address."""
        ...
