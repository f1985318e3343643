"""`ops identity plan` and `apply` against a double of Graph: what is missing, what is otherwise, what was half done."""

import json
import ssl
from types import SimpleNamespace

import httpx
import httpx_retries.retry
import pytest
from tenacity import wait_none
from typer.testing import CliRunner

from ops.command import app
from ops.errors import ExitCode, OpsError
from ops.identity import command, policy_set
from ops.identity.graph import Graph
from tests.ops.identity.graph_double import MICROSOFT_GRAPH, TOKEN, graph_double
from tests.unit.settings.stacks import DEV, changed, written

NO_CA = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
MODES = {
    "externalId": {"tenant": "amorasyncdev"},
    "b2c": {"tenant": "amorasyncdev", "mode": "b2c", "legacyAccepted": True},
}


@pytest.fixture
def graph():
    with graph_double() as running:
        yield running


@pytest.fixture(params=sorted(MODES))
def mode(request):
    return request.param


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    """The seconds that a client would have waited between two requests; nobody waits for real."""
    seconds: list[float] = []
    monkeypatch.setattr(httpx_retries.retry, "time", SimpleNamespace(sleep=seconds.append))
    return seconds


@pytest.fixture
def run(graph, mode, tmp_path, monkeypatch):
    """Runs a command on a stack of the mode; what it said as JSON, or as text where it fails."""
    monkeypatch.setattr(command, "_graph", lambda *_: client_of(graph))
    file = stack_file(tmp_path, MODES[mode])

    def invoke(*words, code=0):
        asked = CliRunner().invoke(app, ["identity", *words, "--config-file", str(file), *([] if code else ["--json"])])
        assert asked.exit_code == code, asked.output
        return asked.output if code else json.loads(asked.stdout)

    return invoke


def stack_file(folder, identity):
    return written(folder, changed(DEV, identity=identity))


def client_of(graph, **given):
    """One of the double, which speaks plain HTTP: no CA bundle has to be read for it."""
    return Graph(lambda: TOKEN, graph.url, httpx.HTTPTransport(verify=NO_CA), waits=wait_none(), **given)


def outcomes(said):
    return {each["outcome"] for each in said["steps"]}


def test_a_plan_of_an_empty_tenant_creates_everything_and_changes_nothing(run, graph):
    said = run("plan")
    assert outcomes(said) == {"create"}
    assert said["carriedOut"] is False
    assert graph.writes() == []


def test_apply_is_a_plan_until_it_is_told_to_carry_out(run, graph):
    assert run("apply")["carriedOut"] is False
    assert graph.writes() == []


def test_a_second_run_has_nothing_to_do(run, graph):
    first = run("apply", "--yes")
    written = graph.writes()
    second = run("apply", "--yes")
    assert outcomes(second) == {"same"}
    assert graph.writes() == written
    assert second["audience"] == first["audience"] != ""
    assert run("plan")["clients"] == first["clients"]


def test_the_brokers_app_has_what_the_broker_wants(run, graph):
    said = run("apply", "--yes")
    (broker,) = [each for each in graph.collections["applications"] if each["appId"] == said["audience"]]
    assert broker["api"]["requestedAccessTokenVersion"] == 2
    assert [each["value"] for each in broker["api"]["oauth2PermissionScopes"]] == ["connect"]
    assert broker["identifierUris"] == ["https://amorasyncdev.onmicrosoft.com/broker"]


def test_the_brokers_app_has_a_role_where_its_audience_may_have_one(run, graph, mode):
    said = run("apply", "--yes")
    (broker,) = [each for each in graph.collections["applications"] if each["appId"] == said["audience"]]
    roles = [each["value"] for each in broker.get("appRoles", [])]
    assert (broker["signInAudience"], roles) == {
        "b2c": ("AzureADandPersonalMicrosoftAccount", []),
        "externalId": ("AzureADMyOrg", ["connect.service"]),
    }[mode]


