"""As :mod:`tests.policies.baselines`: what brokers on Kubernetes and on machines stand on, and ways in for them."""

from __future__ import annotations

from tests.policies.baselines import GROUP, IDENTITY, SUBNET_ID, TAGS, vnet

_IN_GROUP = {"resourceGroupName": "rg-amora-prod-eu1"}
_PLACED = {**_IN_GROUP, "location": "westeurope", "tags": TAGS}
_ZONES = ["1", "2", "3"]
_CLUSTER_NAME = "aks-amora-prod-eu1"

_POOL = {
    "mode": "System",
    "vmSize": "Standard_D4ds_v5",
    "count": 3,
    "availabilityZones": _ZONES,
    "enableEncryptionAtHost": True,
    "vnetSubnetID": SUBNET_ID,
    "osType": "Linux",
}
CLUSTER = {
    **_PLACED,
    "resourceName": _CLUSTER_NAME,
    "dnsPrefix": "amora-prod-eu1",
    "sku": {"name": "Base", "tier": "Standard"},
    "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
    "disableLocalAccounts": True,
    "aadProfile": {"managed": True, "enableAzureRBAC": True},
    "oidcIssuerProfile": {"enabled": True},
    "securityProfile": {"workloadIdentity": {"enabled": True}},
    "addonProfiles": {
        "azureKeyvaultSecretsProvider": {
            "enabled": True,
            "config": {"enableSecretRotation": "true", "rotationPollInterval": "2m"},
        },
        "azurepolicy": {"enabled": True},
    },
    "networkProfile": {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "networkDataplane": "cilium",
        "networkPolicy": "cilium",
        "outboundType": "userAssignedNATGateway",
    },
    "autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"},
    "apiServerAccessProfile": {"enablePrivateCluster": True},
    "agentPoolProfiles": [{"name": "system", **_POOL}],
}
AGENT_POOL = {
    **_IN_GROUP,
    **_POOL,
    "resourceName": _CLUSTER_NAME,
    "agentPoolName": "broker",
    "mode": "User",
    "tags": TAGS,
}
WINDOW = {
    **_IN_GROUP,
    "resourceName": _CLUSTER_NAME,
    "configName": "aksManagedAutoUpgradeSchedule",
    "maintenanceWindow": {
        "durationHours": 4,
        "startTime": "02:00",
        "schedule": {"weekly": {"dayOfWeek": "Sunday", "intervalWeeks": 1}},
    },
}

_LINUX = {
    "disablePasswordAuthentication": True,
    "patchSettings": {"patchMode": "AutomaticByPlatform"},
    "ssh": {"publicKeys": [{"path": "/home/amora/.ssh/authorized_keys", "keyData": "ssh-ed25519 AAAA"}]},
}
_TRUSTED = {
    "encryptionAtHost": True,
    "securityType": "TrustedLaunch",
    "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
}
_IMAGE = {"publisher": "Debian", "offer": "debian-13", "sku": "13-gen2", "version": "0.20261101.2000"}
# base64 of "#cloud-config\n".
CLOUD_CONFIG = "I2Nsb3VkLWNvbmZpZwo="
MACHINE = {
    **_PLACED,
    "vmName": "vm-amora-prod-eu1-vernemq-1",
    "zones": ["1"],
    "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
    "osProfile": {
        "computerName": "vernemq-1",
        "adminUsername": "amora",
        "customData": CLOUD_CONFIG,
        "linuxConfiguration": _LINUX,
    },
    "securityProfile": _TRUSTED,
    "storageProfile": {"imageReference": _IMAGE, "osDisk": {"createOption": "FromImage", "deleteOption": "Delete"}},
    "networkProfile": {"networkInterfaces": [{"id": vnet("networkInterfaces", "nic-amora-prod-eu1-vernemq-1")}]},
}
_IP_CONFIGURATION = {"name": "node", "subnet": {"id": SUBNET_ID}}
SCALE_SET = {
    **_PLACED,
    "vmScaleSetName": "vmss-amora-prod-eu1-edge",
    "zones": _ZONES,
    "zoneBalance": False,
    "orchestrationMode": "Uniform",
    "sku": {"name": "Standard_D2s_v5", "capacity": 3},
    "automaticRepairsPolicy": {"enabled": True, "repairAction": "Restart", "gracePeriod": "PT10M"},
    "upgradePolicy": {"mode": "Manual"},
    "virtualMachineProfile": {
        "osProfile": {
            "computerNamePrefix": "edge",
            "adminUsername": "amora",
            "customData": CLOUD_CONFIG,
            "linuxConfiguration": _LINUX,
        },
        "securityProfile": _TRUSTED,
        "storageProfile": {"imageReference": _IMAGE, "osDisk": {"createOption": "FromImage"}},
        "networkProfile": {
            "networkInterfaceConfigurations": [
                {"name": "node", "primary": True, "ipConfigurations": [_IP_CONFIGURATION]}
            ]
        },
    },
}
INTERFACE = {
    **_PLACED,
    "networkInterfaceName": "nic-amora-prod-eu1-vernemq-1",
    "ipConfigurations": [
        {**_IP_CONFIGURATION, "privateIPAllocationMethod": "Static", "privateIPAddress": "10.40.0.10"}
    ],
}
DISK = {
    **_PLACED,
    "diskName": "disk-amora-prod-eu1-vernemq-1",
    "creationData": {"createOption": "Empty"},
    "diskSizeGB": 128,
    "sku": {"name": "Premium_LRS"},
    "zones": ["1"],
    "networkAccessPolicy": "DenyAll",
    "publicNetworkAccess": "Disabled",
}


