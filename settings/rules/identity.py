"""Rules of the identity tenant: what each mode needs, and what no token of it could ever match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from settings.model import Settings
from settings.problem import Problem
from settings.rules.registry import rule

# Their `sub` is no GUID but a text of its own for each app (learn.microsoft.com, ID token claims: sub is pairwise).
_PAIRWISE: Final = ("https://login.microsoftonline.com/", "https://login.microsoftonline.us/", ".ciamlogin.com/")
# Endpoints for users of many tenants; the tokens they give out name the user's own tenant.
_MANY_TENANTS: Final = frozenset({"common", "organizations", "consumers", "{tenantid}"})
# What the service tag AzureActiveDirectory stands for, the only way out to a tenant that the nodes' rules leave open
# (components/network_rules.py).
_ENTRA: Final = ("login.microsoftonline.com", "sts.windows.net")
_ENTRA_BELOW: Final = (".ciamlogin.com", ".b2clogin.com")
_VERSION_1: Final = "https://sts.windows.net/"


@rule("identity.tenant", source="Microsoft.AzureActiveDirectory: a tenant is made under a name")
def new_tenant_has_a_name(settings: Settings) -> Problem | None:
    """A tenant that is made has a name."""
    if settings.identity.mode == "existing" or settings.identity.tenant:
        return None
    return Problem(
        found=f"nothing, with identity.mode {settings.identity.mode}",
        allowed="1 to 26 lower-case letters and digits",
        mend="Set identity.tenant, or identity.mode to existing.",
    )


@rule("identity.legacyAccepted", source="learn.microsoft.com, Azure AD B2C: closed to new customers since 2025-05-01")
def b2c_is_accepted(settings: Settings) -> Problem | None:
    """Azure AD B2C is chosen knowingly."""
    if settings.identity.mode != "b2c" or settings.identity.legacy_accepted:
        return None
    return Problem(
        found="identity.mode b2c without acknowledgement",
        allowed="true, where the subscription had Azure AD B2C before 2025-05-01; it is supported to 2030-05 at least",
        mend="Set identity.mode to externalId, or identity.legacyAccepted to true.",
    )


@rule("identity", source="RFC 7519: a token is checked by issuer, audience and key")
def existing_tenant_is_described(settings: Settings) -> Iterator[Problem]:
    """For a tenant that exists, issuer, keys and audience are given, or it is pending whole."""
    identity = settings.identity
    given = {"issuer": identity.issuer, "jwks": identity.jwks, "audience": identity.audience}
    if identity.mode != "existing" or (identity.pending and not any(given.values())):
        return
    for key, value in given.items():
        if not value:
            yield Problem(
                path=f"identity.{key}",
                found="nothing, with identity.mode existing",
                allowed="the tenant's own",
                mend=f"Copy {key} from the tenant's OpenID configuration and app registration.",
            )


@rule("identity", source="learn.microsoft.com, OpenID Connect: issuer and keys follow from tenant and policy")
def made_tenant_computes_its_addresses(settings: Settings) -> Iterator[Problem]:
    """Issuer and keys of a tenant that is made are computed, never written."""
    identity = settings.identity
    if identity.mode == "existing":
        return
    for key in ("issuer", "jwks"):
        if key in identity.model_fields_set:
            yield Problem(
                path=f"identity.{key}",
                found=f"an address, with identity.mode {identity.mode}",
                allowed="nothing: it follows from identity.tenant, tenantId and policy",
                mend=f"Remove identity.{key}, or set identity.mode to existing.",
            )


@rule("identity", source="a broker that knows no issuer lets no app in")
def somebody_can_sign_in(settings: Settings) -> Iterator[Problem]:
    """A made tenant's id and the broker's client id are known, unless the stack says that they are still to come."""
    identity = settings.identity
    if identity.mode == "existing" or identity.known or identity.pending:
        return
    steps = {
        "tenantId": (identity.tenant_id, "copy it from the output identityTenantId of the first deployment"),
        "audience": (identity.audience, "copy it from what `python -m ops identity apply` says"),
    }
    for key, (value, mend) in steps.items():
        if not value:
            yield Problem(
                path=f"identity.{key}",
                found="nothing while identity.pending is false",
                allowed="a GUID in lower case, or identity.pending true until it is known",
                mend=f"For the first deployment set identity.pending to true; afterwards {mend}.",
            )


@rule("identity.audience", source="an app registration is made in a tenant that is there")
def audience_belongs_to_a_known_tenant(settings: Settings) -> Problem | None:
    """The broker's client id is given only together with the id of the tenant it was made in."""
    identity = settings.identity
    if identity.mode == "existing" or not identity.audience or identity.tenant_id:
        return None
    return Problem(
        found="a client id without identity.tenantId",
        allowed="both, or neither",
        mend="Set identity.tenantId to the output identityTenantId, or remove identity.audience.",
    )


