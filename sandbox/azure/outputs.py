"""What Azure adds to a resource: host names, addresses, principal ids, in the shape the SDK returns them.

A table by ARM type. Values that Azure draws at creation (GUIDs, addresses) are drawn here too and kept by the store;
values Azure derives from the name are derived. Shapes: the ``Get...Result`` classes of pulumi-azure-native 3.29.0.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from sandbox.azure import ids, postgresql
from sandbox.protocol.package import Values
from sandbox.wire import UNKNOWN

Outputs = Callable[[ids.ArmId, Values], Values]

# TEST-NET-3 (RFC 5737): an address that can never be somebody's.
_PUBLIC_BLOCK: Final = "203.0.113"


def _octet(seed: str) -> int:
    return 1 + int(sha256(seed.lower().encode()).hexdigest(), 16) % 253


def _suffix(seed: str, length: int = 16) -> str:
    return sha256(seed.lower().encode()).hexdigest()[:length]


def _region(inputs: Values) -> str:
    return str(inputs.get("location", "global")).replace(" ", "").lower()


def _public_address(resource: ids.ArmId, _: Values) -> Values:
    return {"ipAddress": f"{_PUBLIC_BLOCK}.{_octet(resource.text)}", "resourceGuid": str(uuid.uuid4())}


def _guid(_: ids.ArmId, __: Values) -> Values:
    return {"resourceGuid": str(uuid.uuid4())}


def _workspace(_: ids.ArmId, __: Values) -> Values:
    return {"customerId": str(uuid.uuid4())}


def _component(resource: ids.ArmId, inputs: Values) -> Values:
    key, app = str(uuid.uuid4()), str(uuid.uuid4())
    region = _region(inputs)
    return {
        "appId": app,
        "applicationId": resource.name,
        "instrumentationKey": key,
        "connectionString": f"InstrumentationKey={key};IngestionEndpoint=https://{region}-1.in.applicationinsights."
        f"azure.com/;LiveEndpoint=https://{region}.livediagnostics.monitor.azure.com/;ApplicationId={app}",
        "tenantId": ids.TENANT_ID,
    }


def _metrics_workspace(resource: ids.ArmId, inputs: Values) -> Values:
    group = f"MA_{resource.name}_{_region(inputs)}_managed".lower()
    managed = f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/{group}/providers/Microsoft.Insights"
    host = f"{resource.name}-{_suffix(resource.text, 4)}.{_region(inputs)}.prometheus.monitor.azure.com"
    return {
        "accountId": str(uuid.uuid4()),
        "metrics": {"prometheusQueryEndpoint": f"https://{host}", "internalId": f"mac_{uuid.uuid4()}"},
        "defaultIngestionSettings": {
            "dataCollectionRuleResourceId": f"{managed}/dataCollectionRules/{resource.name}",
            "dataCollectionEndpointResourceId": f"{managed}/dataCollectionEndpoints/{resource.name}",
        },
    }


def _collection_endpoint(resource: ids.ArmId, inputs: Values) -> Values:
    host = f"{resource.name}-{_suffix(resource.text, 4)}.{_region(inputs)}-1"
    return {
        "immutableId": f"dce-{uuid.uuid4().hex}",
        "configurationAccess": {"endpoint": f"https://{host}.handler.control.monitor.azure.com"},
        "logsIngestion": {"endpoint": f"https://{host}.ingest.monitor.azure.com"},
        "metricsIngestion": {"endpoint": f"https://{host}.metrics.ingest.monitor.azure.com"},
    }


def _collection_rule(_: ids.ArmId, __: Values) -> Values:
    return {"immutableId": f"dcr-{uuid.uuid4().hex}"}


def _identity(_: ids.ArmId, __: Values) -> Values:
    return {"principalId": str(uuid.uuid4()), "clientId": str(uuid.uuid4()), "tenantId": ids.TENANT_ID}


def _private_zone(_: ids.ArmId, __: Values) -> Values:
    return {"numberOfRecordSets": 1, "maxNumberOfRecordSets": 25000, "internalId": str(uuid.uuid4())}


def _public_zone(resource: ids.ArmId, _: Values) -> Values:
    number = f"{_octet(resource.text) % 100:02d}"
    tops = ("com", "net", "org", "info")
    return {"nameServers": [f"ns{i + 1}-{number}.azure-dns.{top}." for i, top in enumerate(tops)]}


def _record(resource: ids.ArmId, _: Values) -> Values:
    zone, name = resource.names[0], resource.name
    return {"fqdn": f"{zone}." if name == "@" else f"{name}.{zone}."}


def _signed_zone(resource: ids.ArmId, _: Values) -> Values:
    # RFC 8624: what Azure signs with is ECDSA P-256 with SHA-256 (13), told to the parent by SHA-256 (2).
    tag = _octet(resource.text)
    digest = sha256(resource.text.lower().encode()).hexdigest().upper()
    signer = {"digestAlgorithmType": 2, "digestValue": digest, "record": f"{tag} 13 2 {digest}"}
    key = {"delegationSignerInfo": [signer], "flags": 257, "keyTag": tag, "protocol": 3, "securityAlgorithmType": 13}
    return {"signingKeys": [{**key, "publicKey": digest}]}


def _vault(resource: ids.ArmId, _: Values) -> Values:
    return {"properties": {"vaultUri": f"https://{resource.name}.vault.azure.net/", "provisioningState": "Succeeded"}}


def _vault_secret(resource: ids.ArmId, _: Values) -> Values:
    uri = f"https://{resource.names[0]}.vault.azure.net/secrets/{resource.name}"
    return {"properties": {"secretUri": uri, "secretUriWithVersion": f"{uri}/{uuid.uuid4().hex}"}}


def verification_id() -> str:
    """What proves a host name to Container Apps: one a subscription."""
    return sha256(ids.SUBSCRIPTION_ID.encode()).hexdigest().upper()


def _environment(resource: ids.ArmId, inputs: Values) -> Values:
    internal = bool(inputs.get("vnetConfiguration", {}).get("internal"))
    block = "10.255.255" if internal else _PUBLIC_BLOCK
    return {
        "defaultDomain": _default_domain(resource.text, _region(inputs)),
        "staticIp": f"{block}.{_octet(resource.text)}",
        "customDomainConfiguration": {"customDomainVerificationId": verification_id()},
    }


def _default_domain(environment: str, region: str) -> str:
    label = f"{_suffix(environment, 8)}-{_suffix(environment.rsplit('/', 1)[-1], 8)}"
    return f"{label}.{region}.azurecontainerapps.io"


def _app(resource: ids.ArmId, inputs: Values) -> Values:
    environment = str(inputs.get("managedEnvironmentId") or inputs.get("environmentId") or "")
    domain = _default_domain(environment, _region(inputs))
    fqdn = f"{resource.name}.{domain}"
    revision = f"{resource.name}--{_suffix(str(uuid.uuid4()), 7)}"
    outputs: Values = {
        "latestRevisionName": revision,
        "latestReadyRevisionName": revision,
        "latestRevisionFqdn": f"{revision}.{domain}",
        "outboundIpAddresses": [f"{_PUBLIC_BLOCK}.{_octet(environment)}"],
        "customDomainVerificationId": verification_id(),
    }
    if inputs.get("configuration", {}).get("ingress"):
        outputs["configuration"] = {"ingress": {"fqdn": fqdn}}
    return outputs


def _postgresql(resource: ids.ArmId, inputs: Values) -> Values:
    return {
        "fullyQualifiedDomainName": f"{resource.name}.postgres.database.azure.com",
        "minorVersion": "6",
        "privateEndpointConnections": [],
        "replicaCapacity": 5,
        "replicationRole": "Primary",
        "state": "Ready",
        **({"highAvailability": {"state": "Healthy"}} if inputs.get("highAvailability") else {}),
    }


def _tenant(resource: ids.ArmId, _: Values) -> Values:
    # Azure draws it; here it follows from the name, so that a stack file can name it before the tenant is made.
    return {"tenantId": tenant_id(resource.name), "billingConfig": {"billingType": "MAU"}}


def _external_tenant(resource: ids.ArmId, inputs: Values) -> Values:
    return {**_tenant(resource, inputs), "domainName": resource.name.lower()}


def tenant_id(domain: str) -> str:
    """The id of a tenant of this domain, ``<tenant>.onmicrosoft.com``."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, domain.lower()))


