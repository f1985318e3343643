"""What an app reads from the vault: each secret with the right to read it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pulumi

from components.app_identity import AppIdentity
from components.cell import Cell
from components.container_app import AppSecret
from components.role_assignment import role_assignment
from components.vault_secret import stored_secret

if TYPE_CHECKING:
    from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class VaultPlace:
    """A vault. scope_name: its type and name, such as ``Microsoft.KeyVault/vaults/kv-amora``."""

    name: pulumi.Input[str]
    vault_id: pulumi.Input[str]
    scope_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """Where secrets are kept.

    depends_on: what must exist before a secret that others keep can be read. used_by: who reads, in words.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    vault: VaultPlace
    depends_on: tuple[pulumi.Resource, ...]
    used_by: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A text to be kept in the vault. ends: RFC 3339 time it is good until; None for a file, which is no credential."""

    name: str
    text: pulumi.Output[str]
    ends: pulumi.Output[str] | None = None


class SecretsInUse:
    """Collects what an app, or several alike, read; every method that takes a secret gives its name back.

    The vault also holds the keys of the certificate authorities. An identity therefore has a right on each secret that
    its app uses, not on the vault.
    """

    def __init__(self, owner: AmoraComponent, name: str, keeping: Keeping) -> None:
        self._owner = owner
        self._name = name
        self._keeping = keeping
        self._uris: dict[str, pulumi.Input[str]] = {}
        self._after: dict[str, tuple[pulumi.Resource, ...]] = {}
        self.files: dict[str, str] = {}
        self.variables: dict[str, str] = {}

    @property
    def app_secrets(self) -> tuple[AppSecret, ...]:
        """Every secret, under its name in the vault."""
        return tuple(AppSecret(name=name, uri=uri) for name, uri in self._uris.items())

    def named(self, name: str, uri: pulumi.Input[str], *, after: tuple[pulumi.Resource, ...] = ()) -> str:
        """A secret that somebody keeps under this name."""
        if name not in self._uris:
            self._uris[name] = uri
            self._after[name] = (*self._keeping.depends_on, *after)
        return name

    def kept(self, text: Kept) -> str:
        """A text of the owner's own, kept in the vault here."""
        keeping = self._keeping
        secret = stored_secret(
            self._owner,
            text.name,
            vault_name=keeping.vault.name,
            resource_group_name=keeping.resource_group_name,
            value=text.text,
            content_type="text/plain",
            expires=text.ends.apply(lambda time: int(datetime.fromisoformat(time).timestamp())) if text.ends else None,
            tags={**keeping.cell.tags, "usedBy": keeping.used_by},
        )
        return self.named(text.name, secret.properties.secret_uri_with_version, after=(secret,))

    def file(self, name: str, secret: str) -> None:
        """Mount a secret as a file."""
        self.files[name] = secret

    def variable(self, name: str, secret: str) -> None:
        """Give a secret as an environment variable."""
        self.variables[name] = secret

    def rights(self, name: str, identity: AppIdentity, secrets: Iterable[AppSecret]) -> tuple[pulumi.Resource, ...]:
        """Let an identity read secrets that are kept; its app waits for what this returns.

        Args:
            name: the app's, for the assignments' logical names.
            identity: of the app.
            secrets: those it names.
        """
        return tuple(self._right(name, identity, each.name) for each in secrets)

    def _right(self, name: str, identity: AppIdentity, secret: str) -> pulumi.Resource:
        vault = self._keeping.vault
        return role_assignment(
            self._owner,
            f"{name}-reads-{secret.removeprefix(f'{self._name}-')}",
            # Text, not the secret's id: that is unknown while a change of the text is planned, and a right on an
            # unknown scope is planned anew.
            scope=pulumi.Output.concat(vault.vault_id, f"/secrets/{secret}"),
            scope_name=f"{vault.scope_name}/secrets/{secret}",
            identity_name=identity.name,
            principal_id=identity.principal_id,
            role="Key Vault Secrets User",
            depends_on=self._after[secret],
        )
