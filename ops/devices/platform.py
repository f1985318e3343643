"""What a stack says of its devices' certificates, and the way to its vault, its register and its revocation lists."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509

from ops.devices.authority import Authority, TrustedAuthority
from ops.devices.containers import Access, Container
from ops.devices.register import Register
from ops.errors import ExitCode, OpsError
from ops.pulumi_stack import PulumiStack
from sandbox import data_plane
from sandbox.exit_codes import SandboxError
from sandbox.store import CorruptStoreError
from sandbox.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceSettings:
    """The stack's outputs that matter to devices.

    authorities: the trusted CAs, oldest first; the last one issues. roots_pem: what devices trust the MQTT host by.
    certificate_days, crl_days: lifetimes. crl_url: where the lists are served. register_url, lists_url: containers.
    """

    vault_url: str
    authorities: tuple[TrustedAuthority, ...]
    roots_pem: str
    certificate_days: int
    crl_days: int
    crl_url: str
    register_url: str
    lists_url: str

    @classmethod
    def of_outputs(cls, stack: str, outputs: Mapping[str, Any]) -> DeviceSettings:
        """Read a stack's outputs.

        Raises:
            OpsError: the stack has not been deployed with its certificates, register and lists.
        """
        try:
            return cls(
                vault_url=outputs["vaultUri"],
                authorities=tuple(_authority(each) for each in outputs["deviceAuthorities"]),
                roots_pem=outputs["rootCertificates"],
                certificate_days=int(outputs["deviceCertificateDays"]),
                crl_days=int(outputs["crlDays"]),
                crl_url=outputs["crlUrl"],
                register_url=outputs["registerContainerUrl"],
                lists_url=outputs["crlContainerUrl"],
            )
        except (KeyError, TypeError, ValueError) as error:
            missing = (
                f"has no output {error}" if isinstance(error, KeyError) else f"has an output that is wrong: {error}"
            )
            raise OpsError(
                ExitCode.NOT_DEPLOYED,
                f"stack {stack} {missing}",
                "Run `pulumi up` with this version of the program first.",
            ) from error


def _authority(output: Mapping[str, Any]) -> TrustedAuthority:
    return TrustedAuthority(
        generation=int(output["generation"]),
        key_secret_name=output["keySecretName"],
        certificate=x509.load_pem_x509_certificate(output["certificatePem"].encode()),
        issuer=x509.load_pem_x509_certificate(output["issuerPem"].encode()),
    )


class Platform:
    """A stack's devices: settings, register, lists, and the CAs with their keys, each read when it is first needed."""

    def __init__(self, settings: DeviceSettings, access: Access) -> None:
        self.settings = settings
        self._access = access
        self._authorities: dict[int, Authority] = {}
        self.operator = f"{getpass.getuser()}@{socket.gethostname()}"

    @cached_property
    def register(self) -> Register:
        """The register of devices."""
        return Register(self._access.container(self.settings.register_url))

    @cached_property
    def lists(self) -> Container:
        """Where the revocation lists lie."""
        return self._access.container(self.settings.lists_url)

    @property
    def trusted(self) -> frozenset[int]:
        """The generations of CAs that brokers trust."""
        return frozenset(each.generation for each in self.settings.authorities)

    @property
    def issuing_generation(self) -> int:
        """The generation that issues."""
        return self.settings.authorities[-1].generation

    def authority(self, generation: int) -> Authority:
        """A trusted CA with its key.

        Raises:
            OpsError: the vault refuses the key, or what it holds is another one.
        """
        if generation not in self._authorities:
            trusted = next(each for each in self.settings.authorities if each.generation == generation)
            key = self._access.secret(self.settings.vault_url, trusted.key_secret_name)
            self._authorities[generation] = Authority(trusted, key)
        return self._authorities[generation]


@contextmanager
def opened(stack: str, *, sandbox: bool = False) -> Iterator[Platform]:
    """The platform of a stack, reached by the login of this shell.

    Args:
        stack: its name.
        sandbox: it is the stack on the sandbox; else the backend of this shell tells whether it is.

    Raises:
        OpsError: no such stack, or one that is not deployed; the sandbox cannot be read.
    """
    home = Workspace.default().home if sandbox else data_plane.home_of(os.environ)
    if sandbox and not data_plane.is_there(Workspace.default().home):
        raise OpsError(
            ExitCode.NOT_DEPLOYED,
            f"there is no sandbox in {Workspace.default().home}",
            f"`make up STACK={stack}` deploys the stack there; AMORA_SANDBOX_HOME names another folder.",
        )
    try:
        environment = data_plane.environment() if sandbox else {}
    except SandboxError as error:
        finding, _, mend = str(error).partition("\n")
        raise OpsError(error.code, finding, mend) from error
    settings = DeviceSettings.of_outputs(stack, PulumiStack(stack, environment=environment).outputs())
    if home is None:
        # Azure's clients take longer to load than the sandbox takes to answer.
        from ops.devices.azure_access import AzureAccess  # noqa: PLC0415

        yield Platform(settings, AzureAccess())
        return
    with _sandboxed(home) as access:
        yield Platform(settings, access)


@contextmanager
def _sandboxed(home: Path) -> Iterator[Access]:
    from ops.devices.sandbox_access import SandboxAccess  # noqa: PLC0415

    try:
        with data_plane.opened(home) as plane:
            yield SandboxAccess(plane)
    except CorruptStoreError as error:
        finding, _, mend = str(error).partition("\n")
        raise OpsError(ExitCode.UNREADABLE, finding, mend) from error
