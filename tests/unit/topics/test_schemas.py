"""The payload schemas: legal, closed, bounded, and wrong payloads are told from right ones."""

import json

import pytest
from jsonschema import Draft202012Validator

from topics.contract import TOPICS, VERSION, WILL, topic
from topics.schemas import schema, schema_path

NAMES = [each.name for each in TOPICS]
BOOT = "01JDA3Z8Q4"
STATE, WITHOUT_MPD, GONE = schema("state")["examples"]


def problems(name, payload):
    return [error.message for error in Draft202012Validator(schema(name)).iter_errors(payload)]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_schema_of_the_draft_and_says_whose(name):
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema(name)["$id"] == f"urn:amora:topics:{VERSION}:{name}"


def test_there_is_one_for_each_topic_and_no_more():
    assert sorted(path.stem for path in schema_path("state").parent.glob("*.json")) == sorted(NAMES)


@pytest.mark.parametrize(
    ("name", "payload"), [(name, payload) for name in NAMES for payload in schema(name)["examples"]]
)
def test_its_examples_are_right_and_small_enough(name, payload):
    assert problems(name, payload) == []
    assert len(json.dumps(payload).encode()) < topic(name).payload_bytes / 4


def test_a_will_is_a_right_state():
    assert problems(WILL.topic, {"boot": BOOT} | WILL.payload) == []


def changed(payload, **changes):
    """The payload with other values, and without what is changed to ``...``."""
    return {key: value for key, value in (payload | changes).items() if value is not ...}


COMMAND = {"id": "01JDA3ZB7T", "name": "volume", "percent": 42}
RESPONSE = {"id": "01JDA3ZB7T", "boot": BOOT, "ok": True}
EVENT, TELEMETRY = schema("event")["examples"][0], schema("telemetry")["examples"][0]


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("state", {}),
        ("state", []),
        ("state", "online"),
        ("state", changed(STATE, boot=...)),
        ("state", changed(STATE, seq=...)),
        ("state", changed(STATE, seq=0)),
        ("state", changed(STATE, seq=1.5)),
        ("state", changed(STATE, ts="yesterday")),
        ("state", changed(STATE, ts="2026-11-22T10:00:00+01:00")),
        ("state", changed(STATE, online="true")),
        ("state", changed(STATE, song=...)),
        ("state", changed(STATE, queue=...)),
        ("state", changed(STATE, mpd=False)),
        ("state", changed(STATE, color="red")),
        ("state", changed(STATE, player=changed(STATE["player"], volume=101))),
        ("state", changed(STATE, player=changed(STATE["player"], state="paused"))),
        ("state", changed(STATE, player=changed(STATE["player"], shuffle=True))),
        ("state", changed(STATE, song=changed(STATE["song"], uri="x" * 513))),
        ("state", changed(STATE, outputs=STATE["outputs"] * 9)),
        ("state", changed(GONE, player=STATE["player"])),
        ("state", changed(WITHOUT_MPD, agent=...)),
        ("telemetry", changed(TELEMETRY, uptime=...)),
        ("telemetry", changed(TELEMETRY, cpu=101)),
        ("telemetry", changed(TELEMETRY, network={"kind": "pigeon"})),
        ("event", changed(EVENT, kind="party")),
        ("event", changed(EVENT, severity=...)),
        ("event", changed(EVENT, detail="x" * 513)),
        ("command", changed(COMMAND, id=...)),
        ("command", changed(COMMAND, id="short")),
        ("command", changed(COMMAND, id="has space")),
        ("command", changed(COMMAND, name="toggle")),
        ("command", changed(COMMAND, percent=...)),
        ("command", changed(COMMAND, percent="+5")),
        ("command", changed(COMMAND, seconds=3)),
        ("command", changed(COMMAND, name="pause")),
        ("command", changed(COMMAND, name="seek")),
        ("command", changed(COMMAND, name="play", percent=..., pos=-1)),
        ("command", changed(COMMAND, name="queue_get", percent=..., first=0, count=21)),
        ("response", changed(RESPONSE, ok=...)),
        ("response", changed(RESPONSE, ok=False)),
        ("response", changed(RESPONSE, error={"code": "busy"})),
        ("response", changed(RESPONSE, ok=False, error={"code": "bad luck"})),
        ("response", changed(RESPONSE, entries=[])),
        ("response", changed(RESPONSE, ok=False, error={"code": "busy"}, entries=[], queue_version=1)),
    ],
)
def test_a_wrong_payload_is_told(name, payload):
    assert problems(name, payload)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("state", changed(STATE, song=None)),
        ("state", changed(STATE, player=changed(STATE["player"], volume=None))),
        ("state", changed(GONE, seq=4)),
        ("telemetry", changed(TELEMETRY, temperature=..., network=...)),
        ("event", changed(EVENT, detail=...)),
        ("command", {"id": "01JDA3ZB7T", "name": "play"}),
        ("command", {"id": "01JDA3ZB7T", "name": "repeat", "on": False}),
        ("command", {"id": "01JDA3ZB7T", "name": "output", "output": 1, "on": True}),
        ("response", changed(RESPONSE, entries=[{"id": 1, "pos": 0}], queue_version=3)),
        ("response", changed(RESPONSE, ok=False, error={"code": "mpd_down"})),
    ],
)
def test_a_right_one_is_let_pass(name, payload):
    assert problems(name, payload) == []


def test_every_command_says_which_fields_it_has():
    text = schema("command")
    told = []
    for part in text["allOf"]:
        condition = part["if"]["properties"]["name"]
        told += condition.get("enum", [condition.get("const")])
    assert sorted(told) == sorted(text["properties"]["name"]["enum"])


def resolved(part, whole):
    return whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def objects(part, whole):
    part = resolved(part, whole)
    if "properties" in part:
        yield part
        for field in part["properties"].values():
            yield from objects(field, whole)
    if "items" in part:
        yield from objects(part["items"], whole)


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_closed_and_every_field_described(name):
    found = list(objects(schema(name), schema(name)))
    assert found
    for part in found:
        assert part["additionalProperties"] is False
        assert set(part.get("required", ())) <= set(part["properties"])
        assert all(resolved(field, schema(name))["description"].endswith(".") for field in part["properties"].values())


def test_what_several_schemas_define_is_the_same_in_all():
    seen = {}
    for name in NAMES:
        for key, definition in schema(name)["$defs"].items():
            assert seen.setdefault(key, definition) == definition


def largest(part, whole):
    """Bytes of the largest JSON a schema allows, written in UTF-8 without spaces.

    A character takes four bytes at most, one that JSON must escape six.
    """
    part = resolved(part, whole)
    if "enum" in part:
        return max(len(json.dumps(value)) for value in part["enum"])
    kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
    sizes = {
        "boolean": lambda: 5,
        "null": lambda: 4,
        "integer": lambda: 20,
        "number": lambda: 25,
        "string": lambda: 2 + 6 * part["maxLength"],
        "array": lambda: 2 + part["maxItems"] * (largest(part["items"], whole) + 1),
        "object": lambda: 2 + sum(len(key) + 4 + largest(field, whole) for key, field in part["properties"].items()),
    }
    return max(sizes[kind]() for kind in kinds)


@pytest.mark.parametrize("name", NAMES)
def test_no_right_payload_exceeds_the_topics_limit(name):
    assert largest(schema(name), schema(name)) <= topic(name).payload_bytes
