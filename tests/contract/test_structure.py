"""The structural check: a good request is clean, each single fault in it is found with its kind."""

import copy
from importlib.metadata import version

import pytest

from sandbox import arm
from sandbox.arm.catalogue import catalogue
from sandbox.property_path import assign
from sandbox.wire import UNKNOWN

ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers"
IN_GROUP = {"resourceGroupName": "rg", "location": "westeurope"}

GOOD = {
    "resources:ResourceGroup": {"resourceGroupName": "rg", "location": "westeurope", "tags": {"a": "b"}},
    "network:VirtualNetwork": {
        **IN_GROUP,
        "virtualNetworkName": "vnet",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    },
    "network:Subnet": {
        "resourceGroupName": "rg",
        "virtualNetworkName": "vnet",
        "subnetName": "a",
        "addressPrefix": "10.0.0.0/24",
        "defaultOutboundAccess": False,
        "delegations": [{"name": "d", "serviceName": "Microsoft.App/environments"}],
    },
    "network:NetworkSecurityGroup": {
        **IN_GROUP,
        "networkSecurityGroupName": "nsg",
        "securityRules": [
            {
                "name": "r",
                "access": "Allow",
                "direction": "Inbound",
                "priority": 100,
                "protocol": "Tcp",
                "sourcePortRange": "*",
                "destinationPortRange": "443",
                "sourceAddressPrefix": "*",
                "destinationAddressPrefix": "*",
            }
        ],
    },
    "operationalinsights:Workspace": {
        **IN_GROUP,
        "workspaceName": "log-amora",
        "sku": {"name": "PerGB2018"},
        "retentionInDays": 30,
    },
    "keyvault:Vault": {
        **IN_GROUP,
        "vaultName": "kv-amora",
        "properties": {"tenantId": "11111111-1111-1111-1111-111111111111", "sku": {"family": "A", "name": "standard"}},
    },
    "app:ManagedEnvironment": {
        **IN_GROUP,
        "environmentName": "cae",
        "zoneRedundant": True,
        "vnetConfiguration": {
            "internal": True,
            "infrastructureSubnetId": f"{ID}/Microsoft.Network/virtualNetworks/v/subnets/s",
        },
    },
    "dbforpostgresql:Server": {**IN_GROUP, "serverName": "psql", "version": "17", "storage": {"storageSizeGB": 128}},
    "monitor:MetricAlert": {
        "resourceGroupName": "rg",
        "location": "global",
        "ruleName": "alert",
        "enabled": True,
        "severity": 1,
        "scopes": [ID],
        "evaluationFrequency": "PT1M",
        "windowSize": "PT5M",
        "criteria": {"odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", "allOf": []},
    },
    "authorization:ManagementLockByScope": {
        "scope": f"{ID}/Microsoft.Network/virtualNetworks/v",
        "lockName": "l",
        "level": "CanNotDelete",
    },
    "dns:RecordSet": {
        "resourceGroupName": "rg",
        "zoneName": "example.com",
        "recordType": "A",
        "relativeRecordSetName": "a",
        "ttl": 60,
    },
}

# token, path, faulty value (None removes the property), kind of the finding
FAULTS = [
    ("resources:ResourceGroup", "locatoin", "x", "unknown-sdk-input"),
    ("resources:ResourceGroup", "tags", "x", "type"),
    ("resources:ResourceGroup", "tags.a", 1, "type"),
    ("network:VirtualNetwork", "addressSpace", "10.0.0.0/16", "type"),
    ("network:VirtualNetwork", "addressSpace.addressPrefixes", "10.0.0.0/16", "type"),
    ("network:VirtualNetwork", "adressSpace", {}, "unknown-sdk-input"),
    ("network:VirtualNetwork", "enableDdosProtection", "yes", "type"),
    ("network:Subnet", "defaultOutboundAccess", 0, "type"),
    ("network:Subnet", "delegations[0].service", "x", "unknown-sdk-input"),
    ("network:Subnet", "privateEndpointNetworkPolicies", "On", "enum-open"),
    ("network:Subnet", "networkSecurityGroup", "id", "type"),
    ("network:NetworkSecurityGroup", "securityRules[0].access", "Permit", "enum-open"),
    ("network:NetworkSecurityGroup", "securityRules[0].direction", "In", "enum-open"),
    ("network:NetworkSecurityGroup", "securityRules[0].direction", None, "missing-required"),
    ("network:NetworkSecurityGroup", "securityRules[0].priority", None, "missing-required"),
    ("network:NetworkSecurityGroup", "securityRules[0].priority", "100", "type"),
    ("network:NetworkSecurityGroup", "securityRules[0].protocol", "Sctp", "enum-open"),
    ("network:NetworkSecurityGroup", "securityRules[0].port", "443", "unknown-sdk-input"),
    ("operationalinsights:Workspace", "sku.name", "Cheap", "enum-open"),
    ("operationalinsights:Workspace", "sku", "PerGB2018", "type"),
    ("operationalinsights:Workspace", "retentionInDays", "30", "type"),
    ("operationalinsights:Workspace", "retention", 30, "unknown-sdk-input"),
    ("keyvault:Vault", "properties.sku.family", "B", "enum-open"),
    ("keyvault:Vault", "properties.sku.name", "Gold", "enum"),
    ("keyvault:Vault", "properties.sku.name", None, "missing-required"),
    ("keyvault:Vault", "properties.tenantId", None, "missing-required"),
    ("keyvault:Vault", "properties.enableRbacAuthorization", "true", "type"),
    ("keyvault:Vault", "properties", None, "missing-required"),
    ("app:ManagedEnvironment", "zoneRedundant", "yes", "type"),
    ("app:ManagedEnvironment", "vnetConfiguration.internl", True, "unknown-sdk-input"),
    ("app:ManagedEnvironment", "zones", ["1"], "unknown-sdk-input"),
    ("dbforpostgresql:Server", "storage.size", 128, "unknown-sdk-input"),
    ("dbforpostgresql:Server", "version", "9", "enum-open"),
    ("dbforpostgresql:Server", "highAvailability", {"mode": "Always"}, "enum-open"),
    ("dbforpostgresql:Server", "storage.storageSizeGB", "128", "type"),
    ("monitor:MetricAlert", "criteria.odataType", "Unknown", "union"),
    ("monitor:MetricAlert", "severity", None, "missing-required"),
    ("monitor:MetricAlert", "scopes", ID, "type"),
    ("monitor:MetricAlert", "enabled", None, "missing-required"),
    ("authorization:ManagementLockByScope", "level", "Delete", "enum-open"),
    ("authorization:ManagementLockByScope", "level", None, "missing-required"),
    ("dns:RecordSet", "recordType", "AX", "no-such-type"),
    ("dns:RecordSet", "ttl", "60", "type"),
]


