"""The schema's builder: the dump's type expressions, and what the tables add to a struct."""

import pytest

from tools.emqx_check.schema.build import Builder, mark, parse_type


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Boolean", "bool"),
        ("Rate", "rate"),
        ("Integer(0..2)", {"int": [0, 2]}),
        ("Integer(1..+inf)", {"int": [1, None]}),
        ("Enum(a,b)", {"enum": ["a", "b"]}),
        ('OneOf(String("infinity"),Integer(1..9))', {"any": [{"const": "infinity"}, {"int": [1, 9]}]}),
        ("Array(Struct(topic))", {"list": {"ref": "topic@x"}}),
        ("Map($name->Duration)", {"map": "dur"}),
    ],
)
def test_type_expressions(text, kind):
    assert parse_type(text, {"topic": "topic@x"}) == kind


@pytest.mark.parametrize("text", ["Strang", "Tuple(Boolean)"])
def test_an_unknown_type_is_refused(text):
    with pytest.raises(ValueError, match="unknown type"):
        parse_type(text, {})


def struct(name, *fields):
    return {"text": name, "fields": list(fields)}


def test_structs_of_one_name_and_two_shapes_are_told_apart():
    one = struct("ssl", {"text": "a", "type": "Boolean"})
    two = struct("ssl", {"text": "b", "type": "Boolean", "default": "true"})
    root = struct(
        "root",
        {"text": "x", "type": "Struct(ssl)", "refs": [one]},
        {"text": "y", "type": "Struct(ssl)", "refs": [two]},
    )
    built = Builder(root)
    assert built.structs[built.root] == {"x": {"t": {"ref": "ssl@x"}}, "y": {"t": {"ref": "ssl@y"}}}
    assert built.structs["ssl@y"] == {"b": {"t": "bool", "d": "true"}}


def test_the_tables_mark_fields():
    fields = {"server": {"t": "str"}, "database": {"t": "str"}, "password": {"t": "str"}}
    mark("postgresql@authentication", fields)
    assert fields == {
        "server": {"t": "servers", "r": 1},
        "database": {"t": "str", "r": 1},
        "password": {"t": "str"},
    }