@rule("identity.audience", source="two GUIDs that are easily taken for one another")
def audience_is_not_the_tenant(settings: Settings) -> Problem | None:
    """The client id is not the tenant's id."""
    identity = settings.identity
    if not identity.audience or identity.audience != identity.tenant_id:
        return None
    return Problem(
        found="identity.tenantId once more",
        allowed="the client id of the broker's app registration",
        mend="Copy the audience from what `python -m ops identity apply` says.",
    )


@rule(
    "identity.issuer",
    source="learn.microsoft.com, access token claims: iss by version and tenant",
)
def issuer_is_one_tenants(settings: Settings) -> Problem | None:
    """An existing tenant's issuer is what its tokens say: one tenant's, of version 2."""
    issuer = settings.identity.issuer
    if settings.identity.mode != "existing":
        return None
    if issuer.startswith(_VERSION_1):
        return Problem(
            found="an issuer of version 1, whose tokens name no client id as audience",
            allowed="https://login.microsoftonline.com/<tenant id>/v2.0",
            mend="Set requestedAccessTokenVersion of the app registration to 2, and identity.issuer accordingly.",
        )
    if _MANY_TENANTS.isdisjoint(issuer.casefold().split("/")):
        return None
    return Problem(
        found=f"{issuer}, which is in no token",
        allowed="the issuer of one tenant",
        mend="Write the tenant's id into identity.issuer and identity.jwks.",
    )


@rule("identity", source="the nodes' way out to a tenant is open to the service tag AzureActiveDirectory alone")
def existing_tenant_is_entras(settings: Settings) -> Iterator[Problem]:
    """An existing tenant is one of Entra: the broker could not read the keys of another."""
    identity = settings.identity
    if identity.mode != "existing":
        return
    for key, address in (("issuer", identity.issuer), ("jwks", identity.jwks)):
        host = urlsplit(address).hostname or ""
        if not address or host in _ENTRA or host.endswith(_ENTRA_BELOW):
            continue
        yield Problem(
            path=f"identity.{key}",
            found=f"the host {host}, which the network's rules keep the broker from",
            allowed=", ".join((*_ENTRA, *(f"*{each}" for each in _ENTRA_BELOW))),
            mend=f"Copy {key} from the OpenID configuration of a tenant of Entra, External ID or Azure AD B2C.",
        )


@rule("identity.usernameClaim", source="learn.microsoft.com, ID token claims: sub is pairwise, oid is the object's id")
def username_is_a_users_id(settings: Settings) -> Problem | None:
    """The username is the id of the user's object, which the topic contract knows users by."""
    identity = settings.identity
    if identity.username_claim == "oid" and identity.mode == "b2c":
        return Problem(
            found="oid with identity.mode b2c",
            allowed="sub, where the platform's policy puts the object's id",
            mend="Remove identity.usernameClaim to have it chosen.",
        )
    pairwise = any(each in identity.issuer for each in _PAIRWISE) or identity.mode == "externalId"
    if identity.username_claim == "oid" or not pairwise:
        return None
    return Problem(
        found="sub, which differs from app to app in this tenant and is no GUID",
        allowed="oid",
        mend="Remove identity.usernameClaim to have it chosen.",
    )
