"""The queries EMQX sends, at 10,000 users and 100,000 access rows: their answers, and that indexes give them."""

import json
from uuid import UUID

import bcrypt
import pytest

from components.brokers.emqx.queries import AUTHENTICATION_QUERY, AUTHORIZATION_QUERY
from tests.servers.emqx_database import EMQX_PASSWORD, LOGIN, PATTERNS, files, migrate

USERS = 10_000
GIVE = "INSERT INTO amora.device_owner (username, device_id) VALUES (%s, %s)"
OWNER_PATTERNS = [each for each in PATTERNS if "{device}" in each.topic]

ACCOUNT = "service.account-5000"
USER = "00005000-0000-4000-8000-000000000000"
OPERATOR = "00000007-0000-4000-8000-00000000000f"
ANNA, BEN, CARA, DORA = (str(UUID(int=number)) for number in range(1, 5))
HASH = "$2b$10$LFvmJdfbGDzm3bRjMPZJieSSyuWTSz1mAsHuRzu4m2.9C0VzpTHpS"

ACCOUNTS = """INSERT INTO amora.account (username, password_hash)
SELECT 'service.account-' || n, %s FROM generate_series(1, %s) AS n"""
RULES = """INSERT INTO amora.access_rule (username, action, topic)
SELECT 'service.account-' || n, 'publish', 'amora/v1/jobs/' || rule
FROM generate_series(1, %s) AS n, generate_series(1, 10) AS rule"""
OWNERS = """INSERT INTO amora.device_owner (username, device_id)
SELECT lpad(n::text, 8, '0') || '-0000-4000-8000-000000000000', 'unit-' || n || '-' || device
FROM generate_series(1, %s) AS n, generate_series(1, 3) AS device"""
MEMBERS = """INSERT INTO amora.membership (username, relation)
SELECT lpad(n::text, 8, '0') || '-0000-4000-8000-00000000000f', 'operator' FROM generate_series(1, %s) AS n"""


@pytest.fixture(scope="module")
def server(module_server, tmp_path_factory):
    code, said = migrate(module_server, files(tmp_path_factory.mktemp("migrations")))
    assert code == 0, said
    module_server.sql(ACCOUNTS, HASH, USERS)
    for statement in (RULES, OWNERS, MEMBERS):
        module_server.sql(statement, USERS)
    module_server.sql("ANALYZE")
    return module_server


def as_emqx_prepares(query):
    """The statement EMQX makes: a parameter in place of the placeholder."""
    return query.replace("${username}", "$1")


def asked(server, query, username):
    """The rows as EMQX gets them: by a prepared statement."""
    with server.connect(user=LOGIN, password=EMQX_PASSWORD) as connection:
        connection.execute(f"PREPARE query (text) AS {as_emqx_prepares(query)}".encode())
        return connection.execute(f"EXECUTE query ('{username}')".encode()).fetchall()


def test_the_numbers_are_what_the_plans_are_judged_by(server):
    assert server.sql("SELECT count(*) FROM mqtt.mqtt_user") == [(USERS,)]
    assert server.sql("SELECT count(*) FROM amora.access_rule") == [(100_000,)]
    assert server.sql("SELECT count(*) FROM mqtt.mqtt_acl")[0][0] == 100_000 + 3 * USERS * len(OWNER_PATTERNS) + USERS


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(
    ("query", "username", "indexes"),
    [
        (AUTHENTICATION_QUERY, ACCOUNT, {"account_pkey"}),
        (AUTHORIZATION_QUERY, ACCOUNT, {"access_rule_pkey", "device_owner_pkey", "membership_pkey"}),
        (AUTHORIZATION_QUERY, USER, {"access_rule_pkey", "device_owner_pkey", "membership_pkey"}),
    ],
)
def test_indexes_find_the_rows(server, query, username, indexes, mode):
    """Whether PostgreSQL plans for the value or, after five runs of a prepared statement, for any."""
    with server.connect(user=LOGIN, password=EMQX_PASSWORD) as connection:
        connection.execute(f"SET plan_cache_mode = {mode}".encode())
        connection.execute(f"PREPARE query (text) AS {as_emqx_prepares(query)}".encode())
        ((plan,),) = connection.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE query ('{username}')".encode()
        ).fetchall()
    plan = plan if isinstance(plan, list) else json.loads(plan)
    scans = [node for node in nodes(plan[0]["Plan"]) if "Scan" in node["Node Type"]]
    large = [node for node in scans if node.get("Relation Name") not in (None, "topic_pattern")]
    assert {node["Node Type"] for node in large} <= {
        "Index Scan",
        "Index Only Scan",
        "Bitmap Heap Scan",
        "Bitmap Index Scan",
    }
    assert {node["Index Name"] for node in scans if "Index Name" in node} >= indexes
    assert plan[0]["Execution Time"] < 50  # milliseconds; a scan of the tables takes longer and grows with them


