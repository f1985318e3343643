"""Where an output of the SDK stands in the ARM body."""

import pytest

from ops.arm_template.output_paths import NoSuchPropertyError, arm_path


@pytest.mark.parametrize(
    ("token", "path", "found"),
    [
        ("azure-native:app:ManagedEnvironment", ("staticIp",), ("properties", "staticIp")),
        ("azure-native:keyvault:Vault", ("properties", "vaultUri"), ("properties", "vaultUri")),
        ("azure-native:network:PublicIPAddress", ("ipAddress",), ("properties", "ipAddress")),
        ("azure-native:dns:Zone", ("nameServers", 0), ("properties", "nameServers", 0)),
        ("azure-native:app:ContainerApp", ("identity", "principalId"), ("identity", "principalId")),
        (
            "azure-native:app:ContainerApp",
            ("identity", "userAssignedIdentities", "/subscriptions/x", "clientId"),
            ("identity", "userAssignedIdentities", "/subscriptions/x", "clientId"),
        ),
        (
            "azure-native:storage:StorageAccount",
            ("primaryEndpoints", "blob"),
            ("properties", "primaryEndpoints", "blob"),
        ),
        ("azure-native:applicationinsights:Component", ("connectionString",), ("properties", "ConnectionString")),
    ],
)
def test_an_output_is_found_where_arm_has_it(token, path, found):
    assert arm_path(token, {}, path) == found


@pytest.mark.parametrize("path", [("gone",), ("staticIp", "gone"), ("properties", 0)])
def test_an_output_that_arm_does_not_have_is_an_error(path):
    with pytest.raises(NoSuchPropertyError):
        arm_path("azure-native:app:ManagedEnvironment", {}, path)
