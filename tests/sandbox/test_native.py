"""azure-native in front of the stand-in: what Check completes and refuses, what Diff replaces, what is repeated."""

import pytest

from sandbox.azure import ids
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults, Kind
from sandbox.azure.native import AzureNative
from sandbox.azure.resource_manager import ResourceManager
from sandbox.protocol.package import Change
from sandbox.store import Store
from sandbox.wire import UNKNOWN, Secret

APP = "azure-native:app:ContainerApp"
GROUP = "azure-native:resources:ResourceGroup"
VAULT = "azure-native:keyvault:Vault"
ADDRESS = "azure-native:network:PublicIPAddress"
URN = "urn:pulumi:dev::amora-sync::azure-native:resources:ResourceGroup::platform-group"
INPUTS = {"resourceGroupName": "rg", "location": "westeurope"}


@pytest.fixture
def native(tmp_path):
    with Store(tmp_path) as store:
        yield AzureNative(ResourceManager(store, Faults(store, lambda: None)))


def test_a_name_left_out_is_made_once_and_kept(native):
    named, failures = native.check(GROUP, URN, {}, {"location": "westeurope"}, b"seed")
    assert failures == []
    assert named["resourceGroupName"].startswith("platform-group")
    again, _ = native.check(GROUP, URN, named, {"location": "westeurope"}, b"other")
    assert again == named


def test_a_token_without_a_checker_is_an_error(native):
    for token in ("azure-native:nowhere:Thing", "azure-native:logic:Workflow"):
        (failure,) = native.check(token, URN, {}, {}, b"")[1]
        assert "has no checker" in failure.reason


def test_a_wrong_input_is_refused_at_preview_already(native):
    (failure,) = native.check(GROUP, URN, {}, {**INPUTS, "tags": "x"}, b"")[1]
    assert failure.path == "tags"


def test_a_secret_is_judged_and_never_shown(native):
    secret = {**INPUTS, "tags": {"a": Secret("hunter2" * 100)}}
    (failure,) = native.check(GROUP, URN, {}, secret, b"")[1]
    assert "hunter2" not in failure.reason


@pytest.mark.parametrize(
    ("token", "old", "new", "replaces"),
    [
        (GROUP, INPUTS, {**INPUTS, "location": "northeurope"}, {"location"}),
        (GROUP, INPUTS, {**INPUTS, "location": "West Europe"}, set()),
        (GROUP, INPUTS, {**INPUTS, "resourceGroupName": "other"}, {"resourceGroupName"}),
        (GROUP, INPUTS, {**INPUTS, "tags": {"a": "b"}}, set()),
        (ADDRESS, {"sku": {"name": "Basic"}}, {"sku": {"name": "Standard"}}, {"sku.name"}),
        (ADDRESS, {"zones": ["1"]}, {"zones": ["2"]}, set()),
        (VAULT, {"properties": {"tenantId": "a"}}, {"properties": {"tenantId": "b"}}, set()),
    ],
)
def test_only_what_azure_native_replaces_is_replaced(native, token, old, new, replaces):
    found = native.diff(token, "id", old, {}, new)
    assert found.replaces == replaces
    assert found.delete_before_replace is bool(replaces)


def test_a_property_newly_named_with_its_value_does_not_replace(native):
    found = native.diff(GROUP, "id", {}, {"location": "westeurope"}, {"location": "westeurope"})
    assert found.changes == {"location": Change.ADD}
    assert found.replaces == frozenset()


def test_a_preview_makes_nothing_and_keeps_unknown_values(native):
    created = native.create(GROUP, URN, {**INPUTS, "tags": {"a": UNKNOWN}}, preview=True)
    assert created.resource_id == ""
    assert created.outputs["tags"] == {"a": UNKNOWN}
    assert native.read(GROUP, f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/rg", {}, {}) is None


def test_a_preview_leaves_open_what_azure_answers_in_another_shape(native):
    """A request lists identities, the answer maps them: the SDK takes no list where it waits for a map."""
    identity = {"type": "UserAssigned", "userAssignedIdentities": ["/subscriptions/x"]}
    created = native.create(APP, URN, {"identity": identity}, preview=True)
    updated = native.update(APP, "id", {}, {"identity": {}}, {"identity": identity}, preview=True)
    for outputs in (created.outputs, updated):
        assert outputs["identity"] == {"type": "UserAssigned", "userAssignedIdentities": UNKNOWN}


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.CONFLICT])
def test_the_client_repeats_three_times_and_no_more(native, kind):
    store = native._manager.store
    store.add_fault(kind, "*", 3, 0.0)
    native.create(GROUP, URN, INPUTS, preview=False)
    store.add_fault(kind, "*", 4, 0.0)
    with pytest.raises(ArmError):
        native.create(GROUP, URN, {**INPUTS, "resourceGroupName": "other"}, preview=False)


def test_reading_tells_what_azure_has_with_the_programs_marks(native):
    made = native.create(GROUP, URN, {**INPUTS, "tags": {"a": "b"}}, preview=False)
    found = native.read(GROUP, made.resource_id, {**INPUTS, "tags": {"a": Secret("old")}}, {})
    assert found.inputs["tags"] == {"a": Secret("b")}
    assert found.outputs["type"] == "Microsoft.Resources/resourceGroups"


def test_functions_answer_and_an_unknown_one_says_so(native):
    config = native.invoke("azure-native:authorization:getClientConfig", {}, preview=True)
    assert config["subscriptionId"] == ids.SUBSCRIPTION_ID
    with pytest.raises(ArmError, match="has no stand-in"):
        native.invoke("azure-native:storage:listStorageAccountKeys", {}, preview=False)
    with pytest.raises(ArmError, match="not known yet"):
        native.invoke("azure-native:keyvault:getVault", {"vaultName": UNKNOWN}, preview=True)
