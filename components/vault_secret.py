"""A secret in the vault: its value, what it is, and when it must be renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import keyvault

if TYPE_CHECKING:
    from components.component import AmoraComponent


def vault_secret(
    owner: AmoraComponent,
    name: str,
    *,
    vault_name: pulumi.Input[str],
    resource_group_name: pulumi.Input[str],
    value: pulumi.Output[str],
    content_type: str,
    expires: pulumi.Input[int] | None,
    tags: dict[str, str],
) -> pulumi.Output[str]:
    """Keep a value in the vault.

    Args:
        owner: the component it belongs to.
        name: logical and Azure name: letters, digits, hyphens.
        vault_name: the vault.
        resource_group_name: the vault's group.
        value: the secret; it is marked secret here, whatever it was before.
        content_type: MIME type, or what kind of text it is; Azure shows it beside the name.
        expires: seconds since 1970 when it is to be renewed by; None for a file, which is no credential: a tag says so.
        tags: on the secret.

    Returns:
        ``secretUriWithVersion``: it names this value for ever, so that a rotation restarts what we restart.
    """
    secret = stored_secret(
        owner,
        name,
        vault_name=vault_name,
        resource_group_name=resource_group_name,
        value=value,
        content_type=content_type,
        expires=expires,
        tags=tags,
    )
    return secret.properties.secret_uri_with_version


def stored_secret(
    owner: AmoraComponent,
    name: str,
    *,
    vault_name: pulumi.Input[str],
    resource_group_name: pulumi.Input[str],
    value: pulumi.Output[str],
    content_type: str,
    expires: pulumi.Input[int] | None,
    tags: dict[str, str],
) -> keyvault.Secret:
    """The same, for who also gives a right on the secret itself: the resource, which must be there before the right."""
    return keyvault.Secret(
        f"{name}-secret",
        secret_name=name,
        vault_name=vault_name,
        resource_group_name=resource_group_name,
        properties=keyvault.SecretPropertiesArgs(
            value=pulumi.Output.secret(value),
            content_type=content_type,
            attributes=keyvault.SecretAttributesArgs(enabled=True, expires=expires),
        ),
        tags=tags if expires is not None else {**tags, "expires": "never"},
        # ARM deletes no secret: azure-native asks the vault, which lets nobody in from where Pulumi runs. What is let
        # go stays in the vault until it is deleted by hand or with the vault.
        opts=owner.child("azure-native:keyvault:Secret", retain_on_delete=True),
    )