SIGN_IN = {"37f7f235-527c-4136-accd-4a02d197296e", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182"}
WITH_USERS = {
    "b2c": {"web", "mobile", "operator", "framework", "proxy"},
    "externalId": {"web", "mobile", "operator"},
}


def grants(graph, resource):
    """Scopes that all users have consented to at a resource, by the client id of the app."""
    clients = {each["id"]: each["appId"] for each in graph.collections["servicePrincipals"]}
    return {
        clients[each["clientId"]]: set(each["scope"].split())
        for each in graph.collections["oauth2PermissionGrants"]
        if each["resourceId"] == resource and each["consentType"] == "AllPrincipals"
    }


def test_apps_with_users_ask_for_what_signing_in_takes_and_have_consent(run, graph, mode):
    clients = run("apply", "--yes")["clients"]
    wanted = {clients[key] for key in WITH_USERS[mode]}
    asking = {
        app["appId"]: {each["id"] for each in access["resourceAccess"]}
        for app in graph.collections["applications"]
        for access in app["requiredResourceAccess"]
        if access["resourceAppId"] == MICROSOFT_GRAPH["appId"]
    }
    assert asking == dict.fromkeys(wanted, SIGN_IN)
    assert grants(graph, MICROSOFT_GRAPH["id"]) == {each: {"openid", "offline_access"} for each in wanted}


def test_a_consent_keeps_what_it_has_and_gets_what_is_missing(run, graph):
    client = run("apply", "--yes")["clients"]["web"]
    (web,) = [each["id"] for each in graph.collections["servicePrincipals"] if each["appId"] == client]
    for grant in graph.collections["oauth2PermissionGrants"]:
        if grant["clientId"] == web and grant["resourceId"] == MICROSOFT_GRAPH["id"]:
            grant["scope"] = "profile openid"
    (update,) = [each for each in run("apply", "--yes")["steps"] if each["outcome"] == "update"]
    assert update["differences"] == [
        {"path": "scope", "found": "profile openid", "wanted": "profile openid offline_access"}
    ]
    assert grants(graph, MICROSOFT_GRAPH["id"])[client] == {"profile", "openid", "offline_access"}


def test_one_users_own_consent_is_none_of_all_users(run, graph):
    clients = run("apply", "--yes")["clients"]
    for grant in graph.collections["oauth2PermissionGrants"]:
        grant.update(consentType="Principal", principalId="somebody")
    run("apply", "--yes")
    assert set(grants(graph, MICROSOFT_GRAPH["id"])) >= {clients[key] for key in ("web", "mobile", "operator")}


def test_a_tenant_without_graphs_service_principal_is_told_how_to_make_it(run, graph):
    graph.collections["servicePrincipals"].clear()
    assert "az ad sp create" in " ".join(run("plan", code=ExitCode.UNREADABLE).split())


def test_what_somebody_changed_is_shown_and_mended(run, graph):
    run("apply", "--yes")
    (web,) = [each for each in graph.collections["applications"] if "amora-sync/web" in each["tags"]]
    web["spa"]["redirectUris"] = ["https://evil.example/"]
    (update,) = [each for each in run("plan")["steps"] if each["outcome"] == "update"]
    assert update["differences"] == [
        {
            "path": "spa.redirectUris",
            "found": ["https://evil.example/"],
            "wanted": ["https://app.dev.amora.example.com/signed-in"],
        }
    ]
    run("apply", "--yes")
    assert web["spa"]["redirectUris"] == ["https://app.dev.amora.example.com/signed-in"]


@pytest.mark.parametrize(
    "changed", [{"value": "other"}, {"id": "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"}, {"adminConsentDisplayName": "x"}]
)
@pytest.mark.parametrize("stale", [0, 2])
def test_a_scope_is_disabled_before_it_is_changed(run, graph, changed, stale):
    said = run("apply", "--yes")
    (broker,) = [each for each in graph.collections["applications"] if each["appId"] == said["audience"]]
    (right,) = broker["api"]["oauth2PermissionScopes"]
    broker["api"]["oauth2PermissionScopes"], graph.stale = [right | changed], stale
    run("apply", "--yes")
    assert broker["api"]["oauth2PermissionScopes"] == [right]
    assert outcomes(run("plan")) == {"same"}


def test_what_is_to_be_made_is_told_whole(run):
    (broker,) = [each for each in run("plan")["steps"] if each["step"].endswith("application Amora Sync dev broker")]
    told = {each["path"]: each["wanted"] for each in broker["differences"]}
    assert told["identifierUris"] == ["https://amorasyncdev.onmicrosoft.com/broker"]
    assert told["api.requestedAccessTokenVersion"] == 2


def test_what_graph_adds_or_reorders_is_no_difference(run, graph):
    run("apply", "--yes")
    for each in graph.collections["applications"]:
        each["createdDateTime"], each["api"]["knownClientApplications"] = "2026-11-27T10:00:00Z", []
        each["tags"] = list(reversed(each["tags"]))
    assert outcomes(run("plan")) == {"same"}


@pytest.mark.parametrize("done", [1, 2, 4, 9, 14])
def test_a_run_that_dies_half_way_is_completed_by_the_next(run, graph, done):
    """The answer to a request is lost, though it was carried out."""
    original = Graph._send
    left = [done]

    def send(self, method, path, **given):
        answer = original(self, method, path, **given)
        left[0] -= method != "GET"
        if left[0] == 0:
            raise KeyboardInterrupt
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Graph, "_send", send)
        run("apply", "--yes", code=ExitCode.INTERRUPTED)
    run("apply", "--yes")
    tags = [tag for each in graph.collections["applications"] for tag in each["tags"] if tag != "amora-sync"]
    assert len(tags) == len(set(tags))
    assert outcomes(run("plan")) == {"same"}