def _managed_redis(resource: ids.ArmId, inputs: Values) -> Values:
    return {"hostName": f"{resource.name}.{_region(inputs)}.redis.azure.net", "resourceState": "Running"}


def _redis(resource: ids.ArmId, _: Values) -> Values:
    return {"hostName": f"{resource.name}.redis.cache.windows.net", "port": 6379, "sslPort": 6380}


def _registry(resource: ids.ArmId, _: Values) -> Values:
    return {"loginServer": f"{resource.name.lower()}.azurecr.io"}


def _front_door_profile(resource: ids.ArmId, _: Values) -> Values:
    return {"frontDoorId": str(uuid.uuid4()), "resourceState": "Active", "kind": "frontdoor", "name": resource.name}


def _front_door_endpoint(resource: ids.ArmId, _: Values) -> Values:
    return {"hostName": f"{resource.name}-{_suffix(resource.text)}.z01.azurefd.net", "deploymentStatus": "NotStarted"}


def _front_door_domain(_: ids.ArmId, __: Values) -> Values:
    return {
        "domainValidationState": "Pending",
        "validationProperties": {"validationToken": uuid.uuid4().hex, "expirationDate": "2027-01-01T00:00:00Z"},
    }


def _budget(_: ids.ArmId, inputs: Values) -> Values:
    period = inputs.get("timePeriod", {})
    start = str(period.get("startDate", ""))
    # learn.microsoft.com, "Quickstart: Create a budget with an ARM template": left out, it ends ten years later.
    end = f"{int(start[:4]) + 10}{start[4:]}" if start[:4].isdigit() else ""
    return {
        "currentSpend": {"amount": 0, "unit": "USD"},
        "eTag": f'"{uuid.uuid4().hex[:15]}"',
        "timePeriod": {"endDate": period.get("endDate", end)},
    }


