"""The table, its names, and what is rendered from it line by line."""

import json
import re
import shlex
from hashlib import sha256
from pathlib import Path

import pytest

from topics.__main__ import main
from topics.acl_conf import acl_conf
from topics.acl_hash import acl_commands, acl_hash
from topics.acl_rows import REVISION, Row, app_rows, device_rows, operator_rows, recorder_rows, relations
from topics.contract import GRANTS, MAX_PACKET_BYTES, TOPICS, WILL, grant, pattern, topic, topic_of
from topics.identity import (
    APP_CLIENT_ID_PREFIX,
    CLIENT_ID_EXPRESSION,
    DEVICE_ID,
    SERVICE,
    USER,
    app_client_id,
    checked_device_id,
    checked_username,
)
from topics.mosquitto import Client, Files, configuration, dynamic_security
from topics.reference import reference

ROOT = Path(__file__).resolve().parents[3]
USERNAME = "11111111-0000-4000-8000-000000000001"
NAMES = ("state", "telemetry", "event", "response", "command")


class TestTable:
    def test_it_has_the_topics_of_the_contract(self):
        assert tuple(each.name for each in TOPICS) == NAMES
        assert [each.name for each in TOPICS if each.sender == "app"] == ["command"]

    @pytest.mark.parametrize("each", TOPICS, ids=lambda each: each.name)
    def test_a_name_is_one_literal_level(self, each):
        assert re.fullmatch("[a-z]+", each.name)
        assert set(each.qos) <= {0, 1}

    @pytest.mark.parametrize("each", TOPICS, ids=lambda each: each.name)
    def test_the_largest_payload_fits_a_packet_with_its_topic_and_properties(self, each):
        assert each.payload_bytes + len(topic_of("d" * 32, each.name)) + 1024 <= MAX_PACKET_BYTES

    def test_only_the_state_outlives_its_sender(self):
        assert [each.name for each in TOPICS if each.retained] == ["state"]
        assert topic(WILL.topic).retained is WILL.retained is True
        assert WILL.qos in topic(WILL.topic).qos

    def test_no_two_kinds_of_client_send_to_one_topic(self):
        assert set(grant("device").publishes) == {each.name for each in TOPICS if each.sender == "device"}
        assert {name for each in GRANTS if each.principal != "device" for name in each.publishes} == {"command"}

    @pytest.mark.parametrize("principal", ["operator", "recorder"])
    def test_who_sees_every_device_changes_none(self, principal):
        assert grant(principal).devices == "every"
        assert grant(principal).publishes == ()

    @pytest.mark.parametrize(("lookup", "name"), [(topic, "config"), (grant, "guest"), (topic, "")])
    def test_an_unknown_name_is_told_with_the_known_ones(self, lookup, name):
        with pytest.raises(KeyError, match=r"the contract has \w+, \w+"):
            lookup(name)

    def test_a_topic_is_of_a_device(self):
        assert topic_of("kitchen-1", "state") == "amora/v1/devices/kitchen-1/state"
        assert pattern("+", "command") == "amora/v1/devices/+/command"
        with pytest.raises(ValueError, match="device id"):
            topic_of("+", "state")


class TestNames:
    @pytest.mark.parametrize("text", ["abc", "kitchen-1", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "a" * 32])
    def test_a_devices_name(self, text):
        assert checked_device_id(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "ab",
            "a" * 33,
            "Kitchen",
            "-ab",
            "ab-",
            "a b",
            "a/b",
            "a+b",
            "a#b",
            "$ab",
            "a.b",
            "a:b",
            "abc\n",
            "äbc",
            "${username}",
            USERNAME,
            "service.recorder",
        ],
    )
    def test_no_devices_name(self, text):
        with pytest.raises(ValueError, match="3 to 32 lower-case letters"):
            checked_device_id(text)

    @pytest.mark.parametrize("text", [USERNAME, "service.recorder"])
    def test_a_username(self, text):
        assert checked_username(text) == text

    @pytest.mark.parametrize("text", ["", "kitchen-1", USERNAME.upper().replace("0", "A"), "service.", "recorder", "+"])
    def test_no_username(self, text):
        with pytest.raises(ValueError, match=r"service\.<name>"):
            checked_username(text)

    def test_an_apps_client_id_is_no_devices_whatever_the_app_sends(self):
        for instance in ("kitchen-1", "", "phone", "a:b", "+"):
            made = app_client_id(USERNAME, instance)
            assert made.startswith(APP_CLIENT_ID_PREFIX)
            assert not re.fullmatch(DEVICE_ID, made)

    def test_two_users_never_get_one_client_id(self):
        other = USERNAME.replace("1", "2")
        assert app_client_id(USERNAME, f":{other}:x") != app_client_id(other, "x")
        assert all(":" not in form.replace("(?:", "") for form in (USER, SERVICE, DEVICE_ID))

    def test_the_expression_makes_what_the_function_makes(self):
        parts = re.fullmatch(r"concat\(\[(.+)\]\)", CLIENT_ID_EXPRESSION)[1].split(", ")
        values = {"username": USERNAME, "clientid": "phone"}
        made = "".join(values[part] if part in values else part.strip("'") for part in parts)
        assert made == app_client_id(USERNAME, "phone")


