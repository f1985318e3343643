"""What the stand-in refuses of Front Door and of our host names on Container Apps: each check passed and failed."""

from typing import Any

import pytest

from sandbox.azure import ids, outputs
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults
from sandbox.azure.resource_manager import ResourceManager
from sandbox.store import Store

GROUP = f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/rg"
CDN = f"{GROUP}/providers/Microsoft.Cdn/profiles"
FIREWALLS = f"{GROUP}/providers/Microsoft.Network/FrontDoorWebApplicationFirewallPolicies"
ENVIRONMENT = f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae"
HOST = "ws.amora.example.com"


class Azure:
    def __init__(self, manager: ResourceManager) -> None:
        self._manager = manager

    def make(self, token: str, **inputs: Any) -> str:
        return self._manager.create(f"azure-native:{token}", {"resourceGroupName": "rg", **inputs}).id

    def drop(self, resource_id: str) -> None:
        self._manager.delete(resource_id)

    def profile(self, name: str = "one", sku: str = "Standard_AzureFrontDoor") -> str:
        return self.make("cdn:Profile", profileName=name, location="global", sku={"name": sku})

    def endpoint(self, profile: str = "one") -> str:
        return self.make("cdn:AFDEndpoint", profileName=profile, endpointName=f"ws-{profile}", location="global")

    def group(self, profile: str = "one") -> str:
        settings = {"sampleSize": 4, "successfulSamplesRequired": 3}
        return self.make(
            "cdn:AFDOriginGroup", profileName=profile, originGroupName="edge", loadBalancingSettings=settings
        )

    def origin(self, state: str = "Enabled") -> str:
        return self.make(
            "cdn:AFDOrigin",
            profileName="one",
            originGroupName="edge",
            originName="edge",
            hostName="edge.example.net",
            enabledState=state,
        )

    def domain(self, profile: str = "one", host: str = HOST) -> str:
        return self.make("cdn:AFDCustomDomain", profileName=profile, customDomainName="ws", hostName=host)

    def route(self, domains: tuple[str, ...] = ()) -> str:
        return self.make(
            "cdn:Route",
            profileName="one",
            endpointName="ws-one",
            routeName="web-socket",
            originGroup={"id": f"{CDN}/one/originGroups/edge"},
            customDomains=[{"id": each} for each in domains],
            patternsToMatch=["/mqtt"],
        )

    def firewall(self, sku: str = "Standard_AzureFrontDoor") -> str:
        return self.make("frontdoor:Policy", policyName="fdfp", location="global", sku={"name": sku})

    def guard(self) -> str:
        parameters = {
            "type": "WebApplicationFirewall",
            "wafPolicy": {"id": f"{FIREWALLS}/fdfp"},
            "associations": [{"domains": [{"id": f"{CDN}/one/afdEndpoints/ws-one"}], "patternsToMatch": ["/*"]}],
        }
        return self.make("cdn:SecurityPolicy", profileName="one", securityPolicyName="firewall", parameters=parameters)

    def environment(self) -> str:
        return self.make("app:ManagedEnvironment", environmentName="cae", location="westeurope")

    def proof(self, text: str) -> None:
        self.make("dns:Zone", zoneName="amora.example.com", location="global")
        self.make(
            "dns:RecordSet",
            zoneName="amora.example.com",
            relativeRecordSetName="asuid.ws",
            recordType="TXT",
            ttl=300,
            txtRecords=[{"value": [text]}],
        )

    def app(self, *hosts: str, certificate: str | None = None) -> str:
        domains = [{"name": host, "bindingType": "Disabled"} for host in hosts]
        if certificate:
            domains = [{"name": hosts[0], "bindingType": "SniEnabled", "certificateId": certificate}]
        return self.make(
            "app:ContainerApp",
            containerAppName="edge",
            location="westeurope",
            managedEnvironmentId=ENVIRONMENT,
            configuration={"ingress": {"external": True, "targetPort": 8080, "customDomains": domains}},
        )

    def certificate(self, host: str = HOST) -> str:
        return self.make(
            "app:ManagedCertificate",
            environmentName="cae",
            managedCertificateName="ws",
            location="westeurope",
            properties={"subjectName": host, "domainControlValidation": "CNAME"},
        )


@pytest.fixture
def azure(tmp_path):
    with Store(tmp_path) as store:
        for namespace in ("App", "Cdn", "Network"):
            store.register(f"Microsoft.{namespace}")
        manager = ResourceManager(store, Faults(store, lambda: None))
        manager.create("azure-native:resources:ResourceGroup", {"resourceGroupName": "rg", "location": "westeurope"})
        yield Azure(manager)


def refused(code, call, *args):
    with pytest.raises(ArmError) as caught:
        call(*args)
    assert caught.value.code == code, caught.value.message
    return caught.value.message


@pytest.mark.parametrize("state", [None, "Disabled"])
def test_a_route_needs_an_origin_that_is_on(azure, state):
    azure.profile()
    azure.endpoint()
    azure.group()
    if state:
        azure.origin(state)
    assert "no enabled origin" in refused("BadRequest", azure.route)


def test_a_route_with_an_origin_passes_and_keeps_what_it_uses(azure):
    azure.profile()
    azure.endpoint()
    group = azure.group()
    azure.origin()
    domain = azure.domain()
    route = azure.route((domain,))
    refused("BadRequest", azure.drop, domain)
    refused("BadRequest", azure.drop, group)
    azure.drop(route)
    azure.drop(domain)
    azure.drop(group)


def test_a_route_takes_no_domain_of_another_profile(azure):
    azure.profile()
    azure.profile("two")
    azure.endpoint()
    azure.group()
    azure.origin()
    assert "does not belong" in refused("BadRequest", azure.route, (azure.domain("two"),))


def test_a_host_is_in_one_profile(azure):
    azure.profile()
    azure.profile("two")
    azure.domain("one")
    assert HOST in refused("Conflict", azure.domain, "two")
    azure.domain("two", "ws2.amora.example.com")


@pytest.mark.parametrize(("sku", "code"), [("Premium_AzureFrontDoor", "BadRequest"), ("Standard_AzureFrontDoor", None)])
def test_a_firewall_has_the_sku_of_its_front_door_and_stays_while_it_is_used(azure, sku, code):
    azure.profile()
    azure.endpoint()
    policy = azure.firewall(sku)
    if code:
        assert sku in refused(code, azure.guard)
        return
    azure.guard()
    refused("PolicyAlreadyAssociated", azure.drop, policy)


def test_a_host_is_put_on_an_app_when_the_world_says_that_it_is_ours(azure):
    azure.environment()
    azure.proof("somebody else's")
    assert "asuid.ws.amora.example.com" in refused("InvalidCustomHostNameValidation", azure.app, HOST)


def test_a_certificate_is_issued_for_a_host_that_an_app_carries(azure):
    azure.environment()
    azure.proof(outputs.verification_id())
    refused("RequireCustomHostnameInEnvironment", azure.certificate)
    azure.app(HOST)
    azure.certificate()


def test_an_app_binds_a_certificate_that_is_there_and_keeps_it(azure):
    azure.environment()
    azure.proof(outputs.verification_id())
    refused("InvalidResourceReference", lambda: azure.app(HOST, certificate=f"{ENVIRONMENT}/managedCertificates/ws"))
    app = azure.app(HOST)
    certificate = azure.certificate()
    azure.drop(app)
    azure.app(HOST, certificate=certificate)
    refused("CertificateInUse", azure.drop, certificate)
