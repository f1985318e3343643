"""Resources and stacks as rules see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from policies.properties import Properties

if TYPE_CHECKING:
    from pulumi_policy import PolicyResource

# azure-native:app/v20250101:ContainerApp, and from a package of one API version alone
# azure-native_app_v20250101:app:ContainerApp.
_API_VERSION: Final = re.compile(r"^azure-native(?:_\w+)?:([^:/]+)(?:/v\w+)?:")
_DATE: Final = re.compile(r"[_/]v(\d{4})(\d\d)(\d\d)(?:preview)?[:/]")


def plain_token(token: str) -> str:
    """A type's token without the API version in it."""
    return _API_VERSION.sub(r"azure-native:\1:", token)


def api_version(token: str) -> str:
    """The API version in a type's token, as ``2026-02-01``; empty where the SDK's own is meant."""
    found = _DATE.search(token)
    return "-".join(found.groups()) if found else ""


class Resource(Properties):
    """One resource.

    token: its type, without an API version. api_version: what the token says of it; empty for the SDK's own.
    name: its logical name. protect: Pulumi refuses to delete it.
    """

    __slots__ = ("_links", "api_version", "name", "protect", "token", "urn")

    def __init__(
        self,
        token: str,
        name: str,
        urn: str,
        values: Mapping[str, Any],
        *,
        protect: bool = False,
        links: Callable[[str], Iterator[str]] = lambda _property: iter(()),
    ) -> None:
        super().__init__(values)
        self.token = plain_token(token)
        self.api_version = api_version(token)
        self.name = name
        self.urn = urn
        self.protect = protect
        self._links = links

    def linked(self, name: str) -> frozenset[str]:
        """URNs of the resources whose outputs went into one of the properties, also where its value is not known."""
        return frozenset(self._links(name))


class Stack:
    """Every resource of a stack."""

    def __init__(self, resources: tuple[Resource, ...]) -> None:
        self.resources = tuple(sorted(resources, key=lambda each: each.urn))
        self._by_urn = {each.urn: each for each in self.resources}

    @classmethod
    def of_policy(cls, resources: list[PolicyResource]) -> Stack:
        """The stack that Pulumi hands to a policy."""
        return cls(tuple(_of_policy(each) for each in resources))

    def of(self, *tokens: str) -> tuple[Resource, ...]:
        """Its resources of these types."""
        return tuple(each for each in self.resources if each.token in tokens)

    def linked(self, resource: Resource, name: str, *tokens: str) -> tuple[Resource, ...]:
        """The resources of these types whose outputs went into a property."""
        found = (self._by_urn.get(urn) for urn in sorted(resource.linked(name)))
        return tuple(each for each in found if each is not None and each.token in tokens)

    def linking(self, target: Resource, token: str, name: str) -> tuple[Resource, ...]:
        """The resources of a type into whose property the target's outputs went."""
        return tuple(each for each in self.of(token) if target.urn in each.linked(name))


def _of_policy(resource: PolicyResource) -> Resource:
    def links(name: str) -> Iterator[str]:
        return (each.urn for each in resource.property_dependencies.get(name, ()))

    return Resource(
        resource.resource_type,
        resource.name,
        resource.urn,
        resource.props,
        protect=resource.opts.protect,
        links=links,
    )
