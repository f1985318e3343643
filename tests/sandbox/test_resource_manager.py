"""What the stand-in refuses as Azure does: for each check a request that passes and one that is refused."""

import subprocess
from contextlib import contextmanager

import pytest

from sandbox.azure import ids
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults, Kind
from sandbox.azure.resource_manager import ResourceManager
from sandbox.store import Store

GROUP = f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/rg"
ROLES = f"/subscriptions/{ids.SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
VNET = f"{NETWORK}/virtualNetworks/vnet"
SUBNET_TOKEN = "azure-native:network:Subnet"
NAMESPACES = (
    "App",
    "Consumption",
    "ContainerRegistry",
    "DBforPostgreSQL",
    "Insights",
    "KeyVault",
    "ManagedIdentity",
    "Network",
    "OperationalInsights",
    "Storage",
)


@pytest.fixture
def manager(tmp_path):
    with Store(tmp_path) as store:
        for namespace in NAMESPACES:
            store.register(f"Microsoft.{namespace}")
        yield ResourceManager(store, Faults(store, lambda: None))


def group(manager, name="rg", location="westeurope"):
    return manager.create("azure-native:resources:ResourceGroup", {"resourceGroupName": name, "location": location})


def network(manager, **more):
    inputs = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, **more}
    return in_group(manager, "azure-native:network:VirtualNetwork", virtualNetworkName="vnet", **inputs)


def in_group(manager, token, location="westeurope", **inputs):
    return manager.create(token, {"resourceGroupName": "rg", "location": location, **inputs})


def subnet(manager, name, prefix, **more):
    return manager.create(
        SUBNET_TOKEN,
        {"resourceGroupName": "rg", "virtualNetworkName": "vnet", "subnetName": name, "addressPrefix": prefix, **more},
    )


def delegated(service):
    return [{"name": "delegation", "serviceName": service}]


def refused(code, call, *args, **kwargs):
    with pytest.raises(ArmError) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code, caught.value.message
    return caught.value


def test_a_resource_needs_its_group(manager):
    error = refused("ResourceGroupNotFound", network, manager)
    assert "'rg' could not be found" in error.message
    group(manager)
    network(manager)


def test_a_nested_resource_needs_its_parent(manager):
    group(manager)
    refused("ParentResourceNotFound", subnet, manager, "a", "10.0.0.0/24")
    network(manager)
    subnet(manager, "a", "10.0.0.0/24")


def test_a_namespace_must_be_registered(tmp_path):
    with Store(tmp_path) as store:
        manager = ResourceManager(store, Faults(store, lambda: None))
        group(manager)
        error = refused("MissingSubscriptionRegistration", network, manager)
        assert "Microsoft.Network" in error.message
        store.register("microsoft.network")
        network(manager)


def test_an_existing_id_is_not_created_again(manager):
    group(manager)
    refused("AlreadyExists", group, manager)


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("10.1.0.0/24", "NetcfgSubnetRangeOutsideVnet"),
        ("10.0.0.128/25", "NetcfgSubnetRangesOverlap"),
        ("10.0.0.0/16", "NetcfgSubnetRangesOverlap"),
        ("10.0.1.0/24", None),
    ],
)
def test_a_subnet_lies_in_its_network_and_meets_no_other(manager, prefix, code):
    group(manager)
    network(manager)
    subnet(manager, "a", "10.0.0.0/24")
    if code is None:
        subnet(manager, "b", prefix)
    else:
        refused(code, subnet, manager, "b", prefix)


def test_subnets_written_inside_their_network_count(manager):
    group(manager)
    network(manager, subnets=[{"name": "a", "addressPrefix": "10.0.0.0/24"}])
    refused("NetcfgSubnetRangesOverlap", subnet, manager, "b", "10.0.0.0/24")


