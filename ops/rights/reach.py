"""The way to a stack's database and to its broker's API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from ops.errors import ExitCode, OpsError
from ops.pulumi_stack import PulumiStack
from ops.rights import database
from ops.rights.connections import Connections
from ops.rights.database import Rights

_KEY: Final = "emqx-api-key"


@contextmanager
def reached(
    stack: str, login: str | None = None, role: str = database.ROLE
) -> Iterator[tuple[Rights, Callable[[], Connections]]]:
    """The database, and what opens the broker's API when it is first needed.

    role: the group whose rights are used.

    Raises:
        OpsError: no such stack, one that is not deployed, no way, no right.
    """
    outputs = PulumiStack(stack).outputs()
    needed = ("databaseHost", "vaultUri", "brokerApiAddresses")
    missing = [name for name in needed if name not in outputs]
    if missing:
        raise OpsError(
            ExitCode.NOT_DEPLOYED,
            f"stack {stack} has no output {', '.join(missing)}",
            "Run `pulumi up` with this version of the program first.",
        )

    @cache
    def broker() -> Connections:
        return _broker(outputs)

    with database.opened(outputs, login, role) as rights:
        yield rights, broker


def _broker(outputs: dict[str, Any]) -> Connections:
    from ops.devices.azure_access import AzureAccess  # noqa: PLC0415 - Azure's clients take long to load

    return Connections(outputs["brokerApiAddresses"], AzureAccess().secret(outputs["vaultUri"], _KEY))