def test_throttled_requests_are_repeated_after_what_graph_says(run, graph, waited):
    graph.throttled, graph.retry_after = 2, "17"
    assert outcomes(run("plan")) == {"create"}
    assert [each for each in waited if each] == [17, 17]
    assert [path for _, path in graph.asked[:3]] == ["/v1.0/applications"] * 3


def test_a_throttled_write_is_carried_out_once(run, graph):
    run("plan")
    original, seen = graph.page, []
    graph.throttled = 3
    run("apply", "--yes")
    seen = [tag for each in graph.collections["applications"] for tag in each["tags"] if tag == "amora-sync/broker"]
    assert (len(seen), graph.page) == (1, original)


def test_an_object_that_is_not_known_everywhere_yet_is_waited_for(run, graph):
    graph.lag = 2
    run("apply", "--yes")
    # The service principal is the first to name the application.
    assert graph.unknown[graph.collections["applications"][0]["appId"]] == 0
    graph.unknown.clear()
    assert outcomes(run("plan")) == {"same"}


def test_a_list_that_lacks_what_was_made_makes_nothing_twice(run, graph):
    first = run("apply", "--yes")
    before, graph.blind = len(graph.collections["applications"]), 1
    assert run("apply", "--yes")["clients"] == first["clients"]
    assert len(graph.collections["applications"]) == before
    assert outcomes(run("plan")) == {"same"}


def test_an_object_that_stays_unknown_ends_the_run_in_time(graph):
    graph.lag = 10**9
    within = client_of(graph, patience=0.05)
    client = within.post("/v1.0/applications", {})["appId"]
    with pytest.raises(OpsError, match=r"answers 400 to POST .*: Request_BadRequest"):
        within.post("/v1.0/servicePrincipals", {"appId": client})
    assert len(graph.asked) > 2


def test_a_refusal_that_names_nothing_new_is_told_at_once(graph):
    at_once = client_of(graph)
    at_once.post("/v1.0/applications", {})
    graph.refuse = (400, "Request_BadRequest", "Invalid value.")
    with pytest.raises(OpsError, match="Invalid value"):
        at_once.post("/v1.0/servicePrincipals", {"appId": "another"})
    assert len(graph.asked) == 2


@pytest.mark.parametrize(
    ("refuse", "code", "mend"),
    [
        ((403, "Authorization_RequestDenied", "Insufficient privileges."), ExitCode.FORBIDDEN, "Application Admin"),
        ((401, "InvalidAuthenticationToken", "Expired."), ExitCode.NOT_SIGNED_IN, "identity tenant"),
        ((400, "Request_BadRequest", "Invalid value."), ExitCode.UNREADABLE, "run the same command"),
    ],
)
def test_a_refusal_has_graphs_code_request_id_and_the_mend(run, graph, refuse, code, mend):
    graph.refuse = refuse
    said = " ".join(run("plan", code=code).split())
    assert refuse[1] in said
    assert "11111111-0000-4000-8000-000000000000" in said
    assert mend in said


def test_an_answer_that_never_comes_ends_with_what_to_do(run, graph):
    graph.broken = 1
    assert "looks first" in " ".join(run("plan", code=ExitCode.OUT_OF_REACH).split())


@pytest.mark.parametrize("mode", ["b2c"])
class TestPolicies:
    def test_they_are_uploaded_each_after_the_one_it_is_based_on(self, run, graph):
        run("apply", "--yes")
        names = [path.split("/")[4] for method, path in graph.asked if method == "PUT"]
        assert names == [policy_set.BASE, policy_set.EXTENSIONS, "B2C_1A_AMORA_SIGN_IN", policy_set.PASSWORD_RESET]

    def test_there_is_no_app_without_users(self, run, graph):
        assert {"service", "probe"}.isdisjoint(run("apply", "--yes")["clients"])

    def test_they_name_the_clients_that_were_made(self, run, graph):
        clients = run("apply", "--yes")["clients"]
        text = graph.policies[policy_set.EXTENSIONS]
        assert clients["proxy"] in text
        assert clients["framework"] in text
        assert "known once" not in text

    def test_another_layout_of_the_same_policy_is_no_difference(self, run, graph):
        run("apply", "--yes")
        for name, text in graph.policies.items():
            graph.policies[name] = text.replace("><", ">\n    <")
        assert outcomes(run("plan")) == {"same"}

    def test_a_changed_policy_is_written_again(self, run, graph):
        run("apply", "--yes")
        graph.policies[policy_set.EXTENSIONS] = graph.policies[policy_set.EXTENSIONS].replace(">3600<", ">86400<")
        (update,) = [each for each in run("plan")["steps"] if each["outcome"] == "update"]
        assert update["step"] == f"policy {policy_set.EXTENSIONS}"
        changed = {line.split()[0]: line for line in update["lines"] if line[0] in "+-" and "Item" in line}
        assert {mark: "3600" in line for mark, line in changed.items()} == {"-": False, "+": True}

    def test_the_two_apps_they_sign_in_by_get_tokens_of_the_issuer_they_name(self, run, graph):
        """login-NonInteractive takes tokens of https://sts.windows.net/, the issuer of version 1."""
        clients = run("apply", "--yes")["clients"]
        versions = {
            each["appId"]: each["api"]["requestedAccessTokenVersion"] for each in graph.collections["applications"]
        }
        first = {clients[key] for key in ("framework", "proxy")}
        assert versions == {client: 1 if client in first else 2 for client in clients.values()}
        assert '<Item Key="ProviderName">https://sts.windows.net/</Item>' in graph.policies[policy_set.BASE]


