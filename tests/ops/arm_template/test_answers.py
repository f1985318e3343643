"""Answers have Azure's shape, and each is a value of its own."""

import re

import pytest

from ops.arm_template.answers import disguised, leaves


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("203.0.113.7", r"10(\.\d{1,3}){3}"),
        ("11111111-1111-1111-1111-111111111111", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("https://kv.vault.azure.net/", r"https://x[0-9a-f]{20}\.vault\.azure\.net/"),
        ("psql.postgres.database.azure.com", r"x[0-9a-f]{20}\.postgres\.database\.azure\.com"),
        ("Ready", r"X[0-9a-f]{39}"),
    ],
)
def test_an_answer_has_its_shape_and_follows_from_seed_and_path(value, shape):
    one, same, other = (disguised({"a": value}, seed)["a"] for seed in ("one", "one", "two"))
    assert re.fullmatch(shape, one)
    assert one == same != other
    assert disguised({"b": value}, "one")["b"] != one


def test_numbers_are_disguised_and_what_is_no_answer_is_left():
    given = {"port": 6380, "ready": True, "none": None, "empty": "", "name": "kv", "inner": {"name": "of its own"}}
    found = disguised(given, "one")
    assert isinstance(found["port"], int)
    assert found["port"] > 6380
    assert {key: found[key] for key in ("ready", "none", "empty", "name")} == {
        key: given[key] for key in ("ready", "none", "empty", "name")
    }
    assert found["inner"]["name"] != "of its own"


def test_leaves_are_texts_and_numbers_with_their_paths():
    assert list(leaves({"a": ["x", {"b": 1}], "c": True, "d": None})) == [(("a", 0), "x"), (("a", 1, "b"), 1)]
