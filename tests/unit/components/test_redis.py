"""Redis of either kind: inside the network, with TLS and Entra tokens; keys only where EMQX needs one."""

from datetime import timedelta
from typing import Any

import pulumi
import pytest

from components import ports
from components.cell import Cell
from components.naming import Names
from components.redis.interface import RedisArgs
from components.redis.kinds import REDIS
from sandbox import wire
from tests.recorded_program import MOMENT, record

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"
USERS = {"apps": "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11", "reports": "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c12"}
SIZES = {"managed": "Balanced_B1", "classic": "Standard_C1", "none": ""}
TOKENS = {"managed": "redisenterprise:RedisEnterprise", "classic": "redis:Redis"}


def redis(kind: Any = "managed", **given: Any):
    cell = Cell(
        names=Names("test", "eu1"),
        location="westeurope",
        zones=given.pop("zones", ("1", "2", "3")),
        tags={},
        protect=True,
        locks=True,
    )
    usual: dict[str, Any] = {
        "sku": SIZES[kind],
        "high_availability": True,
        "eviction": "VolatileLRU",
        "persistence": "none",
        "access_keys": False,
    }
    made = REDIS[kind](
        "redis",
        RedisArgs(
            cell=cell,
            resource_group_name="rg",
            workspace_id=f"{GROUP}/Microsoft.OperationalInsights/workspaces/log",
            endpoint_subnet_id=f"{GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/endpoints",
            private_zone_ids={
                "redis": f"{GROUP}/Microsoft.Network/privateDnsZones/privatelink.redis.azure.net",
                "classic-redis": f"{GROUP}/Microsoft.Network/privateDnsZones/privatelink.redis.cache.windows.net",
            },
            users=USERS,
            vault_name="kv-test",
            key_days=365,
            **{**usual, **given},
        ),
    )
    if made is not None:
        pulumi.export("endpoint", made.endpoint)
        pulumi.export("key", made.access_key_uri)
    return made


def made(kind, **given):
    return record(lambda: redis(kind, **given) and None)


@pytest.mark.parametrize("kind", ["managed", "classic"])
def test_the_only_way_in_is_inside_with_tls(kind):
    recording = made(kind)
    (cache,) = recording.of(TOKENS[kind])
    assert cache.inputs["publicNetworkAccess"] == "Disabled"
    assert cache.inputs["minimumTlsVersion"] == "1.2"
    (endpoint,) = recording.of("network:PrivateEndpoint")
    group = {"managed": "redisEnterprise", "classic": "redisCache"}[kind]
    assert endpoint.inputs["privateLinkServiceConnections"][0]["groupIds"] == [group]
    (zone,) = recording.of("network:PrivateDnsZoneGroup")
    assert zone.inputs["privateDnsZoneConfigs"][0]["privateDnsZoneId"].endswith(
        {"managed": "privatelink.redis.azure.net", "classic": "privatelink.redis.cache.windows.net"}[kind]
    )


def test_the_managed_database_speaks_tls_alone():
    database = made("managed").one("redis-database").inputs
    assert (database["clientProtocol"], database["port"]) == ("Encrypted", ports.MANAGED_REDIS)
    assert database["databaseName"] == "default"
    assert database["clusteringPolicy"] == "EnterpriseCluster"


def test_the_classic_cache_speaks_tls_alone():
    cache = made("classic").one("redis-cache").inputs
    assert cache["enableNonSslPort"] is False
    assert cache["sku"] == {"name": "Standard", "family": "C", "capacity": 1}


def test_no_key_opens_it():
    managed, classic = made("managed"), made("classic")
    assert managed.one("redis-database").inputs["accessKeysAuthentication"] == "Disabled"
    assert classic.one("redis-cache").inputs["disableAccessKeyAuthentication"] is True
    assert classic.one("redis-cache").inputs["redisConfiguration"]["aadEnabled"] == "true"
    for recording in (managed, classic):
        assert recording.of("keyvault:Secret") == []
        assert recording.outputs["key"] is None


