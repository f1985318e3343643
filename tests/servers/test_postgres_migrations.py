"""The broker's migrations on a real PostgreSQL 17, as the administrator Azure gives: no superuser, CREATEROLE."""

import os
import signal
import time

import pytest

from components.brokers.emqx import migrations
from components.brokers.emqx.migrations import OWNER, Migration, TopicPattern
from components.brokers.emqx.queries import login
from components.scram import salt_from, verifier
from tests.servers.device_pki import SERVER, Authority, Leaf
from tests.servers.emqx_database import EMQX_PASSWORD, LOGIN, PATTERNS, files, migrate, start, version
from tests.servers.postgresql import SUPERUSER

NEWEST = len(migrations.migrations())
OK, UNREACHABLE, REFUSED, USAGE = 0, 2, 3, 64


def bundle_until(last, **changed):
    """A bundle of the first versions, one of them perhaps with another text."""
    known = [
        Migration(each.version, each.name, changed.get(each.name, each.sql)) for each in migrations.migrations()[:last]
    ]
    return migrations.bundle(PATTERNS, 1, known)


def until(server, last):
    """Apply the first versions only, and neither the login nor the contract, which need all of them."""
    text = bundle_until(last)
    return text[: text.index("-- The broker's login.")]


def test_an_empty_database_is_brought_to_the_newest_version(server, tmp_path):
    code, said = migrate(server, files(tmp_path))
    assert code == OK, said
    applied = server.sql("SELECT version, name, checksum, applied_by FROM amora.migration ORDER BY version")
    assert applied == [(each.version, each.name, each.checksum, "amora_admin") for each in migrations.migrations()]


def test_the_administrator_is_no_superuser(server):
    assert server.sql("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user") == [(False, True)]


def test_a_second_run_does_nothing(server, tmp_path):
    written = "SELECT version, xmin::text FROM amora.migration UNION SELECT 0, max(xmin::text) FROM amora.topic_pattern"
    script = files(tmp_path)
    assert migrate(server, script)[0] == OK
    before = server.sql(written)
    assert migrate(server, script) == (OK, f"migrations: the database is at version {NEWEST}\n")
    assert server.sql(written) == before


def test_three_nodes_at_once_apply_each_version_once(server, tmp_path):
    script = files(tmp_path)
    nodes = [start(server, script) for _ in range(3)]
    said = [node.communicate(timeout=120)[0] for node in nodes]
    assert [node.returncode for node in nodes] == [OK, OK, OK]
    applying = [text for text in said if "version 1, roles" in text]
    assert len(applying) == 1
    assert version(server) == NEWEST


def test_killed_half_way_it_resumes_where_it_was(server, tmp_path):
    """Version 4 waits for a table that somebody holds; the node is killed there."""
    assert migrate(server, files(tmp_path / "first", until(server, 2)))[0] == OK
    script = files(tmp_path / "whole", migrations.bundle(PATTERNS, 1))
    with server.connect() as holder:
        holder.autocommit = False
        holder.execute("LOCK TABLE amora.account IN ACCESS EXCLUSIVE MODE")
        node = start(server, script)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'amora.account'::regclass"
        end = time.monotonic() + 20
        while server.sql(waiting)[0][0] == 0:
            assert time.monotonic() < end
            assert node.poll() is None, node.communicate()
            time.sleep(0.02)
        assert server.sql("SELECT max(version) FROM amora.migration") == [(4,)]
        os.killpg(node.pid, signal.SIGKILL)
        node.communicate()
        # The server notices that the node is gone though it still waits, and lets go of the lock of the migrations.
        while server.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")[0][0]:
            assert time.monotonic() < end
            time.sleep(0.1)
        assert server.sql("SELECT to_regclass('amora.audit')") == [(None,)]
        assert version(server) == 4
    code, said = migrate(server, script)
    assert code == OK, said
    assert "version 4" not in said
    assert "version 5, audit" in said
    assert version(server) == NEWEST


def test_a_version_that_fails_leaves_nothing_of_itself(server, tmp_path):
    broken = bundle_until(5, audit="CREATE TABLE amora.half (); SELECT 1 / 0;")
    code, said = migrate(server, files(tmp_path / "broken", broken))
    assert code == REFUSED
    assert "division by zero" in said
    assert (version(server), server.sql("SELECT to_regclass('amora.half')")) == (4, [(None,)])
    assert migrate(server, files(tmp_path / "mended"))[0] == OK