class TestRows:
    def test_what_an_owner_gets(self):
        assert app_rows("kitchen-1") == (
            Row("allow", "publish", "amora/v1/devices/kitchen-1/command", "1", "false"),
            Row("allow", "subscribe", "amora/v1/devices/kitchen-1/state", "0,1,2", "all"),
            Row("allow", "subscribe", "amora/v1/devices/kitchen-1/telemetry", "0,1,2", "all"),
            Row("allow", "subscribe", "amora/v1/devices/kitchen-1/event", "0,1,2", "all"),
            Row("allow", "subscribe", "amora/v1/devices/kitchen-1/response", "0,1,2", "all"),
        )

    def test_what_operators_and_recorders_get(self):
        assert [row.topic for row in operator_rows()] == [f"amora/v1/devices/+/{name}" for name in NAMES]
        assert [row.topic for row in recorder_rows()] == [f"amora/v1/devices/+/{name}" for name in ("state", "event")]
        assert {row.action for row in (*operator_rows(), *recorder_rows())} == {"subscribe"}

    def test_what_a_device_gets_where_there_are_no_placeholders(self):
        assert [
            (row.action, row.topic.rpartition("/")[2], row.qos, row.retain) for row in device_rows("kitchen-1")
        ] == [
            ("publish", "state", "1", "true"),
            ("publish", "telemetry", "0,1", "false"),
            ("publish", "event", "1", "false"),
            ("publish", "response", "1", "false"),
            ("subscribe", "command", "0,1,2", "all"),
        ]

    def test_relations_are_the_same_rows_with_a_placeholder(self):
        owner = tuple(row._replace(topic=row.topic.replace("{device}", "kitchen-1")) for row in relations()["owner"])
        assert owner == app_rows("kitchen-1")
        assert all("{device}" in row.topic for row in relations()["owner"])
        assert (relations()["operator"], relations()["recorder"]) == (operator_rows(), recorder_rows())

    def test_rows_that_change_have_another_revision(self):
        """Raise ``REVISION`` and add a line: the database refuses other rows under a revision it has."""
        known = {1: "2fe334fe903d8d82"}
        text = "\n".join(repr(tuple(row)) for rows in relations().values() for row in rows)
        assert known[REVISION] == sha256(text.encode()).hexdigest()[:16]
        assert max(known) == REVISION

    @pytest.mark.parametrize("rows", [app_rows, device_rows])
    def test_no_rows_for_what_is_no_device(self, rows):
        with pytest.raises(ValueError, match="device id"):
            rows("+")

    @pytest.mark.parametrize("row", [row for rows in relations().values() for row in rows])
    def test_no_pattern_begins_or_ends_in_a_wildcard(self, row):
        levels = row.topic.split("/")
        assert levels[:3] == ["amora", "v1", "devices"]
        assert levels[-1] in NAMES
        assert "#" not in levels


class TestAclHash:
    """As EMQX reads it: the field is the topic, the value the rest; qos is a list of numbers, retain true or false."""

    def test_it_says_what_the_rows_say(self):
        for rows in (app_rows("kitchen-1"), operator_rows(), recorder_rows(), device_rows("kitchen-1")):
            read = set()
            for field, value in acl_hash(rows).items():
                rule = json.loads(value)
                retain = {None: "all", True: "true", False: "false"}[rule.get("retain")]
                assert set(rule) <= {"action", "qos", "retain"}
                read.add(Row("allow", rule["action"], field, ",".join(map(str, rule["qos"])), retain))
            assert read == set(rows)

    def test_two_rules_of_one_topic_are_refused(self):
        rows = [Row("allow", action, "amora/v1/x", "1", "all") for action in ("publish", "subscribe")]
        with pytest.raises(ValueError, match="amora/v1/x: two rows"):
            acl_hash(rows)

    def test_the_commands_make_the_hash_anew_in_one_transaction(self):
        first, *middle, last = acl_commands(USERNAME, app_rows("kitchen-1"), 3600).splitlines()
        words = [shlex.split(line) for line in middle]
        assert (first, last) == ("MULTI", "EXEC")
        assert words[0] == ["DEL", f"mqtt_acl:{USERNAME}"]
        assert words[-1] == ["EXPIRE", f"mqtt_acl:{USERNAME}", "3600"]
        assert {word[0]: word[1] for word in words[1:-1]} == {"HSET": f"mqtt_acl:{USERNAME}"}
        assert {field: value for _, _, field, value in words[1:-1]} == acl_hash(app_rows("kitchen-1"))

    def test_without_a_time_the_rights_are_for_good(self):
        assert "EXPIRE" not in acl_commands(USERNAME, operator_rows())

    @pytest.mark.parametrize(
        ("given", "rows"),
        [
            (["--device", "kitchen-1"], app_rows("kitchen-1")),
            (["--device", "kitchen-1", "--device", "hall-2"], (*app_rows("kitchen-1"), *app_rows("hall-2"))),
            # A device may have this name.
            (["--device", "operator"], app_rows("operator")),
            (["--relation", "operator"], operator_rows()),
            (["--relation", "recorder"], recorder_rows()),
        ],
        ids=["device", "devices", "device of that name", "operator", "recorder"],
    )
    def test_the_command_prints_them(self, given, rows, capsys):
        assert main(["redis", USERNAME, *given, "--seconds", "60"]) == 0
        assert capsys.readouterr().out == acl_commands(USERNAME, rows, 60)

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            (["kitchen-1", "--relation", "operator"], "username 'kitchen-1'"),
            ([USERNAME, "--device", "+"], "device id '+'"),
            ([USERNAME, "--device", "kitchen-1", "--device", "kitchen-1"], "two rows"),
            ([USERNAME, "--relation", "operator", "--seconds", "0"], "seconds 0: allowed: 1 or more"),
        ],
    )
    def test_a_wrong_word_is_told_and_nothing_printed(self, given, told, capsys):
        assert main(["redis", *given]) == 2
        said = capsys.readouterr()
        assert told in said.err
        assert said.out == ""