def _storage(resource: ids.ArmId, _: Values) -> Values:
    services = {"blob": "blob", "dfs": "dfs", "file": "file", "queue": "queue", "table": "table", "web": "z6.web"}
    endpoints = {key: f"https://{resource.name}.{host}.core.windows.net/" for key, host in services.items()}
    return {"primaryEndpoints": endpoints, "statusOfPrimary": "available"}


def _private_endpoint(resource: ids.ArmId, inputs: Values) -> Values:
    group = resource.text.rpartition("/providers/")[0]
    interface = f"{group}/providers/Microsoft.Network/networkInterfaces/{resource.name}.nic"
    return {
        "networkInterfaces": [{"id": interface}],
        "customDnsConfigs": [{"ipAddresses": [f"10.255.254.{_octet(resource.text)}"]}],
        "subnet": {"id": inputs.get("subnet", {}).get("id")},
    }


def _traffic_manager(resource: ids.ArmId, inputs: Values) -> Values:
    relative = inputs.get("dnsConfig", {}).get("relativeName", resource.name)
    return {"dnsConfig": {"fqdn": f"{relative}.trafficmanager.net"}}


def _cluster(resource: ids.ArmId, inputs: Values) -> Values:
    prefix = inputs.get("dnsPrefix", resource.name)
    return {
        "fqdn": f"{prefix}-{_suffix(resource.text, 8)}.hcp.{_region(inputs)}.azmk8s.io",
        "nodeResourceGroup": f"MC_{resource.resource_group}_{resource.name}_{_region(inputs)}",
        "oidcIssuerProfile": {"issuerURL": f"https://{_region(inputs)}.oic.prod-aks.azure.com/{ids.TENANT_ID}/"},
    }


COMPUTED: Final[Mapping[str, Outputs]] = {
    "microsoft.app/containerapps": _app,
    "microsoft.app/managedenvironments": _environment,
    "microsoft.azureactivedirectory/b2cdirectories": _tenant,
    "microsoft.azureactivedirectory/ciamdirectories": _external_tenant,
    "microsoft.cache/redis": _redis,
    "microsoft.cache/redisenterprise": _managed_redis,
    "microsoft.cdn/profiles": _front_door_profile,
    "microsoft.cdn/profiles/afdendpoints": _front_door_endpoint,
    "microsoft.cdn/profiles/customdomains": _front_door_domain,
    "microsoft.consumption/budgets": _budget,
    "microsoft.containerregistry/registries": _registry,
    "microsoft.containerservice/managedclusters": _cluster,
    "microsoft.dbforpostgresql/flexibleservers": _postgresql,
    "microsoft.dbforpostgresql/flexibleservers/configurations": postgresql.parameter_outputs,
    "microsoft.insights/components": _component,
    "microsoft.insights/datacollectionendpoints": _collection_endpoint,
    "microsoft.insights/datacollectionrules": _collection_rule,
    "microsoft.keyvault/vaults": _vault,
    "microsoft.keyvault/vaults/secrets": _vault_secret,
    "microsoft.managedidentity/userassignedidentities": _identity,
    "microsoft.network/ddosprotectionplans": _guid,
    "microsoft.monitor/accounts": _metrics_workspace,
    "microsoft.network/dnszones": _public_zone,
    "microsoft.network/dnszones/a": _record,
    "microsoft.network/dnszones/caa": _record,
    "microsoft.network/dnszones/cname": _record,
    "microsoft.network/dnszones/dnssecconfigs": _signed_zone,
    "microsoft.network/dnszones/txt": _record,
    "microsoft.network/natgateways": _guid,
    "microsoft.network/networksecuritygroups": _guid,
    "microsoft.network/privatednszones": _private_zone,
    "microsoft.network/privatednszones/a": _record,
    "microsoft.network/privateendpoints": _private_endpoint,
    "microsoft.network/publicipaddresses": _public_address,
    "microsoft.network/trafficmanagerprofiles": _traffic_manager,
    "microsoft.network/virtualnetworks": _guid,
    "microsoft.operationalinsights/workspaces": _workspace,
    "microsoft.storage/storageaccounts": _storage,
}
"""What Azure adds, by ARM type in lower case."""

