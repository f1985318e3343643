from __future__ import annotations

from dataclasses import replace

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

VAULT = Kind("keyvault:Vault", baselines.VAULT)
SECRET = Kind("keyvault:Secret", baselines.VAULT_SECRET)
ENDPOINT = Kind("network:PrivateEndpoint", baselines.ENDPOINT, name="endpoint")
ADDRESS_OF_SERVICE = "privateLinkServiceConnections"
LEADING = ENDPOINT(links={ADDRESS_OF_SERVICE: ("subject",)})
ZONE_GROUP = Kind("network:PrivateDnsZoneGroup", baselines.ZONE_GROUP, name="zone-group")
NAMED = ZONE_GROUP(links={"privateEndpointName": ("endpoint",)})
KEY = Kind(
    "keyvault:Key",
    {
        **{key: value for key, value in baselines.VAULT_SECRET.items() if key != "secretName"},
        "keyName": "backup",
        "properties": {"kty": "RSA", "attributes": {"expires": 1_800_000_000}},
    },
)


def dated(token: str) -> Subject:
    return replace(VAULT(), token=token)


CASES: CaseTable = {
    "KV-01": Cases(
        passes=(VAULT(),),
        fails=(
            (VAULT({"properties.enableRbacAuthorization": False}), "found false, wanted true"),
            (VAULT.without("properties.enableRbacAuthorization"), "properties.enableRbacAuthorization"),
        ),
        unread=unread(VAULT, "properties.enableRbacAuthorization", "properties"),
    ),
    "KV-02": Cases(
        passes=(VAULT(),),
        fails=(
            (VAULT({"properties.enablePurgeProtection": False}), "enablePurgeProtection"),
            (VAULT.without("properties.enablePurgeProtection"), "enablePurgeProtection"),
        ),
        unread=unread(VAULT, "properties.enablePurgeProtection"),
    ),
    "KV-03": Cases(
        passes=(VAULT(), VAULT.without("properties.enableSoftDelete")),
        fails=((VAULT({"properties.enableSoftDelete": False}), "enableSoftDelete"),),
        unread=unread(VAULT, "properties.enableSoftDelete"),
    ),
    "KV-04": Cases(
        passes=(VAULT(), VAULT.without("properties.softDeleteRetentionInDays")),
        fails=(
            (VAULT({"properties.softDeleteRetentionInDays": 89}), "found 89, wanted 90 or more"),
            (VAULT({"properties.softDeleteRetentionInDays": 7}), "found 7, wanted 90 or more"),
        ),
        unread=unread(VAULT, "properties.softDeleteRetentionInDays"),
    ),
    "KV-05": Cases(
        passes=(VAULT(), VAULT({"properties.publicNetworkAccess": "disabled"})),
        fails=(
            (VAULT({"properties.publicNetworkAccess": "Enabled"}), "found Enabled, wanted Disabled"),
            (VAULT.without("properties.publicNetworkAccess"), "found Enabled"),
        ),
        unread=unread(VAULT, "properties.publicNetworkAccess"),
    ),
    "KV-06": Cases(
        passes=(VAULT(), VAULT({"properties.networkAcls.defaultAction": "deny"})),
        fails=(
            (VAULT({"properties.networkAcls.defaultAction": "Allow"}), "found Allow, wanted Deny"),
            (VAULT.without("properties.networkAcls"), "found Allow"),
        ),
        unread=unread(VAULT, "properties.networkAcls.defaultAction", "properties.networkAcls"),
    ),
    "KV-07": Cases(
        passes=(SECRET(), KEY()),
        fails=(
            (KEY.without("properties.attributes"), "properties.attributes.expires"),
            (SECRET.without("properties.attributes.expires"), "attributes.expires"),
            (SECRET.without("properties.attributes"), "found 0"),
        ),
        deferred=unread(SECRET, "properties.attributes.expires"),
        unread=unread(SECRET, "properties", "tags"),
        not_applicable=(
            SECRET({"properties.attributes.expires": None, "tags.expires": "never"}),
            SECRET({"properties.attributes.expires": None, "tags.Expires": "Never"}),
        ),
    ),
    "KV-08": Cases(
        passes=(SECRET(),),
        fails=(
            (SECRET.without("properties.contentType"), "contentType"),
            (SECRET({"properties.contentType": ""}), "contentType"),
        ),
        assumed=(SECRET.unknown("properties.contentType"),),
    ),
    "KV-09": StackCases(
        passes=((VAULT(), LEADING, NAMED),),
        fails=(
            ((VAULT(),), "subject", "a private endpoint"),
            ((VAULT(), ENDPOINT()), "subject", "a private endpoint"),
            ((VAULT(), VAULT(name="other"), LEADING, NAMED), "other", "endpoint"),
            ((VAULT(), LEADING), "subject", "found a private endpoint without a name"),
            ((VAULT(), LEADING, ZONE_GROUP()), "subject", "private DNS zone group"),
            ((VAULT(), LEADING, ZONE_GROUP({"privateDnsZoneConfigs": []}, links=NAMED.links)), "subject", "zone group"),
            (
                # It waits for somebody who approves it.
                (VAULT(), ENDPOINT(links={"manualPrivateLinkServiceConnections": ("subject",)}), NAMED),
                "subject",
                "a private endpoint",
            ),
        ),
        assumed=(
            (
                VAULT(),
                ENDPOINT(
                    {"privateLinkServiceConnections.0.privateLinkServiceId": UNKNOWN},
                    links={ADDRESS_OF_SERVICE: ("subject",)},
                ),
                ZONE_GROUP({"privateEndpointName": UNKNOWN, "privateDnsZoneConfigs": UNKNOWN}, links=NAMED.links),
            ),
        ),
    ),
    "KV-10": Cases(
        passes=(
            dated("azure-native:keyvault/v20260201:Vault"),
            dated("azure-native_keyvault_v20260201:keyvault:Vault"),
            dated("azure-native:keyvault/v20260301preview:Vault"),
        ),
        fails=(
            (VAULT(), "found 2024-11-01, wanted 2026-02-01 or newer"),
            (dated("azure-native:keyvault/v20230701:Vault"), "found 2023-07-01"),
        ),
        # The version is in the type's name and always known.
        assumed=(replace(VAULT({"properties": UNKNOWN}), token="azure-native:keyvault/v20260201:Vault"),),
    ),
}