class TestAclConf:
    def test_it_is_the_golden_file(self):
        """Anew: ``python -m topics acl > tests/unit/topics/acl.conf``."""
        assert acl_conf() == (ROOT / "tests/unit/topics/acl.conf").read_text(encoding="utf-8")

    def test_it_ends_in_a_denial_of_who_is_no_app(self):
        last = acl_conf().splitlines()[-1]
        assert last == '{deny, {clientid, {re, "^(?!app:)"}}, all, ["#", "$SYS/#"]}.'

    def test_it_is_small_enough_for_a_vault_secret(self):
        assert len(acl_conf().encode()) < 25_000

    def test_the_command_prints_it(self, capsys):
        assert main(["acl"]) == 0
        assert capsys.readouterr().out == acl_conf()


class TestReference:
    def test_it_is_what_the_contract_says(self):
        assert (ROOT / "docs/topics.md").read_text(encoding="utf-8") == reference()

    def test_a_stale_one_is_told(self, monkeypatch, capsys):
        assert main(["docs", "--check"]) == 0
        monkeypatch.setattr("topics.__main__.reference", lambda: "other")
        assert main(["docs", "--check"]) == 1
        assert "python -m topics docs" in capsys.readouterr().err

    def test_it_is_written_where_it_is_stale(self, monkeypatch, tmp_path):
        monkeypatch.setattr("topics.__main__._ROOT", tmp_path)
        assert main(["docs"]) == 0
        assert (tmp_path / "docs/topics.md").read_text(encoding="utf-8") == reference()


class TestMosquitto:
    FILES = Files(
        plugin=Path("/p.so"),
        security=Path("/s.json"),
        device_authorities=Path("/ca.pem"),
        certificate=Path("/c.pem"),
        key=Path("/k.pem"),
    )

    def test_a_device_is_known_by_its_certificate_alone(self):
        text = configuration(self.FILES, device_port=1, app_port=2, web_socket_port=3)
        devices, *others = text.split("\nlistener ")[1:]
        assert devices.startswith("1 127.0.0.1\n")
        for line in ("require_certificate true", "use_identity_as_username true", "cafile /ca.pem"):
            assert line in devices.splitlines()
            assert not any(line in each.splitlines() for each in others)
        assert [each.partition("\n")[0] for each in others] == ["2 127.0.0.1", "3 127.0.0.1"]
        assert all("use_username_as_clientid true" in each and "max_qos 1" in each for each in (devices, *others))

    def test_everyone_has_a_role_of_the_own_rows_and_everything_else_is_denied(self):
        text = json.loads(dynamic_security([Client(username="kitchen-1", rows=device_rows("kitchen-1")[-2:])]))
        assert text["defaultACLAccess"] == {
            "publishClientSend": False,
            "publishClientReceive": False,
            "subscribe": False,
            "unsubscribe": True,
        }
        assert text["clients"][0]["roles"] == [{"rolename": "kitchen-1"}]
        response, command = "amora/v1/devices/kitchen-1/response", "amora/v1/devices/kitchen-1/command"
        assert [(acl["acltype"], acl["topic"]) for acl in text["roles"][0]["acls"]] == [
            ("publishClientSend", response),
            ("subscribePattern", command),
            ("subscribePattern", f"$share/+/{command}"),
            ("publishClientReceive", command),
        ]

    def test_passwords_are_salted_and_who_has_none_cannot_be_guessed(self):
        clients = [Client(username=name, rows=(), password=password) for name, password in (("a", "x"), ("b", "x"))]
        clients.append(Client(username="kitchen-1", rows=()))
        first, second, device = json.loads(dynamic_security(clients))["clients"]
        assert first["password"] != second["password"]
        assert device["password"] != json.loads(dynamic_security(clients))["clients"][2]["password"]