@pytest.mark.parametrize("kind", ["managed", "classic"])
def test_a_key_goes_to_the_vault_secret_from_birth_and_expires(kind):
    recording = made(kind, access_keys=True)
    (secret,) = recording.of("keyvault:Secret")
    assert isinstance(secret.inputs["properties"]["value"], wire.Secret)
    assert len(wire.plain(secret.inputs["properties"]["value"])) == 44
    expires = int((MOMENT + timedelta(days=365)).timestamp())
    assert secret.inputs["properties"]["attributes"]["expires"] == expires
    assert recording.outputs["key"].startswith("https://kv-test.vault.azure.net/secrets/redis-key/")
    assert wire.plain(secret.inputs["properties"]["value"]) not in str(
        [each.inputs for each in recording.resources if each.token != secret.token]
    )


@pytest.mark.parametrize(
    ("kind", "token", "policy", "identity"),
    [
        ("managed", "redisenterprise:AccessPolicyAssignment", "default", lambda i: i["user"]["objectId"]),
        ("classic", "redis:AccessPolicyAssignment", "Data Contributor", lambda i: i["objectId"]),
    ],
)
def test_who_comes_in_is_an_identity_and_they_are_written_one_by_one(kind, token, policy, identity):
    assignments = made(kind).of(token)
    assert {each.inputs["accessPolicyAssignmentName"]: identity(each.inputs) for each in assignments} == USERS
    assert {each.inputs["accessPolicyName"] for each in assignments} == {policy}
    second = next(each for each in assignments if each.name == "redis-reports-access")
    assert "redis-apps-access" in second.dependencies


@pytest.mark.parametrize(
    ("persistence", "wanted"),
    [
        ("none", {"aofEnabled": False, "rdbEnabled": False}),
        ("rdb6h", {"aofEnabled": False, "rdbEnabled": True, "rdbFrequency": "6h"}),
        ("aof1s", {"aofEnabled": True, "aofFrequency": "1s", "rdbEnabled": False}),
    ],
)
def test_state_outlives_the_replicas_as_asked(persistence, wanted):
    assert made("managed", persistence=persistence).one("redis-database").inputs["persistence"] == wanted


def test_the_classic_cache_keeps_nothing_on_disk():
    with pytest.raises(ValueError, match="persistence: found rdb6h"):
        made("classic", persistence="rdb6h")


@pytest.mark.parametrize(("available", "wanted"), [(True, "Enabled"), (False, "Disabled")])
def test_a_replica_of_the_managed_one_as_asked(available, wanted):
    assert made("managed", high_availability=available).one("redis-cluster").inputs["highAvailability"] == wanted


@pytest.mark.parametrize(
    ("sku", "available", "zones", "wanted"),
    [
        ("Standard_C1", True, ("1", "2", "3"), "Automatic"),
        ("Standard_C1", True, (), "NoZones"),
        ("Standard_C1", False, ("1", "2", "3"), "NoZones"),
        ("Basic_C0", True, ("1", "2", "3"), "NoZones"),
    ],
)
def test_the_classic_one_is_spread_where_it_can_be(sku, available, zones, wanted):
    cache = made("classic", sku=sku, high_availability=available, zones=zones).one("redis-cache")
    assert cache.inputs["zonalAllocationPolicy"] == wanted


@pytest.mark.parametrize(
    ("eviction", "classic"),
    [("NoEviction", "noeviction"), ("AllKeysLFU", "allkeys-lfu"), ("VolatileTTL", "volatile-ttl")],
)
def test_eviction_in_the_words_of_each(eviction, classic):
    assert made("managed", eviction=eviction).one("redis-database").inputs["evictionPolicy"] == eviction
    configuration = made("classic", eviction=eviction).one("redis-cache").inputs["redisConfiguration"]
    assert configuration["maxmemoryPolicy"] == classic


@pytest.mark.parametrize(
    ("kind", "port", "domain"),
    [("managed", 10000, ".westeurope.redis.azure.net"), ("classic", 6380, ".redis.cache.windows.net")],
)
def test_where_it_answers(kind, port, domain):
    assert made(kind).outputs["endpoint"].endswith(f"{domain}:{port}")


def test_none_is_nothing():
    assert [each for each in made("none").resources if each.token.startswith("azure-native:")] == []
