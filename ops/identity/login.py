"""Logins to the identity tenant that Graph lets do what the steps do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from ops.errors import ExitCode, OpsError
from ops.identity.graph import ADDRESS, SCOPE
from ops.terminal import console

GRAPH_TOOLS: Final = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
"""Microsoft Graph Command Line Tools, a public client of every tenant, to which an administrator may consent any
delegated permission (learn.microsoft.com, Microsoft Graph PowerShell). The app of Azure's own tools, which
azure-identity takes where none is named, has a fixed set without those of policies and user flows: 403."""

_EVERY: Final = ("Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All")
SCOPES: Final = {
    "b2c": (*_EVERY, "Policy.ReadWrite.TrustFramework", "TrustFrameworkKeySet.ReadWrite.All"),
    "externalId": (
        *_EVERY,
        "AppRoleAssignment.ReadWrite.All",
        "Policy.ReadWrite.ApplicationConfiguration",
        "EventListener.ReadWrite.All",
    ),
}
"""Delegated permissions by mode: learn.microsoft.com, Microsoft Graph permissions reference."""


class Login(StrEnum):
    """How to log in to the tenant."""

    DEVICE_CODE = "device-code"
    WORKLOAD = "workload"


def login_to(tenant: str, mode: str, login: Login, client: str) -> Callable[[], str]:
    """A login that gives a token each time it is called.

    Args:
        tenant: before ``.onmicrosoft.com``.
        mode: ``b2c`` or ``externalId``: says which delegated permissions are asked for.
        login: a code for a browser, or the pipeline's federated identity, whose permissions are its registration's.
        client: client id of the public client that a code logs in by.

    Raises:
        OpsError: nobody is logged in.
    """
    # Azure's clients take longer to load than the help to show.
    from azure.core.exceptions import (  # noqa: PLC0415
        ClientAuthenticationError,
        ServiceRequestError,
        ServiceResponseError,
    )
    from azure.identity import (  # noqa: PLC0415
        CredentialUnavailableError,
        DeviceCodeCredential,
        WorkloadIdentityCredential,
    )

    # It warns of what it raises as well, and a refusal is told once.
    logging.getLogger("azure.identity").addHandler(logging.NullHandler())
    domain = f"{tenant}.onmicrosoft.com"
    delegated = tuple(f"{ADDRESS}/{name}" for name in SCOPES[mode])
    ways: dict[Login, tuple[Callable[[], Any], tuple[str, ...]]] = {
        Login.DEVICE_CODE: (
            lambda: DeviceCodeCredential(client_id=client, tenant_id=domain, prompt_callback=_prompt),
            delegated,
        ),
        Login.WORKLOAD: (lambda: WorkloadIdentityCredential(tenant_id=domain), (SCOPE,)),
    }
    made, scopes = ways[login]
    try:
        credential = made()
    except ValueError as error:
        raise _not_signed_in(domain, error) from error

    def token() -> str:
        try:
            return credential.get_token(*scopes).token
        except (ClientAuthenticationError, CredentialUnavailableError) as error:
            # azure-identity wraps what the network did into a refusal.
            if isinstance(error.__cause__, ServiceRequestError | ServiceResponseError):
                raise _unreached(domain, error) from error
            raise _not_signed_in(domain, error) from error
        except (ServiceRequestError, ServiceResponseError) as error:
            raise _unreached(domain, error) from error

    return token


def _not_signed_in(domain: str, error: Exception) -> OpsError:
    return OpsError(
        ExitCode.NOT_SIGNED_IN,
        f"no login to {domain}: {_words(error)}",
        "Take another --login, or log in to that tenant.",
    )


def _unreached(domain: str, error: Exception) -> OpsError:
    return OpsError(
        ExitCode.OUT_OF_REACH,
        f"no way to the login of {domain}: {_words(error)}",
        "Run this where login.microsoftonline.com and graph.microsoft.com can be reached, or see `plan --offline`.",
    )


def _words(error: Exception) -> str:
    return " ".join(str(getattr(error, "message", error)).split())


def _prompt(address: str, code: str, _: object) -> None:
    console.print(f"open {address} and enter {code}", soft_wrap=True)
