"""The store: no keys, no public way in, former versions kept, old exports deleted."""

import pytest

from components.cell import Cell
from components.naming import Names
from components.versioned_store import CONTAINERS, VersionedStore, VersionedStoreArgs
from tests.recorded_program import record

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"


def store(*, zones=("1", "2", "3"), protect=True, backup_days=35, geo_redundant=False):
    cell = Cell(
        names=Names(environment="test", region="eu1"),
        location="westeurope",
        zones=zones,
        tags={},
        protect=protect,
        locks=protect,
    )
    return VersionedStore(
        "store",
        VersionedStoreArgs(
            cell=cell,
            resource_group_name="rg",
            workspace_id=f"{GROUP}/Microsoft.OperationalInsights/workspaces/log",
            endpoint_subnet_id=f"{GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/endpoints",
            private_zone_id=f"{GROUP}/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net",
            backup_days=backup_days,
            geo_redundant=geo_redundant,
        ),
    )


@pytest.fixture(scope="module")
def recording():
    return record(store)


def test_nobody_comes_in_by_key_or_from_the_internet(recording):
    inputs = recording.one("store-account").inputs
    assert inputs["allowSharedKeyAccess"] is False
    assert inputs["allowBlobPublicAccess"] is False
    assert inputs["isLocalUserEnabled"] is False
    assert inputs["publicNetworkAccess"] == "Disabled"
    assert inputs["networkRuleSet"] == {"bypass": "None", "defaultAction": "Deny"}
    assert (inputs["minimumTlsVersion"], inputs["enableHttpsTrafficOnly"]) == ("TLS1_2", True)
    (endpoint,) = recording.of("network:PrivateEndpoint")
    assert endpoint.inputs["privateLinkServiceConnections"][0]["groupIds"] == ["blob"]


@pytest.mark.parametrize(
    ("zones", "geo_redundant", "sku"),
    [
        ((), False, "Standard_LRS"),
        ((), True, "Standard_GRS"),
        (("1", "2", "3"), False, "Standard_ZRS"),
        (("1", "2", "3"), True, "Standard_GZRS"),
    ],
)
def test_it_is_kept_in_every_zone_there_is_and_in_the_paired_region_if_wanted(zones, geo_redundant, sku):
    account = record(lambda: store(zones=zones, geo_redundant=geo_redundant)).one("store-account")
    assert account.inputs["sku"] == {"name": sku}


def test_what_is_overwritten_or_deleted_can_be_had_again(recording):
    inputs = recording.one("store-blobs").inputs
    assert inputs["isVersioningEnabled"] is True
    assert inputs["deleteRetentionPolicy"] == {"enabled": True, "days": 30}
    assert inputs["containerDeleteRetentionPolicy"] == {"enabled": True, "days": 30}


def test_old_exports_go_with_their_versions_and_nothing_else_does():
    (rule,) = record(lambda: store(backup_days=90)).one("store-lifecycle").inputs["policy"]["rules"]
    assert rule["definition"]["filters"] == {"blobTypes": ["blockBlob"], "prefixMatch": ["backup/"]}
    assert rule["definition"]["actions"] == {
        "baseBlob": {"delete": {"daysAfterModificationGreaterThan": 90}},
        "version": {"delete": {"daysAfterCreationGreaterThan": 90}},
    }


def test_no_container_is_public_and_each_is_protected(recording):
    containers = recording.of("storage:BlobContainer")
    assert {each.inputs["containerName"] for each in containers} == set(CONTAINERS)
    assert {each.inputs["publicAccess"] for each in containers} == {"None"}
    assert all(each.protect for each in [*containers, recording.one("store-account")])


def test_addresses_are_known_before_a_deployment():
    kept = []
    recording = record(lambda: kept.append(store()))
    account = recording.one("store-account").inputs["accountName"]
    assert kept[0].crl_container_url == f"https://{account}.blob.core.windows.net/crl"
    assert kept[0].register_container_url.endswith("/register")
    assert kept[0].backup_container_url.endswith("/backup")


@pytest.mark.parametrize(
    ("right", "role"),
    [("right_to_read", "Storage Blob Data Reader"), ("right_to_write", "Storage Blob Data Contributor")],
)
def test_a_right_is_on_one_container(right, role):
    kept = []
    record(lambda: kept.append(store()))
    given = getattr(kept[0], right)("crl")
    assert given.role == role
    assert given.scope_name.endswith(f"{kept[0].account_name}/blobServices/default/containers/crl")
