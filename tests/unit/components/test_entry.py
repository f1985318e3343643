"""The ways in: Front Door with its firewall, and straight to the edge. Before and behind the edge, delegated or not."""

from typing import Any

import pulumi
import pytest

from components.cell import Cell
from components.container_environment import ContainerEnvironment, ContainerEnvironmentArgs
from components.entry.interface import EntryArgs, EntryHostsArgs
from components.entry.kinds import ENTRIES, ENTRY_HOSTS
from components.naming import Names
from tests.recorded_program import record

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers"
ZONE = f"{GROUP}/Microsoft.Network/dnsZones/amora.example.com"
CELL = Cell(names=Names("test", "eu1"), location="westeurope", zones=(), tags={}, protect=True, locks=True)


def way(kind: Any, **given: Any):
    """Hosts, an edge between, entry; the endpoints are the program's output."""
    usual: dict[str, Any] = {"sku": "Standard", "hosts": ("ws",), "delegated": True, "certificate": "requested"}
    wanted = {**usual, **given}
    environment = ContainerEnvironment(
        "edge-environment",
        ContainerEnvironmentArgs(
            cell=CELL,
            resource_group_name="rg",
            workspace_id=f"{GROUP}/Microsoft.OperationalInsights/workspaces/log",
            subnet_id=f"{GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/edge",
            role="edge",
            internal=False,
            zones=(),
        ),
    )
    hosts = ENTRY_HOSTS[kind](
        "hosts",
        EntryHostsArgs(
            cell=CELL,
            resource_group_name="rg",
            workspace_id=f"{GROUP}/Microsoft.OperationalInsights/workspaces/log",
            zone_name="amora.example.com",
            zone="amora.example.com",
            environment_id=environment.environment_id,
            environment_domain=environment.default_domain,
            verification_id=environment.domain_verification_id,
            **wanted,
        ),
    )
    del wanted["certificate"]
    entry = ENTRIES[kind](
        "entry",
        EntryArgs(
            cell=CELL,
            resource_group_name="rg",
            made=hosts,
            zone_id=ZONE,
            zone_name="amora.example.com",
            zone="amora.example.com",
            environment_name=environment.name,
            environment=environment.resource,
            edge_host=hosts.edge_host,
            edge_ready=(),
            **wanted,
        ),
    )
    domain = hosts.custom_domain
    pulumi.export("endpoints", entry.endpoints)
    pulumi.export("edge_host", hosts.edge_host)
    pulumi.export("front_door_ids", list(hosts.front_door_ids))
    pulumi.export("domain", None if domain is None else [domain.name, domain.binding, domain.certificate_id])


def made(kind, **given):
    return record(lambda: way(kind, **given))


def records(recording):
    return {each.inputs["relativeRecordSetName"]: each for each in recording.of("dns:RecordSet")}


