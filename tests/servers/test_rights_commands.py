"""`ops owners` and `ops accounts` on a real PostgreSQL, by the provisioner's rights, with EMQX's API beside it."""

import json
import stat

import bcrypt
import pytest
from typer.testing import CliRunner

from components.brokers.emqx import configuration, migrations
from components.brokers.emqx.queries import AUTHENTICATION_QUERY, AUTHORIZATION_QUERY
from ops.command import app
from ops.errors import ExitCode
from ops.identity import command as identity_command
from ops.identity.token_judge import key_set
from ops.pulumi_stack import PulumiStack
from ops.rights import connections, database, reach
from ops.rights.connections import Connections
from tests.servers.acl_evaluator import Publish, Question, Subscribe, verdicts
from tests.servers.contract_matrix import ANNA, BEN, KITCHEN
from tests.servers.emqx_clients import KEY, clients_api
from tests.servers.emqx_database import EMQX_PASSWORD, LOGIN, files, migrate
from tests.servers.identity_tenant import AUDIENCE, ISSUER, SigningKey, Tenant
from topics.acl_conf import acl_conf
from topics.acl_rows import REVISION, Row, app_rows, operator_rows, recorder_rows, relations

ACCOUNT = "service.recorder"


@pytest.fixture(scope="module")
def migrated(module_server, tmp_path_factory):
    text = migrations.bundle(migrations.topic_patterns(relations()), REVISION)
    code, said = migrate(module_server, files(tmp_path_factory.mktemp("migrations"), text))
    assert code == 0, said
    module_server.sql("CREATE ROLE otto LOGIN PASSWORD 'otto' IN ROLE amora_provisioner")
    module_server.sql("CREATE ROLE olga LOGIN PASSWORD 'olga' IN ROLE amora_operator")
    module_server.sql("CREATE ROLE nobody LOGIN PASSWORD 'nobody'")
    return module_server


@pytest.fixture
def api():
    with clients_api() as running:
        yield running


@pytest.fixture
def run(migrated, api, monkeypatch):
    """Runs a command as an operator; what it said as JSON."""
    outputs = {"databaseHost": "db.example", "vaultUri": "https://kv.example/", "brokerApiAddresses": [api.url]}
    monkeypatch.setattr(PulumiStack, "outputs", lambda _: outputs)
    monkeypatch.setattr(reach, "_broker", lambda given: Connections(given["brokerApiAddresses"], KEY))
    for name, value in migrated.environment(PGUSER="otto", PGPASSWORD="otto", PGDATABASE="amora").items():
        monkeypatch.setenv(name, value)
    yield lambda *words, code=0: _ran(words, code)
    for table in ("device_owner", "membership", "access_rule", "account"):
        migrated.sql(f"DELETE FROM amora.{table}")


def _ran(words, code):
    asked = CliRunner().invoke(app, [*words, *([] if code else ["--json"])])
    assert asked.exit_code == code, asked.output
    return json.loads(asked.stdout) if not code else asked.output


def as_broker(server, query, username):
    text = query.replace("${username}", "%s")
    return server.sql(text, username, user=LOGIN, password=EMQX_PASSWORD)


def rows_of(server, username):
    return tuple(Row(*row) for row in as_broker(server, AUTHORIZATION_QUERY, username))