def test_a_network_keeps_room_for_its_subnets(manager):
    group(manager)
    vnet = network(manager)
    subnet(manager, "a", "10.0.0.0/24")
    smaller = {**vnet.inputs, "addressSpace": {"addressPrefixes": ["10.0.1.0/24"]}}
    refused("NetcfgSubnetRangeOutsideVnet", manager.update, vnet.token, vnet.id, smaller)
    manager.update(vnet.token, vnet.id, {**vnet.inputs, "addressSpace": {"addressPrefixes": ["10.0.0.0/15"]}})


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (f"{NETWORK}/networkSecurityGroups/none", "InvalidResourceReference"),
        (VNET, "InvalidJsonReferenceWrongType"),
        ("/subscriptions/x/resourceGroups", "LinkedInvalidPropertyId"),
        (f"{NETWORK}/networkSecurityGroups/nsg", None),
        (f"{NETWORK}/NETWORKSECURITYGROUPS/NSG".lower(), None),
    ],
)
def test_an_id_names_something_of_the_right_type(manager, target, code):
    group(manager)
    network(manager)
    in_group(manager, "azure-native:network:NetworkSecurityGroup", networkSecurityGroupName="nsg")
    if code is None:
        subnet(manager, "a", "10.0.0.0/24", networkSecurityGroup={"id": target})
    else:
        refused(code, subnet, manager, "a", "10.0.0.0/24", networkSecurityGroup={"id": target})


def gateway(manager, location):
    in_group(
        manager,
        "azure-native:network:PublicIPAddress",
        publicIpAddressName="pip",
        sku={"name": "Standard"},
        publicIPAllocationMethod="Static",
    )
    return in_group(
        manager,
        "azure-native:network:NatGateway",
        location=location,
        natGatewayName="ng",
        sku={"name": "Standard"},
        publicIpAddresses=[{"id": f"{NETWORK}/publicIPAddresses/pip"}],
    )


def test_what_belongs_together_shares_its_region(manager):
    group(manager)
    error = refused("InvalidResourceReference", gateway, manager, "northeurope")
    assert "westeurope" in error.message


def test_a_gateway_with_an_address_of_its_region(manager):
    group(manager)
    gateway(manager, "West Europe")


@pytest.mark.parametrize(
    ("delegations", "code"),
    [
        ([], "SubnetMissingRequiredDelegation"),
        (delegated("Microsoft.DBforPostgreSQL/flexibleServers"), "SubnetMissingRequiredDelegation"),
        (delegated("Microsoft.App/environments"), None),
    ],
)
def test_a_container_apps_environment_needs_its_delegation(manager, delegations, code):
    group(manager)
    network(manager)
    subnet(manager, "core", "10.0.0.0/24", delegations=delegations)
    arguments = {
        "environmentName": "cae",
        "vnetConfiguration": {"infrastructureSubnetId": f"{VNET}/subnets/core", "internal": True},
    }
    if code is None:
        in_group(manager, "azure-native:app:ManagedEnvironment", **arguments)
    else:
        refused(code, in_group, manager, "azure-native:app:ManagedEnvironment", **arguments)


def test_a_private_endpoint_takes_no_delegated_subnet(manager):
    group(manager)
    network(manager)
    subnet(manager, "core", "10.0.0.0/24", delegations=delegated("Microsoft.App/environments"))
    subnet(manager, "endpoints", "10.0.1.0/24")
    vault = in_group(manager, "azure-native:keyvault:Vault", vaultName="kv-amora-1", properties=VAULT)
    connection = [{"name": "c", "privateLinkServiceId": vault.id, "groupIds": ["vault"]}]
    arguments = {"privateEndpointName": "pep", "privateLinkServiceConnections": connection}
    token = "azure-native:network:PrivateEndpoint"
    refused("SubnetWithDelegationsInUse", in_group, manager, token, subnet={"id": f"{VNET}/subnets/core"}, **arguments)
    in_group(manager, token, subnet={"id": f"{VNET}/subnets/endpoints"}, **arguments)


REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/cramora"


def registry_endpoint(manager, sku, group_id):
    group(manager)
    network(manager)
    subnet(manager, "endpoints", "10.0.1.0/24")
    token = "azure-native:containerregistry:Registry"
    in_group(manager, token, registryName="cramora", sku={"name": sku})
    connection = {"name": "c", "privateLinkServiceId": REGISTRY, "groupIds": [group_id]}
    return in_group(
        manager,
        "azure-native:network:PrivateEndpoint",
        privateEndpointName="pep",
        subnet={"id": f"{VNET}/subnets/endpoints"},
        privateLinkServiceConnections=[connection],
    )


def test_a_private_endpoint_names_a_sub_resource_of_its_service(manager):
    refused("InvalidPrivateLinkServiceConnectionGroupId", registry_endpoint, manager, "Premium", "registries")


def test_only_a_premium_registry_takes_a_private_endpoint(manager):
    error = refused("PrivateEndpointFeatureNotSupported", registry_endpoint, manager, "Standard", "registry")
    assert "Standard" in error.message


