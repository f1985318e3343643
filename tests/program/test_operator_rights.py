"""What groups of operators are given, from the stack file to the role assignments."""

import json
import runpy

import pytest

from components.role_assignment import ROLES
from tests.recorded_program import ROOT, record, stack_config

OPERATORS = "7d9a3a5e-2f5a-4c1e-9b1d-0a3e5f7c9b11"
FACTORY = "1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f"


def with_settings(stack, **settings):
    config = stack_config(stack)
    for key, value in settings.items():
        config[f"amora-sync:{key}"] = json.dumps(value)
    return record(lambda: runpy.run_path(str(ROOT / "__main__.py")) and None, stack, config)


@pytest.fixture(scope="module")
def prod():
    return with_settings(
        "prod",
        operators={"groups": {OPERATORS: "amora-operators", FACTORY: "amora-factory"}},
        certificates={"issuingGeneration": 2},
    )


def given(recording, group):
    return {
        each.inputs["scope"].rpartition("/providers/")[2]: each
        for each in recording.of("authorization:RoleAssignment")
        if each.inputs["principalId"] == group
    }


@pytest.mark.parametrize("group", [OPERATORS, FACTORY])
def test_a_group_may_do_its_work_and_nothing_else(prod, group):
    roles = {role: name for name, role in ROLES.items()}
    found = {
        tuple(scope.split("/")[-2:]): roles[each.inputs["roleDefinitionId"].rpartition("/")[2]]
        for scope, each in given(prod, group).items()
    }
    assert found == {
        ("secrets", "device-ca-key-1"): "Key Vault Secrets User",
        ("secrets", "device-ca-key-2"): "Key Vault Secrets User",
        ("containers", "register"): "Storage Blob Data Contributor",
        ("containers", "crl"): "Storage Blob Data Contributor",
        ("containers", "backup"): "Storage Blob Data Reader",
        ("jobs", "caj-amora-prod-eu1-operators"): "Container Apps Jobs Operator",
        ("jobs", "caj-amora-prod-eu1-emqx-import"): "Container Apps Jobs Operator",
    }
    assert {each.inputs["principalType"] for each in given(prod, group).values()} == {"Group"}


def test_a_right_on_a_secret_waits_for_the_secret(prod):
    (right,) = (each for scope, each in given(prod, OPERATORS).items() if scope.endswith("device-ca-key-2"))
    assert "device-ca-key-2-secret" in right.dependencies


def test_two_groups_have_assignments_of_their_own(prod):
    names = [each.inputs["roleAssignmentName"] for each in prod.of("authorization:RoleAssignment")]
    assert len(set(names)) == len(names)


def test_without_a_group_nothing_is_given():
    recording = with_settings("dev")
    assert {each.inputs["principalType"] for each in recording.of("authorization:RoleAssignment")} == {
        "ServicePrincipal"
    }
    assert not any(each.token == "amora:identity:OperatorRights" for each in recording.resources)


@pytest.mark.parametrize("promoted", [True, False])
def test_a_region_that_is_not_promoted_takes_nobody(promoted):
    region = {"name": "eu1", "location": "westeurope", "promoted": promoted}
    recording = with_settings("dev", region=region)
    text = recording.one("edge-haproxy-cfg-secret").inputs["properties"]["value"].value
    assert ("A standby takes nobody" in text) is not promoted
