"""A faultless resource of each type in production, as the SDK sends it; ARM's types accept every one."""

from __future__ import annotations

from typing import Any

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-amora-prod-eu1"
TAGS = {
    "application": "amora-sync",
    "costCentre": "amora-sync",
    "environment": "prod",
    "managedBy": "pulumi",
    "owner": "amora-platform",
    "region": "eu1",
}
DIGEST = "sha256:" + "5a" * 32
SERVER = "cramoraprodeu1.azurecr.io"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-amora-prod-eu1-emqx-1"
SECRET_ADDRESS = "https://kv-amora-prod.vault.azure.net/secrets/emqx-cookie/" + "0f" * 16
_IN_GROUP = {"resourceGroupName": "rg-amora-prod-eu1"}
_PLACED = {**_IN_GROUP, "location": "westeurope", "tags": TAGS}


def vnet(kind: str, name: str) -> str:
    return f"{GROUP}/providers/Microsoft.Network/{kind}/{name}"


SUBNET_ID = f"{vnet('virtualNetworks', 'vnet-amora-prod-eu1')}/subnets/core"
WORKSPACE_ID = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log-amora-prod-eu1"


def security_rule(**changes: Any) -> dict[str, Any]:
    usual = {
        "name": "from-clients",
        "direction": "Inbound",
        "access": "Allow",
        "priority": 100,
        "protocol": "Tcp",
        "sourceAddressPrefix": "Internet",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.40.3.0/24",
        "destinationPortRange": "8883",
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


def deny_all(direction: str) -> dict[str, Any]:
    return security_rule(
        name=f"deny-{direction.lower()}",
        direction=direction,
        access="Deny",
        priority=4096,
        protocol="*",
        sourceAddressPrefix="*",
        destinationAddressPrefix="*",
        destinationPortRange="*",
    )


def probe(kind: str) -> dict[str, Any]:
    return {"type": kind, "httpGet": {"path": "/status", "port": 18083, "scheme": "HTTP"}}


def container(**changes: Any) -> dict[str, Any]:
    usual = {
        "name": "emqx",
        "image": f"{SERVER}/emqx/emqx@{DIGEST}",
        "resources": {"cpu": 2, "memory": "4Gi"},
        "env": [
            {"name": "EMQX_NODE__NAME", "value": "emqx1@10.40.0.10"},
            {"name": "EMQX_NODE__COOKIE", "secretRef": "emqx-cookie"},
        ],
        "probes": [probe(kind) for kind in ("Liveness", "Readiness", "Startup")],
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


VAULT = {
    **_PLACED,
    "vaultName": "kv-amora-prod",
    "properties": {
        "tenantId": "00000000-0000-0000-0000-000000000000",
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "enablePurgeProtection": True,
        "softDeleteRetentionInDays": 90,
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"bypass": "None", "defaultAction": "Deny"},
    },
}
VAULT_SECRET = {
    **_IN_GROUP,
    "vaultName": "kv-amora-prod",
    "secretName": "emqx-cookie",
    "properties": {
        "value": "Correct horse battery staple 7",
        "contentType": "text/plain",
        "attributes": {"enabled": True, "expires": 1_800_000_000},
    },
    "tags": TAGS,
}
SECURITY_GROUP = {
    **_PLACED,
    "networkSecurityGroupName": "nsg-amora-prod-eu1-edge",
    "securityRules": [security_rule(), deny_all("Inbound"), deny_all("Outbound")],
}
SECURITY_RULE = {
    **{key: value for key, value in security_rule().items() if key != "name"},
    **_IN_GROUP,
    "networkSecurityGroupName": "nsg-amora-prod-eu1-edge",
    "securityRuleName": "from-clients",
}
SUBNET = {
    **_IN_GROUP,
    "virtualNetworkName": "vnet-amora-prod-eu1",
    "subnetName": "snet-amora-prod-eu1-core",
    "addressPrefix": "10.40.0.0/24",
    "defaultOutboundAccess": False,
    "delegations": [{"name": "service", "serviceName": "Microsoft.App/environments"}],
    "networkSecurityGroup": {"id": vnet("networkSecurityGroups", "nsg-amora-prod-eu1-core")},
    "natGateway": {"id": vnet("natGateways", "ng-amora-prod-eu1")},
}
NETWORK = {
    **_PLACED,
    "virtualNetworkName": "vnet-amora-prod-eu1",
    "addressSpace": {"addressPrefixes": ["10.40.0.0/16"]},
    "subnets": [
        {
            "name": "inline",
            "addressPrefix": "10.40.0.0/24",
            "defaultOutboundAccess": False,
            "networkSecurityGroup": {"id": vnet("networkSecurityGroups", "nsg-amora-prod-eu1-core")},
        }
    ],
}
DDOS_PLAN = {**_PLACED, "ddosProtectionPlanName": "ddos-amora-prod-eu1"}
ADDRESS = {
    **_PLACED,
    "publicIpAddressName": "pip-amora-prod-eu1-outbound",
    "sku": {"name": "Standard", "tier": "Regional"},
    "publicIPAllocationMethod": "Static",
    "zones": ["1", "2", "3"],
}
ENDPOINT = {
    **_PLACED,
    "privateEndpointName": "pep-amora-prod-eu1-vault",
    "subnet": {"id": SUBNET_ID},
    "privateLinkServiceConnections": [
        {
            "name": "vault",
            "privateLinkServiceId": f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-amora-prod",
            "groupIds": ["vault"],
        }
    ],
}
ZONE_GROUP = {
    **_IN_GROUP,
    "privateEndpointName": "pep-amora-prod-eu1-vault",
    "privateDnsZoneGroupName": "default",
    "privateDnsZoneConfigs": [
        {"name": "vault", "privateDnsZoneId": vnet("privateDnsZones", "privatelink.vaultcore.azure.net")}
    ],
}
WORKSPACE = {
    **_PLACED,
    "workspaceName": "log-amora-prod-eu1",
    "sku": {"name": "PerGB2018"},
    "retentionInDays": 30,
    "features": {"disableLocalAuth": True},
}
METRICS = {
    **_PLACED,
    "azureMonitorWorkspaceName": "amw-amora-prod-eu1",
    "publicNetworkAccess": "Enabled",
}
COLLECTION_RULE = {
    **_PLACED,
    "dataCollectionRuleName": "dcr-amora-prod-eu1-metrics",
    "kind": "Linux",
}
INSIGHTS = {
    **_PLACED,
    "resourceName": "appi-amora-prod-eu1",
    "applicationType": "web",
    "kind": "web",
    "ingestionMode": "LogAnalytics",
    "workspaceResourceId": WORKSPACE_ID,
    "disableLocalAuth": True,
}
DIAGNOSTICS = {
    "name": "to-workspace",
    "resourceUri": f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-amora-prod",
    "workspaceId": WORKSPACE_ID,
    "logs": [{"categoryGroup": "allLogs", "enabled": True}],
}
LOCK = {
    "lockName": "keep",
    "scope": f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-amora-prod",
    "level": "CanNotDelete",
    "notes": "Certificate authorities and passwords.",
}
ROLE = {
    "roleAssignmentName": "0f6a6f2e-3a0c-5f4b-9a68-0d5f1d7c2f10",
    "scope": f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-amora-prod",
    "roleDefinitionId": (
        f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
    ),
    "principalId": "00000000-0000-0000-0000-00000000000b",
    "principalType": "ServicePrincipal",
}
ENVIRONMENT = {
    **_PLACED,
    "environmentName": "cae-amora-prod-eu1-core-1",
    "vnetConfiguration": {"infrastructureSubnetId": SUBNET_ID, "internal": True},
    "zoneRedundant": True,
    "publicNetworkAccess": "Disabled",
    "workloadProfiles": [{"name": "Consumption", "workloadProfileType": "Consumption"}],
    "appLogsConfiguration": {"destination": "azure-monitor"},
    "peerTrafficConfiguration": {"encryption": {"enabled": True}},
}
APP = {
    **_PLACED,
    "containerAppName": "ca-amora-prod-eu1-emqx-1",
    "managedEnvironmentId": f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae-amora-prod-eu1-core-1",
    "workloadProfileName": "Consumption",
    "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
    "configuration": {
        "activeRevisionsMode": "Single",
        "ingress": {
            "external": True,
            "transport": "tcp",
            "targetPort": 8883,
            "exposedPort": 8881,
            "additionalPortMappings": [
                {"external": True, "targetPort": 18083, "exposedPort": 18091},
                {"external": True, "targetPort": 4371, "exposedPort": 4371},
            ],
        },
        "registries": [{"server": SERVER, "identity": IDENTITY}],
        "secrets": [{"name": "emqx-cookie", "keyVaultUrl": SECRET_ADDRESS, "identity": IDENTITY}],
    },
    "template": {
        "containers": [container()],
        "initContainers": [{"name": "migrate", "image": f"{SERVER}/amora/migrate@{DIGEST}"}],
        "scale": {"minReplicas": 1, "maxReplicas": 1},
        "terminationGracePeriodSeconds": 120,
    },
}
EDGE = {
    **APP,
    "containerAppName": "ca-amora-prod-eu1-edge",
    "configuration": {
        **APP["configuration"],
        "ingress": {
            "external": True,
            "transport": "http",
            "targetPort": 8083,
            "allowInsecure": False,
            "additionalPortMappings": [{"external": True, "targetPort": 8883, "exposedPort": 8883}],
        },
    },
    "template": {
        "containers": [container(name="haproxy", image=f"{SERVER}/haproxy/haproxy@{DIGEST}")],
        "scale": {"minReplicas": 2, "maxReplicas": 10},
    },
}
JOB = {
    **_PLACED,
    "jobName": "caj-amora-prod-eu1-export",
    "environmentId": f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae-amora-prod-eu1-core-1",
    "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
    "configuration": {
        "triggerType": "Schedule",
        "replicaTimeout": 600,
        "scheduleTriggerConfig": {"cronExpression": "0 2 * * *"},
        "registries": [{"server": SERVER, "identity": IDENTITY}],
        "secrets": [{"name": "emqx-api-key", "keyVaultUrl": SECRET_ADDRESS, "identity": IDENTITY}],
    },
    "template": {"containers": [container(probes=None)]},
}
EXTERNAL_TENANT = {
    **_PLACED,
    "location": "Europe",
    "resourceName": "amorasync.onmicrosoft.com",
    "sku": {"name": "Base", "tier": "A0"},
    "createTenantProperties": {"countryCode": "DE", "displayName": "Amora Sync prod"},
}
B2C_TENANT = {
    **_PLACED,
    "location": "Europe",
    "resourceName": "amorasync.onmicrosoft.com",
    "sku": {"name": "PremiumP1", "tier": "A0"},
    "countryCode": "DE",
    "displayName": "Amora Sync prod",
}
REGISTRY = {
    **_PLACED,
    "registryName": "cramoraprodeu1",
    "sku": {"name": "Premium"},
    "adminUserEnabled": False,
    "anonymousPullEnabled": False,
    "publicNetworkAccess": "Disabled",
    "zoneRedundancy": "Enabled",
    "policies": {"retentionPolicy": {"status": "enabled", "days": 30}},
}
POSTGRES = {
    **_PLACED,
    "serverName": "psql-amora-prod-eu1",
    "version": "17",
    "sku": {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
    "administratorLogin": "amoraadmin",
    "administratorLoginPassword": "Correct horse battery staple 7",
    "authConfig": {
        "activeDirectoryAuth": "Enabled",
        "passwordAuth": "Disabled",
        "tenantId": "00000000-0000-0000-0000-000000000000",
    },
    "backup": {"backupRetentionDays": 35, "geoRedundantBackup": "Enabled"},
    "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"},
    "maintenanceWindow": {"customWindow": "Enabled", "dayOfWeek": 0, "startHour": 2, "startMinute": 0},
    "network": {
        "delegatedSubnetResourceId": SUBNET_ID,
        "privateDnsZoneArmResourceId": vnet("privateDnsZones", "prod.private.postgres.database.azure.com"),
    },
    "storage": {"storageSizeGB": 128, "autoGrow": "Enabled"},
}
PARAMETER = {
    **_IN_GROUP,
    "serverName": "psql-amora-prod-eu1",
    "configurationName": "require_secure_transport",
    "source": "user-override",
    "value": "ON",
}
FIREWALL_RULE = {
    **_IN_GROUP,
    "serverName": "psql-amora-prod-eu1",
    "firewallRuleName": "office",
    "startIpAddress": "203.0.113.0",
    "endIpAddress": "203.0.113.255",
}
REDIS = {
    **_PLACED,
    "clusterName": "amr-amora-prod-eu1",
    "sku": {"name": "Balanced_B1"},
    "minimumTlsVersion": "1.2",
    "highAvailability": "Enabled",
    "publicNetworkAccess": "Disabled",
}
REDIS_DATABASE = {
    **_IN_GROUP,
    "clusterName": "amr-amora-prod-eu1",
    "databaseName": "default",
    "clientProtocol": "Encrypted",
    "accessKeysAuthentication": "Disabled",
    "clusteringPolicy": "EnterpriseCluster",
    "evictionPolicy": "VolatileLRU",
    "port": 10000,
}
CLASSIC_REDIS = {
    **_PLACED,
    "name": "redis-amora-prod-eu1",
    "sku": {"name": "Standard", "family": "C", "capacity": 1},
    "minimumTlsVersion": "1.2",
    "enableNonSslPort": False,
    "publicNetworkAccess": "Disabled",
    "disableAccessKeyAuthentication": True,
    "redisConfiguration": {"aadEnabled": "true"},
}
_PROFILE = {**_IN_GROUP, "profileName": "afd-amora-prod-eu1"}
DOOR = {**_PROFILE, "location": "global", "sku": {"name": "Standard_AzureFrontDoor"}, "tags": TAGS}
DOOR_ENDPOINT = {**_PROFILE, "endpointName": "fde-amora-prod-eu1", "location": "global", "tags": TAGS}
DOOR_DOMAIN = {
    **_PROFILE,
    "customDomainName": "ws-amora-example-com",
    "hostName": "ws.amora.example.com",
    "tlsSettings": {"certificateType": "ManagedCertificate", "minimumTlsVersion": "TLS12"},
}
DOOR_ROUTE = {
    **_PROFILE,
    "endpointName": "fde-amora-prod-eu1",
    "routeName": "websocket",
    "originGroup": {"id": f"{GROUP}/providers/Microsoft.Cdn/profiles/afd-amora-prod-eu1/originGroups/edge"},
    "supportedProtocols": ["Http", "Https"],
    "httpsRedirect": "Enabled",
    "forwardingProtocol": "HttpsOnly",
    "linkToDefaultDomain": "Enabled",
    "patternsToMatch": ["/*"],
}
DOOR_ORIGIN = {
    **_PROFILE,
    "originGroupName": "edge",
    "originName": "edge",
    "hostName": "edge.example.westeurope.azurecontainerapps.io",
    "originHostHeader": "edge.example.westeurope.azurecontainerapps.io",
    "enforceCertificateNameCheck": True,
}
DOOR_ORIGIN_GROUP = {
    **_PROFILE,
    "originGroupName": "edge",
    "healthProbeSettings": {
        "probePath": "/healthz",
        "probeProtocol": "Https",
        "probeRequestType": "GET",
        "probeIntervalInSeconds": 30,
    },
    "loadBalancingSettings": {"sampleSize": 4, "successfulSamplesRequired": 3},
}
SECURITY_POLICY = {
    **_PROFILE,
    "securityPolicyName": "firewall",
    "parameters": {"type": "WebApplicationFirewall", "associations": []},
}
DOOR_FIREWALL = {
    **_IN_GROUP,
    "policyName": "fdfpamoraprodeu1",
    "location": "global",
    "sku": {"name": "Standard_AzureFrontDoor"},
    "policySettings": {"enabledState": "Enabled", "mode": "Prevention"},
    "tags": TAGS,
}
ACCOUNT = {
    **_PLACED,
    "accountName": "stamoraprodeu1",
    "kind": "StorageV2",
    "sku": {"name": "Standard_GZRS"},
    "enableHttpsTrafficOnly": True,
    "minimumTlsVersion": "TLS1_2",
    "allowBlobPublicAccess": False,
    "allowSharedKeyAccess": False,
    "publicNetworkAccess": "Disabled",
    "networkRuleSet": {"defaultAction": "Deny", "bypass": "None"},
}
BLOB_SERVICE = {
    **_IN_GROUP,
    "accountName": "stamoraprodeu1",
    "blobServicesName": "default",
    "isVersioningEnabled": True,
    "deleteRetentionPolicy": {"enabled": True, "days": 35},
    "containerDeleteRetentionPolicy": {"enabled": True, "days": 35},
}
ZONE = {**_IN_GROUP, "zoneName": "amora.example.com", "location": "global", "zoneType": "Public", "tags": TAGS}
CAA_RECORDS = {
    **_IN_GROUP,
    "zoneName": "amora.example.com",
    "recordType": "CAA",
    "relativeRecordSetName": "@",
    "ttl": 3600,
    "caaRecords": [{"flags": 0, "tag": "issue", "value": "digicert.com"}],
}
HOST_RECORDS = {
    **_IN_GROUP,
    "zoneName": "amora.example.com",
    "recordType": "A",
    "relativeRecordSetName": "mqtt",
    "ttl": 300,
    "aRecords": [{"ipv4Address": "203.0.113.10"}],
}


def notification(kind: str) -> dict[str, Any]:
    return {
        "enabled": True,
        "operator": "GreaterThanOrEqualTo",
        "threshold": 100,
        "thresholdType": kind,
        "contactEmails": ["ops@amora.example.com"],
    }


BUDGET = {
    "budgetName": "bgt-amora-prod-eu1",
    "scope": GROUP,
    "category": "Cost",
    "amount": 3000,
    "timeGrain": "Monthly",
    "timePeriod": {"startDate": "2026-12-01T00:00:00Z"},
    "notifications": {"told": notification("Actual"), "foretold": notification("Forecasted")},
}
