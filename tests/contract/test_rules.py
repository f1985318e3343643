"""Documented ranges, formats and relations: for every rule a request that passes and one that is refused."""

import pytest

from sandbox.arm.rules import RULES, check_rules
from sandbox.wire import UNKNOWN


def nsg(**rule):
    defaults = {"name": "r", "direction": "Inbound", "priority": 100, "destinationPortRange": "443"}
    return {"securityRules": [{**defaults, **rule}]}


def app(cpu=2.0, memory="4Gi", **template):
    container = {"resources": {"cpu": cpu, "memory": memory}}
    return {"template": {"containers": [container], **template}}


def ingress(**values):
    return {"configuration": {"ingress": values}}


def probes(*given):
    return {"template": {"containers": [{"probes": list(given)}]}}


def ports(*, external):
    return ingress(external=external, additionalPortMappings=[{"external": True, "targetPort": 8883}])


def firewall_rule(**rule):
    return {"customRules": {"rules": [rule]}}


def lifecycle(filters, actions):
    return {"policy": {"rules": [{"name": "r", "definition": {"filters": filters, "actions": actions}}]}}


def budget(start="2026-12-01T00:00:00Z", count=1, **notification):
    usual = {"enabled": True, "operator": "GreaterThan", "threshold": 80, "contactEmails": ["ops@example.com"]}
    notifications = {f"n{number}": {**usual, **notification} for number in range(count)}
    return {"timePeriod": {"startDate": start}, "notifications": notifications}


LOG = {"categoryGroup": "allLogs", "enabled": True}
CONNECTION = {"name": "c"}
POSTGRESQL = "microsoft.dbforpostgresql/flexibleservers"
VNET = "microsoft.network/virtualnetworks"
SUBNET = "microsoft.network/virtualnetworks/subnets"
DIAGNOSTIC = "microsoft.insights/diagnosticsettings"
APP = "microsoft.app/containerapps"
MANAGED_REDIS = "microsoft.cache/redisenterprise"
MANAGED_DATABASE = "microsoft.cache/redisenterprise/databases"
PROFILE = "microsoft.cdn/profiles"
ROUTE = f"{PROFILE}/afdendpoints/routes"
FIREWALL = "microsoft.network/frontdoorwebapplicationfirewallpolicies"
BLOBS = "microsoft.storage/storageaccounts/blobservices"
LIFECYCLE = "microsoft.storage/storageaccounts/managementpolicies"
BUDGET = "microsoft.consumption/budgets"
REGISTRY = "microsoft.containerregistry/registries"
METRIC_ALERT = "microsoft.insights/metricalerts"
LOG_ALERT = "microsoft.insights/scheduledqueryrules"
ACTION_GROUP = "microsoft.insights/actiongroups"
RULE_GROUP = "microsoft.alertsmanagement/prometheusrulegroups"
ALERT = {"alert": "a", "expression": "up == 0"}
CONTAINER_APPS = [{"serviceName": "Microsoft.App/environments"}]

