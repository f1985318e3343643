"""What two readings of a program say about a value: fixed, an answer, a moment, a digest, or computed."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from ops.arm_template.comparison import (
    Answer,
    Comparison,
    Digest,
    Given,
    Moment,
    Object,
    Sealed,
    Text,
    sealed,
)
from ops.arm_template.origins import Deployer, Origins, ResourceId, ResourceProperty
from ops.arm_template.reading import Reading
from sandbox.wire import Secret

ADDRESS = ResourceProperty("urn::environment", ("staticIp",))
PORT = ResourceProperty("urn::cache", ("port",))
VAULT = ResourceId("/subscriptions/{subscriptionId}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv")
EARLY = datetime(2026, 1, 1, tzinfo=UTC)
LATE = EARLY + timedelta(days=3, seconds=77)


def reading(moment, subscription, address, port):
    origins = Origins(subscription)
    origins.add(address, ADDRESS)
    origins.add(port, PORT)
    origins.add(VAULT.id.replace("{subscriptionId}", subscription), VAULT)
    return Reading(moment, origins)


@pytest.fixture
def comparison():
    return Comparison(reading(EARLY, "sub-1", "10.1.1.1", 1001), reading(LATE, "sub-2", "10.2.2.2", 2002))


def vault(subscription):
    return VAULT.id.replace("{subscriptionId}", subscription)


@pytest.mark.parametrize(
    ("one", "two", "understood"),
    [
        ("fixed", "fixed", "fixed"),
        (7, 7, 7),
        (True, True, True),
        (None, None, None),
        ("10.1.1.1", "10.2.2.2", Text((ADDRESS,))),
        ("emqx1@10.1.1.1", "emqx1@10.2.2.2", Text(("emqx1@", ADDRESS))),
        ("10.1.1.1,10.1.1.1", "10.2.2.2,10.2.2.2", Text((ADDRESS, ",", ADDRESS))),
        ("10.1.1.12", "10.1.1.12", "10.1.1.12"),
        (f"{vault('sub-1')}/secrets/a", f"{vault('sub-2')}/secrets/a", Text((VAULT, "/secrets/a"))),
        (
            f"{vault('sub-1')}-2",
            f"{vault('sub-2')}-2",
            Text(("/subscriptions/", Deployer("subscriptionId"), f"{vault('')[len('/subscriptions/') :]}-2")),
        ),
        (1001, 2002, Answer(PORT)),
        (int(EARLY.timestamp()) + 60, int(LATE.timestamp()) + 60, Moment(60)),
        (int(EARLY.timestamp()) - 60, int(LATE.timestamp()) - 60, Moment(-60)),
        (["10.1.1.1"], ["10.2.2.2"], [Text((ADDRESS,))]),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}, Object((("a", 2), ("b", 1)))),
        ({vault("sub-1"): {}}, {vault("sub-2"): {}}, Object(((Text((VAULT,)), Object(())),))),
    ],
)
def test_what_arm_can_say_is_understood(comparison, one, two, understood):
    assert comparison.understand(one, two, ("resource",)) == understood
    assert comparison.computed == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("10.1.1.1".replace(".", "-"), "10.2.2.2".replace(".", "-")),
        (sha256(b"10.1.1.1").hexdigest(), sha256(b"10.2.2.2").hexdigest()),
        (5, 6),
        (1, "1"),
        (["a"], ["a", "b"]),
        ({"a": 1}, {"a": 1, "b": 2}),
        (int(EARLY.timestamp()) + 60, int(LATE.timestamp()) + 61),
    ],
)
def test_what_was_computed_is_given_to_the_deployment(comparison, one, two):
    assert comparison.understand(one, two, ("resource", "path")) == Given(0, secret=False)
    (computed,) = comparison.computed
    assert (computed.first, computed.second, computed.where) == (one, two, ("resource", "path"))


def test_a_value_that_stands_at_two_places_is_one_and_secret_when_one_of_them_is(comparison):
    comparison.understand("a", "b", ("first",))
    assert comparison.understand(Sealed("a"), Sealed("b"), ("second",)) == Given(0, secret=True)
    assert [each.secret for each in comparison.computed] == [True]


def test_a_digest_is_known_where_its_text_was_seen(comparison):
    one, two = "bind 10.1.1.1", "bind 10.2.2.2"
    comparison.learn({"value": one}, {"value": two})
    digests = [sha256(text.encode()).hexdigest() for text in (one, two)]
    assert comparison.understand(*digests, ("app",)) == Digest(("bind ", ADDRESS))
    assert isinstance(comparison.understand(digests[0], digests[0][::-1], ("app",)), Given)


def test_every_text_in_a_secret_is_sealed():
    found = sealed({"plain": "a", "hidden": Secret({"texts": ["b"], "number": 1})})
    assert found == {"plain": "a", "hidden": {"texts": ["b"], "number": 1}}
    assert isinstance(found["hidden"]["texts"][0], Sealed)
    assert not isinstance(found["plain"], Sealed)
