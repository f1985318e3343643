"""An app or a job is refused until everything it uses is there: for each a request that passes and one refused."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from sandbox.azure import ids
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults
from sandbox.azure.resource_manager import ResourceManager
from sandbox.store import Store

GROUP = f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
VNET = f"{NETWORK}/virtualNetworks/vnet"
ZONE = f"{NETWORK}/privateDnsZones/privatelink.vaultcore.azure.net"
REGISTRY_ZONE = f"{NETWORK}/privateDnsZones/privatelink.azurecr.io"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-amora"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/cramora"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-app"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
NAMESPACES = ("App", "ContainerRegistry", "KeyVault", "ManagedIdentity", "Network", "OperationalInsights")


@dataclass
class Azure:
    """What an app uses, each part made unless it is left out."""

    manager: ResourceManager
    without: set[str] = field(default_factory=set)
    secrets_role: str = SECRETS_USER
    secrets_scope: str = VAULT
    vault_access: str = "Disabled"
    registry_access: str = "Enabled"

    def create(self, token, part="", **inputs):
        if part not in self.without:
            return self.manager.create(f"azure-native:{token}", {"resourceGroupName": "rg", **inputs})
        return None

    def build(self):
        here = {"location": "westeurope"}
        self.create("resources:ResourceGroup", **here)
        self.create(
            "network:VirtualNetwork",
            virtualNetworkName="vnet",
            addressSpace={"addressPrefixes": ["10.0.0.0/16"]},
            subnets=[
                {
                    "name": "core",
                    "addressPrefix": "10.0.0.0/24",
                    "delegations": [{"name": "apps", "serviceName": "Microsoft.App/environments"}],
                },
                {"name": "endpoints", "addressPrefix": "10.0.1.0/24"},
            ],
            **here,
        )
        for name in ("cae", "cae-2"):
            self.create(
                "app:ManagedEnvironment",
                environmentName=name,
                vnetConfiguration={"infrastructureSubnetId": f"{VNET}/subnets/core", "internal": True},
                **here,
            )
        identity = self.create("managedidentity:UserAssignedIdentity", resourceName="id-app", **here)
        self.create("managedidentity:UserAssignedIdentity", resourceName="id-other", **here)
        self._vault(here)
        self._registry(here)
        self._role("0b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11", "secrets role", self.secrets_scope, identity)
        self._role("1b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11", "pull role", REGISTRY, identity)
        return self

    def _registry(self, here):
        self.create(
            "containerregistry:Registry",
            "registry",
            registryName="cramora",
            sku={"name": "Premium"},
            publicNetworkAccess=self.registry_access,
            **here,
        )
        if self.registry_access == "Disabled":
            self._endpoint("registry", REGISTRY, REGISTRY_ZONE, here)

    def _vault(self, here):
        properties = {
            "tenantId": ids.TENANT_ID,
            "sku": {"family": "A", "name": "standard"},
            "publicNetworkAccess": self.vault_access,
        }
        self.create("keyvault:Vault", vaultName="kv-amora", properties=properties, **here)
        self.create(
            "keyvault:Secret", "secret", vaultName="kv-amora", secretName="cookie", properties={"value": "secret"}
        )
        self._endpoint("vault", VAULT, ZONE, here)

    def _endpoint(self, service, target, zone, here):
        """A private endpoint with its zone, its link and its zone group; of the vault's, each may be left out."""
        part = (lambda name: name) if service == "vault" else (lambda name: f"{service} {name}")
        self.create(
            "network:PrivateEndpoint",
            part("endpoint"),
            privateEndpointName=f"pep-{service}",
            subnet={"id": f"{VNET}/subnets/endpoints"},
            privateLinkServiceConnections=[{"name": service, "privateLinkServiceId": target, "groupIds": [service]}],
            **here,
        )
        name = zone.rpartition("/")[2]
        self.create("privatedns:PrivateZone", privateZoneName=name, location="global")
        self.create(
            "privatedns:VirtualNetworkLink",
            part("link"),
            privateZoneName=name,
            virtualNetworkLinkName="network",
            location="global",
            virtualNetwork={"id": VNET},
            registrationEnabled=False,
        )
        if part("endpoint") not in self.without:
            self.create(
                "network:PrivateDnsZoneGroup",
                part("zone group"),
                privateEndpointName=f"pep-{service}",
                privateDnsZoneGroupName="default",
                privateDnsZoneConfigs=[{"name": service, "privateDnsZoneId": zone}],
            )

    def _role(self, name, part, scope, identity):
        definition = self.secrets_role if part == "secrets role" else ACR_PULL
        if scope == REGISTRY and "registry" in self.without:
            return
        self.create(
            "authorization:RoleAssignment",
            part,
            scope=scope,
            roleAssignmentName=name,
            principalId=identity.outputs["principalId"],
            principalType="ServicePrincipal",
            roleDefinitionId=f"/subscriptions/{ids.SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions/"
            f"{definition}",
        )

    def secret_url(self):
        secret = self.manager.get(f"{VAULT}/secrets/cookie")
        if secret is None:
            return "https://kv-amora.vault.azure.net/secrets/cookie/00000000000000000000000000000000"
        return secret.outputs["properties"]["secretUriWithVersion"]

    def app(self, name="ca-one", change: Callable[[dict], None] = lambda inputs: None, **ingress):
        inputs = {
            "resourceGroupName": "rg",
            "location": "westeurope",
            "containerAppName": name,
            "managedEnvironmentId": f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
            "configuration": {
                "ingress": {"external": True, "targetPort": 8883, "exposedPort": 8881, "transport": "Tcp", **ingress},
                "registries": [{"server": "cramora.azurecr.io", "identity": IDENTITY}],
                "secrets": [{"name": "cookie", "keyVaultUrl": self.secret_url(), "identity": IDENTITY}],
            },
            "template": {"containers": [{"name": "one", "image": f"cramora.azurecr.io/emqx@sha256:{'0' * 64}"}]},
        }
        inputs = copy.deepcopy(inputs)
        change(inputs)
        return self.manager.create("azure-native:app:ContainerApp", inputs)


