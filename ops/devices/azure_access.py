"""Azure's vault and containers, by the login of this shell: ``az login``, a managed or a workload identity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from azure.core import MatchConditions
from azure.core.credentials import TokenCredential
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient
from azure.storage.blob import ContainerClient, ContentSettings

from ops.devices.containers import ChangedError, Content
from ops.errors import ExitCode, OpsError

# learn.microsoft.com, Blob service error codes
_NO_BLOB: Final = "BlobNotFound"
_CHANGED: Final = frozenset(
    {_NO_BLOB, "AppendPositionConditionNotMet", "BlobAlreadyExists", "ConditionNotMet", "TargetConditionNotMet"}
)
# How the services say that it is the way that is closed and not the right that is missing: learn.microsoft.com,
# Key Vault REST API error codes (403), and Storage troubleshooting (AuthorizationFailure).
_CLOSED: Final = ("ForbiddenByConnection", "ForbiddenByFirewall", "Public network access is disabled")
_CLOSED_STORAGE: Final = "AuthorizationFailure"
_INSIDE: Final = (
    "The platform's vault and storage let nobody in from the internet: run this inside the network, from the "
    "operators' subnet."
)


class AzureAccess:
    """Azure by a credential.

    Args:
        credential: the login; without one it is found as Azure's own tools find theirs.
        options: of Azure's clients.
    """

    def __init__(self, credential: TokenCredential | None = None, **options: Any) -> None:
        self._credential = credential or DefaultAzureCredential()
        self._options = options

    def secret(self, vault_url: str, name: str) -> str:
        """The value of a secret."""
        with _asking(f"the secret {name} of {vault_url}", right=f"Key Vault Secrets User on the secret {name}"):
            found = SecretClient(vault_url, self._credential, **self._options).get_secret(name)
        return found.value or ""

    def container(self, url: str) -> AzureContainer:
        """The container of an address."""
        return AzureContainer(url, self._credential, **self._options)


class AzureContainer:
    """A container of Azure Blob Storage."""

    def __init__(self, url: str, credential: Any, **options: Any) -> None:
        self.url = url
        self._client = ContainerClient.from_container_url(url, credential=credential, **options)

    def read(self, name: str, start: int = 0) -> Content | None:
        """A blob from a byte on."""
        while True:
            try:
                with self._asking(name):
                    return self._read(name, start)
            except ChangedError as changed:
                # Gone, or, between its length and its content, changed: then once more.
                if changed.args == (_NO_BLOB,):
                    return None

    def _read(self, name: str, start: int) -> Content:
        blob = self._client.get_blob_client(name)
        known = blob.get_blob_properties()
        if start >= known.size:
            return Content(b"", known.size, known.etag)
        stream = blob.download_blob(
            offset=start, length=known.size - start, etag=known.etag, match_condition=MatchConditions.IfNotModified
        )
        return Content(stream.readall(), known.size, known.etag)

    def begin(self, name: str) -> None:
        """Make an empty blob that can be appended to, unless there is one."""
        try:
            with self._asking(name):
                self._client.get_blob_client(name).create_append_blob(match_condition=MatchConditions.IfMissing)
        except ChangedError:
            return

    def append(self, name: str, data: bytes, *, at: int) -> None:
        """Append to a blob that is exactly so long.

        A lost answer is repeated by the client and then meets its own append: the caller reads it as somebody else's.
        """
        with self._asking(name):
            self._client.get_blob_client(name).append_block(data, appendpos_condition=at)

    def write(self, name: str, data: bytes, *, content_type: str, over: str | None) -> None:
        """Write a blob over a known one."""
        settings = ContentSettings(content_type=content_type)
        blob = self._client.get_blob_client(name)
        with self._asking(name):
            if over is None:
                blob.upload_blob(data, overwrite=False, content_settings=settings)
            else:
                demand = {"etag": over, "match_condition": MatchConditions.IfNotModified}
                blob.upload_blob(data, overwrite=True, content_settings=settings, **demand)

    def _asking(self, name: str) -> Any:
        return _asking(f"{self.url}/{name}", right=f"Storage Blob Data Contributor on the container {self.url}")


@contextmanager
def _asking(what: str, *, right: str) -> Iterator[None]:
    """Azure's refusals as those of these commands."""
    try:
        yield
    except AzureError as error:
        code = _code(error)
        if code in _CHANGED:
            raise ChangedError(code) from error
        raise _refusal(what, right, error) from error


def _code(error: AzureError) -> str:
    """The service's own code, which Azure's client gives as text or as a member of an enumeration."""
    code = getattr(error, "error_code", None) or ""
    return str(getattr(code, "value", code))


def _refusal(what: str, right: str, error: AzureError) -> OpsError:
    words = " ".join(str(error.message or error).split())
    if isinstance(error, HttpResponseError) and error.status_code == 403:
        closed = _code(error) == _CLOSED_STORAGE or any(mark in words for mark in _CLOSED)
        if closed:
            return OpsError(ExitCode.OUT_OF_REACH, f"{what} cannot be reached from here: {words}", _INSIDE)
        mend = f"The login needs the role {right}. A role that was just given takes minutes to reach every server."
        return OpsError(ExitCode.FORBIDDEN, f"{what} is refused to this login: {words}", mend)
    if isinstance(error, ClientAuthenticationError):
        return OpsError(ExitCode.NOT_SIGNED_IN, f"Azure does not know who asks for {what}: {words}", "Run `az login`.")
    if isinstance(error, HttpResponseError) and error.status_code == 404:
        mend = "Run `pulumi up` first; a deleted one is recovered as docs/runbooks/recover-vault.md says."
        return OpsError(ExitCode.NOT_DEPLOYED, f"{what} does not exist: {words}", mend)
    if isinstance(error, ServiceRequestError | ServiceResponseError):
        return OpsError(ExitCode.OUT_OF_REACH, f"{what} cannot be reached: {words}", _INSIDE)
    return OpsError(ExitCode.UNREADABLE, f"{what}: {words}", "Run this again; nothing that was written is lost.")
