"""Whom the platform trusts: the identity tenant, its certificate authorities, its generated secrets."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from settings.groups.base import Group, matching, setting

Guid = Annotated[str, matching(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
HttpsAddress = Annotated[str, matching(r"https://[a-z0-9.-]+(/[^\s\"'#{}$]*)?")]
_GUID = "a GUID in lower case"
_HTTPS = "an address that begins with https://"

BROKER_SCOPE: Final = "connect"
"""The delegated permission of the broker's app registration (ops/identity/registrations.toml)."""


class Identity(Group):
    """The tenant whose tokens let app clients in."""

    mode: Literal["existing", "b2c", "externalId"] = setting(
        "A tenant that exists; a new Azure AD B2C tenant, for subscriptions that still may; or a new tenant of "
        "Entra External ID.",
        default="externalId",
        source="learn.microsoft.com, Azure AD B2C: closed to new customers since 2025-05-01",
    )
    legacy_accepted: bool = setting("Acknowledges that Azure AD B2C is closed to new customers.", default=False)
    pending: bool = setting(
        "Whether the stack may stand while nobody can sign in, until tenant and app registrations are known.",
        default=False,
    )
    tenant: Annotated[str, matching(r"[a-z0-9]{1,26}")] = setting(
        "Name of the tenant, the first part of <tenant>.onmicrosoft.com; unique in the world.",
        default="",
        allowed="1 to 26 lower-case letters and digits",
        source="Microsoft.AzureActiveDirectory 2023-05-17-preview: name of ciamDirectories",
        computed="needed where a tenant is made",
    )
    tenant_id: Guid = setting(
        "Id of the tenant; for one that is made, the output `identityTenantId` of its first deployment.",
        default="",
        allowed=_GUID,
        computed="known once the tenant is made",
    )
    country_code: Annotated[str, matching(r"[A-Z]{2}")] = setting(
        "Country of a new tenant; it decides where its data rests, for ever.",
        default="DE",
        allowed="two capital letters (ISO 3166-1), such as DE",
    )
    data_location: Literal["Europe", "United States", "Asia Pacific", "Australia"] = setting(
        "Where a new tenant's data rests.", default="Europe"
    )
    policy: Annotated[str, matching(r"B2C_1A?_[A-Za-z0-9_]{1,57}")] = setting(
        "Azure AD B2C's policy that signs users in.",
        default="B2C_1A_AMORA_SIGN_IN",
        allowed="B2C_1_ or B2C_1A_, then letters, digits and underscores",
        source="learn.microsoft.com, TrustFrameworkPolicy: a policy's id has at most 64 characters",
    )
    issuer: HttpsAddress = setting(
        "`iss` of the tokens.",
        default="",
        allowed=_HTTPS,
        computed="needed for an existing tenant; else from tenant and tenantId",
    )
    jwks: HttpsAddress = setting(
        "Where the tenant publishes its signing keys.",
        default="",
        allowed=_HTTPS,
        computed="needed for an existing tenant; else from tenant and tenantId",
    )
    audience: Guid = setting(
        "`aud` of the tokens: the client id of the broker's app registration, as `python -m ops identity apply` says.",
        default="",
        allowed=_GUID,
        computed="needed for an existing tenant; else known once the app registrations are made",
    )
    username_claim: Literal["sub", "oid"] = setting(
        "The claim that is the user: the id of the user's object in the tenant.",
        default="oid",
        computed="sub for b2c, whose policy puts the object's id there; else oid, since sub differs from app to app",
    )

    @property
    def known(self) -> bool:
        """Whether a token can be told from any other: issuer, keys and audience are there."""
        return bool(self.issuer and self.jwks and self.audience)

    @property
    def scope(self) -> str:
        """What an app asks the tenant for to get a token the broker takes; empty while the audience is not known.

        Of an existing tenant by the client id, of a tenant that is made by the address its app registration has.
        """
        if not self.audience:
            return ""
        made = f"https://{self.tenant}.onmicrosoft.com/broker/{BROKER_SCOPE}"
        return f"{self.audience}/{BROKER_SCOPE}" if self.mode == "existing" else made


class Certificates(Group):
    """Lifetimes and generations of the platform's own certificate authorities."""

    root_generation: int = setting("Raised by one, it makes a new root CA beside the old one.", default=1, ge=1, le=999)
    issuing_generation: int = setting(
        "Raised by one, it makes a new device-issuing CA beside the old one.", default=1, ge=1, le=999
    )
    root_years: int = setting("Years a root CA is valid.", default=20, ge=2, le=30)
    issuing_years: int = setting("Years a device-issuing CA is valid.", default=10, ge=1, le=20)
    device_days: int = setting("Days a device's certificate is valid.", default=730, ge=1, le=3650)
    server_days: int = setting(
        "Days the MQTT host's certificate is valid.",
        default=365,
        ge=30,
        le=397,
    )
    server_renewal_days: int = setting("Days before its end at which it is renewed.", default=60, ge=7, le=180)
    crl_days: int = setting("Days until a revocation list must be replaced.", default=7, ge=1, le=90)


class Secrets(Group):
    """The passwords and cookies the platform makes itself."""

    generation: int = setting("Raised by one, every generated secret is made anew.", default=1, ge=1, le=9999)
    days: int = setting("Days after which a secret counts as expired and is reported.", default=365, ge=30, le=730)


class Vault(Group):
    """The Key Vault's name and how it comes to be. Azure keeps the name of a deleted vault until it is purged."""

    generation: int = setting(
        "Part of the vault's name from 2 on: raised by one, it leaves a name that a deleted vault still holds.",
        default=1,
        ge=1,
        le=999,
    )
    create_mode: Literal["default", "recover"] = setting(
        "Make a new vault, or take up the deleted one of the same name with all that was in it.",
        default="default",
        source="learn.microsoft.com, Key Vault recovery management: a deleted vault's name answers 409 ConflictError",
    )
