"""The blocks of docs/runbooks/restore-database.md, run as an operator runs them."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.servers.emqx_database import files, migrate

RUNBOOK = Path(__file__).resolve().parents[2] / "docs/runbooks/restore-database.md"
HASH = "$2b$10$LFvmJdfbGDzm3bRjMPZJieSSyuWTSz1mAsHuRzu4m2.9C0VzpTHpS"
ANNA, BEN = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
TABLES = ("account", "access_rule", "device_owner", "membership")


def block(title):
    """The commands of a block, as they are pasted."""
    text = RUNBOOK.read_text(encoding="utf-8")
    (found,) = re.findall(rf"^ *```psql {title}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return "\n".join(line.strip() for line in found.splitlines())


def psql(server, commands, folder):
    done = subprocess.run(
        ["psql", "--no-psqlrc", "--quiet"],
        env=dict(server.environment()),
        input=commands,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def rows(server):
    return {table: sorted(map(str, server.sql(f"SELECT * FROM amora.{table}"))) for table in TABLES}


@pytest.fixture
def pair(make_server, tmp_path):
    """A server in service, harmed after a backup, and the server that was restored from it."""
    server = make_server("in-service")
    with server.running():
        assert migrate(server, files(tmp_path / "migrations"))[0] == 0
        server.sql("INSERT INTO amora.account (username, password_hash) VALUES ('service.portal', %s)", HASH)
        server.sql("INSERT INTO amora.access_rule (username, action, topic) VALUES ('service.portal', 'all', 'a/b')")
        server.sql("INSERT INTO amora.device_owner (username, device_id) VALUES (%s, 'unit-1')", ANNA)
        server.sql("INSERT INTO amora.membership (username, relation) VALUES (%s, 'operator')", BEN)
    restored = server.copy(server.folder, "restored")
    with server.running(), restored.running():
        server.sql("DELETE FROM amora.device_owner")
        server.sql("UPDATE amora.account SET enabled = false")
        server.sql("INSERT INTO amora.membership (username, relation) VALUES (%s, 'operator')", ANNA)
        yield server, restored


def test_rows_are_copied_back_with_their_history(pair, tmp_path):
    server, restored = pair
    wanted = rows(restored)
    assert rows(server) != wanted
    assert psql(restored, block("from the restored server"), tmp_path) == (0, "")
    assert psql(server, block("into the server in service"), tmp_path) == (0, "")
    assert rows(server) == wanted
    history = server.sql("SELECT subject, operation FROM amora.audit ORDER BY number DESC LIMIT 1")
    assert history == [("membership", "INSERT")]


def test_a_broken_file_leaves_everything_as_it_was(pair, tmp_path):
    server, restored = pair
    psql(restored, block("from the restored server"), tmp_path)
    (tmp_path / "membership.csv").write_text("nobody,operator\n")
    before = rows(server)
    code, said = psql(server, block("into the server in service"), tmp_path)
    assert code == 3
    assert "username_check" in said
    assert rows(server) == before


def test_every_table_that_people_change_is_among_them():
    for table in TABLES:
        assert f"DELETE FROM amora.{table};" in block("into the server in service")
        assert f"\\copy amora.{table} " in block("from the restored server")


@pytest.mark.parametrize("number", range(2))
def test_the_queries_of_the_page_are_understood(server, tmp_path, number):
    assert migrate(server, files(tmp_path / "migrations"))[0] == 0
    text = RUNBOOK.read_text(encoding="utf-8")
    queries = re.findall(r"^ *```sql\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    assert len(queries) == 2
    code, said = psql(server, f"\\set ON_ERROR_STOP on\n{queries[number]}", tmp_path)
    assert code == 0, said
