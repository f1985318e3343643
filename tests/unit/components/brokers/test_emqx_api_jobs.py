"""The jobs that reach EMQX's API: by hand, by the clock, with one secret and no other."""

import pytest

from components.app_identity import AppIdentity, AppIdentityArgs
from components.brokers.emqx.api_jobs import (
    ApiJobArgs,
    ExportJob,
    ExportJobArgs,
    ImportJob,
    ImportJobArgs,
    OperatorsJob,
    schedule,
)
from components.brokers.interface import Backend
from components.container_app import Image
from components.secrets_in_use import VaultPlace
from tests.recorded_program import record
from tests.unit.components.brokers.emqx_program import CELL, GROUP, VAULT, uri


def api():
    return ApiJobArgs(
        cell=CELL,
        resource_group_name="rg",
        environment_id=f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae-1",
        identity=AppIdentity(
            "job-identity", AppIdentityArgs(cell=CELL, resource_group_name="rg", app="emqx-job", rights=())
        ),
        image=Image(server="crtest.azurecr.io", repository="nginx/nginx-unprivileged", digest=f"sha256:{'c' * 64}"),
        nodes=[
            Backend(
                name=f"emqx-{slot}",
                host=f"10.40.{slot}.9",
                mqtt_port=8880 + slot,
                web_socket_port=8080 + slot,
                health_port=18090 + slot,
                health_path="/status",
            )
            for slot in (1, 2)
        ],
        vault=VaultPlace(name="kv-test", vault_id=VAULT, scope_name="Microsoft.KeyVault/vaults/kv-test"),
        key_uri=uri("emqx-api-key"),
    )


@pytest.fixture(scope="module")
def operators():
    return record(lambda: OperatorsJob("operators", api()) and None)


@pytest.fixture(scope="module")
def export():
    container = "https://sttest.blob.core.windows.net/backup"
    args = lambda: ExportJobArgs(api=api(), hours=24, container_url=container)  # noqa: E731
    return record(lambda: ExportJob("emqx-export", args()) and None)


@pytest.fixture(scope="module")
def importing():
    container = "https://sttest.blob.core.windows.net/backup"
    return record(lambda: ImportJob("emqx-import", ImportJobArgs(api=api(), container_url=container)) and None)


def variables(recording):
    (job,) = recording.of("app:Job")
    (container,) = job.inputs["template"]["containers"]
    return {each["name"]: each.get("value", each.get("secretRef")) for each in container["env"]}


def test_the_operators_job_starts_by_hand_and_is_never_repeated(operators):
    (job,) = operators.of("app:Job")
    configuration = job.inputs["configuration"]
    assert configuration["triggerType"] == "Manual"
    assert configuration["replicaRetryLimit"] == 0
    assert "scheduleTriggerConfig" not in configuration
    assert job.inputs["jobName"] == "caj-amora-test-eu1-operators"


def test_the_export_runs_by_the_clock(export):
    (job,) = export.of("app:Job")
    configuration = job.inputs["configuration"]
    assert configuration["triggerType"] == "Schedule"
    assert configuration["scheduleTriggerConfig"]["cronExpression"] == "17 2 */1 * *"
    assert "manualTriggerConfig" not in configuration
    assert variables(export)["CONTAINER_URL"] == "https://sttest.blob.core.windows.net/backup"


def test_the_import_starts_by_hand_with_no_file_named_and_is_never_repeated(importing):
    (job,) = importing.of("app:Job")
    assert job.inputs["configuration"]["triggerType"] == "Manual"
    assert job.inputs["configuration"]["replicaRetryLimit"] == 0
    assert job.inputs["jobName"] == "caj-amora-test-eu1-emqx-import"
    found = variables(importing)
    assert (found["IMPORT_FILE"], found["IMPORT_NODE"]) == ("", "")
    assert found["CONTAINER_URL"] == "https://sttest.blob.core.windows.net/backup"


@pytest.mark.parametrize("fixture", ["operators", "export", "importing"])
def test_a_job_reads_the_key_and_nothing_else(request, fixture):
    recording = request.getfixturevalue(fixture)
    (job,) = recording.of("app:Job")
    assert [each["name"] for each in job.inputs["configuration"]["secrets"]] == ["emqx-api-key"]
    (right,) = recording.of("authorization:RoleAssignment")
    assert right.inputs["scope"].endswith("/secrets/emqx-api-key")
    assert right.name in job.dependencies
    assert job.error_hooks
    assert variables(recording)["API_KEY"] == "emqx-api-key"
    assert variables(recording)["API_ADDRESSES"] == "emqx-1=http://10.40.1.9:18091 emqx-2=http://10.40.2.9:18092"


@pytest.mark.parametrize(
    ("hours", "expression"),
    [
        (1, "17 */1 * * *"),
        (6, "17 */6 * * *"),
        (23, "17 */23 * * *"),
        (24, "17 2 */1 * *"),
        (47, "17 2 */1 * *"),
        (48, "17 2 */2 * *"),
        (168, "17 2 */7 * *"),
    ],
)
def test_hours_become_a_schedule(hours, expression):
    assert schedule(hours) == expression


@pytest.mark.parametrize("hours", [0, 169])
def test_hours_have_limits(hours):
    with pytest.raises(ValueError, match="allowed: 1 to 168"):
        schedule(hours)
