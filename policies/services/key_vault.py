"""Key Vault: the certificate authorities and every password of the platform."""

from __future__ import annotations

from datetime import date
from typing import Final

from policies.finding import Finding
from policies.judgements import about, is_at_least, is_flag, is_given, is_text
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule
from policies.services.private_endpoints import without_endpoint

_VAULT: Final = "azure-native:keyvault:Vault"
_VAULT_SECRET: Final = "azure-native:keyvault:Secret"
_VAULT_KEY: Final = "azure-native:keyvault:Key"
_PROTECTS: Final = "the certificate authorities and every password of the platform"

RBAC = Rule(
    id="KV-01",
    title="The vault gives rights by roles",
    severity=Severity.HIGH,
    applies_to=(_VAULT,),
    protects=_PROTECTS,
    references=("Azure.KeyVault.RBAC", "CIS Azure 2.0.0 §8.6"),
    remedy="set properties.enableRbacAuthorization to true",
    judge=is_flag("properties.enableRbacAuthorization", wanted=True, default=False),
)

PURGE_PROTECTION = Rule(
    id="KV-02",
    title="Nobody can purge the vault before its time",
    severity=Severity.HIGH,
    applies_to=(_VAULT,),
    protects=_PROTECTS,
    references=("Azure.KeyVault.PurgeProtect", "CKV_AZURE_110", "CIS Azure 2.0.0 §8.5"),
    remedy="set properties.enablePurgeProtection to true",
    judge=is_flag("properties.enablePurgeProtection", wanted=True, default=False),
)

SOFT_DELETE = Rule(
    id="KV-03",
    title="What is deleted from the vault can be had again",
    severity=Severity.HIGH,
    applies_to=(_VAULT,),
    protects=_PROTECTS,
    references=("Azure.KeyVault.SoftDelete", "CKV_AZURE_111", "CIS Azure 2.0.0 §8.5"),
    remedy="set properties.enableSoftDelete to true",
    judge=is_flag("properties.enableSoftDelete", wanted=True, default=True),
)

SOFT_DELETE_DAYS = Rule(
    id="KV-04",
    title="A deleted secret of production can be had again for 90 days",
    severity=Severity.MEDIUM,
    applies_to=(_VAULT,),
    protects=_PROTECTS,
    references=("Azure.KeyVault.SoftDelete", "CKV_AZURE_42"),
    remedy="set properties.softDeleteRetentionInDays to 90; it is create-only",
    levels=IN_PROD,
    judge=is_at_least("properties.softDeleteRetentionInDays", 90, default=90),
)

PUBLIC_ACCESS = Rule(
    id="KV-05",
    title="The vault is not reachable from the internet",
    severity=Severity.HIGH,
    applies_to=(_VAULT,),
    protects=_PROTECTS,
    references=("CKV_AZURE_189", "CIS Azure 2.0.0 §8.7"),
    remedy="set properties.publicNetworkAccess to Disabled and reach the vault by its private endpoint",
    judge=is_text("properties.publicNetworkAccess", "Disabled", default="Enabled"),
)

DEFAULT_DENY = Rule(
    id="KV-06",
    title="The vault's firewall denies what no rule lets in",
    severity=Severity.HIGH,
    applies_to=(_VAULT,),
    protects=_PROTECTS,
    references=("Azure.KeyVault.Firewall", "CKV_AZURE_109"),
    remedy="set properties.networkAcls.defaultAction to Deny",
    judge=is_text("properties.networkAcls.defaultAction", "Deny", default="Allow"),
)

SECRET_EXPIRY = Rule(
    id="KV-07",
    title="Every secret and key has a day by which it is renewed, or says that it needs none",
    severity=Severity.MEDIUM,
    applies_to=(_VAULT_SECRET, _VAULT_KEY),
    when=lambda secret: not secret.free("tags").same("expires", "never"),
    # The day of a generated secret is counted from its birth, which is drawn in the deployment.
    deferred=("properties.attributes.expires",),
    protects="against a stolen secret that works for ever",
    references=("CKV_AZURE_40", "CKV_AZURE_41", "CIS Azure 2.0.0 §8.3"),
    remedy="set properties.attributes.expires to seconds since 1970; a file without a credential has the tag"
    " expires=never (components/vault_secret.py)",
    judge=is_at_least("properties.attributes.expires", 1, default=0),
)

SECRET_CONTENT_TYPE = Rule(
    id="KV-08",
    title="Every secret says what it is",
    severity=Severity.LOW,
    applies_to=(_VAULT_SECRET,),
    protects="the operator who has to renew it",
    references=("CKV_AZURE_114",),
    remedy="set properties.contentType",
    judge=is_given("properties.contentType", "a content type"),
)

PRIVATE_ENDPOINT = StackRule(
    id="KV-09",
    title="The vault is reached by a private endpoint",
    severity=Severity.HIGH,
    about=(_VAULT,),
    protects=_PROTECTS,
    references=("CKV2_AZURE_32", "CIS Azure 2.0.0 §8.7"),
    remedy="add private_endpoint(...) with group vault to the component",
)


@PRIVATE_ENDPOINT.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_VAULT), lambda vault: without_endpoint(stack, vault))


# What the SDK asks for where the token names no version; a test compares it.
_SDK_VERSION: Final = "2024-11-01"
_LASTING_VERSION: Final = "2026-02-01"

API_VERSION = Rule(
    id="KV-10",
    title="The vault is managed by an API version that outlives 2027-02-27",
    severity=Severity.MEDIUM,
    applies_to=(_VAULT,),
    protects="every deployment from 2027-02-27 on, when the older versions are switched off",
    references=("learn.microsoft.com, Key Vault: access control default and API retirement",),
    remedy="generate the SDK of the newer version (pulumi package add azure-native keyvault 2026-02-01), or update"
    " pulumi-azure-native once its own is as new",
    advice_until=date(2027, 2, 27),
)


@API_VERSION.check
def _(vault: Resource) -> Finding | None:
    version = vault.api_version or _SDK_VERSION
    # ISO dates compare as text.
    return None if version >= _LASTING_VERSION else Finding("", version, f"{_LASTING_VERSION} or newer")
