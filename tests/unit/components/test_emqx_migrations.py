"""What the migrations are rendered to; that they work is for the server lane to say."""

import re
import subprocess

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from components.brokers.emqx import migrations
from components.brokers.emqx.migrations import LONGEST_FILE, OWNER, Migration, TopicPattern, topic_patterns
from components.brokers.emqx.queries import AUTHENTICATION_QUERY, AUTHORIZATION_QUERY, login
from topics.acl_rows import REVISION, relations

PATTERNS = (
    TopicPattern(OWNER, "subscribe", "amora/v1/devices/{device}/state"),
    TopicPattern(OWNER, "publish", "amora/v1/devices/{device}/command", qos=(1,), retain=False),
)

# Version and checksum of every migration that may have been applied somewhere. A changed text is refused by every
# database that has it: a row here is never changed, a new migration is a new row.
APPLIED = {
    "roles": "95242f92ed2b15c6544a5189db115e4d0971feb69de45bd95c0d827e5a1640f7",
    "credentials": "e49392df059187b855474720aa9687c72065bd4c11d315dd8ba26496a1191e7f",
    "access_rules": "d9e77b21434f336e447f345696f8b265a99b2cfa150e3b55f26efb21300de8b2",
    "ownership": "ba0c65f167015171f02557696dbe48f87c78f339bd7bb2aef67dd3c56767976e",
    "audit": "0c402c3b32a6a5eb50e2841fb39b10eaf1d22db331da5648ef21a78def8ebc3a",
}


# Revision and checksum of every topic contract that may have been applied: a changed contract has the next revision.
CONTRACTS = {1: "6faf9c0ae1fe7a9ac4d42eb5d3b19c82d78ce5ac4a1f4aac5705383de9fb4712"}


def test_applied_migrations_keep_their_text():
    assert {each.name: each.checksum for each in migrations.migrations()} == APPLIED


def test_an_applied_topic_contract_keeps_its_rows():
    text = migrations.bundle(topic_patterns(relations()), REVISION)
    (checksum,) = re.findall(rf"topic_contract \(revision, checksum\) VALUES \({REVISION}, '([0-9a-f]+)'\)", text)
    assert CONTRACTS[REVISION] == checksum


def test_the_contract_as_the_database_takes_it():
    rows = {
        "owner": [("allow", "publish", "a/{device}/command", "1", "false")],
        "operator": [("allow", "subscribe", "a/+/state", "0,1,2", "all"), ("allow", "all", "a/x", "0", "true")],
    }
    assert topic_patterns(rows) == (
        TopicPattern("owner", "publish", "a/{device}/command", (1,), retain=False),
        TopicPattern("operator", "subscribe", "a/+/state"),
        TopicPattern("operator", "all", "a/x", (0,), retain=True),
    )


def test_a_row_that_denies_is_an_error():
    with pytest.raises(ValueError, match="takes allow only"):
        topic_patterns({"owner": [("deny", "all", "a/{device}", "0", "all")]})


def test_versions_follow_each_other():
    assert [each.version for each in migrations.migrations()] == list(range(1, len(APPLIED) + 1))


def test_a_gap_in_the_numbers_is_an_error(tmp_path, monkeypatch):
    for name in ("0001_a.sql", "0003_c.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    monkeypatch.setattr(migrations, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="without a gap"):
        migrations.migrations.__wrapped__()


def test_both_files_fit_into_a_secret_of_the_vault():
    assert len(migrations.bundle(PATTERNS, 1).encode()) < LONGEST_FILE
    assert len(migrations.script().encode()) < LONGEST_FILE


def test_a_bundle_that_does_not_fit_is_an_error():
    many = [TopicPattern(OWNER, "all", f"amora/v1/{number}/{{device}}") for number in range(300)]
    with pytest.raises(ValueError, match=r"has \d+ bytes; a secret of the vault holds less than 25000"):
        migrations.bundle(many, 1)


class Psql(SingleFileSnapshotExtension):
    """One readable file beside this test."""

    file_extension = "psql"
    _write_mode = WriteMode.TEXT


def test_the_bundle(snapshot):
    assert migrations.bundle(topic_patterns(relations()), REVISION) == snapshot(name="bundle", extension_class=Psql)


def test_the_same_contract_gives_the_same_text_whatever_its_order():
    assert migrations.bundle(PATTERNS, 1) == migrations.bundle(PATTERNS[::-1], 1)
    assert migrations.bundle(PATTERNS, 1) != migrations.bundle(PATTERNS, 2)


def test_nothing_is_left_to_fill_in():
    text = migrations.bundle(PATTERNS, 1)
    assert "{{" not in text
    assert all(each.checksum in text for each in migrations.migrations())


@pytest.mark.parametrize(
    ("pattern", "row"),
    [
        (PATTERNS[0], "('owner', 'subscribe', 'amora/v1/devices/{device}/state', '0,1,2', 'all')"),
        (PATTERNS[1], "('owner', 'publish', 'amora/v1/devices/{device}/command', '1', 'false')"),
        (TopicPattern("o'x", "all", "a", retain=True), "('o''x', 'all', 'a', '0,1,2', 'true')"),
    ],
)
def test_a_pattern_as_sql_writes_it(pattern, row):
    assert pattern.row() == row
    assert row in migrations.bundle([pattern], 1)


@pytest.mark.parametrize(("patterns", "revision"), [((), 1), (PATTERNS, 0)])
def test_a_contract_without_rows_or_revision_is_an_error(patterns, revision):
    with pytest.raises(ValueError, match="topic contract"):
        migrations.bundle(patterns, revision)


def test_the_lock_is_one_postgresql_takes():
    assert -(2**63) <= migrations._LOCK < 2**63


def test_a_checksum_is_of_the_text_alone():
    assert Migration(1, "a", "x").checksum == Migration(2, "b", "x").checksum != Migration(1, "a", "y").checksum


def test_the_script_is_what_any_shell_reads():
    done = subprocess.run(["sh", "-n"], input=migrations.script(), text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("query", [AUTHENTICATION_QUERY, AUTHORIZATION_QUERY])
def test_a_query_has_emqxs_placeholder_once_and_unquoted(query):
    assert query.count("${username}") == 1
    assert "'${username}'" not in query


def test_two_logins_take_turns():
    assert [login(generation) for generation in (1, 2, 3)] == ["emqx_a", "emqx_b", "emqx_a"]