def without(values, path):
    head, _, last = path.rpartition(".")
    result = copy.deepcopy(values)
    here = result
    for part in head.replace("[0]", ".0").split(".") if head else []:
        here = here[int(part)] if part == "0" else here[part]
    del here[last]
    return result


def faulty(token, path, value):
    return without(GOOD[token], path) if value is None else assign(copy.deepcopy(GOOD[token]), path, value)


@pytest.mark.parametrize("token", sorted(GOOD))
def test_a_good_request_is_clean(token):
    assert arm.check(f"azure-native:{token}", GOOD[token]) == []


@pytest.mark.parametrize(("token", "path", "value", "kind"), FAULTS)
def test_a_single_fault_is_found_with_its_kind(token, path, value, kind):
    findings = arm.check(f"azure-native:{token}", faulty(token, path, value))
    assert kind in {finding.kind for finding in findings}, findings
    assert all(finding.severity == "error" for finding in findings)


def test_a_different_case_is_a_warning_only():
    (finding,) = arm.check(
        "azure-native:keyvault:Vault", assign(GOOD["keyvault:Vault"], "properties.sku.name", "Standard")
    )
    assert (finding.severity, finding.kind) == ("warning", "enum-case")


def test_what_is_not_known_yet_passes():
    for token, inputs in GOOD.items():
        assert arm.check(f"azure-native:{token}", {**inputs, **dict.fromkeys(inputs, UNKNOWN)}) == []


def test_a_token_without_an_arm_type_is_an_error():
    (finding,) = arm.check("azure-native:nowhere:Thing", {})
    assert finding.kind == "unmapped-token"
    assert not arm.covered("azure-native:nowhere:Thing")


def test_a_known_token_nobody_looked_up_is_not_covered():
    assert arm.covered("azure-native:network:Subnet")
    assert arm.covered("azure-native:dns:RecordSet")
    assert not arm.covered("azure-native:logic:Workflow")


def test_an_accepted_deviation_is_shown_as_allowed():
    inputs = {
        **IN_GROUP,
        "dashboardName": "dash",
        "properties": {
            "lenses": [
                {
                    "order": 0,
                    "parts": [
                        {"position": {"x": 0, "y": 0, "rowSpan": 1, "colSpan": 1}, "metadata": {"type": "Extension/X"}}
                    ],
                }
            ]
        },
    }
    findings = arm.check("azure-native:portal:Dashboard", inputs)
    assert {finding.severity for finding in findings} == {"allowed"}


def test_the_maps_are_those_of_the_installed_sdk():
    assert catalogue().sdk.endswith(version("pulumi-azure-native"))


def test_ids_and_templates():
    subnet = GOOD["network:Subnet"]
    expected = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/a"
    assert arm.resource_id("azure-native:network:Subnet", subnet, "s") == expected
    assert arm.id_inputs("azure-native:network:Subnet") == ("resourceGroupName", "virtualNetworkName", "subnetName")
    template = arm.to_arm("azure-native:network:Subnet", subnet)
    assert (template["name"], template["apiVersion"]) == ("vnet/a", arm.api_version("azure-native:network:Subnet"))
    assert template["properties"]["delegations"][0]["properties"]["serviceName"] == "Microsoft.App/environments"