class TestFrontDoor:
    def test_the_edge_is_told_every_front_door(self):
        recording = made("frontDoor", hosts=("ws", "ws2"))
        assert len(recording.of("cdn:Profile")) == 2
        assert len(set(recording.outputs["front_door_ids"])) == 2
        assert recording.outputs["domain"] is None

    def test_front_door_asks_the_edge_by_its_own_name_over_https(self):
        recording = made("frontDoor")
        origin = recording.one("entry-1-origin").inputs
        assert origin["hostName"] == origin["originHostHeader"] == recording.outputs["edge_host"]
        assert origin["hostName"].startswith("ca-amora-test-eu1-edge.")
        assert origin["enforceCertificateNameCheck"] is True
        probe = recording.one("entry-1-origins").inputs["healthProbeSettings"]
        assert (probe["probePath"], probe["probeProtocol"]) == ("/healthz", "Https")

    def test_the_route_takes_web_sockets_by_https_and_caches_nothing(self):
        route = made("frontDoor").one("entry-1-route")
        assert route.inputs["patternsToMatch"] == ["/mqtt"]
        assert route.inputs["supportedProtocols"] == ["Https"]
        assert route.inputs["forwardingProtocol"] == "HttpsOnly"
        assert "cacheConfiguration" not in route.inputs
        assert "entry-1-origin" in route.dependencies

    def test_a_delegated_zone_gives_a_host_a_certificate_and_its_proof(self):
        recording = made("frontDoor")
        domain = recording.one("entry-1-domain").inputs
        assert domain["hostName"] == "ws.amora.example.com"
        assert domain["tlsSettings"] == {"certificateType": "ManagedCertificate", "minimumTlsVersion": "TLS12"}
        route = recording.one("entry-1-route").inputs
        assert route["linkToDefaultDomain"] == "Disabled"
        assert len(route["customDomains"]) == 1
        published = records(recording)
        assert len(published["_dnsauth.ws"].inputs["txtRecords"][0]["value"][0]) == 32
        assert published["ws"].inputs["cnameRecord"]["cname"].endswith(".azurefd.net")
        assert "entry-1-route" in published["ws"].dependencies
        assert recording.outputs["endpoints"] == ["wss://ws.amora.example.com/mqtt"]

    def test_while_the_zone_is_not_delegated_nothing_is_validated(self):
        recording = made("frontDoor", delegated=False)
        assert recording.of("cdn:AFDCustomDomain") == recording.of("dns:RecordSet") == []
        assert recording.one("entry-1-route").inputs["linkToDefaultDomain"] == "Enabled"
        (endpoint,) = recording.outputs["endpoints"]
        assert endpoint.startswith("wss://fde-amora-test-eu1-ws-1-")
        assert endpoint.endswith(".azurefd.net/mqtt")

    def test_each_share_of_the_apps_has_a_host_on_a_profile_of_its_own(self):
        recording = made("frontDoor", hosts=("ws", "ws2", "ws3"))
        assert recording.outputs["endpoints"] == [
            f"wss://{host}.amora.example.com/mqtt" for host in ("ws", "ws2", "ws3")
        ]
        profiles = {each.inputs["hostName"]: each.inputs["profileName"] for each in recording.of("cdn:AFDCustomDomain")}
        assert len(set(profiles.values())) == 3
        assert {"_dnsauth.ws2", "ws2", "_dnsauth.ws3", "ws3"} <= set(records(recording))

    @pytest.mark.parametrize(("delegated", "domains"), [(True, 2), (False, 1)])
    def test_a_firewall_stands_before_every_domain(self, delegated, domains):
        recording = made("frontDoor", hosts=("ws", "ws2"), delegated=delegated)
        (policy,) = recording.of("frontdoor:Policy")
        guards = recording.of("cdn:SecurityPolicy")
        assert len(guards) == 2
        for guard in guards:
            parameters = guard.inputs["parameters"]
            assert parameters["wafPolicy"]["id"].endswith(f"/{policy.inputs['policyName']}")
            assert len(parameters["associations"][0]["domains"]) == domains

    @pytest.mark.parametrize(
        ("sku", "managed"),
        [("Standard", None), ("Premium", ["Microsoft_DefaultRuleSet", "Microsoft_BotManagerRuleSet"])],
    )
    def test_the_firewall_refuses_what_is_no_upgrade_and_who_asks_too_often(self, sku, managed):
        recording = made("frontDoor", sku=sku)
        (policy,) = recording.of("frontdoor:Policy")
        assert policy.inputs["sku"] == {"name": f"{sku}_AzureFrontDoor"}
        assert policy.inputs["policySettings"]["mode"] == "Prevention"
        upgrades, rate = policy.inputs["customRules"]["rules"]
        assert upgrades["matchConditions"][0] == {
            "matchVariable": "RequestMethod",
            "operator": "Equal",
            "negateCondition": True,
            "matchValue": ["GET"],
        }
        assert (rate["ruleType"], rate["rateLimitThreshold"]) == ("RateLimitRule", 1200)
        sets = policy.inputs.get("managedRules", {}).get("managedRuleSets")
        assert (None if sets is None else [each["ruleSetType"] for each in sets]) == managed
        assert recording.of("cdn:Profile")[0].inputs["sku"] == policy.inputs["sku"]

    def test_another_sku_is_another_firewall_beside_the_first(self):
        standard, premium = (made("frontDoor", sku=sku).of("frontdoor:Policy")[0] for sku in ("Standard", "Premium"))
        assert standard.name != premium.name
        assert standard.inputs["policyName"] != premium.inputs["policyName"]


class TestDirect:
    def test_the_name_is_proven_before_the_edge_carries_it(self):
        recording = made("direct")
        published = records(recording)
        assert len(published["asuid.ws"].inputs["txtRecords"][0]["value"][0]) == 64
        assert published["ws"].inputs["cnameRecord"]["cname"] == recording.outputs["edge_host"]
        assert recording.outputs["domain"] == ["ws.amora.example.com", "Disabled", None]
        assert recording.outputs["front_door_ids"] == []

    def test_a_certificate_is_asked_for_and_apps_come_by_the_edges_own_name_until_it_is_bound(self):
        recording = made("direct")
        (certificate,) = recording.of("app:ManagedCertificate")
        assert certificate.inputs["properties"] == {
            "subjectName": "ws.amora.example.com",
            "domainControlValidation": "CNAME",
        }
        assert recording.outputs["endpoints"] == [f"wss://{recording.outputs['edge_host']}/mqtt"]

    def test_a_bound_certificate_is_named_by_its_address(self):
        recording = made("direct", certificate="bound")
        name, binding, certificate = recording.outputs["domain"]
        assert (name, binding) == ("ws.amora.example.com", "SniEnabled")
        (made_certificate,) = recording.of("app:ManagedCertificate")
        wanted = made_certificate.inputs["managedCertificateName"]
        assert certificate.endswith(f"/managedEnvironments/cae-amora-test-eu1-edge/managedCertificates/{wanted}")
        assert recording.outputs["endpoints"] == ["wss://ws.amora.example.com/mqtt"]

    def test_while_the_zone_is_not_delegated_nothing_is_validated(self):
        recording = made("direct", delegated=False)
        assert recording.of("app:ManagedCertificate") == recording.of("dns:RecordSet") == []
        assert recording.outputs["domain"] is None
        assert recording.outputs["endpoints"] == [f"wss://{recording.outputs['edge_host']}/mqtt"]