def test_a_changed_migration_is_refused(server, tmp_path):
    assert migrate(server, files(tmp_path / "first"))[0] == OK
    changed = bundle_until(5, ownership=migrations.migrations()[3].sql + "\n-- changed")
    code, said = migrate(server, files(tmp_path / "changed", changed))
    assert code == REFUSED
    assert "migration 4 (ownership) was applied with another text than this release has" in said
    assert "write a new one" in said


def test_a_database_of_a_later_release_is_refused(server, tmp_path):
    later = [*migrations.migrations(), Migration(NEWEST + 1, "later", "CREATE TABLE amora.later ();")]
    assert migrate(server, files(tmp_path / "later", migrations.bundle(PATTERNS, 1, later)))[0] == OK
    code, said = migrate(server, files(tmp_path / "this"))
    assert code == REFUSED
    assert f"the database is at version {NEWEST + 1}, and this release knows versions up to {NEWEST}" in said
    assert "There is no way back" in said


class TestReadReplica:
    @pytest.fixture
    def pair(self, make_server):
        """A primary and a hot standby that follows it."""
        primary = make_server("primary")
        with primary.running():
            pass
        standby = primary.standby("standby")
        with primary.running(), standby.running():
            yield primary, standby

    @staticmethod
    def caught_up(primary, standby):
        (here,) = primary.sql("SELECT pg_current_wal_lsn()::text", user=SUPERUSER)
        end = time.monotonic() + 20
        while standby.sql("SELECT pg_last_wal_replay_lsn() < %s::pg_lsn", *here, user=SUPERUSER)[0][0]:
            assert time.monotonic() < end
            time.sleep(0.05)

    def test_at_the_right_version_it_is_left_alone(self, pair, tmp_path):
        primary, standby = pair
        script = files(tmp_path)
        assert migrate(primary, script)[0] == OK
        self.caught_up(primary, standby)
        assert standby.sql("SELECT pg_is_in_recovery()") == [(True,)]
        code, said = migrate(standby, script)
        assert (code, said) == (OK, f"migrations: read replica at version {NEWEST}, nothing to do\n")
        assert standby.sql("SELECT 1", user=LOGIN, password=EMQX_PASSWORD) == [(1,)]

    @pytest.mark.parametrize("reached", [0, 3])
    def test_behind_it_is_refused(self, pair, tmp_path, reached):
        primary, standby = pair
        if reached:
            assert migrate(primary, files(tmp_path / "first", until(primary, reached)))[0] == OK
        self.caught_up(primary, standby)
        code, said = migrate(standby, files(tmp_path / "whole"))
        assert code == REFUSED
        assert f"the read replica is at version {reached}, and this release needs version {NEWEST}" in said
        assert "Migrate the primary first" in said

    def test_with_a_changed_migration_it_is_refused(self, pair, tmp_path):
        primary, standby = pair
        assert migrate(primary, files(tmp_path / "first"))[0] == OK
        self.caught_up(primary, standby)
        changed = bundle_until(5, roles=migrations.migrations()[0].sql + "\n-- changed")
        code, said = migrate(standby, files(tmp_path / "changed", changed))
        assert code == REFUSED
        assert "migration 1 (roles)" in said


class TestTopicContract:
    LATER = (*PATTERNS, TopicPattern(OWNER, "subscribe", "amora/v1/devices/{device}/telemetry"))

    @staticmethod
    def topics(server):
        return {topic for (topic,) in server.sql("SELECT topic FROM amora.topic_pattern")}

    def test_a_later_revision_replaces_the_rows(self, server, tmp_path):
        assert migrate(server, files(tmp_path / "1"))[0] == OK
        assert self.topics(server) == {each.topic for each in PATTERNS}
        assert migrate(server, files(tmp_path / "2", migrations.bundle(self.LATER, 2)))[0] == OK
        assert self.topics(server) == {each.topic for each in self.LATER}

    def test_an_earlier_revision_leaves_the_later_rows(self, server, tmp_path):
        """A node of the release before starts again in the midst of an upgrade."""
        assert migrate(server, files(tmp_path / "2", migrations.bundle(self.LATER, 2)))[0] == OK
        code, said = migrate(server, files(tmp_path / "1"))
        assert code == OK
        assert "later topic contract than revision 1; kept" in said
        assert self.topics(server) == {each.topic for each in self.LATER}

    def test_other_rows_of_the_same_revision_are_refused(self, server, tmp_path):
        assert migrate(server, files(tmp_path / "1"))[0] == OK
        code, said = migrate(server, files(tmp_path / "2", migrations.bundle(self.LATER, 1)))
        assert code == REFUSED
        assert "topic contract 1 was applied with other rows than this release has" in said