def test_a_premium_registry_takes_a_private_endpoint(manager):
    assert registry_endpoint(manager, "Premium", "registry").id.endswith("/privateEndpoints/pep")


VAULT = {
    "tenantId": ids.TENANT_ID,
    "sku": {"family": "A", "name": "standard"},
    "enableRbacAuthorization": True,
    "enablePurgeProtection": True,
    "softDeleteRetentionInDays": 90,
}


def vault(manager, **properties):
    return in_group(manager, "azure-native:keyvault:Vault", vaultName="kv-amora-1", properties={**VAULT, **properties})


def test_a_deleted_vault_keeps_its_name_until_it_is_recovered(manager):
    group(manager)
    made = vault(manager)
    manager.delete(made.id)
    error = refused("ConflictError", vault, manager)
    assert "deleted state" in error.message
    vault(manager, createMode="recover")
    assert manager.store.all_soft_deleted() == []


def test_there_must_be_something_to_recover(manager):
    group(manager)
    refused("VaultNotFound", vault, manager, createMode="recover")


def test_a_globally_unique_name_is_taken_once(manager):
    group(manager)
    group(manager, "other")
    vault(manager)
    inputs = {"resourceGroupName": "other", "location": "westeurope", "vaultName": "KV-amora-1", "properties": VAULT}
    refused("VaultAlreadyExists", manager.create, "azure-native:keyvault:Vault", inputs)
    manager.create("azure-native:keyvault:Vault", {**inputs, "vaultName": "kv-amora-2"})


def test_a_create_only_property_is_not_updated(manager):
    group(manager)
    made = vault(manager)
    changed = {**made.inputs, "properties": {**VAULT, "softDeleteRetentionInDays": 30}}
    error = refused("PropertyChangeNotAllowed", manager.update, made.token, made.id, changed)
    assert "softDeleteRetentionInDays" in error.message
    manager.update(made.token, made.id, {**made.inputs, "tags": {"owner": "me"}})


def test_an_update_of_what_is_gone_is_not_found(manager):
    group(manager)
    vnet = network(manager)
    manager.delete(vnet.id)
    refused("ResourceNotFound", manager.update, vnet.token, vnet.id, vnet.inputs)


def lock(manager, scope):
    return manager.create(
        "azure-native:authorization:ManagementLockByScope",
        {"scope": scope, "lockName": "keep", "level": "CanNotDelete"},
    )


def test_a_locked_resource_is_not_deleted(manager):
    group(manager)
    vnet = network(manager)
    made = lock(manager, vnet.id)
    refused("ScopeLocked", manager.delete, vnet.id)
    refused("ScopeLocked", manager.delete, GROUP)
    manager.delete(made.id)
    manager.delete(vnet.id)


def test_a_lock_needs_something_to_lock(manager):
    group(manager)
    refused("ParentResourceNotFound", lock, manager, VNET)
    network(manager)
    lock(manager, VNET)


def test_what_is_in_use_is_not_deleted(manager):
    group(manager)
    network(manager)
    nsg = in_group(manager, "azure-native:network:NetworkSecurityGroup", networkSecurityGroupName="nsg")
    user = subnet(manager, "a", "10.0.0.0/24", networkSecurityGroup={"id": nsg.id})
    refused("InUseNetworkSecurityGroupCannotBeDeleted", manager.delete, nsg.id)
    manager.delete(user.id)
    manager.delete(nsg.id)


def test_deleting_a_group_deletes_what_is_in_it(manager):
    group(manager)
    network(manager)
    subnet(manager, "a", "10.0.0.0/24")
    manager.delete(GROUP)
    assert manager.store.all() == []


def test_deleting_what_is_gone_is_no_error(manager):
    manager.delete(VNET)


def join(manager, plan):
    wanted = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "location": "westeurope"}
    wanted |= {"enableDdosProtection": True, "ddosProtectionPlan": {"id": plan}}
    return in_group(manager, "azure-native:network:VirtualNetwork", virtualNetworkName="vnet", **wanted)


def test_a_ddos_plan_is_there_before_a_network_joins_it_and_stays_as_long(manager):
    group(manager)
    plan = f"{GROUP}/providers/Microsoft.Network/ddosProtectionPlans/ddos"
    refused("InvalidResourceReference", join, manager, plan)
    made = in_group(
        manager, "azure-native:network:DdosProtectionPlan", ddosProtectionPlanName="ddos", location="uksouth"
    )
    joined = join(manager, plan)
    refused("InUseDdosProtectionPlanCannotBeDeleted", manager.delete, made.id)
    manager.delete(joined.id)
    manager.delete(made.id)


