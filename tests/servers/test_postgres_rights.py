"""Who may do what in the broker's database: everything that is needed works, everything else is refused."""

from uuid import UUID

import psycopg
import pytest

from components.brokers.emqx import migrations
from components.brokers.emqx.queries import AUTHENTICATION_QUERY, AUTHORIZATION_QUERY
from tests.servers.emqx_database import EMQX_PASSWORD, LOGIN, files, migrate
from tests.servers.postgresql import SUPERUSER
from topics import identity

ANNA, BEN, OTTO, CARL = (str(UUID(int=number)) for number in range(1, 5))
# bcrypt of "password", cost 10.
HASH = "$2b$10$LFvmJdfbGDzm3bRjMPZJieSSyuWTSz1mAsHuRzu4m2.9C0VzpTHpS"
PEOPLE = {"operator": "amora_operator", "provisioner": "amora_provisioner"}
TABLES = (
    "account",
    "access_rule",
    "device_owner",
    "membership",
    "topic_pattern",
    "topic_contract",
    "audit",
    "migration",
)


@pytest.fixture(scope="module")
def server(module_server, tmp_path_factory):
    """A migrated server with one login for each group."""
    code, said = migrate(module_server, files(tmp_path_factory.mktemp("migrations")))
    assert code == 0, said
    for person, group in PEOPLE.items():
        module_server.sql(f"CREATE ROLE {person} LOGIN PASSWORD '{person}' IN ROLE {group}")
    module_server.sql("INSERT INTO amora.account (username, password_hash) VALUES ('service.portal', %s)", HASH)
    module_server.sql(
        "INSERT INTO amora.account (username, password_hash, enabled) VALUES ('service.former', %s, false)", HASH
    )
    return module_server


def as_broker(server, statement, *values):
    return server.sql(statement, *values, user=LOGIN, password=EMQX_PASSWORD)


def as_person(server, person, statement, *values):
    return server.sql(statement, *values, user=person, password=person)


def prepared(query):
    return query.replace("${username}", "%s")


class TestBroker:
    def test_it_reads_what_its_queries_name_without_a_schema(self, server):
        assert as_broker(server, prepared(AUTHENTICATION_QUERY), "service.portal") == [(HASH, "", False)]
        assert as_broker(server, prepared(AUTHORIZATION_QUERY), "service.portal") == []

    def test_a_disabled_account_is_none(self, server):
        assert as_broker(server, prepared(AUTHENTICATION_QUERY), "service.former") == []

    def test_nobody_is_a_superuser_of_the_broker(self, server):
        assert as_broker(server, "SELECT DISTINCT is_superuser FROM mqtt_user") == [(False,)]

    @pytest.mark.parametrize("table", TABLES)
    def test_it_reads_no_table(self, server, table):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_broker(server, f"SELECT * FROM amora.{table}")

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO mqtt_user VALUES ('x', 'x', '', true)",
            "UPDATE mqtt_user SET password_hash = ''",
            "DELETE FROM mqtt_user",
            "INSERT INTO mqtt_acl VALUES ('x', 'allow', 'all', 'a/#', '0', 'all')",
            "DELETE FROM amora.device_owner",
            "CREATE TABLE mqtt.mine ()",
            "CREATE TABLE public.mine ()",
            "CREATE SCHEMA mine",
            "CREATE TEMP TABLE mine ()",
            "CREATE ROLE mine",
            "SET ROLE amora_provisioner",
            "SET ROLE amora_admin",
            "COPY mqtt_user TO PROGRAM 'cat'",
        ],
    )
    def test_it_changes_nothing_even_if_it_lifts_its_own_read_only(self, server, statement):
        with server.connect(user=LOGIN, password=EMQX_PASSWORD) as connection:
            connection.execute("SET default_transaction_read_only = off")
            with pytest.raises(
                (
                    psycopg.errors.InsufficientPrivilege,
                    psycopg.errors.ObjectNotInPrerequisiteState,
                    psycopg.errors.FeatureNotSupported,
                )
            ):
                connection.execute(statement.encode())

    def test_its_sessions_are_read_only_and_end_a_slow_query(self, server):
        shown = "SELECT current_setting('default_transaction_read_only'), current_setting('statement_timeout')"
        assert as_broker(server, shown) == [("on", "5s")]