class TestOwners:
    def test_a_device_is_given_shared_and_taken_away(self, run, migrated, api, tmp_path):
        """The rows, what the broker makes of them, and the connections that still held the right."""

        def may(username):
            asked = [Publish(f"amora/v1/devices/{KITCHEN}/command"), Subscribe(f"amora/v1/devices/{KITCHEN}/state")]
            questions = [Question(username, f"app:{username}:x", action) for action in asked]
            return verdicts(tmp_path, acl_conf(), {username: rows_of(migrated, username)}, questions)

        assert run("owners", "give", ANNA, KITCHEN)["changed"] is True
        assert run("owners", "give", BEN, KITCHEN)["changed"] is True
        assert run("owners", "give", ANNA, KITCHEN)["changed"] is False
        assert sorted(rows_of(migrated, ANNA)) == sorted(app_rows(KITCHEN))
        assert may(ANNA) == may(BEN) == [True, True]
        api.clients = {f"app:{ANNA}:phone": ANNA, f"app:{ANNA}:watch": ANNA, f"app:{BEN}:phone": BEN}
        taken = run("owners", "take", ANNA, KITCHEN)
        assert taken["ended"] == {ANNA: [f"app:{ANNA}:phone", f"app:{ANNA}:watch"]}
        assert api.clients == {f"app:{BEN}:phone": BEN}
        assert (may(ANNA), may(BEN)) == ([False, False], [True, True])

    def test_the_row_is_gone_before_a_connection_is_ended(self, run, migrated, api, monkeypatch):
        """Else the app, which comes back at once, would be judged by the right it still has."""
        run("owners", "give", ANNA, KITCHEN)
        seen = []
        monkeypatch.setattr(Connections, "end", lambda *_: seen.append(rows_of(migrated, ANNA)) or [])
        run("owners", "take", ANNA, KITCHEN)
        assert seen == [()]

    def test_what_is_taken_twice_ends_connections_twice(self, run, api):
        api.clients = {f"app:{ANNA}:phone": ANNA}
        taken = run("owners", "take", ANNA, KITCHEN)
        assert (taken["changed"], taken["ended"]) == (False, {ANNA: [f"app:{ANNA}:phone"]})

    def test_every_page_of_connections_is_ended(self, run, api):
        api.clients = {f"app:{ANNA}:{number}": ANNA for number in range(250)}
        assert len(run("owners", "take", ANNA, KITCHEN)["ended"][ANNA]) == 250
        assert api.clients == {}

    def test_a_broker_out_of_reach_leaves_the_row_gone_and_says_what_is_left(self, run, migrated, api):
        run("owners", "give", ANNA, KITCHEN)
        api.refuse = 500
        said = run("owners", "take", ANNA, KITCHEN, code=ExitCode.UNREADABLE)
        assert "connections may be left" in said
        assert rows_of(migrated, ANNA) == ()
        api.refuse = None
        run("owners", "take", ANNA, KITCHEN)

    def test_a_device_is_handed_over_with_nothing_of_before(self, run, migrated, api):
        state = f"amora/v1/devices/{KITCHEN}/state"
        run("owners", "give", ANNA, KITCHEN)
        api.clients, api.retained = {f"app:{ANNA}:phone": ANNA}, {state}
        done = run("owners", "hand-over", KITCHEN, "--to", BEN)
        assert done == {
            "changed": True,
            "users": [ANNA, BEN],
            "ended": {ANNA: [f"app:{ANNA}:phone"]},
            "retained": [state],
        }
        assert (rows_of(migrated, ANNA), len(rows_of(migrated, BEN))) == ((), len(app_rows(KITCHEN)))
        assert run("owners", "hand-over", KITCHEN, "--to", BEN)["changed"] is False

    def test_owners_are_listed(self, run):
        run("owners", "give", ANNA, KITCHEN)
        run("owners", "give", BEN, "attic-1")
        assert [(each["username"], each["device"]) for each in run("owners", "list")] == [
            (ANNA, KITCHEN),
            (BEN, "attic-1"),
        ]
        assert [each["username"] for each in run("owners", "list", "--device", "attic-1")] == [BEN]
        assert [each["device"] for each in run("owners", "list", "--user", ANNA)] == [KITCHEN]

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("owners", "give", "anna", KITCHEN), ExitCode.USERNAME),
            (("owners", "give", ANNA.upper() + "A", KITCHEN), ExitCode.USERNAME),
            (("owners", "give", ANNA, "+"), ExitCode.DEVICE_ID),
            (("owners", "give", "service.job", KITCHEN), ExitCode.USERNAME),
            (("accounts", "join", ANNA, "owner"), ExitCode.USERNAME),
            (("accounts", "join", "job", "recorder"), ExitCode.USERNAME),
            (("accounts", "disable", "service.none"), ExitCode.ACCOUNT),
        ],
    )
    def test_a_wrong_name_is_told(self, run, words, code):
        assert "allowed" in run(*words, code=code) or code is ExitCode.ACCOUNT