# rule id -> ARM type, inputs that pass, inputs that are refused, path of the refusal
CASES = {
    "tag-count": (VNET, {"tags": {f"t{i}": "" for i in range(50)}}, {"tags": {f"t{i}": "" for i in range(51)}}, "tags"),
    "tag-names": (VNET, {"tags": {"cost-centre": "x"}}, {"tags": {"a/b": "x"}}, "tags"),
    "tag-values": (VNET, {"tags": {"a": "x" * 256}}, {"tags": {"a": "x" * 257}}, "tags"),
    "lock-notes": ("microsoft.authorization/locks", {"notes": "x" * 512}, {"notes": "x" * 513}, "notes"),
    "global-location": (
        "microsoft.network/privatednszones",
        {"location": "Global"},
        {"location": "westeurope"},
        "location",
    ),
    "nsg-priority": (
        "microsoft.network/networksecuritygroups",
        nsg(priority=4096),
        nsg(priority=4097),
        "securityRules[0].priority",
    ),
    "nsg-distinct-priority": (
        "microsoft.network/networksecuritygroups",
        {"securityRules": [*nsg()["securityRules"], *nsg(direction="Outbound")["securityRules"]]},
        {"securityRules": [*nsg()["securityRules"], *nsg(name="s")["securityRules"]]},
        "securityRules[1].priority",
    ),
    "nsg-ports": (
        "microsoft.network/networksecuritygroups",
        nsg(destinationPortRange="30000-32767"),
        nsg(destinationPortRange="443-80"),
        "securityRules[0].destinationPortRange",
    ),
    "nsg-addresses": (
        "microsoft.network/networksecuritygroups",
        nsg(sourceAddressPrefix="Storage.westeurope", destinationAddressPrefix="10.0.0.0/24"),
        nsg(sourceAddressPrefix="10.0.0.1/24"),
        "securityRules[0].sourceAddressPrefix",
    ),
    "vnet-space": (
        "microsoft.network/virtualnetworks",
        {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
        {"addressSpace": {"addressPrefixes": ["10.0.0.0/99"]}},
        "addressSpace.addressPrefixes[0]",
    ),
    "subnet-size": (
        SUBNET,
        {"addressPrefix": "10.0.0.0/27", "delegations": CONTAINER_APPS},
        {"addressPrefix": "10.0.0.0/28", "delegations": CONTAINER_APPS},
        "addressPrefix",
    ),
    "vnet-ddos-plan": (
        VNET,
        {"enableDdosProtection": True, "ddosProtectionPlan": {"id": UNKNOWN}},
        {"enableDdosProtection": True},
        "ddosProtectionPlan",
    ),
    "budget-start": (
        BUDGET,
        budget(),
        budget(start="2026-12-02T00:00:00Z"),
        "timePeriod.startDate",
    ),
    "budget-notifications": (BUDGET, budget(count=5), budget(count=6), "notifications"),
    "budget-threshold": (BUDGET, budget(threshold=1000), budget(threshold=1001), "notifications.n0.threshold"),
    "budget-receiver": (
        BUDGET,
        budget(contactEmails=[], contactGroups=["group"]),
        budget(contactEmails=[], contactRoles=["Owner"]),
        "notifications.n0.contactEmails",
    ),
    "nat-idle": (
        "microsoft.network/natgateways",
        {"sku": {"name": "Standard"}, "idleTimeoutInMinutes": 120},
        {"sku": {"name": "Standard"}, "idleTimeoutInMinutes": 3},
        "idleTimeoutInMinutes",
    ),
    "nat-sku": ("microsoft.network/natgateways", {"sku": {"name": "Standard"}}, {}, "sku.name"),
    "nat-one-zone": (
        "microsoft.network/natgateways",
        {"sku": {"name": "Standard"}, "zones": ["1"]},
        {"sku": {"name": "Standard"}, "zones": ["1", "2"]},
        "zones",
    ),
    "pip-idle": (
        "microsoft.network/publicipaddresses",
        {"idleTimeoutInMinutes": 30},
        {"idleTimeoutInMinutes": 31},
        "idleTimeoutInMinutes",
    ),
    "pip-static": (
        "microsoft.network/publicipaddresses",
        {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static"},
        {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Dynamic"},
        "publicIPAllocationMethod",
    ),
    "pe-one-connection": (
        "microsoft.network/privateendpoints",
        {"privateLinkServiceConnections": [CONNECTION]},
        {"privateLinkServiceConnections": [CONNECTION, CONNECTION]},
        "privateLinkServiceConnections",
    ),
    "lb-sku": (
        "microsoft.network/loadbalancers",
        {"sku": {"name": "Standard"}},
        {"sku": {"name": "Basic"}},
        "sku.name",
    ),
    "workspace-retention": (
        "microsoft.operationalinsights/workspaces",
        {"retentionInDays": 30},
        {"retentionInDays": 1},
        "retentionInDays",
    ),
    "workspace-quota": (
        "microsoft.operationalinsights/workspaces",
        {"workspaceCapping": {"dailyQuotaGb": -1}},
        {"workspaceCapping": {"dailyQuotaGb": 0}},
        "workspaceCapping.dailyQuotaGb",
    ),
    "insights-retention": (
        "microsoft.insights/components",
        {"workspaceResourceId": "x", "retentionInDays": 90},
        {"workspaceResourceId": "x", "retentionInDays": 45},
        "retentionInDays",
    ),
    "insights-workspace": (
        "microsoft.insights/components",
        {"workspaceResourceId": UNKNOWN},
        {},
        "workspaceResourceId",
    ),
    "metric-alert-window": (METRIC_ALERT, {"windowSize": "PT15M"}, {"windowSize": "PT10M"}, "windowSize"),
    "metric-alert-frequency": (
        METRIC_ALERT,
        {"evaluationFrequency": "PT5M"},
        {"evaluationFrequency": "PT10M"},
        "evaluationFrequency",
    ),
    "log-alert-window": (LOG_ALERT, {"windowSize": "P2D"}, {"windowSize": "P3D"}, "windowSize"),
    "log-alert-frequency": (
        LOG_ALERT,
        {"evaluationFrequency": "PT10M"},
        {"evaluationFrequency": "P2D"},
        "evaluationFrequency",
    ),
    "alert-window-pair": (
        METRIC_ALERT,
        {"windowSize": "PT5M", "evaluationFrequency": "PT5M"},
        {"windowSize": "PT5M", "evaluationFrequency": "PT15M"},
        "evaluationFrequency",
    ),
    "action-group-short-name": (
        ACTION_GROUP,
        {"groupShortName": "x" * 12},
        {"groupShortName": "x" * 13},
        "groupShortName",
    ),
    "action-group-receivers": (
        ACTION_GROUP,
        {"emailReceivers": [{"name": "a"}], "webhookReceivers": [{"name": "b"}]},
        {"emailReceivers": [{"name": "a"}], "webhookReceivers": [{"name": "a"}]},
        "webhookReceivers[0].name",
    ),
    "prometheus-group-size": (RULE_GROUP, {"rules": [ALERT] * 20}, {"rules": [ALERT] * 21}, "rules"),
    "prometheus-rule-kind": (
        RULE_GROUP,
        {"rules": [ALERT]},
        {"rules": [ALERT, {**ALERT, "record": "b"}]},
        "rules[1]",
    ),
    "prometheus-interval": (
        RULE_GROUP,
        {"interval": "PT15M", "rules": [ALERT]},
        {"interval": "PT20M", "rules": [ALERT]},
        "interval",
    ),
    "activity-alert-category": (
        "microsoft.insights/activitylogalerts",
        {"condition": {"allOf": [{"field": "category", "equals": "ServiceHealth"}]}},
        {"condition": {"allOf": [{"field": "level", "equals": "Error"}]}},
        "condition.allOf",
    ),
    "diagnostic-destination": (DIAGNOSTIC, {"workspaceId": "x", "logs": [LOG]}, {"logs": [LOG]}, "workspaceId"),
    "diagnostic-categories": (
        DIAGNOSTIC,
        {"workspaceId": "x", "logs": [LOG]},
        {"workspaceId": "x", "logs": [LOG, {"category": "AuditEvent"}]},
        "logs",
    ),
    "diagnostic-something": (DIAGNOSTIC, {"workspaceId": "x", "metrics": [{}]}, {"workspaceId": "x"}, "logs"),
    "metric-alert-severity": ("microsoft.insights/metricalerts", {"severity": 4}, {"severity": 9}, "severity"),
    "log-alert-severity": ("microsoft.insights/scheduledqueryrules", {"severity": 0}, {"severity": 5}, "severity"),
    "vault-retention": (
        "microsoft.keyvault/vaults",
        {"properties": {"softDeleteRetentionInDays": 7}},
        {"properties": {"softDeleteRetentionInDays": 5}},
        "properties.softDeleteRetentionInDays",
    ),
    "postgresql-storage": (
        POSTGRESQL,
        {"storage": {"storageSizeGB": 128}},
        {"storage": {"storageSizeGB": 100}},
        "storage.storageSizeGB",
    ),
    "postgresql-backup": (
        POSTGRESQL,
        {"backup": {"backupRetentionDays": 35}},
        {"backup": {"backupRetentionDays": 99}},
        "backup.backupRetentionDays",
    ),
    "postgresql-burstable": (
        POSTGRESQL,
        {"sku": {"tier": "Burstable"}, "highAvailability": {"mode": "Disabled"}},
        {"sku": {"tier": "Burstable"}, "highAvailability": {"mode": "ZoneRedundant"}},
        "highAvailability.mode",
    ),
    "postgresql-window-day": (
        POSTGRESQL,
        {"maintenanceWindow": {"dayOfWeek": 6}},
        {"maintenanceWindow": {"dayOfWeek": 7}},
        "maintenanceWindow.dayOfWeek",
    ),
    "postgresql-window-hour": (
        POSTGRESQL,
        {"maintenanceWindow": {"startHour": 23}},
        {"maintenanceWindow": {"startHour": 24}},
        "maintenanceWindow.startHour",
    ),
    "postgresql-tier": (
        POSTGRESQL,
        {"sku": {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"}},
        {"sku": {"name": "Standard_D4ds_v5", "tier": "Burstable"}},
        "sku.tier",
    ),
    "postgresql-zones": (
        POSTGRESQL,
        {"availabilityZone": "1", "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"}},
        {"availabilityZone": "1", "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": "1"}},
        "highAvailability.standbyAvailabilityZone",
    ),
    "postgresql-login": (
        POSTGRESQL,
        {"administratorLogin": "amora_admin"},
        {"administratorLogin": "administrator"},
        "administratorLogin",
    ),
    "postgresql-password": (
        POSTGRESQL,
        {"administratorLoginPassword": "Abcdefg1"},
        {"administratorLoginPassword": "abcdefg1"},
        "administratorLoginPassword",
    ),
    "postgresql-authentication": (
        POSTGRESQL,
        {"authConfig": {"activeDirectoryAuth": "Enabled", "tenantId": UNKNOWN}},
        {"authConfig": {"activeDirectoryAuth": "Enabled"}},
        "authConfig.tenantId",
    ),
    "postgresql-network": (
        POSTGRESQL,
        {"network": {"delegatedSubnetResourceId": "s", "privateDnsZoneArmResourceId": UNKNOWN}},
        {"network": {"delegatedSubnetResourceId": "s"}},
        "network.privateDnsZoneArmResourceId",
    ),
    "app-allocation": (APP, app(2, "4Gi"), app(3.3, "4Gi"), "template.containers"),
    "app-replicas": (
        APP,
        app(scale={"maxReplicas": 1000}),
        app(scale={"maxReplicas": 5000}),
        "template.scale.maxReplicas",
    ),
    "app-replica-order": (
        APP,
        app(scale={"minReplicas": 2, "maxReplicas": 10}),
        app(scale={"minReplicas": 3, "maxReplicas": 2}),
        "template.scale.minReplicas",
    ),
    "app-extra-ports": (
        APP,
        ingress(additionalPortMappings=[{}] * 5),
        ingress(additionalPortMappings=[{}] * 6),
        "configuration.ingress.additionalPortMappings",
    ),
    "app-tcp-port": (
        APP,
        ingress(transport="Tcp", exposedPort=8883),
        ingress(transport="Tcp", exposedPort=443),
        "configuration.ingress.exposedPort",
    ),
    "app-probe-figures": (
        APP,
        probes({"type": "Liveness", "periodSeconds": 240, "failureThreshold": 10}),
        probes({"type": "Liveness", "periodSeconds": 240, "failureThreshold": 11}),
        "template.containers[0].probes[0].failureThreshold",
    ),
    "app-probe-success": (
        APP,
        probes({"type": "Readiness", "successThreshold": 2}),
        probes({"type": "Startup", "successThreshold": 2}),
        "template.containers[0].probes[0].successThreshold",
    ),
    "app-probe-kinds": (
        APP,
        probes({"type": "Readiness"}, {"type": "Liveness"}),
        probes({"type": "Readiness"}, {"type": "Readiness"}),
        "template.containers[0].probes[1].type",
    ),
    "app-extra-port-reach": (
        APP,
        ports(external=True),
        ports(external=False),
        "configuration.ingress.additionalPortMappings[0].external",
    ),
    "blob-soft-delete": (
        BLOBS,
        {"deleteRetentionPolicy": {"days": 365}},
        {"deleteRetentionPolicy": {"days": 0}},
        "deleteRetentionPolicy.days",
    ),
    "container-soft-delete": (
        BLOBS,
        {"containerDeleteRetentionPolicy": {"days": 1}},
        {"containerDeleteRetentionPolicy": {"days": 366}},
        "containerDeleteRetentionPolicy.days",
    ),
    "lifecycle-age": (
        LIFECYCLE,
        lifecycle({}, {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 35.0}}}),
        lifecycle({}, {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 1.5}}}),
        "policy.rules[0].definition.actions.baseBlob.delete.daysAfterModificationGreaterThan",
    ),
    "lifecycle-prefix": (
        LIFECYCLE,
        lifecycle({"prefixMatch": ["backup/"]}, {}),
        lifecycle({"prefixMatch": ["/backup"]}, {}),
        "policy.rules[0].definition.filters.prefixMatch",
    ),
    **{
        f"dns-ttl-{kind}": (f"microsoft.network/dnszones/{kind}", {"ttl": 300}, {"ttl": 0}, "ttl")
        for kind in ("a", "caa", "cname", "txt")
    },
    "private-dns-ttl": ("microsoft.network/privatednszones/a", {"ttl": 60}, {"ttl": 0}, "ttl"),
    "dns-apex": (
        "microsoft.network/dnszones/cname",
        {"relativeRecordSetName": "ws"},
        {"relativeRecordSetName": "@"},
        "relativeRecordSetName",
    ),
    "dns-caa": (
        "microsoft.network/dnszones/caa",
        {"caaRecords": [{"flags": 0, "tag": "issue", "value": "digicert.com"}]},
        {"caaRecords": [{"flags": 0, "tag": "issue!", "value": "digicert.com"}]},
        "caaRecords[0].tag",
    ),
    "managed-redis-sku": (
        MANAGED_REDIS,
        {"sku": {"name": "Balanced_B1"}},
        {"sku": {"name": "Balanced_B1", "capacity": 2}},
        "sku.capacity",
    ),
    "managed-redis-port": (MANAGED_DATABASE, {"port": 10000}, {"port": 6379}, "port"),
    "managed-redis-persistence": (
        MANAGED_DATABASE,
        {"persistence": {"aofEnabled": True, "rdbEnabled": False}},
        {"persistence": {"aofEnabled": True, "rdbEnabled": True}},
        "persistence",
    ),
    "managed-redis-policy": (
        f"{MANAGED_DATABASE}/accesspolicyassignments",
        {"accessPolicyName": "default"},
        {"accessPolicyName": "Data Reader"},
        "accessPolicyName",
    ),
    "redis-size": (
        "microsoft.cache/redis",
        {"sku": {"name": "Standard", "family": "C", "capacity": 1}},
        {"sku": {"name": "Standard", "family": "P", "capacity": 1}},
        "sku.family",
    ),
    "redis-keys-off": (
        "microsoft.cache/redis",
        {"disableAccessKeyAuthentication": True, "redisConfiguration": {"aadEnabled": "true"}},
        {"disableAccessKeyAuthentication": True},
        "disableAccessKeyAuthentication",
    ),
    "redis-basic-zones": (
        "microsoft.cache/redis",
        {"sku": {"name": "Basic", "family": "C", "capacity": 0}, "zonalAllocationPolicy": "NoZones"},
        {"sku": {"name": "Basic", "family": "C", "capacity": 0}, "zonalAllocationPolicy": "Automatic"},
        "zonalAllocationPolicy",
    ),
    "front-door-timeout": (
        PROFILE,
        {"originResponseTimeoutSeconds": 16},
        {"originResponseTimeoutSeconds": 241},
        "originResponseTimeoutSeconds",
    ),
    "front-door-probe": (
        f"{PROFILE}/origingroups",
        {"healthProbeSettings": {"probeIntervalInSeconds": 30}},
        {"healthProbeSettings": {"probeIntervalInSeconds": 256}},
        "healthProbeSettings.probeIntervalInSeconds",
    ),
    "front-door-sample": (
        f"{PROFILE}/origingroups",
        {"loadBalancingSettings": {"sampleSize": 4}},
        {"loadBalancingSettings": {"sampleSize": 256}},
        "loadBalancingSettings.sampleSize",
    ),
    "front-door-samples": (
        f"{PROFILE}/origingroups",
        {"loadBalancingSettings": {"sampleSize": 4, "successfulSamplesRequired": 4}},
        {"loadBalancingSettings": {"sampleSize": 4, "successfulSamplesRequired": 5}},
        "loadBalancingSettings.successfulSamplesRequired",
    ),
    "front-door-priority": (f"{PROFILE}/origingroups/origins", {"priority": 5}, {"priority": 6}, "priority"),
    "front-door-weight": (f"{PROFILE}/origingroups/origins", {"weight": 1000}, {"weight": 1001}, "weight"),
    "front-door-redirect": (
        ROUTE,
        {"httpsRedirect": "Enabled", "supportedProtocols": ["Http", "Https"]},
        {"httpsRedirect": "Enabled", "supportedProtocols": ["Https"]},
        "httpsRedirect",
    ),
    "front-door-pattern": (
        ROUTE,
        {"patternsToMatch": ["/mqtt"]},
        {"patternsToMatch": ["mqtt"]},
        "patternsToMatch[0]",
    ),
    "front-door-domain": (
        ROUTE,
        {"linkToDefaultDomain": "Disabled", "customDomains": [{"id": "x"}]},
        {"linkToDefaultDomain": "Disabled", "customDomains": []},
        "linkToDefaultDomain",
    ),
    "firewall-managed": (
        FIREWALL,
        {"sku": {"name": "Premium_AzureFrontDoor"}, "managedRules": {"managedRuleSets": [{}]}},
        {"sku": {"name": "Standard_AzureFrontDoor"}, "managedRules": {"managedRuleSets": [{}]}},
        "managedRules.managedRuleSets",
    ),
    "firewall-rate": (
        FIREWALL,
        firewall_rule(ruleType="RateLimitRule", rateLimitThreshold=10, rateLimitDurationInMinutes=5),
        firewall_rule(ruleType="RateLimitRule", rateLimitThreshold=9, rateLimitDurationInMinutes=5),
        "customRules.rules[0].rateLimitThreshold",
    ),
    "firewall-rule-name": (
        FIREWALL,
        firewall_rule(name="OnlyUpgrades"),
        firewall_rule(name="only-upgrades"),
        "customRules.rules[0].name",
    ),
    "registry-premium": (
        REGISTRY,
        {"sku": {"name": "Premium"}, "publicNetworkAccess": "Disabled"},
        {"sku": {"name": "Standard"}, "publicNetworkAccess": "Disabled"},
        "publicNetworkAccess",
    ),
    "registry-export": (
        REGISTRY,
        {"publicNetworkAccess": "Disabled", "policies": {"exportPolicy": {"status": "disabled"}}},
        {"publicNetworkAccess": "Enabled", "policies": {"exportPolicy": {"status": "disabled"}}},
        "policies.exportPolicy.status",
    ),
    "registry-retention": (
        REGISTRY,
        {"policies": {"retentionPolicy": {"days": 365}}},
        {"policies": {"retentionPolicy": {"days": 366}}},
        "policies.retentionPolicy.days",
    ),
    "app-grace": (
        APP,
        app(terminationGracePeriodSeconds=120),
        app(terminationGracePeriodSeconds=601),
        "template.terminationGracePeriodSeconds",
    ),
}