def test_a_service_account_is_found_with_its_hash(server):
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(10)).decode()
    server.sql("INSERT INTO amora.account (username, password_hash) VALUES ('service.portal', %s)", hashed)
    ((password_hash, salt, is_superuser),) = asked(server, AUTHENTICATION_QUERY, "service.portal")
    assert bcrypt.checkpw(b"right", password_hash.encode())
    assert not bcrypt.checkpw(b"wrong", password_hash.encode())
    assert (salt, is_superuser) == ("", False)


@pytest.mark.parametrize("username", ["nobody", "' OR true --", "%", "${username}", f"{USER} "])
@pytest.mark.parametrize("query", [AUTHENTICATION_QUERY, AUTHORIZATION_QUERY])
def test_who_is_not_known_gets_nothing(server, query, username):
    assert asked(server, query, username.replace("'", "''")) == []


def expected(device):
    return {
        (
            "allow",
            each.action,
            each.topic.replace("{device}", device),
            ",".join(map(str, each.qos)),
            "all" if each.retain is None else str(each.retain).lower(),
        )
        for each in OWNER_PATTERNS
    }


def test_a_device_given_is_one_insert_and_taken_away_one_delete(server):
    assert asked(server, AUTHORIZATION_QUERY, ANNA) == []
    for device in ("unit-a", "unit-b"):
        server.sql(GIVE, ANNA, device)
    assert set(asked(server, AUTHORIZATION_QUERY, ANNA)) == expected("unit-a") | expected("unit-b")
    server.sql("DELETE FROM amora.device_owner WHERE username = %s AND device_id = 'unit-a'", ANNA)
    assert set(asked(server, AUTHORIZATION_QUERY, ANNA)) == expected("unit-b")
    server.sql("DELETE FROM amora.device_owner WHERE username = %s", ANNA)
    assert asked(server, AUTHORIZATION_QUERY, ANNA) == []


def test_a_device_may_have_two_owners_and_neither_sees_the_others(server):
    for owner, device in ((BEN, "shared"), (CARA, "shared"), (CARA, "own")):
        server.sql(GIVE, owner, device)
    assert set(asked(server, AUTHORIZATION_QUERY, BEN)) == expected("shared")
    assert set(asked(server, AUTHORIZATION_QUERY, CARA)) == expected("shared") | expected("own")


def test_an_operator_reads_every_device_and_writes_none(server):
    rows = asked(server, AUTHORIZATION_QUERY, OPERATOR)
    assert rows == [("allow", "subscribe", "amora/v1/devices/+/state", "0,1,2", "all")]


def test_a_rule_of_ones_own_stands_beside_what_follows_from_relations(server):
    server.sql(GIVE, DORA, "unit-d")
    rule = "INSERT INTO amora.access_rule (username, action, topic, qos, retain) VALUES (%s, %s, %s, %s, %s)"
    server.sql(rule, DORA, "subscribe", "amora/v1/news", "1", "false")
    assert set(asked(server, AUTHORIZATION_QUERY, DORA)) == {
        *expected("unit-d"),
        ("allow", "subscribe", "amora/v1/news", "1", "false"),
    }
