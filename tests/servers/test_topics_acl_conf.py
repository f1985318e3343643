"""acl.conf as EMQX 5.8 decides by it, parsed by Erlang itself."""

from dataclasses import replace
from typing import Literal

import pytest

from tests.servers.acl_evaluator import Publish, Question, Subscribe, consulted, verdicts
from tests.servers.contract_matrix import ACTIONS, ANNA, ATTIC, KITCHEN, MEMBERS, RECORDER
from topics.acl_conf import acl_conf
from topics.acl_rows import Row, app_rows

ROWS = {member.username: member.rows for member in MEMBERS if not member.device}
STATE, COMMAND = f"amora/v1/devices/{KITCHEN}/state", f"amora/v1/devices/{KITCHEN}/command"


def allowed(tmp_path, *questions, rows=ROWS, text=None, dollar: Literal["apart", "together"] = "apart"):
    return verdicts(tmp_path, text or acl_conf(), rows, questions, dollar=dollar)


def kitchen(action):
    return Question(KITCHEN, KITCHEN, action, common_name=KITCHEN)


def anna(action, instance="phone"):
    return Question(ANNA, f"app:{ANNA}:{instance}", action)


def test_erlang_reads_every_term(tmp_path):
    file = tmp_path / "acl.conf"
    file.write_text(acl_conf(), encoding="utf-8")
    terms = sum(line.startswith("{") for line in acl_conf().splitlines())
    assert consulted(file) == terms >= 8


@pytest.mark.parametrize("dollar", ["apart", "together"])
def test_everyone_may_what_the_contract_says_and_nothing_else(tmp_path, dollar):
    cells = [(member, action) for member in MEMBERS for action in ACTIONS]
    said = allowed(tmp_path, *(member.asks(action) for member, action in cells), dollar=dollar)
    wrong = [
        (member.who, action, answer)
        for (member, action), answer in zip(cells, said, strict=True)
        if answer is not member.may(action)
    ]
    assert wrong == []
    assert sum(said) == sum(member.may(action) for member, action in cells) > 60


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Publish(STATE, qos=1, retain=True), True),
        (Publish(STATE, qos=0, retain=True), False),
        (Publish(STATE, qos=2, retain=True), False),
        (Publish(STATE, qos=1, retain=False), False),
        (Publish(STATE.replace("state", "telemetry"), qos=0), True),
        (Publish(STATE.replace("state", "telemetry"), qos=1), True),
        (Publish(STATE.replace("state", "telemetry"), qos=0, retain=True), False),
        (Publish(STATE.replace("state", "event"), qos=1), True),
        (Publish(STATE.replace("state", "event"), qos=1, retain=True), False),
        (Publish(STATE.replace("state", "response"), qos=0), False),
        (Publish(f"$delayed/5/{STATE}", qos=1, retain=True), True),
        (Publish(f"$delayed/5/amora/v1/devices/{ATTIC}/state", qos=1, retain=True), False),
        (Subscribe(COMMAND, qos=0), True),
        (Subscribe(COMMAND, qos=2), True),
        (Subscribe(f"$queue/{COMMAND}"), True),
        (Subscribe("$queue/#"), False),
    ],
)
def test_a_device_keeps_to_qos_and_retain_of_the_contract(tmp_path, action, expected):
    assert allowed(tmp_path, kitchen(action)) == [expected]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Publish(COMMAND, qos=1), True),
        (Publish(COMMAND, qos=0), False),
        (Publish(COMMAND, qos=1, retain=True), False),
        (Subscribe(STATE, qos=2), True),
    ],
)
def test_an_app_too(tmp_path, action, expected):
    assert allowed(tmp_path, anna(action)) == [expected]


@pytest.mark.parametrize(
    ("username", "client_id", "common_name"),
    [
        (KITCHEN, f"app:{KITCHEN}:x", None),
        (KITCHEN, KITCHEN, None),
        (ANNA, KITCHEN, None),
        (KITCHEN, KITCHEN, ATTIC),
        (KITCHEN, ATTIC.upper(), KITCHEN),
        ("", "", ""),
        (KITCHEN, "", KITCHEN),
        ("Kitchen-1", "Kitchen-1", "Kitchen-1"),
        ("kitchen-1\n", "kitchen-1\n", "kitchen-1\n"),
        ("a" * 33, "a" * 33, "a" * 33),
        ("-kitchen", "-kitchen", "-kitchen"),
    ],
)
def test_who_has_no_devices_names_speaks_for_none(tmp_path, username, client_id, common_name):
    topics = [f"amora/v1/devices/{name}/state" for name in {username, client_id, KITCHEN}]
    actions = [Publish(topic, retain=True) for topic in topics]
    actions += [Subscribe(topic.replace("state", "command")) for topic in topics]
    questions = [Question(username, client_id, action, common_name) for action in actions]
    assert allowed(tmp_path, *questions) == [False] * len(questions)


