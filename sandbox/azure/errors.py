"""Azure Resource Manager's errors: codes, status and wording as Azure gives them.

Wording is Azure's own as far as it is published (Microsoft's "Resolve common ARM deployment errors" pages and the
errors quoted in the issues named beside a row). A row without a source is worded after its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.protocol.package import RefusedError


class ArmError(RefusedError):
    """A request Azure refused, shown as azure-native shows it: ``Status=404 Code="..." Message="..."``."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(f'Status={status} Code="{code}" Message="{message}"')
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Wording:
    """One error of Azure: HTTP status, code, and the message with its fields in braces."""

    status: int
    code: str
    message: str

    def __call__(self, **fields: object) -> ArmError:
        """The error with its fields filled in."""
        return ArmError(self.status, self.code.format(**fields), self.message.format(**fields))


RESOURCE_GROUP_NOT_FOUND: Final = Wording(404, "ResourceGroupNotFound", "Resource group '{name}' could not be found.")
PARENT_NOT_FOUND: Final = Wording(
    404,
    "ParentResourceNotFound",
    "Can not perform requested operation on nested resource. Parent resource '{parent}' not found.",
)
RESOURCE_NOT_FOUND: Final = Wording(
    404,
    "ResourceNotFound",
    "The Resource '{resource}' under resource group '{group}' was not found. For more details please go to "
    "https://aka.ms/ARMResourceNotFoundFix",
)
INVALID_REFERENCE: Final = Wording(
    400,
    "InvalidResourceReference",
    "Resource {target} referenced by resource {id} was not found. Please make sure that the referenced resource "
    "exists, and that both resources are in the same region. Path {path}.",
)
WRONG_REFERENCE_TYPE: Final = Wording(
    400,
    "InvalidJsonReferenceWrongType",
    "Reference Id {target} is referencing resource of a wrong type. The Id is expected to reference resources of type "
    "{wanted}. Path {path}.",
)
MALFORMED_ID: Final = Wording(
    400,
    "LinkedInvalidPropertyId",
    "Property id '{target}' at path '{path}' is invalid. Expect fully qualified resource Id that start with "
    "'/subscriptions/{{subscriptionId}}' or '/providers/{{resourceProviderNamespace}}/'.",
)
OTHER_REGION: Final = Wording(
    400,
    "InvalidResourceReference",
    "Resource {target} referenced by resource {id} is in region {found}, and both must be in the same region "
    "({wanted}). Path {path}.",
)
NOT_REGISTERED: Final = Wording(  # https://aka.ms/rps-not-found; pulumi-azure-native#3479
    409,
    "MissingSubscriptionRegistration",
    "The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to "
    "register subscriptions.",
)
INVALID_REQUEST: Final = Wording(400, "InvalidRequestContent", "The request content was invalid: {finding}")
CHANGE_NOT_ALLOWED: Final = Wording(409, "PropertyChangeNotAllowed", "Changing property '{path}' is not allowed.")
LOCATION_MISMATCH: Final = Wording(
    409,
    "InvalidResourceLocation",
    "The resource '{name}' already exists in location '{found}' in resource group '{group}'. A resource with the same "
    "name cannot be created in location '{wanted}'. Please select a new resource name.",
)
SCOPE_LOCKED: Final = Wording(
    409,
    "ScopeLocked",
    "The scope '{id}' cannot perform delete operation because following scope(s) are locked: '{scopes}'. Please remove "
    "the lock and try again.",
)
IN_USE: Final = Wording(400, "{code}", "{what} {id} is in use by {user} and cannot be deleted.")
SOFT_DELETED: Final = Wording(  # alan-turing-institute/data-safe-haven#2523
    409,
    "ConflictError",
    "A vault with the same name already exists in deleted state. You need to either recover or purge existing key "
    "vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
)
NOTHING_TO_RECOVER: Final = Wording(
    404, "VaultNotFound", "There is no soft deleted vault named '{name}' in location '{location}' to recover."
)
SECRET_DELETED: Final = Wording(  # learn.microsoft.com, Key Vault: ObjectIsDeletedButRecoverable
    409,
    "Conflict",
    "Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the "
    "secret can only be recovered or purged.",
)
VAULT_CLOSED: Final = Wording(  # learn.microsoft.com, Key Vault REST API error codes: 403
    403,
    "Forbidden",
    "Public network access is disabled and request is not from a trusted service nor via an approved private link.",
)
SECRET_NOT_FOUND: Final = Wording(
    404,
    "SecretNotFound",
    "A secret with (name/id) {name} was not found in this key vault. If you recently deleted this secret you may be "
    "able to recover it using the correct recovery command.",
)
# learn.microsoft.com, Blob service error codes
CONTAINER_NOT_FOUND: Final = Wording(404, "ContainerNotFound", "The specified container does not exist.")
BLOB_NOT_FOUND: Final = Wording(404, "BlobNotFound", "The specified blob does not exist.")
BLOB_EXISTS: Final = Wording(409, "BlobAlreadyExists", "The specified blob already exists.")
APPEND_POSITION: Final = Wording(
    412,
    "AppendPositionConditionNotMet",
    "The append position condition specified was not met.",
)
CONDITION_NOT_MET: Final = Wording(
    412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met."
)
NAME_TAKEN: Final = Wording(
    409, "{code}", "The name '{name}' of {type} is already in use. It must be unique in {scope}; select another name."
)
SUBNET_OUTSIDE: Final = Wording(
    400,
    "NetcfgSubnetRangeOutsideVnet",
    "Subnet '{subnet}' is not valid because its IP address range is outside the IP address range of virtual network "
    "'{network}'.",
)
SUBNETS_OVERLAP: Final = Wording(
    400,
    "NetcfgSubnetRangesOverlap",
    "Subnet '{subnet}' is not valid because its IP address range overlaps with that of an existing subnet in virtual "
    "network '{network}'.",
)
MISSING_DELEGATION: Final = Wording(
    400,
    "SubnetMissingRequiredDelegation",
    "Subnet {subnet} referenced by resource {id} must be delegated to '{service}', and it is {found}.",
)
DELEGATED_SUBNET: Final = Wording(
    400,
    "SubnetWithDelegationsInUse",
    "Subnet {subnet} is delegated to '{found}': resource {id} cannot be placed in it.",
)
WRONG_GROUP: Final = Wording(
    400,
    "InvalidPrivateLinkServiceConnectionGroupId",
    "Resource {target} has no private link sub-resource '{found}'; it has {allowed}.",
)
NO_PRIVATE_LINK: Final = Wording(
    400,
    "PrivateEndpointFeatureNotSupported",
    "Resource {target} has SKU '{sku}', which does not support private endpoints; it needs {wanted}.",
)
RECORDS_CONFLICT: Final = Wording(
    409,
    "Conflict",
    "The record could not be created because a {other} record with the same name '{name}' already exists in this zone: "
    "a CNAME record stands alone.",
)
NO_ORIGIN: Final = Wording(
    400,
    "BadRequest",
    "Property 'Route.OriginGroup' is invalid because the origin group '{group}' has no enabled origin.",
)
OTHER_PROFILE: Final = Wording(400, "BadRequest", "Domain {domain} does not belong to the profile of {id}.")
HOST_IN_USE: Final = Wording(
    409, "Conflict", "The host name '{host}' is already associated with {other}; a host belongs to one profile."
)
FIREWALL_SKU: Final = Wording(
    400,
    "BadRequest",
    "The WebApplicationFirewall policy {policy} has SKU {found}; a security policy of this profile takes {wanted}.",
)
HOST_NOT_PROVEN: Final = Wording(  # microsoft/azure-container-apps#1570
    400,
    "InvalidCustomHostNameValidation",
    "A TXT record pointing from asuid.{host} to {id} was not found.",
)
HOST_NOT_ON_AN_APP: Final = Wording(  # microsoft/azure-container-apps#796, #1570
    400,
    "RequireCustomHostnameInEnvironment",
    "Creating managed certificate requires hostname '{host}' added as a custom hostname to a container app or route in "
    "environment '{environment}'",
)
ROLE_ASSIGNMENT_UPDATE: Final = Wording(
    400,
    "RoleAssignmentUpdateNotPermitted",
    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
)
PRINCIPAL_NOT_FOUND: Final = Wording(
    400,
    "PrincipalNotFound",
    "Principal {principal} does not exist in the directory {tenant}. Check that you have the correct principal ID. If "
    "you are creating this principal and then immediately assigning a role, this error might be related to a "
    "replication delay.",
)
NOT_AUTHORIZED: Final = Wording(
    403,
    "AuthorizationFailed",
    "The client '{client}' with object id '{client}' does not have authorization to perform action "
    "'{type}/write' over scope '{id}' or the scope is invalid. If access was recently granted, please refresh your "
    "credentials.",
)
IDENTITY_NOT_ASSIGNED: Final = Wording(
    400,
    "ContainerAppIdentityNotAssigned",
    "Managed identity {identity} is used by container app '{app}' and is not assigned to it.",
)
SECRET_NOT_FETCHED: Final = Wording(  # microsoft/azure-container-apps#1159
    400,
    "InvalidParameterValueInContainerTemplate",
    "The following field(s) are either invalid or missing. Field 'configuration.secrets' is invalid with details: "
    '\'Invalid value: "{name}": Unable to get value using Managed identity {identity} for secret {name}. Error: unable '
    "to fetch secret '{name}' using Managed identity '{identity}'';.",
)
IMAGE_NOT_PULLED: Final = Wording(  # microsoft/azure-container-apps#1061
    400,
    "InvalidParameterValueInContainerTemplate",
    "The following field(s) are either invalid or missing. Field 'template.containers.image' is invalid with details: "
    "'Invalid value: \"{image}\": unable to pull image using Managed identity {identity} for registry {server}';.",
)
PORT_IN_USE: Final = Wording(  # microsoft/azure-container-apps#1558
    400,
    "InvalidParameterValueInContainerTemplate",
    "The following field(s) are either invalid or missing. Field 'configuration.ingress.exposedPort' is invalid with "
    "details: 'Invalid value: {port}: exposedPort already in use';.",
)
SERVER_IS_BUSY: Final = Wording(  # Azure/ResourceModules#3324, Azure/bicep-registry-modules#4451
    409,
    "ServerIsBusy",
    "Cannot complete operation while server '{server}' is busy processing another operation. Try again later.",
)
NO_PRIVATE_ZONE: Final = Wording(
    400,
    "PrivateDnsZoneArmResourceIdNotProvided",
    "A server that is integrated into a virtual network needs a private DNS zone.",
)
WRONG_PRIVATE_ZONE: Final = Wording(
    400,
    "InvalidPrivateDnsZoneName",
    "The private DNS zone '{zone}' cannot be used: its name must end with '{suffix}'.",
)
ZONE_NOT_LINKED: Final = Wording(
    400,
    "PrivateDnsZoneNotLinked",
    "The private DNS zone '{zone}' is not linked to the virtual network '{network}'.",
)
STORAGE_SHRINKS: Final = Wording(
    400,
    "InvalidServerStorageSize",
    "The storage of a server cannot be decreased: it is {before} GiB, and {wanted} GiB were requested.",
)
ZONE_CHANGE: Final = Wording(
    400,
    "AvailabilityZoneChangeNotAllowed",
    "The availability zone of a server cannot be changed from '{before}' to '{wanted}'; only a failover swaps the "
    "zones of primary and standby.",
)
UNKNOWN_PARAMETER: Final = Wording(404, "ParameterNotFound", "The server has no parameter '{name}'.")
READ_ONLY_PARAMETER: Final = Wording(400, "ReadOnlyParameter", "The server parameter '{name}' is read-only.")
WRONG_PARAMETER: Final = Wording(
    400,
    "InvalidParameterValue",
    "Invalid value '{value}' given for parameter '{name}'. Allowed values are {allowed}.",
)
ENTRA_IS_OFF: Final = Wording(
    400,
    "AadAuthOperationCannotBePerformedWhenAadAuthIsDisabled",
    "Microsoft Entra authentication is not enabled on server '{server}'.",
)
INTERNAL: Final = Wording(500, "InternalServerError", "An error occurred while creating '{id}'.")


def another_operation(resource_id: str) -> ArmError:
    """409: another write on the same resource has not ended."""
    return ArmError(
        409,
        "AnotherOperationInProgress",
        f"Another operation on this or dependent resource is in progress: {resource_id}. To retrieve status of the "
        "operation use uri: (sandbox).",
    )


def too_many_requests(seconds: float) -> ArmError:
    """429 with Retry-After in seconds."""
    return ArmError(
        429,
        "TooManyRequests",
        f"The request is being throttled as the limit has been reached. Please retry after '{seconds:g}' seconds.",
        retry_after=seconds,
    )