class TestOperator:
    def test_reads_the_rights_and_their_history(self, server):
        assert as_person(server, "operator", "SELECT username, enabled FROM amora.account ORDER BY 1") == [
            ("service.former", False),
            ("service.portal", True),
        ]
        assert len(as_person(server, "operator", "SELECT * FROM amora.audit WHERE subject = 'account'")) >= 2
        for table in ("access_rule", "device_owner", "membership", "topic_pattern", "topic_contract", "migration"):
            as_person(server, "operator", f"SELECT * FROM amora.{table}")
        as_person(server, "operator", "SELECT * FROM mqtt.mqtt_acl")

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT password_hash FROM amora.account",
            "SELECT * FROM mqtt.mqtt_user",
            "INSERT INTO amora.device_owner (username, device_id) VALUES ('a', 'b')",
            "UPDATE amora.account SET enabled = false",
            "DELETE FROM amora.audit",
            "TRUNCATE amora.audit",
            "CREATE TABLE amora.mine ()",
        ],
    )
    def test_sees_no_hash_and_changes_nothing(self, server, statement):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_person(server, "operator", statement)


class TestProvisioner:
    def test_gives_and_takes_rights(self, server):
        for statement in (
            f"INSERT INTO amora.account (username, password_hash, purpose) VALUES ('service.job', '{HASH}', 'nightly')",
            "UPDATE amora.account SET enabled = false WHERE username = 'service.job'",
            "INSERT INTO amora.access_rule (username, action, topic) VALUES ('service.job', 'all', 'amora/v1/jobs/1')",
            f"INSERT INTO amora.device_owner (username, device_id) VALUES ('{ANNA}', 'unit-1')",
            f"INSERT INTO amora.membership (username, relation) VALUES ('{OTTO}', 'operator')",
            f"DELETE FROM amora.membership WHERE username = '{OTTO}'",
            f"DELETE FROM amora.device_owner WHERE username = '{ANNA}'",
            "DELETE FROM amora.access_rule WHERE username = 'service.job'",
            "DELETE FROM amora.account WHERE username = 'service.job'",
        ):
            as_person(server, "provisioner", statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT password_hash FROM amora.account",
            "SELECT * FROM amora.audit",
            "INSERT INTO amora.audit (login, acting_as, subject, operation) VALUES ('a', 'b', 'c', 'd')",
            "INSERT INTO amora.topic_pattern VALUES ('owner', 'all', 'a/{device}/#', '0', 'all')",
            "DELETE FROM amora.migration",
            "UPDATE amora.account SET username = 'other'",
            "DROP TABLE amora.account",
            "ALTER TABLE amora.account DISABLE TRIGGER audited",
        ],
    )
    def test_nothing_beyond_that(self, server, statement):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_person(server, "provisioner", statement)


class TestAudit:
    LAST = "SELECT login, acting_as, subject, operation, before, after FROM amora.audit ORDER BY number DESC LIMIT 1"

    def test_a_right_given_is_written_down_with_who_gave_it(self, server):
        as_person(
            server,
            "provisioner",
            f"INSERT INTO amora.device_owner (username, device_id) VALUES ('{BEN}', 'unit-9')",
        )
        ((login, acting_as, subject, operation, before, after),) = server.sql(self.LAST)
        assert (login, acting_as, subject, operation, before) == (
            "provisioner",
            "provisioner",
            "device_owner",
            "INSERT",
            None,
        )
        assert (after["username"], after["device_id"]) == (BEN, "unit-9")
        as_person(
            server,
            "provisioner",
            f"DELETE FROM amora.device_owner WHERE username = '{BEN}'",
        )
        ((*_, operation, before, after),) = server.sql(self.LAST)
        assert (operation, before["device_id"], after) == ("DELETE", "unit-9", None)

    def test_the_group_a_login_acts_as_is_written_down(self, server):
        with server.connect(user="provisioner", password="provisioner") as connection:
            connection.execute("SET ROLE amora_provisioner")
            connection.execute(f"INSERT INTO amora.membership (username, relation) VALUES ('{CARL}', 'operator')")
        ((login, acting_as, *_),) = server.sql(self.LAST)
        assert (login, acting_as) == ("provisioner", "amora_provisioner")

    def test_a_changed_password_is_written_down_without_its_hash(self, server):
        other = HASH.replace("$10$", "$12$")
        as_person(
            server,
            "provisioner",
            "UPDATE amora.account SET password_hash = %s WHERE username = 'service.portal'",
            other,
        )
        ((*_, after),) = server.sql(self.LAST)
        assert after["password"] == "changed"
        assert server.sql(
            "SELECT count(*) FROM amora.audit WHERE audit::text LIKE '%%$2b$%%'",
        ) == [(0,)]
        as_person(
            server, "provisioner", "UPDATE amora.account SET password_hash = %s WHERE username = 'service.portal'", HASH
        )

    @pytest.mark.parametrize(
        "statement", ["UPDATE amora.audit SET login = 'x'", "DELETE FROM amora.audit", "TRUNCATE amora.audit"]
    )
    @pytest.mark.parametrize("user", ["amora_admin", SUPERUSER])
    def test_nobody_changes_it_not_even_its_owner(self, server, statement, user):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
            server.sql(statement, user=user)


