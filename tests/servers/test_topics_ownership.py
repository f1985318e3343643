"""A device given, shared and taken away in the real database, and what the broker makes of the rows it gets."""

import pytest
from psycopg.errors import CheckViolation

from components.brokers.emqx import migrations
from components.brokers.emqx.queries import AUTHORIZATION_QUERY
from tests.servers.acl_evaluator import Publish, Question, Subscribe, verdicts
from tests.servers.contract_matrix import ACTIONS, ANNA, ATTIC, BEN, CORA, DAN, KITCHEN, MEMBERS, OPERATOR, RECORDER
from tests.servers.emqx_database import EMQX_PASSWORD, LOGIN, files, migrate
from topics.acl_conf import acl_conf
from topics.acl_rows import REVISION, Row, app_rows, operator_rows, recorder_rows, relations

GIVE = "INSERT INTO amora.device_owner (username, device_id) VALUES (%s, %s)"
TAKE = "DELETE FROM amora.device_owner WHERE username = %s AND device_id = %s"


@pytest.fixture(scope="module")
def database(module_server, tmp_path_factory):
    text = migrations.bundle(migrations.topic_patterns(relations()), REVISION)
    code, said = migrate(module_server, files(tmp_path_factory.mktemp("migrations"), text))
    assert code == 0, said
    for username, relation in ((OPERATOR, "operator"), (RECORDER, "recorder")):
        module_server.sql("INSERT INTO amora.membership (username, relation) VALUES (%s, %s)", username, relation)
    return module_server


@pytest.fixture
def owned(database):
    """Gives devices for the time of a test."""
    given = []

    def give(username, device):
        database.sql(GIVE, username, device)
        given.append((username, device))

    yield give
    for each in given:
        database.sql(TAKE, *each)


@pytest.fixture
def rows_of(database):
    """What EMQX gets for a username, as the user it is in the database."""

    def ask(username):
        with database.connect(user=LOGIN, password=EMQX_PASSWORD) as connection:
            query = AUTHORIZATION_QUERY.replace("${username}", "%s")
            return tuple(Row(*row) for row in connection.execute(query.encode(), (username,)).fetchall())

    return ask


def test_the_rows_are_those_of_the_contract(owned, rows_of):
    owned(ANNA, KITCHEN)
    for device in (KITCHEN, ATTIC):
        owned(CORA, device)
    assert sorted(rows_of(ANNA)) == sorted(app_rows(KITCHEN))
    assert sorted(rows_of(CORA)) == sorted((*app_rows(KITCHEN), *app_rows(ATTIC)))
    assert rows_of(DAN) == ()
    assert sorted(rows_of(OPERATOR)) == sorted(operator_rows())
    assert sorted(rows_of(RECORDER)) == sorted(recorder_rows())


def test_with_the_databases_rows_the_whole_matrix_holds(owned, rows_of, tmp_path):
    for username, device in ((ANNA, KITCHEN), (BEN, ATTIC), (CORA, KITCHEN), (CORA, ATTIC)):
        owned(username, device)
    rows = {member.username: rows_of(member.username) for member in MEMBERS}
    cells = [(member, action) for member in MEMBERS for action in ACTIONS]
    said = verdicts(tmp_path, acl_conf(), rows, [member.asks(action) for member, action in cells])
    assert [cell for cell, answer in zip(cells, said, strict=True) if answer is not cell[0].may(cell[1])] == []


def test_a_device_is_shared_and_taken_away(database, owned, rows_of, tmp_path):
    command, state = f"amora/v1/devices/{KITCHEN}/command", f"amora/v1/devices/{KITCHEN}/state"

    def may(username):
        questions = [Question(username, f"app:{username}:x", action) for action in (Publish(command), Subscribe(state))]
        return verdicts(tmp_path, acl_conf(), {username: rows_of(username)}, questions)

    assert may(ANNA) == may(CORA) == [False, False]
    owned(ANNA, KITCHEN)
    assert (may(ANNA), may(CORA)) == ([True, True], [False, False])
    owned(CORA, KITCHEN)
    assert (may(ANNA), may(CORA)) == ([True, True], [True, True])
    database.sql(TAKE, ANNA, KITCHEN)
    assert (may(ANNA), may(CORA)) == ([False, False], [True, True])


@pytest.mark.parametrize("device", ["+", "#", "a/b", "", "$SYS", "a" * 65, "{device}"])
def test_what_is_no_device_cannot_be_owned(database, device):
    with pytest.raises(CheckViolation, match="device_id_check"):
        database.sql(GIVE, ANNA, device)