class TestAccounts:
    def test_an_account_gets_in_with_the_password_of_its_file_alone(self, run, migrated, tmp_path):
        file = tmp_path / "recorder.password"
        run("accounts", "add", ACCOUNT, "--out", str(file), "--purpose", "last state")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        ((hashed, _, superuser),) = as_broker(migrated, AUTHENTICATION_QUERY, ACCOUNT)
        assert bcrypt.checkpw(file.read_text().strip().encode(), hashed.encode())
        assert superuser is False
        second = tmp_path / "second.password"
        run("accounts", "renew", ACCOUNT, "--out", str(second))
        ((renewed, _, _),) = as_broker(migrated, AUTHENTICATION_QUERY, ACCOUNT)
        assert not bcrypt.checkpw(file.read_text().strip().encode(), renewed.encode())
        assert bcrypt.checkpw(second.read_text().strip().encode(), renewed.encode())

    def test_nothing_is_overwritten_and_nothing_left_behind(self, run, tmp_path):
        file, other = tmp_path / "password", tmp_path / "other"
        run("accounts", "add", ACCOUNT, "--out", str(file))
        kept = file.read_text()
        run("accounts", "renew", ACCOUNT, "--out", str(file), code=ExitCode.LOCAL_FILE)
        run("accounts", "add", ACCOUNT, "--out", str(other), code=ExitCode.ACCOUNT)
        assert (file.read_text(), other.exists()) == (kept, False)

    def test_a_disabled_account_is_out_and_its_connections_too(self, run, migrated, api, tmp_path):
        run("accounts", "add", ACCOUNT, "--out", str(tmp_path / "password"))
        api.clients = {f"app:{ACCOUNT}:1": ACCOUNT}
        assert run("accounts", "disable", ACCOUNT)["ended"] == {ACCOUNT: [f"app:{ACCOUNT}:1"]}
        assert as_broker(migrated, AUTHENTICATION_QUERY, ACCOUNT) == []
        run("accounts", "enable", ACCOUNT)
        assert len(as_broker(migrated, AUTHENTICATION_QUERY, ACCOUNT)) == 1

    def test_a_relation_brings_its_rows_and_goes_with_the_account(self, run, migrated, tmp_path):
        run("accounts", "add", ACCOUNT, "--out", str(tmp_path / "password"), "--purpose", "last state")
        assert run("accounts", "join", ACCOUNT, "recorder")["changed"] is True
        assert sorted(rows_of(migrated, ACCOUNT)) == sorted(recorder_rows())
        (listed,) = run("accounts", "list")
        assert (listed["username"], listed["relations"], listed["purpose"]) == (ACCOUNT, ["recorder"], "last state")
        assert run("accounts", "remove", ACCOUNT)["changed"] is True
        assert rows_of(migrated, ACCOUNT) == ()
        assert run("accounts", "list") == []

    def test_a_relation_is_taken_back(self, run, migrated):
        run("accounts", "join", ANNA, "operator")
        assert run("accounts", "leave", ANNA, "operator")["changed"] is True
        assert rows_of(migrated, ANNA) == ()


class TestRightsOfAToken:
    TENANT = Tenant(keys=[SigningKey.drawn("first")])

    @pytest.fixture
    def check(self, run, monkeypatch, tmp_path):
        """The rows that `identity check --rights` tells of a user, asked by a login of the database."""
        known = PulumiStack("dev").outputs()
        rules = {"tokenIssuer": ISSUER, "tokenAudience": AUDIENCE, "tokenUsernameClaim": "oid", "tokenKeys": "unread"}
        monkeypatch.setattr(PulumiStack, "outputs", lambda _: {**known, **rules})
        published = key_set(json.dumps({"keys": [each.published for each in self.TENANT.keys]}))
        monkeypatch.setattr(identity_command, "_keys", lambda _: published)
        file = tmp_path / "token"

        def asked(username, login="olga", code=0):
            file.write_text(self.TENANT.keys[0].sign(self.TENANT.claims(oid=username)))
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PGUSER", login)
                patch.setenv("PGPASSWORD", login)
                said = run("identity", "check", str(file), "--rights", code=code)
            return said if code else sorted(Row(*row) for row in said["rows"])

        return asked

    def test_a_shared_device_counts_for_each_of_its_owners(self, run, check):
        for user in (ANNA, BEN):
            run("owners", "give", user, KITCHEN)
        assert check(ANNA) == check(BEN) == sorted(app_rows(KITCHEN))
        run("owners", "take", ANNA, KITCHEN)
        assert (check(ANNA), check(BEN)) == ([], sorted(app_rows(KITCHEN)))

    def test_relations_and_single_rules_count_too(self, run, check, migrated):
        run("accounts", "join", ANNA, "operator")
        rule = Row("allow", "subscribe", "amora/v1/news", "0,1,2", "all")
        migrated.sql("INSERT INTO amora.access_rule (username, action, topic) VALUES (%s, %s, %s)", ANNA, *rule[1:3])
        assert check(ANNA) == sorted((*operator_rows(), rule)) == sorted(rows_of(migrated, ANNA))

    def test_who_is_no_operator_is_told_which_group_may_ask(self, check):
        assert "GRANT amora_operator" in check(ANNA, "nobody", code=ExitCode.FORBIDDEN)


def test_who_is_no_provisioner_is_refused(run, monkeypatch):
    monkeypatch.setenv("PGUSER", "nobody")
    monkeypatch.setenv("PGPASSWORD", "nobody")
    assert "GRANT amora_provisioner" in run("owners", "give", ANNA, KITCHEN, code=ExitCode.FORBIDDEN)


def test_a_database_out_of_reach_is_told_with_the_way(run, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    assert "operators' subnet" in run("owners", "list", code=ExitCode.OUT_OF_REACH)


def test_the_change_is_in_the_audit_with_login_and_role(run, migrated):
    run("owners", "give", ANNA, KITCHEN)
    last = "SELECT login, acting_as, subject, operation FROM amora.audit ORDER BY number DESC LIMIT 1"
    assert migrated.sql(last) == [("otto", database.ROLE, "device_owner", "INSERT")]


def test_the_api_is_asked_by_the_name_the_nodes_know():
    assert connections.USER == configuration.API_USER