def test_every_rule_has_a_passing_and_a_refused_case_and_a_source():
    assert set(CASES) == {rule.id for rule in RULES}
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.source for rule in RULES)


@pytest.mark.parametrize("rule_id", sorted(CASES))
def test_a_request_that_fits_passes(rule_id):
    arm_type, good, _, _ = CASES[rule_id]
    assert check_rules(arm_type, good) == []


@pytest.mark.parametrize("rule_id", sorted(CASES))
def test_a_request_that_does_not_fit_is_refused(rule_id):
    arm_type, _, bad, path = CASES[rule_id]
    (finding,) = check_rules(arm_type, bad)
    rule = next(each for each in RULES if each.id == rule_id)
    assert (finding.path, finding.kind, finding.severity) == (path, rule.kind, "error")


@pytest.mark.parametrize("rule_id", sorted(CASES))
def test_what_is_not_known_yet_passes(rule_id):
    arm_type, good, _, path = CASES[rule_id]
    top = path.split(".")[0].split("[")[0]
    assert [f for f in check_rules(arm_type, {**good, top: UNKNOWN}) if f.path.startswith(top)] == []


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"sourcePortRange": "70000"}, "sourcePortRange"),
        ({"destinationPortRange": "443", "destinationPortRanges": ["1-2"]}, "destinationPortRange"),
        (
            {"destinationAddressPrefix": "10.0.0.0/24", "destinationAddressPrefixes": ["10.1.0.0/24"]},
            "destinationAddressPrefix",
        ),
        ({"priority": 99}, "priority"),
    ],
)
def test_a_security_rule_of_its_own_is_judged_too(rule, path):
    inputs = {"name": "r", "direction": "Inbound", "priority": 100, **rule}
    (finding,) = check_rules("Microsoft.Network/networkSecurityGroups/securityRules", inputs)
    assert finding.path == path


