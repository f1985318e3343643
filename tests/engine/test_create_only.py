"""For each create-only property: a change of it is planned as a replacement, because the component says so."""

import copy
import json
import re
from typing import Any

import pytest

from sandbox.azure.create_only import CREATE_ONLY, refusal
from sandbox.property_path import assign, value_at
from tests.engine.sandbox_run import custom_resources

TABLE = {(token, row.path) for token, rows in CREATE_ONLY.items() for row in rows}
# Rows no resource of prod sets, and why. That components pass them on as options all the same is shown without an
# engine: tests/program/test_stack_resources.py for the types of both stacks, tests/program/test_variants.py for
# those that other choices bring.
_NOT_DELEGATED = "a domain of its own is bound once the zone is delegated (domain.delegated)"
_MANAGED = "prod has the managed kind of Redis"
NOT_SET = {
    ("azure-native:app:ContainerApp", "environmentId"): "the program writes the older spelling, managedEnvironmentId",
    ("azure-native:app:ManagedCertificate", "properties.domainControlValidation"): _NOT_DELEGATED,
    ("azure-native:app:ManagedCertificate", "properties.subjectName"): _NOT_DELEGATED,
    ("azure-native:cdn:AFDCustomDomain", "hostName"): _NOT_DELEGATED,
    ("azure-native:containerregistry:CredentialSet", "loginServer"): "prod names no account of Docker Hub",
    ("azure-native:dbforpostgresql:AdministratorsMicrosoftEntra", "principalName"): "prod names no administrator",
    ("azure-native:dbforpostgresql:AdministratorsMicrosoftEntra", "principalType"): "prod names no administrator",
    ("azure-native:dbforpostgresql:AdministratorsMicrosoftEntra", "tenantId"): "prod names no administrator",
    ("azure-native:dbforpostgresql:Server", "createMode"): "Azure's default is meant: a restore is no part of a stack",
    ("azure-native:network:NatGateway", "zones"): "prod leaves the zone to Azure",
    ("azure-native:redis:AccessPolicyAssignment", "accessPolicyName"): _MANAGED,
    ("azure-native:redis:AccessPolicyAssignment", "objectId"): _MANAGED,
    ("azure-native:redis:Redis", "zonalAllocationPolicy"): _MANAGED,
    ("azure-native:redis:Redis", "zones"): _MANAGED,
}

# Kinds of difference that a resource is made anew for.
REPLACE = {"add-replace", "update-replace", "delete-replace"}


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return ["9"]
    return f"{value}-before"


def rows_of(deployment: dict[str, Any]) -> dict[str, list[str]]:
    """The create-only properties each resource of the state has set, by URN."""
    rows = {
        resource["urn"]: [
            property_.path
            for property_ in CREATE_ONLY.get(resource["type"], ())
            if value_at(resource["inputs"], property_.path) not in (None, [])
        ]
        for resource in custom_resources(deployment)
    }
    return {urn: paths for urn, paths in rows.items() if paths}


def with_other_values(deployment: dict[str, Any], rows: dict[str, list[str]]) -> dict[str, Any]:
    """The state as if the resources had been made with other values of those properties."""
    changed = copy.deepcopy(deployment)
    for resource in custom_resources(changed):
        for path in rows.get(resource["urn"], ()):
            value = other(value_at(resource["inputs"], path))
            resource["inputs"] = assign(resource["inputs"], path, value)
    return changed


def differences(steps: list[dict[str, Any]]) -> dict[str, dict[str, set[str]]]:
    """What the plan found different in each resource itself: kinds by path, those of items under their list's."""
    found: dict[str, dict[str, set[str]]] = {}
    for step in steps:
        for path, each in (step.get("detailedDiff") or {}).items():
            of_list = re.sub(r"\[\d+\]$", "", path)
            found.setdefault(step["urn"], {}).setdefault(of_list, set()).add(each["kind"])
    return found


def type_of(urn: str) -> str:
    return urn.split("::")[2].rsplit("$", 1)[-1]


@pytest.fixture(scope="module")
def prod(standing, tmp_path_factory):
    return standing.copy("prod", tmp_path_factory.mktemp("create-only"), protected=False)


def test_a_changed_create_only_property_is_planned_as_a_replacement(prod, tmp_path):
    """Every create-only property that prod sets, of every resource.

    What is replaced only because something before it is says nothing of its own properties: the plan has no difference
    for it. It stays for the next pass, in which what was before it is as it should be.
    """
    deployment = prod.deployment()
    left = rows_of(deployment)
    seen = set()
    while left:
        file = tmp_path / "state.json"
        file.write_text(json.dumps({"version": 3, "deployment": with_other_values(deployment, left)}))
        prod.pulumi("stack", "import", "--file", str(file))
        found = differences(prod.steps())
        shown = {urn: paths for urn, paths in left.items() if urn in found}
        assert shown, f"no plan shows a change of its own for {left}"
        for urn, paths in shown.items():
            for path in paths:
                kinds = found[urn].get(path)
                assert kinds, f"{urn}: no difference at {path}"
                assert kinds <= REPLACE, f"{urn}: {path} is planned as {kinds}"
            seen |= {(type_of(urn), path) for path in paths}
        left = {urn: paths for urn, paths in left.items() if urn not in shown}
    assert seen == TABLE - set(NOT_SET)


def test_without_the_component_azure_would_refuse(prod):
    """The same change sent as an update is refused: the stand-in does not forgive a missing replaceOnChanges."""
    seen = set()
    deployment = prod.deployment()
    inputs = {resource["urn"]: resource["inputs"] for resource in custom_resources(deployment)}
    for urn, paths in rows_of(deployment).items():
        for path in paths:
            wanted = assign(inputs[urn], path, other(value_at(inputs[urn], path)))
            error = refusal(type_of(urn), inputs[urn], wanted)
            assert error is not None
            assert path in error.message
            seen.add((type_of(urn), path))
    assert seen == TABLE - set(NOT_SET)