def test_a_ddos_plan_of_another_subscription_of_the_tenant_is_believed(manager):
    group(manager)
    other = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers/Microsoft.Network"
    refused("InvalidJsonReferenceWrongType", join, manager, f"{other}/natGateways/ng")
    join(manager, f"{other}/ddosProtectionPlans/ddos")


def test_a_budget_stands_over_a_group_ends_after_ten_years_and_keeps_its_start(manager):
    inputs = {
        "scope": GROUP,
        "budgetName": "bgt",
        "category": "Cost",
        "amount": 100,
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-12-01T00:00:00Z"},
    }
    refused("ParentResourceNotFound", manager.create, "azure-native:consumption:Budget", inputs)
    group(manager)
    made = manager.create("azure-native:consumption:Budget", inputs)
    assert made.outputs["timePeriod"] == {"endDate": "2036-12-01T00:00:00Z"}
    manager.update(made.token, made.id, {**inputs, "amount": 200})
    later = {**inputs, "timePeriod": {"startDate": "2027-01-01T00:00:00Z"}}
    refused("PropertyChangeNotAllowed", manager.update, made.token, made.id, later)


def role(manager, principal, kind="ServicePrincipal"):
    return manager.create(
        "azure-native:authorization:RoleAssignment",
        {
            "scope": GROUP,
            "roleAssignmentName": "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11",
            "principalId": principal,
            "principalType": kind,
            "roleDefinitionId": f"{ROLES}/4633458b-17de-408a-b874-0445c86b69e6",
        },
    )


def test_a_role_needs_a_principal_of_the_directory(manager):
    group(manager)
    identity = in_group(manager, "azure-native:managedidentity:UserAssignedIdentity", resourceName="id-app")
    refused("PrincipalNotFound", role, manager, "99999999-9999-9999-9999-999999999999")
    role(manager, identity.outputs["principalId"])


@pytest.mark.parametrize("kind", ["Group", "User"])
def test_a_group_or_a_user_is_in_a_directory_the_sandbox_does_not_have(manager, kind):
    group(manager)
    role(manager, "99999999-9999-9999-9999-999999999999", kind)


def test_a_network_is_linked_to_one_zone_of_a_name(manager):
    group(manager)
    network(manager)
    manager.create(
        "azure-native:privatedns:PrivateZone",
        {"resourceGroupName": "rg", "privateZoneName": "privatelink.vaultcore.azure.net", "location": "global"},
    )

    def link(name):
        return manager.create(
            "azure-native:privatedns:VirtualNetworkLink",
            {
                "resourceGroupName": "rg",
                "privateZoneName": "privatelink.vaultcore.azure.net",
                "virtualNetworkLinkName": name,
                "location": "global",
                "virtualNetwork": {"id": VNET},
                "registrationEnabled": False,
            },
        )

    link("one")
    refused("Conflict", link, "two")


@pytest.mark.parametrize(
    ("kind", "code", "exists"),
    [
        (Kind.THROTTLE, "TooManyRequests", False),
        (Kind.CONFLICT, "AnotherOperationInProgress", False),
        (Kind.FAIL, "InternalServerError", False),
        (Kind.ROLE_LAG, "AuthorizationFailed", False),
        (Kind.LOST_RESPONSE, "ConnectionReset", True),
    ],
)
def test_a_fault_strikes_once_where_it_was_laid(manager, kind, code, exists):
    manager.store.add_fault(kind, "*/resourcegroups/rg", 1, 0.0)
    group(manager, "untouched")
    refused(code, group, manager)
    assert (manager.get(GROUP) is not None) is exists
    if not exists:
        group(manager)


def test_a_slow_create_lasts_and_succeeds(manager):
    manager.store.add_fault(Kind.SLOW, "*", 1, 0.01)
    group(manager)
    assert manager.store.faults() == []


def test_killing_the_engine_needs_an_engine(manager):
    manager.store.add_fault(Kind.KILL_AFTER, "*", 1, 0.0)
    refused("NoEngine", group, manager)
    assert manager.get(GROUP) is not None