@pytest.mark.parametrize("start", ["2017-05-01", "2026-12-01T12:00:00Z", "2026-12"])
def test_what_else_is_no_start_of_a_budget(start):
    (finding,) = check_rules(BUDGET, budget(start=start))
    assert finding.path == "timePeriod.startDate"


@pytest.mark.parametrize(
    ("server", "path"),
    [
        (
            {"availabilityZone": "1", "highAvailability": {"mode": "SameZone", "standbyAvailabilityZone": "2"}},
            "highAvailability.standbyAvailabilityZone",
        ),
        ({"administratorLogin": "pg_owner"}, "administratorLogin"),
        ({"administratorLoginPassword": "Ab1"}, "administratorLoginPassword"),
        (
            {"authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Disabled"}},
            "authConfig.passwordAuth",
        ),
        (
            {
                "network": {
                    "delegatedSubnetResourceId": "s",
                    "privateDnsZoneArmResourceId": "z",
                    "publicNetworkAccess": "Enabled",
                }
            },
            "network.publicNetworkAccess",
        ),
    ],
)
def test_what_else_no_database_server_may_be(server, path):
    (finding,) = check_rules(POSTGRESQL, server)
    assert finding.path == path


@pytest.mark.parametrize(
    "server",
    [
        # Without zones, and as the SDK fills in what is left out.
        {"availabilityZone": "", "highAvailability": {"mode": "Disabled", "standbyAvailabilityZone": ""}},
        {"availabilityZone": "1", "highAvailability": {"mode": "SameZone", "standbyAvailabilityZone": "1"}},
        {"network": {"publicNetworkAccess": "Disabled"}},
    ],
)
def test_what_a_database_server_may_be(server):
    assert check_rules(POSTGRESQL, server) == []
