"""The base of every component: a constant type token, recorded arguments, children that are its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar

import pulumi

from components.aliases import without_api_versions
from components.create_only import replace_on_changes
from components.naming import Names


class AmoraComponent(pulumi.ComponentResource):
    """A component of the platform.

    Subclasses set :attr:`token` (``amora:<area>:<Name>``, never computed, never changed once deployed), make their
    children with :meth:`child` as options, and end with ``register_outputs``.
    """

    token: ClassVar[str]

    def __init__(self, name: str, args: Any, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.token, name, recorded(args), opts)

    def child(  # noqa: PLR0913 - each is an option of a resource
        self,
        token: str,
        *,
        protect: bool = False,
        depends_on: Sequence[pulumi.Resource] = (),
        ignore_changes: Sequence[str] = (),
        replace_on: Sequence[str] = (),
        deleted_with: pulumi.Resource | None = None,
        secret_outputs: Sequence[str] = (),
        retain_on_delete: bool = False,
        hooks: pulumi.ResourceHookBinding | None = None,
    ) -> pulumi.ResourceOptions:
        """Options of a child resource of this component.

        Nothing of the caller's options is taken over: aliases, protection or dependencies meant for the component
        would otherwise reach every resource in it.

        Args:
            token: type of the child; its create-only properties become ``replaceOnChanges``.
            protect: Pulumi refuses to delete or replace it.
            depends_on: what must exist first though no input says so.
            ignore_changes: property paths that Azure changes by itself.
            replace_on: property paths that Azure would change in place, though this resource must be made anew.
            deleted_with: a resource whose deletion removes this one too.
            secret_outputs: outputs that azure-native leaves in plain text though they are credentials.
            retain_on_delete: Azure keeps it when Pulumi lets it go.
            hooks: what the engine calls around an operation.
        """
        return pulumi.ResourceOptions(
            parent=self,
            protect=protect,
            depends_on=list(depends_on),
            ignore_changes=list(ignore_changes),
            replace_on_changes=[*replace_on_changes(token), *replace_on],
            # Names are explicit, so the new resource cannot stand beside the old one.
            delete_before_replace=True,
            deleted_with=deleted_with,
            additional_secret_outputs=list(secret_outputs),
            retain_on_delete=retain_on_delete,
            hooks=hooks,
            transformations=[without_api_versions],
        )


def recorded(args: Any) -> dict[str, Any]:
    """The arguments as the component's inputs: previews, state and policies then show what it was asked for."""
    return {_camel(field.name): _value(getattr(args, field.name)) for field in fields(args)}


def _value(value: Any) -> Any:
    if isinstance(value, Names):
        return {"environment": value.environment, "region": value.region}
    if isinstance(value, pulumi.Resource):
        # Its name is enough: a reference would be read back as the whole resource wherever the inputs are read.
        return value.urn
    if isinstance(value, pulumi.Output):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return recorded(value)
    if isinstance(value, Mapping):
        return {str(key): _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