@pytest.fixture
def manager(tmp_path):
    with Store(tmp_path) as store:
        for namespace in NAMESPACES:
            store.register(f"Microsoft.{namespace}")
        yield ResourceManager(store, Faults(store, lambda: None))


def refused(words, call, *args, **kwargs):
    with pytest.raises(ArmError) as caught:
        call(*args, **kwargs)
    assert words in str(caught.value)
    return caught.value


SECRET = "Unable to get value using Managed identity"
IMAGE = "unable to pull image using Managed identity"


def test_an_app_is_taken_when_everything_is_there(manager):
    made = Azure(manager).build().app()
    assert made.outputs["latestRevisionName"].startswith("ca-one--")


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("secret", SECRET),
        ("secrets role", SECRET),
        ("endpoint", SECRET),
        ("zone group", SECRET),
        ("link", SECRET),
        ("pull role", IMAGE),
        ("registry", IMAGE),
    ],
)
def test_an_app_is_refused_before_what_it_uses(manager, missing, words):
    error = refused(words, Azure(manager, without={missing}).build().app)
    assert error.code == "InvalidParameterValueInContainerTemplate"


@pytest.mark.parametrize("missing", ["registry endpoint", "registry zone group", "registry link"])
def test_an_image_of_a_private_registry_is_out_of_reach_without_its_way_in(manager, missing):
    refused(IMAGE, Azure(manager, without={missing}, registry_access="Disabled").build().app)


def test_an_image_of_a_private_registry_is_pulled_by_its_way_in(manager):
    Azure(manager, registry_access="Disabled").build().app()


