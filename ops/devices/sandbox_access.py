"""The sandbox's vault and containers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, ParamSpec, TypeVar

from ops.devices.containers import ChangedError, Content
from ops.errors import ExitCode, OpsError
from sandbox.azure.errors import ArmError
from sandbox.blobs import Blobs
from sandbox.data_plane import DataPlane

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_CHANGED: Final = frozenset({"AppendPositionConditionNotMet", "BlobAlreadyExists", "ConditionNotMet"})
_CODES: Final[Mapping[int, ExitCode]] = {403: ExitCode.FORBIDDEN, 404: ExitCode.NOT_DEPLOYED}


class SandboxAccess:
    """The inside of a sandbox."""

    def __init__(self, plane: DataPlane) -> None:
        self._plane = plane

    def secret(self, vault_url: str, name: str) -> str:
        """The value of a secret."""
        return _asked(f"the secret {name}", self._plane.secret, vault_url, name)

    def container(self, url: str) -> SandboxContainer:
        """The container of an address."""
        return SandboxContainer(url, self._plane.container(url))


class SandboxContainer:
    """A container of the sandbox."""

    def __init__(self, url: str, blobs: Blobs) -> None:
        self.url = url
        self._blobs = blobs

    def read(self, name: str, start: int = 0) -> Content | None:
        """A blob from a byte on."""
        found = _asked(f"{self.url}/{name}", self._blobs.read, name, start)
        return Content(found.content, found.length, found.etag) if found is not None else None

    def begin(self, name: str) -> None:
        """Make an empty blob, unless there is one."""
        try:
            _asked(f"{self.url}/{name}", lambda: self._blobs.write(name, b"", over=None))
        except ChangedError:
            return

    def append(self, name: str, data: bytes, *, at: int) -> None:
        """Append to a blob that is exactly so long."""
        _asked(f"{self.url}/{name}", lambda: self._blobs.append(name, data, at=at))

    def write(self, name: str, data: bytes, *, content_type: str, over: str | None) -> None:  # noqa: ARG002
        """Write a blob over a known one; the sandbox keeps no content types."""
        _asked(f"{self.url}/{name}", lambda: self._blobs.write(name, data, over=over))


def _asked(
    what: str, call: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    try:
        return call(*args, **kwargs)
    except ArmError as error:
        if error.code in _CHANGED:
            raise ChangedError(what) from error
        raise OpsError(
            _CODES.get(error.status, ExitCode.UNREADABLE),
            f"{what}: {error.code}: {error.message}",
            "This is the sandbox's answer, worded as Azure's; `python -m sandbox list` shows what it holds.",
        ) from error