@pytest.mark.parametrize("name", ["+", "#", "+/+", "kitchen-1/state/#", "kitchen-1/..", "${clientid}", "$SYS"])
def test_a_wildcard_or_slash_in_a_certificates_name_opens_nothing(tmp_path, name):
    actions = [Publish(STATE, retain=True), Subscribe(COMMAND), Subscribe("amora/v1/devices/+/command")]
    actions.append(Publish(f"amora/v1/devices/{name}/state", retain=True))
    assert allowed(tmp_path, *(Question(name, name, action, name) for action in actions)) == [False] * 4


def test_without_the_condition_on_names_it_would(tmp_path):
    """The evaluator sees the hole that the condition closes."""
    open_rule = '{allow, all, subscribe, ["amora/v1/devices/${cert_common_name}/command"]}.\n'
    assert allowed(tmp_path, Question("x", "x", Subscribe(COMMAND), "+"), text=open_rule) == [True]


def test_a_listener_that_believes_what_devices_say_of_themselves_lets_none_speak_for_another(tmp_path):
    liar = Question(KITCHEN, KITCHEN, Publish(STATE, retain=True), common_name=ATTIC)
    assert allowed(tmp_path, liar, replace(liar, common_name=KITCHEN)) == [False, True]


WRONG_ROWS = (
    Row("allow", "subscribe", "#", "0,1,2", "all"),
    Row("allow", "subscribe", "+/#", "0,1,2", "all"),
    Row("allow", "subscribe", "$SYS/#", "0,1,2", "all"),
    Row("allow", "publish", "$SYS/broker/x", "0,1,2", "all"),
    Row("allow", "publish", STATE, "0,1,2", "all"),
    Row("allow", "publish", "amora/v1/devices/+/response", "0,1,2", "all"),
)


@pytest.mark.parametrize("dollar", ["apart", "together"])
def test_a_wrong_row_makes_nobody_a_device_nor_shows_it_everything(tmp_path, dollar):
    rows = {ANNA: WRONG_ROWS}
    actions = [
        Subscribe("#"),
        Subscribe("+/#"),
        Subscribe("$share/g/#"),
        Subscribe("$SYS/#"),
        Subscribe("$SYS/brokers/+/clients/#"),
        Publish("$SYS/broker/x"),
        Publish(STATE, retain=True),
        Publish(f"amora/v1/devices/{ATTIC}/response"),
    ]
    assert allowed(tmp_path, *map(anna, actions), rows=rows, dollar=dollar) == [False] * len(actions)


def test_a_device_never_reads_rows(tmp_path):
    rows = {KITCHEN: app_rows(ATTIC)}
    assert allowed(tmp_path, kitchen(Subscribe(STATE.replace(KITCHEN, ATTIC))), rows=rows) == [False]


def test_an_app_whose_client_id_was_not_made_by_the_broker_gets_nothing(tmp_path):
    question = anna(Subscribe(STATE))
    assert allowed(tmp_path, question, replace(question, client_id="phone")) == [True, False]


def test_a_closing_denial_of_all_would_keep_apps_from_their_rows(tmp_path):
    """Why the file does not end in it."""
    question = anna(Subscribe(STATE))
    assert allowed(tmp_path, question) == [True]
    assert allowed(tmp_path, question, text=acl_conf() + "{deny, all}.\n") == [False]


def test_a_taken_device_is_lost_with_its_rows(tmp_path):
    question = anna(Publish(COMMAND))
    assert allowed(tmp_path, question, rows={ANNA: app_rows(KITCHEN)}) == [True]
    assert allowed(tmp_path, question, rows={ANNA: ()}) == [False]


def test_the_level_a_pattern_ends_in_is_never_a_wildcard(tmp_path):
    """EMQX would let ``#`` through in its place."""
    hole = {RECORDER: (Row("allow", "subscribe", f"amora/v1/devices/{KITCHEN}/+", "0,1,2", "all"),)}
    question = Question(RECORDER, f"app:{RECORDER}:x", Subscribe(f"amora/v1/devices/{KITCHEN}/#"))
    assert allowed(tmp_path, question, rows=hole) == [True]
    assert all(row.topic[-1].isalpha() for member in MEMBERS for row in member.rows)