class TestValues:
    """What the tables themselves refuse, whoever writes it."""

    ACCOUNT = "INSERT INTO amora.account (username, password_hash) VALUES (%s, %s)"
    DEVICE = "INSERT INTO amora.device_owner (username, device_id) VALUES (%s, %s)"
    RULE = "INSERT INTO amora.access_rule (username, action, topic) VALUES (%s, %s, %s)"

    def refused(self, server, constraint, statement, *values):
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            server.sql(statement, *values)
        assert caught.value.diag.constraint_name == constraint

    @pytest.mark.parametrize(
        "name", ["", "unit-1", "a/b", "service.a+", "#", "$x", "${clientid}", "service." + "x" * 33]
    )
    def test_a_user_name_of_another_form(self, server, name):
        self.refused(server, "username_check", self.DEVICE, name, "unit-1")
        with pytest.raises(ValueError, match="username"):
            identity.checked_username(name)

    @pytest.mark.parametrize("name", [ANNA, "service.recorder"])
    def test_a_user_name_of_the_contracts_form(self, server, name):
        server.sql(self.DEVICE, identity.checked_username(name), "unit-names")

    def test_only_a_service_account_has_a_password(self, server):
        self.refused(server, "account_username_check", self.ACCOUNT, ANNA, HASH)

    @pytest.mark.parametrize("device", ["", "a/b", "+", "#", "unit#", "Unit-1", "${username}", "x" * 33, "a\nb", "-ab"])
    def test_a_device_id_of_another_form(self, server, device):
        self.refused(server, "device_id_check", self.DEVICE, ANNA, device)
        with pytest.raises(ValueError, match="device id"):
            identity.checked_device_id(device)

    @pytest.mark.parametrize("device", ["abc", "unit-1", "x" * 32])
    def test_a_device_id_of_the_contracts_form(self, server, device):
        server.sql(self.DEVICE, BEN, identity.checked_device_id(device))

    @pytest.mark.parametrize(
        "topic",
        ["#", "+/a", "$SYS/a", "/a", "a/#/b", "a/b+", "a/+", "a/${clientid}", "a/$x", "a//b", "a/", "", "a" * 513],
    )
    def test_a_topic_nobody_is_given(self, server, topic):
        self.refused(server, "topic_filter_check", self.RULE, ANNA, "all", topic)

    @pytest.mark.parametrize("topic", ["a", "a/b/c", "a/+/c", "a/#", "a/+/#"])
    def test_a_topic_somebody_may_be_given(self, server, topic):
        server.sql(self.RULE, ANNA, "all", topic)

    @pytest.mark.parametrize("password_hash", ["password", "5f4dcc3b5aa765d61d8327deb882cf99", "$2b$04$" + "a" * 53])
    def test_a_password_that_is_no_slow_hash(self, server, password_hash):
        self.refused(server, "account_password_hash_check", self.ACCOUNT, "service.weak", password_hash)


def test_the_public_may_not_even_connect(server):
    server.sql("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        server.connect(user="stranger", password="stranger")


def test_every_version_was_applied(server):
    assert server.sql("SELECT max(version) FROM amora.migration") == [(len(migrations.migrations()),)]
