"""pulumi-random's semantics: drawn once, kept, drawn anew when an input changes."""

import string

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import wire
from sandbox.random_package import RandomPackage
from sandbox.random_package.kinds import KINDS
from sandbox.wire import UNKNOWN, Secret

PACKAGE = RandomPackage()


def token(name):
    return f"random:index/{name[0].lower()}{name[1:]}:{name}"


def checked(name, **inputs):
    return PACKAGE.check(token(name), "urn:x::n", {}, inputs, b"")


def made(name, **inputs):
    completed, failures = checked(name, **inputs)
    assert failures == []
    return PACKAGE.create(token(name), "urn:x::n", completed, preview=False)


CASES = {
    "RandomBytes": {"length": 16},
    "RandomId": {"byteLength": 4},
    "RandomInteger": {"min": 1, "max": 6},
    "RandomPassword": {"length": 24},
    "RandomPet": {},
    "RandomShuffle": {"inputs": ["a", "b", "c"]},
    "RandomString": {"length": 8},
    "RandomUuid": {},
    "RandomUuid4": {},
    "RandomUuid7": {},
}


def test_every_kind_has_a_case():
    assert {token(name) for name in CASES} == set(KINDS)


@pytest.mark.parametrize("name", sorted(CASES))
class TestEveryKind:
    def test_a_preview_leaves_the_values_open(self, name):
        outputs = PACKAGE.create(token(name), "urn", checked(name, **CASES[name])[0], preview=True).outputs
        assert all(outputs[key] is UNKNOWN for key in KINDS[token(name)].outputs)

    def test_it_is_stable_until_an_input_changes(self, name):
        inputs = checked(name, **CASES[name])[0]
        created = PACKAGE.create(token(name), "urn", inputs, preview=False)
        assert PACKAGE.diff(token(name), created.resource_id, inputs, created.outputs, inputs).changes == {}
        kept = {**inputs, "keepers": {"generation": "2"}}
        found = PACKAGE.diff(token(name), created.resource_id, inputs, created.outputs, kept)
        assert found.replaces == {"keepers"}

    def test_reading_gives_what_the_state_says(self, name):
        created = made(name, **CASES[name])
        found = PACKAGE.read(token(name), created.resource_id, CASES[name], created.outputs)
        assert found.outputs == created.outputs

    def test_its_secrets_are_secret(self, name):
        outputs = made(name, **CASES[name]).outputs
        secret = {key for key, value in outputs.items() if isinstance(value, Secret)}
        assert secret == KINDS[token(name)].secret


def test_a_password_does_not_become_its_id_and_its_hash_fits():
    created = made("RandomPassword", length=20)
    assert created.resource_id == "none"
    result, hashed = (wire.plain(created.outputs[key]) for key in ("result", "bcryptHash"))
    assert bcrypt.checkpw(result.encode(), hashed.encode())


@settings(max_examples=40)
@given(st.integers(4, 40), st.tuples(*[st.integers(0, 1)] * 4), st.booleans(), st.booleans())
def test_the_minimums_hold_and_only_allowed_characters_are_drawn(length, minimums, upper, special):
    lower, capitals, digits, other = minimums
    result = made(
        "RandomString",
        length=length,
        upper=upper,
        special=special,
        minLower=lower,
        minNumeric=digits,
        minUpper=capitals if upper else 0,
        minSpecial=other if special else 0,
        overrideSpecial="-_",
    ).outputs["result"]
    assert len(result) == length
    assert sum(c in string.ascii_lowercase for c in result) >= lower
    assert sum(c in string.digits for c in result) >= digits
    allowed = (
        string.ascii_lowercase + string.digits + (string.ascii_uppercase if upper else "") + ("-_" if special else "")
    )
    assert set(result) <= set(allowed)


@pytest.mark.parametrize(
    ("name", "inputs", "path", "words"),
    [
        ("RandomPassword", {"length": 0}, "length", "at least 1"),
        ("RandomPassword", {}, "length", "at least 1"),
        ("RandomPassword", {"length": 3, "minLower": 2, "minUpper": 2}, "length", "at least 4"),
        (
            "RandomString",
            {"length": 3, "lower": False, "upper": False, "numeric": False, "special": False},
            "lower",
            "at least one",
        ),
        ("RandomInteger", {"min": 3, "max": 1}, "min", "smaller than or equal"),
        ("RandomBytes", {"length": 0}, "length", "at least 1"),
        ("RandomId", {}, "byteLength", "at least 1"),
    ],
)
def test_wrong_inputs_are_named(name, inputs, path, words):
    (failure,) = checked(name, **inputs)[1]
    assert failure.path == path
    assert words in failure.reason


def test_unknown_inputs_are_judged_when_they_are_known():
    assert checked("RandomPassword", length=UNKNOWN)[1] == []


def test_a_seed_makes_a_draw_repeatable():
    first, second = (made("RandomShuffle", inputs=list("abcdefgh"), seed="x").outputs["results"] for _ in range(2))
    assert first == second


def test_a_version_7_uuid_says_so():
    assert made("RandomUuid7").outputs["result"][14] == "7"


def test_a_token_without_a_stand_in_is_refused():
    (failure,) = PACKAGE.check("random:index/randomDice:RandomDice", "urn", {}, {}, b"")[1]
    assert "has no stand-in" in failure.reason
