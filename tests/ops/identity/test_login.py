"""Which client logs in to the tenant, and which permissions of Graph it asks for."""

import json

import azure.identity
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from typer.testing import CliRunner

from ops.command import app
from ops.errors import ExitCode
from ops.identity import command
from ops.identity.empty_tenant import EmptyTenant
from ops.identity.graph import Graph
from tests.ops.identity.graph_double import TOKEN, graph_double
from tests.ops.identity.test_identity_command import MODES, stack_file

EVERY = {"Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All"}
OF_MODE = {
    "b2c": {"Policy.ReadWrite.TrustFramework", "TrustFrameworkKeySet.ReadWrite.All"},
    "externalId": {
        "AppRoleAssignment.ReadWrite.All",
        "Policy.ReadWrite.ApplicationConfiguration",
        "EventListener.ReadWrite.All",
    },
}
ANOTHER = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"


class Credential:
    """Stands in for a credential of azure-identity; remembers how it was made and what it was asked for."""

    made: list[dict[str, object]]
    asked: list[tuple[str, ...]]
    refuses = False
    unreached = False

    def __init__(self, **given):
        self.made.append(given)

    def get_token(self, *scopes):
        self.asked.append(scopes)
        if self.unreached:
            raise ClientAuthenticationError("Failed to resolve") from ServiceRequestError("Failed to resolve")
        if self.refuses:
            raise ClientAuthenticationError("AADSTS65001: nobody has consented")
        return AccessToken(TOKEN, 2_000_000_000)


@pytest.fixture
def credential(monkeypatch):
    kinds = {}
    for name in ("DeviceCodeCredential", "WorkloadIdentityCredential"):
        kinds[name] = type(name, (Credential,), {"made": [], "asked": []})
        monkeypatch.setattr(azure.identity, name, kinds[name])
    return kinds


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Runs `plan` in a mode against the double, by a login of the command's own."""
    with graph_double() as graph:
        monkeypatch.setattr(command, "ADDRESS", graph.url)

        def invoke(mode, *words):
            file = stack_file(tmp_path, MODES[mode])
            return CliRunner().invoke(app, ["identity", "plan", "--config-file", str(file), *words])

        yield invoke


@pytest.mark.parametrize("mode", sorted(MODES))
def test_a_person_logs_in_by_a_client_that_can_be_consented_to(plan, credential, mode):
    assert plan(mode).exit_code == 0
    device_code = credential["DeviceCodeCredential"]
    (made,) = device_code.made
    assert (made["client_id"], made["tenant_id"]) == (
        "14d82eec-204b-4c2f-b7e8-296a70dab67e",
        "amorasyncdev.onmicrosoft.com",
    )
    wanted = {f"https://graph.microsoft.com/{name}" for name in EVERY | OF_MODE[mode]}
    assert {frozenset(scopes) for scopes in device_code.asked} == {frozenset(wanted)}


def test_another_public_client_may_be_named(plan, credential):
    assert plan("b2c", "--client-id", ANOTHER).exit_code == 0
    assert [each["client_id"] for each in credential["DeviceCodeCredential"].made] == [ANOTHER]


def test_a_pipeline_asks_for_what_its_registration_has(plan, credential):
    assert plan("externalId", "--login", "workload").exit_code == 0
    assert credential["DeviceCodeCredential"].made == []
    assert set(credential["WorkloadIdentityCredential"].asked) == {("https://graph.microsoft.com/.default",)}


def test_the_login_of_azure_cli_is_no_choice(plan):
    assert plan("externalId", "--login", "cli").exit_code == 2


def test_a_login_without_consent_ends_with_the_tenants_words(plan, credential):
    credential["DeviceCodeCredential"].refuses = True
    asked = plan("b2c")
    assert asked.exit_code == ExitCode.NOT_SIGNED_IN
    assert "AADSTS65001" in asked.output


def test_a_login_that_cannot_be_reached_is_no_refusal(plan, credential):
    credential["DeviceCodeCredential"].unreached = True
    asked = plan("b2c")
    assert asked.exit_code == ExitCode.OUT_OF_REACH
    assert "login.microsoftonline.com" in asked.output


@pytest.mark.parametrize("mode", sorted(MODES))
def test_a_plan_offline_asks_nobody_and_makes_everything(plan, credential, mode):
    asked = plan(mode, "--offline", "--json")
    assert asked.exit_code == 0, asked.output
    assert {each["outcome"] for each in json.loads(asked.stdout)["steps"]} == {"create"}
    assert [made.made for made in credential.values()] == [[], []]


def test_an_empty_tenant_cannot_be_changed():
    with pytest.raises(ValueError, match=r"POST /v1\.0/applications"):
        Graph(str, transport=EmptyTenant()).post("/v1.0/applications", {})
