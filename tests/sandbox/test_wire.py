from hypothesis import given
from hypothesis import strategies as st

from sandbox import wire

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def secret_on_the_wire(value):
    return {wire.SIGNATURE: wire.SECRET, "value": value}


@given(JSON)
def test_a_secret_survives_the_way_there_and_back(value):
    secret = wire.decode(secret_on_the_wire(value))
    assert isinstance(secret, wire.Secret)
    assert wire.decode(wire.encode(secret)) == secret


def test_unknown_values_survive_the_way_there_and_back():
    for sentinel in wire.UNKNOWNS:
        assert wire.decode(sentinel) is wire.UNKNOWN
    assert wire.decode(wire.encode({"a": [wire.UNKNOWN]})) == {"a": [wire.UNKNOWN]}


def test_an_output_value_is_its_value_and_keeps_its_secrecy():
    mark = {wire.SIGNATURE: wire.OUTPUT_VALUE, "value": 3.0}
    assert wire.decode(mark) == 3
    assert wire.decode({**mark, "secret": True}) == wire.Secret(3)
    assert wire.decode({wire.SIGNATURE: wire.OUTPUT_VALUE}) is wire.UNKNOWN


def test_whole_numbers_come_as_integers_and_fractions_stay():
    assert wire.decode([443.0, 0.5]) == [443, 0.5]
    assert isinstance(wire.decode(443.0), int)


def test_members_without_a_value_are_left_out():
    assert wire.decode({"a": None, "b": {"c": None}}) == {"b": {}}


def test_a_secret_never_shows():
    secret = wire.Secret("hunter2")
    assert "hunter2" not in repr(secret)
    assert "hunter2" not in repr(wire.masked({"a": [secret]}))


def test_marks_of_the_program_are_laid_on_what_azure_tells():
    told = {"a": "x", "b": [{"c": "y"}, {"c": "z"}]}
    marked = {"a": wire.Secret("old"), "b": [{"c": wire.Secret("old")}]}
    assert wire.with_marks_of(told, marked) == {"a": wire.Secret("x"), "b": [{"c": wire.Secret("y")}, {"c": "z"}]}


def test_unknown_is_found_at_any_depth():
    assert wire.has_unknown({"a": [wire.Secret({"b": wire.UNKNOWN})]})
    assert not wire.has_unknown({"a": [wire.Secret({"b": 1})]})
