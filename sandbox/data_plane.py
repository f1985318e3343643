"""What lies inside the sandbox's resources: secrets of its vaults, blobs of its storage accounts.

For the operators' commands, which on Azure reach the same by the address of the vault or the container.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from sandbox import wire
from sandbox.azure import errors
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults
from sandbox.blobs import Blobs
from sandbox.exit_codes import ExitCode, SandboxError
from sandbox.store import Store
from sandbox.workspace import Workspace
from tools.engine import EngineError, engine

_SECRET = "Microsoft.KeyVault/vaults/secrets"  # noqa: S105 - an ARM type


@dataclass(frozen=True, slots=True)
class DataPlane:
    """The inside of a sandbox's resources. Refusals are :class:`ArmError`, as Azure words them."""

    folder: Path
    store: Store

    def secret(self, vault_url: str, name: str) -> str:
        """The value of a secret in the vault of that address.

        Raises:
            ArmError: there is none of that name, or a fault was laid on it.
        """
        vault = (urlsplit(vault_url).hostname or "").split(".")[0]
        for resource in self.store.of_type(_SECRET):
            if resource.id.lower().endswith(f"/vaults/{vault}/secrets/{name}".lower()):
                Faults(self.store, lambda: None).before(resource.id)
                return wire.plain(resource.inputs)["properties"]["value"]
        missing: ArmError = errors.SECRET_NOT_FOUND(name=name)
        raise missing

    def container(self, url: str) -> Blobs:
        """The container of that address."""
        return Blobs(self.folder, self.store, url)


def home_of(environment: Mapping[str, str]) -> Path | None:
    """The sandbox whose state the environment names as Pulumi's backend; None when that is another backend."""
    backend = urlsplit(environment.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme != "file":
        return None
    home = Path(url2pathname(backend.path)).parent
    return home if is_there(home) else None


def is_there(home: Path) -> bool:
    """Whether a folder is a sandbox's, with something in it."""
    return (home / "azure" / "azure.sqlite").is_file()


def environment() -> dict[str, str]:
    """This shell's environment with the sandbox's Pulumi in it, for commands that only read its state.

    Raises:
        SandboxError: there is no engine, or the sandbox's passphrase is lost.
    """
    try:
        bin_dir = engine().bin_dir
    except EngineError as error:
        finding, _, mend = str(error).partition("\n")
        raise SandboxError(ExitCode.NO_ENGINE, finding, mend) from error
    return Workspace.default().environment(bin_dir, "")


@contextmanager
def opened(home: Path) -> Iterator[DataPlane]:
    """The inside of the sandbox in a folder.

    Raises:
        CorruptStoreError: its file cannot be read.
    """
    folder = home / "azure"
    with Store(folder) as store:
        yield DataPlane(folder, store)