@pytest.mark.parametrize("mode", ["externalId"])
class TestUserFlow:
    def test_the_apps_with_users_sign_in_by_it(self, run, graph):
        clients = run("apply", "--yes")["clients"]
        (flow,) = graph.collections["identity/authenticationEventsFlows"]
        named = {each["appId"] for each in flow["conditions"]["applications"]["includeApplications"]}
        assert named == {clients[key] for key in ("web", "mobile", "operator")}

    @pytest.mark.parametrize(
        ("at", "key"),
        [
            (("conditions", "applications", "includeApplications"), "appId"),
            (("onAuthenticationMethodLoadStart", "identityProviders"), "id"),
            (("onAttributeCollection", "attributes"), "id"),
        ],
    )
    def test_a_relationship_is_mended_one_by_one(self, run, graph, at, key):
        run("apply", "--yes")
        (flow,) = graph.collections["identity/authenticationEventsFlows"]
        above = flow
        for each in at[:-1]:
            above = above[each]
        whole = sorted(each[key] for each in above[at[-1]])
        above[at[-1]] = [*above[at[-1]][1:], {key: "foreign"}]
        before = len(graph.writes())
        (update,) = [each for each in run("apply", "--yes")["steps"] if each["outcome"] == "update"]
        assert [each["path"] for each in update["differences"]] == [".".join(at)]
        assert sorted(each[key] for each in above[at[-1]]) == whole
        assert [method for method, _ in graph.writes()[before:]] == ["POST", "DELETE"]
        assert outcomes(run("plan")) == {"same"}

    def test_a_flow_that_is_listed_and_not_read_is_not_made_twice(self, run, graph):
        run("apply", "--yes")
        (flow,) = graph.collections["identity/authenticationEventsFlows"]
        graph.unknown[flow["id"]] = 1
        run("apply", "--yes", code=ExitCode.UNREADABLE)
        assert graph.collections["identity/authenticationEventsFlows"] == [flow]

    def test_a_property_is_mended_without_the_others(self, run, graph):
        run("apply", "--yes")
        (flow,) = graph.collections["identity/authenticationEventsFlows"]
        flow["description"], flow["priority"] = "somebody's", 7
        before = len(graph.writes())
        (update,) = [each for each in run("apply", "--yes")["steps"] if each["outcome"] == "update"]
        assert [each["path"] for each in update["differences"]] == ["description"]
        assert [method for method, _ in graph.writes()[before:]] == ["PATCH"]
        assert flow["priority"] == 7
        assert outcomes(run("plan")) == {"same"}

    def test_apps_without_users_have_a_role_and_are_told_with_the_username_of_their_tokens(self, run, graph):
        said = run("apply", "--yes")
        holding = {
            each["id"]: each["appId"]
            for each in graph.collections["servicePrincipals"]
            if each.get("_appRoleAssignments")
        }
        assert holding == {said["principals"][key]: said["clients"][key] for key in ("service", "probe")}

    def test_tokens_last_as_long_as_the_data_says(self, run, graph):
        run("apply", "--yes")
        (policy,) = graph.collections["policies/tokenLifetimePolicies"]
        definition = json.loads(policy["definition"][0])["TokenLifetimePolicy"]
        assert definition["AccessTokenLifetime"] == "01:00:00"


def test_an_existing_tenant_is_left_alone(tmp_path):
    file = stack_file(tmp_path, {"mode": "existing", "pending": True})
    asked = CliRunner().invoke(app, ["identity", "plan", "--config-file", str(file)])
    assert asked.exit_code == ExitCode.SIGN_IN_SETTINGS
    assert "somebody else's" in asked.output