class TestLogin:
    def test_the_broker_gets_in_with_its_password_alone(self, server, tmp_path):
        assert migrate(server, files(tmp_path))[0] == OK
        assert server.sql("SELECT current_user", user=LOGIN, password=EMQX_PASSWORD) == [(LOGIN,)]
        with pytest.raises(Exception, match="password authentication failed"):
            server.connect(user=LOGIN, password="another")

    def test_two_generations_get_in_side_by_side(self, server, tmp_path):
        script = files(tmp_path)
        assert migrate(server, script)[0] == OK
        second = {"EMQX_DATABASE_LOGIN": login(2), "EMQX_DATABASE_VERIFIER": verifier("second2", salt_from("another"))}
        assert migrate(server, script, **second)[0] == OK
        assert server.sql("SELECT current_user", user=login(1), password=EMQX_PASSWORD) == [(login(1),)]
        assert server.sql("SELECT current_user", user=login(2), password="second2") == [(login(2),)]

    def test_a_password_instead_of_a_verifier_is_never_sent(self, server, tmp_path):
        code, said = migrate(server, files(tmp_path), EMQX_DATABASE_VERIFIER=EMQX_PASSWORD)
        assert code == USAGE
        assert "no SCRAM-SHA-256 verifier" in said
        assert EMQX_PASSWORD not in said + server.log()

    def test_no_password_is_in_the_servers_log_though_it_logs_everything(self, make_server, tmp_path):
        with make_server(log_statement="all", log_min_duration_statement="0").running() as server:
            assert migrate(server, files(tmp_path))[0] == OK
            log = server.log()
        assert "ALTER ROLE" in log
        assert EMQX_PASSWORD not in log


class TestEnvironment:
    @pytest.mark.parametrize("name", ["PGHOST", "PGDATABASE", "PGUSER", "PGPASSWORD", "EMQX_DATABASE_LOGIN"])
    def test_what_is_missing_is_named(self, server, tmp_path, name):
        code, said = migrate(server, files(tmp_path), **{name: ""})
        assert (code, said) == (USAGE, f"migrations: {name} is not set\n")

    def test_a_server_that_does_not_answer_is_waited_for(self, make_server, tmp_path):
        server = make_server()
        node = start(server, files(tmp_path), MIGRATION_ATTEMPTS="200", MIGRATION_PAUSE="0.1")
        time.sleep(0.5)
        with server.running():
            _, said = node.communicate(timeout=60)
        assert node.returncode == OK, said
        assert "cannot be reached yet (1 of 200)" in said

    def test_waiting_has_an_end(self, make_server, tmp_path):
        code, said = migrate(make_server(), files(tmp_path), MIGRATION_ATTEMPTS="2")
        assert code == UNREACHABLE
        assert said.count("cannot be reached yet") == 1

    def test_a_refused_administrator_is_unreachable_too(self, server, tmp_path):
        code, said = migrate(server, files(tmp_path), PGPASSWORD="wrong")
        assert code == UNREACHABLE
        assert "wrong" not in said


class TestTransport:
    """As on Azure: the server speaks TLS only, and the client checks whom it talks to."""

    @pytest.fixture
    def authority(self, tmp_path):
        made = Authority("database-ca")
        made.own.write(tmp_path, "database-ca")
        return made

    @pytest.fixture
    def tls(self, make_server, authority):
        server = make_server(ssl="on")
        server.only_tls(authority.issue("localhost", Leaf(usage=SERVER, host="localhost")))
        with server.running():
            yield server

    def test_a_known_server_is_migrated(self, tls, tmp_path):
        trusted = str(tmp_path / "database-ca.pem")
        trust = {"PGHOST": "localhost", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": trusted}
        code, said = migrate(tls, files(tmp_path), **trust)
        assert code == OK, said

    @pytest.mark.parametrize(
        ("host", "trusted", "reason"),
        [
            ("localhost", "another-ca", "certificate verify failed"),
            ("psql.example.com", "database-ca", "does not match host name"),
        ],
    )
    def test_an_unknown_one_gets_no_password(self, tls, tmp_path, host, trusted, reason):
        Authority("another-ca").own.write(tmp_path, "another-ca")
        trust = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(tmp_path / f"{trusted}.pem")}
        code, said = migrate(tls, files(tmp_path), PGHOST=host, PGHOSTADDR="127.0.0.1", **trust)
        assert code == UNREACHABLE
        assert reason in said

    def test_without_tls_nobody_gets_in(self, tls, tmp_path):
        code, said = migrate(tls, files(tmp_path), PGSSLMODE="disable")
        assert code == UNREACHABLE
        assert "no encryption" in said