def test_an_engine_that_another_fault_has_killed_is_not_killed_again(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    with Store(tmp_path) as store:
        manager = ResourceManager(store, Faults(store, lambda: gone.pid))
        store.add_fault(Kind.KILL_AFTER, "*", 1, 0.0)
        refused("EngineKilled", group, manager)


def test_a_run_that_ends_right_after_a_create_has_met_its_fault(tmp_path):
    class EndsWithTheCreate(Store):
        depth = 0

        @contextmanager
        def exclusive(self):
            self.depth += 1
            with super().exclusive():
                yield
            self.depth -= 1
            if not self.depth and self.get(GROUP):
                self.close()

    with EndsWithTheCreate(tmp_path) as store:
        store.add_fault(Kind.KILL_AFTER, "*", 1, 0.0)
        refused("NoEngine", group, ResourceManager(store, Faults(store, lambda: None)))
    with Store(tmp_path) as store:
        assert store.get(GROUP) is not None
        assert store.faults() == []


def test_what_azure_drew_at_creation_stays_on_update(manager):
    group(manager)
    made = in_group(manager, "azure-native:managedidentity:UserAssignedIdentity", resourceName="id-app")
    changed = manager.update(made.token, made.id, {**made.inputs, "tags": {"a": "b"}})
    assert changed.outputs["principalId"] == made.outputs["principalId"]


class TestSoftDelete:
    SECRET = "azure-native:keyvault:Secret"

    def vault(self, manager, access="Disabled", **properties):
        wanted = {"tenantId": ids.TENANT_ID, "sku": {"family": "A", "name": "standard"}, **properties}
        wanted |= {"publicNetworkAccess": access}
        return in_group(manager, "azure-native:keyvault:Vault", vaultName="kv-amora-1", properties=wanted)

    def secret(self, manager, name):
        inputs = {"resourceGroupName": "rg", "vaultName": "kv-amora-1", "secretName": name}
        return manager.create(self.SECRET, {**inputs, "properties": {"value": "x"}})

    def test_a_deleted_vault_holds_its_name_until_it_is_recovered_with_its_secrets(self, manager):
        group(manager)
        vault = self.vault(manager)
        secret = self.secret(manager, "cookie")
        manager.delete(vault.id)
        assert manager.get(secret.id) is None
        error = refused("ConflictError", self.vault, manager)
        assert "deleted state" in error.message
        self.vault(manager, createMode="recover")
        assert manager.get(secret.id).outputs == secret.outputs
        assert manager.store.all_soft_deleted() == []

    def test_there_must_be_something_to_recover(self, manager):
        group(manager)
        refused("VaultNotFound", self.vault, manager, createMode="recover")

    def test_a_closed_vault_deletes_no_secret_for_somebody_outside(self, manager):
        group(manager)
        self.vault(manager)
        secret = self.secret(manager, "cookie")
        refused("Forbidden", manager.delete, secret.id)
        assert manager.get(secret.id) is not None

    def test_a_deleted_secret_holds_its_name_and_stays_deleted_in_a_recovered_vault(self, manager):
        group(manager)
        vault = self.vault(manager, "Enabled")
        secret = self.secret(manager, "cookie")
        manager.delete(secret.id)
        refused("Conflict", self.secret, manager, "cookie")
        self.secret(manager, "other")
        manager.delete(vault.id)
        self.vault(manager, createMode="recover")
        assert manager.get(secret.id) is None
        assert manager.get(secret.id.replace("cookie", "other")) is not None


def record_set(manager, kind, **content):
    return manager.create(
        "azure-native:dns:RecordSet",
        {
            "resourceGroupName": "rg",
            "zoneName": "amora.example.com",
            "relativeRecordSetName": "ws",
            "recordType": kind,
            "ttl": 300,
            **content,
        },
    )


TEXT = {"txtRecords": [{"value": ["token"]}]}
CANONICAL = {"cnameRecord": {"cname": "edge.example.net"}}
ADDRESS = {"aRecords": [{"ipv4Address": "203.0.113.7"}]}


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (("TXT", TEXT), ("CNAME", CANONICAL), "Conflict"),
        (("CNAME", CANONICAL), ("A", ADDRESS), "Conflict"),
        (("TXT", TEXT), ("A", ADDRESS), None),
    ],
)
def test_a_canonical_name_stands_alone(manager, first, second, code):
    group(manager)
    in_group(manager, "azure-native:dns:Zone", location="global", zoneName="amora.example.com")
    record_set(manager, first[0], **first[1])
    if code:
        refused(code, record_set, manager, second[0], **second[1])
    else:
        record_set(manager, second[0], **second[1])
