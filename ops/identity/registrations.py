"""The app registrations as data, and as Microsoft Graph takes them."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ops.identity.findings import differences

_FILE: Final = Path(__file__).with_name("registrations.toml")
# Ids of scopes and roles follow from their names, so that a second run finds the same ones.
_IDS: Final = uuid.UUID("6f0f2f0c-9c43-4a3e-8f55-0d9f4a1c7be1")
# With it Graph takes no appRoles: learn.microsoft.com, Validation differences by supported account types.
_ANYBODY: Final = "AzureADandPersonalMicrosoftAccount"


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """A scope (for an app with a user) or a role (for one without). id: GUID."""

    id: str
    value: str
    title: str
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """One app registration.

    key: its name in the data. name: as it is shown. address: of an API, its identifier URI. spa, public: redirect
    addresses of browsers and of installed apps. asks: ``scope`` or ``role`` of the API ``asks_of``; empty for none.
    signs_in: scopes of Microsoft Graph that signing users in takes. audience: whose users may use it, in Graph's words.
    access_token_version: 1 or 2. Version 1 names the API's address as audience, and another issuer
    (docs/decisions/0081).
    """

    key: str
    name: str
    about: str
    address: str = ""
    scope: Permission | None = None
    role: Permission | None = None
    spa: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    asks: str = ""
    asks_of: str = "broker"
    signs_in: tuple[str, ...] = ()
    audience: str = "AzureADMyOrg"
    access_token_version: int = 2

    @property
    def tag(self) -> str:
        """What the registration is found by in the tenant."""
        return f"amora-sync/{self.key}"

    @property
    def unique_name(self) -> str:
        """What it is made under: of two with the same name Graph makes one."""
        return f"amora-sync-{self.key}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lifetimes:
    """access_seconds: of access and id tokens, 300 to 86,400. refresh_days, rolling_days: 1 to 90."""

    access_seconds: int
    refresh_days: int
    rolling_days: int


def lifetimes() -> Lifetimes:
    """How long tokens last."""
    return Lifetimes(**_data()["lifetimes"])


def registrations(mode: str, *, tenant: str, zone: str, environment: str) -> tuple[Registration, ...]:
    """The registrations of a mode, APIs first."""
    places = {"zone": zone, "environment": environment, "domain": f"{tenant}.onmicrosoft.com"}
    data = {key: each for key, each in _data()["applications"].items() if mode in each["modes"]}
    found = [_registration(key, each, {**places, "mode": mode}) for key, each in data.items()]
    return tuple(sorted(found, key=lambda each: not each.address))


def microsoft_graph() -> str:
    """Client id of Microsoft Graph, whose scopes signing in takes."""
    return _data()["microsoft_graph"]["client_id"]


def body(wanted: Registration, apis: Mapping[str, tuple[str, Registration]]) -> dict[str, Any]:
    """A registration as Graph takes it.

    Args:
        wanted: the registration.
        apis: client id and registration of each API, by key.
    """
    asked = apis.get(wanted.asks_of) if wanted.asks else None
    access = [_access(*asked, wanted.asks)] if asked else []
    if wanted.signs_in:
        access.append(_sign_in(wanted.signs_in))
    return {
        "displayName": wanted.name,
        "notes": wanted.about,
        "tags": ["amora-sync", wanted.tag],
        "signInAudience": wanted.audience,
        "isFallbackPublicClient": bool(wanted.public),
        "identifierUris": [wanted.address] if wanted.address else [],
        "spa": {"redirectUris": list(wanted.spa)},
        "publicClient": {"redirectUris": list(wanted.public)},
        "api": {
            "requestedAccessTokenVersion": wanted.access_token_version,
            "oauth2PermissionScopes": [_scope(wanted.scope)] if wanted.scope else [],
        },
        "requiredResourceAccess": access,
        **_roles(wanted),
    }


def switched_off(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """What a registration has to be sent before it becomes the wanted one; empty where nothing has to.

    Graph neither deletes nor changes a scope or role that is enabled (``CannotDeleteOrUpdateEnabledEntitlement``,
    docs/quirks.md).
    """
    api = found.get("api") or {}
    scopes = _off(wanted["api"]["oauth2PermissionScopes"], api.get("oauth2PermissionScopes") or [])
    roles = _off(wanted.get("appRoles", []), found.get("appRoles") or [])
    return {
        **({"api": {**api, "oauth2PermissionScopes": scopes}} if scopes else {}),
        **({"appRoles": roles} if roles else {}),
    }


def _off(wanted: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = {each["id"]: each for each in wanted}
    going = {
        each["id"]
        for each in found
        if each["isEnabled"] and (each["id"] not in kept or any(differences(kept[each["id"]], each)))
    }
    return [{**each, "isEnabled": each["isEnabled"] and each["id"] not in going} for each in found] if going else []


def permission(api: Registration, kind: str) -> Permission:
    """The scope or role of an API.

    Raises:
        KeyError: it has none.
    """
    found = {"scope": api.scope, "role": api.role}[kind]
    if found is None:
        raise KeyError(f"{api.key} has no {kind}")
    return found


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _registration(key: str, data: Mapping[str, Any], places: Mapping[str, str]) -> Registration:
    def filled(text: str) -> str:
        return text.format(**places)

    audience = _audience(key, places["mode"])
    kinds = ("scope",) if audience == _ANYBODY else ("scope", "role")
    permissions = {kind: _permission(key, kind, data[kind]) for kind in kinds if kind in data}
    return Registration(
        key=key,
        name=filled(data["name"]),
        about=data["about"],
        address=filled(data.get("address", "")),
        spa=tuple(map(filled, data.get("spa", ()))),
        public=tuple(map(filled, data.get("public", ()))),
        asks=data.get("asks", ""),
        asks_of=data.get("asks_of", "broker"),
        signs_in=tuple(data.get("signs_in", ())),
        audience=audience,
        access_token_version=data.get("access_token_version", 2),
        **permissions,
    )


def _audience(key: str, mode: str) -> str:
    """Azure AD B2C's users belong to any identity provider; the framework's own two apps to the tenant alone.

    learn.microsoft.com, Register a web application in Azure AD B2C; Get started with custom policies.
    """
    if mode == "b2c" and key not in {"framework", "proxy"}:
        return _ANYBODY
    return "AzureADMyOrg"


def _permission(key: str, kind: str, data: Mapping[str, str]) -> Permission:
    return Permission(id=str(uuid.uuid5(_IDS, f"{key}/{kind}/{data['value']}")), **data)


def _access(client_id: str, api: Registration, kind: str) -> dict[str, Any]:
    wanted = permission(api, kind)
    return {
        "resourceAppId": client_id,
        "resourceAccess": [{"id": wanted.id, "type": {"scope": "Scope", "role": "Role"}[kind]}],
    }


def _sign_in(scopes: tuple[str, ...]) -> dict[str, Any]:
    graph = _data()["microsoft_graph"]
    access = [{"id": graph["scopes"][scope], "type": "Scope"} for scope in scopes]
    return {"resourceAppId": graph["client_id"], "resourceAccess": access}


def _scope(scope: Permission) -> dict[str, Any]:
    return {
        "id": scope.id,
        "value": scope.value,
        "type": "Admin",
        "isEnabled": True,
        "adminConsentDisplayName": scope.title,
        "adminConsentDescription": scope.about,
    }


def _roles(wanted: Registration) -> dict[str, Any]:
    """None, not even an empty list, where the audience has no roles."""
    if wanted.audience == _ANYBODY:
        return {}
    return {"appRoles": [_role(wanted.role)] if wanted.role else []}


def _role(role: Permission) -> dict[str, Any]:
    return {
        "id": role.id,
        "value": role.value,
        "displayName": role.title,
        "description": role.about,
        "allowedMemberTypes": ["Application"],
        "isEnabled": True,
    }