def balancing_rule(**changes: object) -> dict[str, object]:
    usual = {
        "name": "mqtt",
        "protocol": "Tcp",
        "frontendPort": 8883,
        "backendPort": 8883,
        "enableTcpReset": True,
        "idleTimeoutInMinutes": 30,
        "disableOutboundSnat": True,
        "frontendIPConfiguration": {"id": f"{BALANCER_ID}/frontendIPConfigurations/clients"},
        "probe": {"id": f"{BALANCER_ID}/probes/listeners"},
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


BALANCER_ID = vnet("loadBalancers", "lb-amora-prod-eu1")
PUBLIC_FRONTEND = {"name": "clients", "publicIPAddress": {"id": vnet("publicIPAddresses", "pip-amora-prod-eu1")}}
INTERNAL_FRONTEND = {"name": "inside", "subnet": {"id": SUBNET_ID}, "zones": _ZONES}
BALANCER = {
    **_PLACED,
    "loadBalancerName": "lb-amora-prod-eu1",
    "sku": {"name": "Standard", "tier": "Regional"},
    "frontendIPConfigurations": [PUBLIC_FRONTEND],
    "backendAddressPools": [{"name": "nodes"}],
    "loadBalancingRules": [balancing_rule(), balancing_rule(name="websocket", frontendPort=443, backendPort=8443)],
    "probes": [
        {"name": "listeners", "protocol": "Http", "port": 8888, "requestPath": "/health/listeners"},
    ],
}
NAT_RULE = {
    **_IN_GROUP,
    "loadBalancerName": "lb-amora-prod-eu1",
    "inboundNatRuleName": "direct",
    "protocol": "Tcp",
    "frontendPort": 8884,
    "backendPort": 8883,
    "frontendIPConfiguration": {"id": f"{BALANCER_ID}/frontendIPConfigurations/clients"},
}

_GATEWAY_ID = vnet("applicationGateways", "agw-amora-prod-eu1")
GATEWAY = {
    **_PLACED,
    "applicationGatewayName": "agw-amora-prod-eu1",
    "sku": {"name": "WAF_v2", "tier": "WAF_v2"},
    "zones": _ZONES,
    "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101"},
    "firewallPolicy": {"id": vnet("ApplicationGatewayWebApplicationFirewallPolicies", "waf-amora-prod-eu1")},
    "httpListeners": [
        {
            "name": "websocket",
            "protocol": "Https",
            "frontendPort": {"id": f"{_GATEWAY_ID}/frontendPorts/https"},
        }
    ],
    "backendHttpSettingsCollection": [{"name": "nodes", "protocol": "Https", "port": 8443}],
}
GATEWAY_FIREWALL = {
    **_PLACED,
    "policyName": "waf-amora-prod-eu1",
    "policySettings": {"state": "Enabled", "mode": "Prevention"},
    "managedRules": {"managedRuleSets": [{"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": "2.1"}]},
}


def endpoint(name: str, **changes: object) -> dict[str, object]:
    usual = {
        "name": name,
        "type": "Microsoft.Network/trafficManagerProfiles/externalEndpoints",
        "target": f"{name}.amora.example.com",
        "endpointStatus": "Enabled",
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


PROFILE = {
    **_IN_GROUP,
    "profileName": "tm-amora-prod",
    "location": "global",
    "trafficRoutingMethod": "Priority",
    "dnsConfig": {"relativeName": "amora-prod", "ttl": 30},
    "monitorConfig": {"protocol": "HTTPS", "port": 443, "path": "/healthz"},
    "endpoints": [endpoint("eu1"), endpoint("eu2")],
    "tags": TAGS,
}
PROFILE_ENDPOINT = {
    **_IN_GROUP,
    "profileName": "tm-amora-prod",
    "endpointType": "ExternalEndpoints",
    "endpointName": "eu2",
    "target": "eu2.amora.example.com",
    "endpointStatus": "Enabled",
}
PRICING = {
    "scopeId": GROUP.partition("/resourceGroups/")[0],
    "pricingName": "OpenSourceRelationalDatabases",
    "pricingTier": "Standard",
}
