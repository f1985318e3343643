"""The rules between settings: for each at least one stack that breaks it, and what is said."""

from __future__ import annotations

from typing import Any

import pytest

import settings
from settings import rules
from tests.unit.settings.stacks import DEV, PROD, changed, problems

DIGEST = f"sha256:{'0' * 64}"
GUID = "00000000-0000-0000-0000-000000000000"
JWKS = f"https://login.microsoftonline.com/{GUID}/discovery/v2.0/keys"


def existing(issuer):
    """An existing tenant of this issuer."""
    return {"mode": "existing", "issuer": issuer, "jwks": JWKS, "audience": GUID}


# rule -> wrong stacks as (stack, path, part of the message). What is right by a rule is every stack that passes.
BY_RULE: dict[str, list[tuple[Any, str, str]]] = {
    "own_tags_are_kept": [(changed(DEV, tags={"region": "eu2"}), "tags.region", 'allowed is "eu1"')],
    "tags_fit_every_resource": [
        (changed(DEV, tags={f"t{n}": "x" for n in range(12)}), "tags", "12 tags, 16 with those every resource gets")
    ],
    "tag_names_are_distinct": [
        (changed(DEV, tags={"owner": "x", "Owner": "y"}), "tags.owner", "a second spelling of Owner")
    ],
    "tag_names_are_not_reserved": [(changed(DEV, tags={"azureThing": "x"}), "tags.azureThing", "a reserved beginning")],
    "zones_exist_in_the_region": [
        (
            changed(DEV, region={"name": "us1", "location": "westus", "zones": ["1"]}),
            "region.zones",
            "zones 1 in westus",
        )
    ],
    "zones_are_named_once": [(changed(DEV, region__zones=["1", 1]), "region.zones", "the zones 1, 1")],
    "paired_location_is_azures_pair": [
        (changed(DEV, region__pairedLocation="uksouth"), "region.pairedLocation", "allowed is northeurope")
    ],
    "placement_by_zone_needs_three_zones": [
        (changed(DEV, emqx__placement="zones", region__zones=["1", "2"]), "emqx.placement", "2 zones in region.zones")
    ],
    "subnets_are_inside_the_address_space": [
        (changed(DEV, network__subnets__edge="10.42.0.0/24"), "network.subnets.edge", "a part of network.addressSpace")
    ],
    "subnets_are_disjoint": [
        (
            changed(DEV, network__subnets__edge="10.41.0.0/23"),
            "network.subnets.edge",
            "10.41.0.0/23, which overlaps network.subnets.core[0] 10.41.0.0/24",
        )
    ],
    "subnets_are_outside_reserved_ranges": [
        (
            changed(DEV, network__addressSpace="172.16.0.0/12", network__subnets__edge="172.31.8.0/24"),
            "network.subnets.edge",
            "172.31.8.0/24, inside 172.31.0.0/16",
        )
    ],
    "subnets_are_large_enough_for_their_service": [
        (changed(DEV, network__subnets__database="10.41.9.0/29"), "network.subnets.database", "/28 or larger"),
        (changed(DEV, network__subnets__operators="10.41.9.0/28"), "network.subnets.operators", "/27 or larger"),
    ],
    "environments_fit_at_their_largest": [
        (
            changed(DEV, network__subnets__edge="10.41.9.0/28"),
            "network.subnets.edge",
            "19 addresses: 5 that Azure keeps",
        )
    ],
    "core_subnets_match_the_placement": [
        (
            changed(DEV, network__subnets__core=["10.41.9.0/24", "10.41.10.0/24"]),
            "network.subnets.core",
            "found 2 subnets; allowed is 1, since emqx.placement is single",
        )
    ],
    "nat_zone_is_used": [
        (changed(DEV, network__natZone="1"), "network.natZone", "zone 1 without a NAT gateway"),
        (
            changed(DEV, network__natZone="3", network__outbound="nat", region__zones=["1", "2"]),
            "network.natZone",
            "one of region.zones: 1, 2",
        ),
    ],
    "broker_is_built": [
        (changed(DEV, broker__kind="hivemq"), "broker.kind", "hivemq, which is not built yet"),
        (changed(DEV, broker__kind="vernemq"), "broker.kind", "vernemq, which is not built yet"),
    ],
    "cluster_needs_licence": [
        (
            changed(DEV, emqx__slots={n: {"version": "6.2.3", "digest": DIGEST} for n in "12"}),
            "emqx.licence",
            "no licence with 2 nodes on 6.2.3",
        )
    ],
    "end_of_life_is_accepted_in_prod": [
        (changed(PROD, emqx={}), "emqx.endOfLifeAccepted", "5.8.9, whose end of life was 2026-02-27"),
        (changed(PROD, emqx__endOfLifeAccepted="6.2.3"), "emqx.endOfLifeAccepted", "found 6.2.3"),
    ],
    "digests_are_known": [
        (
            changed(DEV, emqx__version="6.2.3"),
            'emqx.slots["1"].digest',
            "imagetools inspect public.ecr.aws/emqx/emqx-enterprise:6.2.3",
        )
    ],
    "edge_digest_is_known": [
        (
            changed(DEV, edge__version="3.0.99"),
            "edge.digest",
            "imagetools inspect public.ecr.aws/docker/library/haproxy:3.0.99",
        )
    ],
    "seeds_are_kept": [
        (changed(DEV, emqx__slots={"5": {}}), "emqx.slots", "found slots 5; allowed is slots that begin with 1")
    ],
    "prod_has_several_nodes": [(changed(PROD, emqx__slots={"1": {}}), "emqx.slots", "a single node in prod")],
    "prod_is_in_zones": [(changed(PROD, emqx__placement="single"), "emqx.placement", "single in prod")],
    "prod_nodes_talk_over_tls": [(changed(PROD, emqx__clusterTls=False), "emqx.clusterTls", "false in prod")],
    "prod_has_zones": [(changed(PROD, region__zones=[]), "region.zones", "no zones in prod")],
    "probe_is_whole": [
        (changed(DEV, probe={"enabled": True}), f"probe.{name}", "nothing, with probe.enabled")
        for name in ("image", "digest", "device", "tokenUrl", "clientId", "clientSecret")
    ],
    "probe_finds_the_endpoints": [
        (changed(DEV, probe={"enabled": True}), "probe.enabled", "true while domain.delegated is false")
    ],
    "probe_can_enter": [
        (changed(DEV, probe={"enabled": True}), "probe.enabled", "true while the broker knows no tenant")
    ],
    "probe_can_sign_in": [
        (
            changed(DEV, probe={"enabled": True}, identity={"mode": "b2c", "legacyAccepted": True, "pending": True}),
            "probe.enabled",
            "true with identity.mode b2c",
        )
    ],
    "probe_on_docker_hub_has_an_account": [
        (changed(DEV, probe={"image": "docker.io/amora/probe"}), "probe.image", "without registry.dockerHub")
    ],
    "one_lost_message_calls_nobody": [
        (
            changed(DEV, probe={"enabled": True, "intervalSeconds": 26}),
            "probe.intervalSeconds",
            "26 with 0.1 % to lose, where one lost message calls somebody; allowed is at most 25.92",
        ),
        (
            changed(DEV, probe={"enabled": True}, alerts={"thresholds": {"undeliveredPercent": 0.01}}),
            "probe.intervalSeconds",
            "5 with 0.01 % to lose",
        ),
    ],
    "docker_hub_has_two_secrets": [
        (
            changed(DEV, registry={"dockerHub": {"userSecret": "hub", "tokenSecret": "hub"}}),
            "registry.dockerHub",
            "hub for both",
        )
    ],
    "container_sizes_are_sold": [
        (changed(DEV, edge__cpu=1), "edge.memoryGigabytes", "found 0.5 GiB with 1 vCPU; allowed is 2 GiB"),
        (changed(DEV, emqx__memoryGigabytes=2), "emqx.memoryGigabytes", "found 2 GiB with 0.5 vCPU"),
    ],
    "qos_mix_is_whole": [(changed(DEV, capacity__qos__exactlyOnce=10), "capacity.qos", "20 + 80 + 10 = 110 percent")],
    "spare_nodes_leave_one": [(changed(DEV, capacity__spareNodes=1), "capacity.spareNodes", "1 of 1 nodes")],
    "nodes_hold_the_connections": [
        (
            changed(PROD, capacity__clients=8000),
            "emqx.memoryGigabytes",
            "(3 nodes - 1 spare) x 4 GiB x 1,024 = 8,192 MB; allowed is at least 9,400 connections x 1 MB = 9,400 MB",
        )
    ],
    "nodes_carry_the_messages": [
        (
            changed(PROD, capacity__messagesPerSecond=12_000),
            "emqx.cpu",
            "2 vCPU x 2,778 messages/s at this QoS mix = 11,111 messages/s; allowed is at least 12,000 messages/s",
        )
    ],
    "nodes_store_what_is_retained": [
        (
            changed(PROD, capacity__retainedPerDevice=10_000),
            "capacity.retainedPerDevice",
            "found 1,400 devices x 10000 retained = 14 million x 1 GB = 14 GB; allowed is at most 8 GiB",
        )
    ],
    "edge_holds_the_connections": [
        (
            changed(PROD, edge__minReplicas=2),
            "edge.minReplicas",
            "6,400 connections x 1 MB / 4,096 MB a replica = 1.56, rounded up + 1 that may be lost = 3",
        ),
        (
            changed(PROD, edge__cpu=0.25, edge__memoryGigabytes=0.5),
            "edge.maxReplicas",
            "found 10; allowed is at least 14: 6,400 connections",
        ),
    ],
    "edge_range_is_in_order": [
        (changed(DEV, edge__minReplicas=5), "edge.maxReplicas", "found 3, below edge.minReplicas 5")
    ],
    "front_door_holds_the_clients": [
        (
            changed(PROD, frontDoor__profiles=1),
            "frontDoor.profiles",
            "found 1; allowed is 2 to 10: 5,000 app clients / 3,000 WebSockets a profile = 2",
        )
    ],
    "postgres_storage_is_sold": [
        (changed(DEV, postgres__storageGigabytes=100), "postgres.storageGigabytes", "to 128, the next size")
    ],
    "postgres_standby_needs_a_lasting_size": [
        (
            changed(DEV, postgres__highAvailability="sameZone"),
            "postgres.highAvailability",
            "sameZone with the Burstable size Standard_B2s",
        )
    ],
    "postgres_standby_has_a_zone": [
        (
            changed(
                DEV, region__zones=["1"], postgres={"sku": "Standard_D2ds_v5", "highAvailability": "zoneRedundant"}
            ),
            "postgres.highAvailability",
            "zoneRedundant with 1 zones",
        )
    ],
    "postgres_zones_are_the_cells": [
        (changed(DEV, region__zones=["1"], postgres__zone="2"), "postgres.zone", "one of region.zones: 1"),
        (changed(PROD, postgres={"zone": "2", "standbyZone": "2"}), "postgres.standbyZone", "zone 2, the primary's"),
        (changed(DEV, postgres__standbyZone="2"), "postgres.standbyZone", "zone 2 without a standby"),
    ],
    "classic_redis_is_accepted": [
        (changed(DEV, redis__kind="classic"), "redis.classicAccepted", "before 2026-04-01; it retires on 2028-09-30")
    ],
    "redis_size_is_of_its_kind": [
        (changed(DEV, redis__sku="Standard_C1"), "redis.sku", "Standard_C1 with redis.kind managed"),
        (
            changed(DEV, redis={"kind": "classic", "classicAccepted": True, "sku": "Balanced_B1"}),
            "redis.sku",
            "Balanced_B1 with redis.kind classic",
        ),
    ],
    "access_rules_need_redis": [
        (changed(DEV, redis={"kind": "none", "accessRules": True}), "redis.accessRules", "true with redis.kind none")
    ],
    "access_rules_are_not_evicted": [
        (
            changed(DEV, redis={"accessRules": True, "eviction": "AllKeysLRU"}),
            "redis.eviction",
            "AllKeysLRU with redis.accessRules true",
        )
    ],
    "persistence_needs_managed_redis": [
        (
            changed(DEV, redis={"kind": "classic", "classicAccepted": True, "persistence": "rdb6h"}),
            "redis.persistence",
            "rdb6h with redis.kind classic",
        )
    ],
    "redis_replica_needs_a_second_node": [
        (
            changed(
                DEV,
                redis={"kind": "classic", "classicAccepted": True, "sku": "Basic_C1", "highAvailability": True},
            ),
            "redis.highAvailability",
            "true with Basic_C1",
        )
    ],
    "private_registry_is_premium": [
        (changed(DEV, registry__private=True), "registry.private", "true with registry.sku Basic")
    ],
    "hosts_are_distinct": [
        (changed(DEV, domain__mqttHost="ws"), "domain.webSocketHost", "which is domain.mqttHost too"),
        (changed(DEV, domain__mqttHost="crl"), "domain.mqttHost", "revocation lists"),
        (changed(DEV, domain__webSocketHost="crl"), "domain.webSocketHost", "revocation lists"),
        (
            changed(DEV, domain__mqttHost="ws2", frontDoor={"entry": "frontDoor", "profiles": 2}),
            "domain.mqttHost",
            "ws2, a name of the Front Doors",
        ),
    ],
    "a_bound_certificate_is_the_direct_ways": [
        (changed(DEV, frontDoor__certificate="bound"), "frontDoor.certificate", "while domain.delegated is false"),
        (
            changed(DEV, frontDoor={"entry": "frontDoor", "certificate": "bound"}, domain__delegated=True),
            "frontDoor.certificate",
            "bound with frontDoor.entry frontDoor",
        ),
    ],
    "hosts_are_below_the_zone": [
        (
            changed(DEV, domain__mqttHost="mqtt.dev.amora.example.com"),
            "domain.mqttHost",
            "Write mqtt at domain.mqttHost",
        ),
        (changed(DEV, domain__mqttHost="dev.amora.example.com"), "domain.mqttHost", "never the apex"),
        (changed(DEV, domain__zone=f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.example"), "domain.mqttHost", ""),
    ],
    "new_tenant_has_a_name": [
        (changed(DEV, identity={}), "identity.tenant", "nothing, with identity.mode externalId"),
        (changed(DEV, identity={"mode": "b2c"}), "identity.tenant", "nothing, with identity.mode b2c"),
    ],
    "b2c_is_accepted": [
        (changed(DEV, identity__mode="b2c"), "identity.legacyAccepted", "identity.mode b2c without acknowledgement")
    ],
    "existing_tenant_is_described": [
        (
            changed(DEV, identity={"mode": "existing", "jwks": JWKS, "audience": GUID}),
            "identity.issuer",
            "nothing, with identity.mode existing",
        ),
        # In prod nothing is pending unless the stack says so.
        (changed(PROD, identity={"mode": "existing"}), "identity.jwks", "nothing, with identity.mode existing"),
    ],
    "made_tenant_computes_its_addresses": [
        (
            changed(DEV, identity__issuer="https://a.example/"),
            "identity.issuer",
            "an address, with identity.mode externalId",
        ),
        (
            changed(
                DEV, identity={"mode": "b2c", "legacyAccepted": True, "tenant": "a", "jwks": "https://a.example/keys"}
            ),
            "identity.jwks",
            "an address, with identity.mode b2c",
        ),
    ],
    "somebody_can_sign_in": [
        (changed(PROD, identity__pending=False), "identity.tenantId", "nothing while identity.pending is false"),
        (
            changed(PROD, identity={"tenant": "amorasync", "tenantId": GUID}),
            "identity.audience",
            "`python -m ops identity apply`",
        ),
    ],
    "audience_belongs_to_a_known_tenant": [
        (changed(DEV, identity__audience=GUID), "identity.audience", "a client id without identity.tenantId")
    ],
    "audience_is_not_the_tenant": [
        (
            changed(DEV, identity={"tenant": "amorasyncdev", "tenantId": GUID, "audience": GUID}),
            "identity.audience",
            "identity.tenantId once more",
        )
    ],
    "issuer_is_one_tenants": [
        (changed(DEV, identity=existing("https://sts.windows.net/x/")), "identity.issuer", "an issuer of version 1"),
        (
            changed(DEV, identity=existing("https://login.microsoftonline.com/common/v2.0")),
            "identity.issuer",
            "which is in no token",
        ),
    ],
    "existing_tenant_is_entras": [
        (changed(DEV, identity=existing("https://a.example/")), "identity.issuer", "the host a.example, which"),
        *(
            (
                changed(DEV, identity=existing(f"https://login.microsoftonline.com/{GUID}/v2.0") | {"jwks": address}),
                "identity.jwks",
                "login.microsoftonline.com, sts.windows.net, *.ciamlogin.com, *.b2clogin.com",
            )
            for address in (
                "https://a.example/keys",
                "https://ciamlogin.com/keys",
                "https://ciamlogin.com.a.example/keys",
                "https://login.microsoftonline.com.a.example/keys",
            )
        ),
    ],
    "username_is_a_users_id": [
        (
            changed(DEV, identity__usernameClaim="sub"),
            "identity.usernameClaim",
            "sub, which differs from app to app",
        ),
        (
            changed(
                DEV, identity=existing(f"https://login.microsoftonline.com/{GUID}/v2.0") | {"usernameClaim": "sub"}
            ),
            "identity.usernameClaim",
            "sub, which differs from app to app",
        ),
        (
            changed(DEV, identity={"mode": "b2c", "legacyAccepted": True, "tenant": "a", "usernameClaim": "oid"}),
            "identity.usernameClaim",
            "oid with identity.mode b2c",
        ),
    ],
    "certificates_end_before_their_issuer": [
        (changed(DEV, certificates__rootYears=10), "certificates.issuingYears", "less than the 3650 days"),
        (changed(DEV, certificates__deviceDays=3650), "certificates.deviceDays", "less than the 3650 days"),
        (changed(DEV, certificates={"serverDays": 30}), "certificates.serverRenewalDays", "less than the 30 days"),
    ],
    "prod_alerts_somebody": [(changed(PROD, alerts={}), "alerts.emails", "no receiver in prod")],
    "certificates_are_renewed_before_their_alert": [
        (
            changed(DEV, alerts={"thresholds": {"certificateDays": 60}}),
            "alerts.thresholds.certificateDays",
            "60, with certificates.serverRenewalDays 60; allowed is less than 60",
        )
    ],
    "maintenance_ends_after_it_begins": [
        (
            changed(DEV, alerts={"maintenance": {"days": ["Sunday"], "start": "04:00", "end": "04:00"}}),
            "alerts.maintenance",
            "04:00 to 04:00",
        )
    ],
    "prod_has_backup": [(changed(PROD, backup__enabled=False), "backup.enabled", "false in prod")],
    "geo_backup_has_a_pair": [
        (changed(PROD, region__location="italynorth"), "backup.geoRedundant", "true in italynorth, which has no pair")
    ],
    "prod_has_a_budget": [(changed(PROD, budget={}), "budget.start", "no budget in prod")],
    "a_budget_tells_somebody": [
        (changed(DEV, budget__start="2026-12"), "alerts.emails", "no address, with budget.start"),
        (
            changed(PROD, alerts={"webhook": settings.Secret("https://hooks.example.com/x")}),
            "alerts.emails",
            "at least one address where there is a budget",
        ),
    ],
    "ddos_ip_has_an_address": [
        (changed(DEV, ddos__protection="ip"), "ddos.protection", "whose public address belongs to Container Apps")
    ],
    "ddos_plan_is_used": [
        (
            changed(DEV, ddos__planId="/subscriptions/x/providers/Microsoft.Network/ddosProtectionPlans/p"),
            "ddos.planId",
            "a plan with ddos.protection none",
        )
    ],
}


@pytest.mark.parametrize(
    ("name", "values", "path", "text"),
    [(name, *case) for name, cases in BY_RULE.items() for case in cases],
    ids=[f"{name}-{number}" for name, cases in BY_RULE.items() for number, _ in enumerate(cases)],
)
def test_a_rule_names_what_breaks_it(name, values, path, text):
    source = next(each.source for each in rules.ALL if each.name == name)
    said = [each for each in problems(values) if each.path == path and each.source == source]
    assert len(said) == 1
    assert text in str(said[0])


def test_every_rule_has_a_case_a_fact_and_a_source():
    assert {each.name for each in rules.ALL} == set(BY_RULE)
    assert all(each.fact.endswith(".") and each.source for each in rules.ALL)