def test_a_public_vault_needs_no_endpoint(manager):
    Azure(manager, without={"endpoint", "link"}, vault_access="Enabled").build().app()


@pytest.mark.parametrize("scope", [VAULT, f"{VAULT}/secrets/cookie", GROUP])
def test_a_role_on_the_secret_or_above_it_is_enough(manager, scope):
    Azure(manager, secrets_scope=scope).build().app()


def test_a_role_that_reads_no_secrets_is_not(manager):
    refused(SECRET, Azure(manager, secrets_role=READER).build().app)


def test_a_role_on_something_else_is_not(manager):
    refused(SECRET, Azure(manager, secrets_scope=VNET).build().app)


def test_a_secret_is_named_by_a_version_that_exists(manager):
    azure = Azure(manager).build()

    def other_version(inputs):
        secret = inputs["configuration"]["secrets"][0]
        secret["keyVaultUrl"] = secret["keyVaultUrl"].rpartition("/")[0] + f"/{'f' * 32}"

    def no_version(inputs):
        secret = inputs["configuration"]["secrets"][0]
        secret["keyVaultUrl"] = secret["keyVaultUrl"].rpartition("/")[0]

    refused(SECRET, azure.app, change=other_version)
    azure.app(change=no_version)


@pytest.mark.parametrize("part", ["secrets", "registries"])
def test_an_identity_must_be_the_apps_own(manager, part):
    other = IDENTITY.replace("id-app", "id-other")

    def another(inputs):
        inputs["configuration"][part][0]["identity"] = other

    error = refused("is not assigned to it", Azure(manager).build().app, change=another)
    assert error.code == "ContainerAppIdentityNotAssigned"


def test_an_exposed_port_belongs_to_one_app_of_an_environment(manager):
    azure = Azure(manager).build()
    extra = [{"external": True, "targetPort": 4371, "exposedPort": 4371}]
    azure.app("ca-one", additionalPortMappings=extra)
    refused("8881: exposedPort already in use", azure.app, "ca-two")
    refused("4371: exposedPort already in use", azure.app, "ca-two", exposedPort=8882, additionalPortMappings=extra)
    azure.app("ca-two", exposedPort=8882)

    def elsewhere(inputs):
        inputs["managedEnvironmentId"] += "-2"

    azure.app("ca-three", elsewhere)


def test_a_port_inside_the_environment_may_be_anybodys(manager):
    azure = Azure(manager).build()
    azure.app("ca-one", external=False)
    azure.app("ca-two", external=False)


def test_an_update_keeps_its_own_ports(manager):
    azure = Azure(manager).build()
    made = azure.app()
    manager.update(made.token, made.id, {**made.inputs, "tags": {"a": "b"}})


def test_at_most_five_additional_ports(manager):
    azure = Azure(manager).build()
    five = [{"external": True, "targetPort": port, "exposedPort": port} for port in range(7001, 7006)]
    refused(
        "6 additional ports; at most 5",
        azure.app,
        additionalPortMappings=[*five, {"external": False, "targetPort": 7006}],
    )
    azure.app(additionalPortMappings=five)


def test_an_app_needs_its_environment(manager):
    def nowhere(inputs):
        inputs["managedEnvironmentId"] += "-gone"

    refused("InvalidResourceReference", Azure(manager).build().app, change=nowhere)


def test_a_job_is_held_to_the_same(manager):
    azure = Azure(manager, without={"secrets role"}).build()
    inputs = {
        "resourceGroupName": "rg",
        "location": "westeurope",
        "jobName": "caj-one",
        "environmentId": f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
        "configuration": {
            "triggerType": "Manual",
            "replicaTimeout": 60,
            "secrets": [{"name": "cookie", "keyVaultUrl": azure.secret_url(), "identity": IDENTITY}],
        },
    }
    refused(SECRET, manager.create, "azure-native:app:Job", inputs)
    inputs["configuration"]["secrets"] = []
    manager.create("azure-native:app:Job", inputs)