# A new version of these changes what Azure computed at creation; everything else keeps it.
RECOMPUTED_ON_UPDATE: Final = frozenset({"microsoft.app/containerapps", "microsoft.keyvault/vaults/secrets"})

# Types whose API answers without a provisioning state at the top of the SDK's result.
_WITHOUT_STATE: Final = frozenset(
    {
        "microsoft.alertsmanagement/actionrules",
        "microsoft.alertsmanagement/prometheusrulegroups",
        "microsoft.authorization/locks",
        "microsoft.authorization/roleassignments",
        "microsoft.consumption/budgets",
        "microsoft.insights/actiongroups",
        "microsoft.insights/activitylogalerts",
        "microsoft.insights/diagnosticsettings",
        "microsoft.insights/metricalerts",
        "microsoft.insights/scheduledqueryrules",
        "microsoft.keyvault/vaults",
        "microsoft.keyvault/vaults/secrets",
        "microsoft.managedidentity/userassignedidentities",
        "microsoft.resources/resourcegroups",
    }
)


def computed(resource: ids.ArmId, api_version: str, inputs: Values) -> Values:
    """What Azure adds to a resource with these (opened) inputs: the SDK's output properties beside the inputs."""
    kind = resource.type.lower()
    common: Values = {"name": resource.name, "type": resource.type, "azureApiVersion": api_version}
    if kind not in _WITHOUT_STATE:
        common["provisioningState"] = "Succeeded"
    return {**common, **_identities(resource, inputs), **COMPUTED.get(kind, lambda *_: {})(resource, inputs)}


def previewed(arm_type: str, inputs: Values, old_outputs: Values) -> Values:
    """What a preview says of a resource: its inputs, and of what Azure adds inside them that it is not known yet.

    As azure-native's PreviewOutputs: a property missing at the top is unknown to the engine anyway, one missing in an
    object would be taken for absent. What an update does not change stays as it was.

    Args:
        arm_type: type of the resource.
        inputs: its inputs, with unknown values.
        old_outputs: of the resource as it is; empty for one that is to be made.
    """
    kind = arm_type.lower()
    placeholder = ids.ArmId("", "", arm_type, tuple("x" for _ in arm_type.split("/")[1:]))
    added = COMPUTED.get(kind, lambda *_: {})(placeholder, _known(inputs))
    kept = {} if kind in RECOMPUTED_ON_UPDATE else old_outputs
    open_ = {key: _open(inputs[key], value, kept.get(key)) for key, value in added.items() if key in inputs}
    identity = inputs.get("identity")
    if isinstance(identity, Mapping) and isinstance(identity.get("userAssignedIdentities"), list):
        open_["identity"] = {**identity, "userAssignedIdentities": UNKNOWN}
    return {**inputs, **open_}


def _open(given: Any, added: Any, kept: Any) -> Any:
    """An object of the inputs with what Azure adds to it: as it was, else unknown."""
    if not isinstance(given, Mapping) or not isinstance(added, Mapping):
        return given
    before = kept if isinstance(kept, Mapping) else {}
    missing = {key: before.get(key, UNKNOWN) for key in added if key not in given}
    return {**{key: _open(value, added.get(key), before.get(key)) for key, value in given.items()}, **missing}


def _known(value: Any) -> Any:
    """The values without those that are not known yet."""
    if isinstance(value, Mapping):
        return {key: _known(item) for key, item in value.items() if item is not UNKNOWN}
    return value


def _identities(resource: ids.ArmId, inputs: Values) -> Values:
    """What Azure says of a resource's identities: the principal of its own, and a map of the assigned ones."""
    identity = inputs.get("identity")
    if not isinstance(identity, Mapping):
        return {}
    found: Values = {}
    if "SystemAssigned" in str(identity.get("type")):
        found |= {"principalId": _drawn(resource.text, "principal"), "tenantId": ids.TENANT_ID}
    assigned = identity.get("userAssignedIdentities")
    if isinstance(assigned, list):
        found["userAssignedIdentities"] = {
            each: {"clientId": _drawn(each, "client"), "principalId": _drawn(each, "principal")} for each in assigned
        }
    return {"identity": found} if found else {}


def _drawn(identity_id: str, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{identity_id.lower()}#{what}"))


def merged(inputs: Any, added: Any) -> Any:
    """Inputs with Azure's additions, object by object; where both say something Azure's word stands."""
    if isinstance(inputs, Mapping) and isinstance(added, Mapping):
        keys = [*inputs, *(key for key in added if key not in inputs)]
        return {key: merged(inputs.get(key), added[key]) if key in added else inputs[key] for key in keys}
    return added
