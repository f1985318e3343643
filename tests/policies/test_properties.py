"""What rules read, through Pulumi's own proxies: floats, nested objects, defaults, unknown values."""

from __future__ import annotations

import pytest

from policies.properties import Properties, UnknownError
from policies.resources import Resource, plain_token
from tests.policies.subjects import UNKNOWN, proxied


def properties(**values):
    return Properties(proxied(values))


def test_numbers_arrive_as_floats_and_are_compared_as_numbers():
    read = properties(port=443, text="7")
    assert isinstance(read.value("port"), float)
    assert read.number("port", 0) == 443
    assert read.number("text", 0) == 7
    assert read.number("missing", 5) == 5
    assert read.number("port.below", 5) == 5
    assert properties(port="http").number("port", 1) == 1
    assert properties(port=True).number("port", 1) == 1


def test_a_number_where_text_is_expected_is_read_as_azure_spells_it():
    read = properties(port=443, version=1.2, on=True, zones=[1, 2])
    assert read.text("port") == "443"
    assert read.text("version") == "1.2"
    assert read.text("on") == "true"
    assert read.texts("zones") == ("1", "2")
    assert read.same("port", "443")


def test_names_that_are_the_users_own_are_read_without_case():
    read = properties(tags={"Owner": "x", "later": UNKNOWN})
    assert read.free("tags").text("owner") == "x"
    assert read.free("tags").at("owner") == "tags.owner"
    assert read.free("none").keys() == ()
    assert read.free("tags").given("later")
    with pytest.raises(UnknownError, match=r"^tags\.later$"):
        read.free("tags").text("later")
    with pytest.raises(UnknownError, match=r"^tags$"):
        properties(tags=UNKNOWN).free("tags")


def test_nested_objects_are_no_dicts_and_are_read_all_the_same():
    read = properties(a={"b": {"c": "x"}}, list=[{"d": 1}, {"d": 2}], texts=["p", "q"])
    assert not isinstance(read.value("a"), dict)
    assert not isinstance(read.value("list"), list)
    assert read.text("a.b.c") == "x"
    assert read.group("a.b").text("c") == "x"
    assert read.group("a").at("b.c") == "a.b.c"
    assert [item.number("d", 0) for item in read.items("list")] == [1, 2]
    assert [item.at("d") for item in read.items("list")] == ["list.0.d", "list.1.d"]
    assert read.texts("texts") == ("p", "q")
    assert read.keys("a") == ("b",)
    assert sorted(read.keys()) == ["a", "list", "texts"]


def test_azure_compares_text_without_case_and_has_defaults():
    read = properties(access="disabled", flag="True", empty="")
    assert read.same("access", "Disabled")
    assert not read.same("access", "Enabled")
    assert read.same("missing", "Enabled", default="enabled")
    assert read.flag("flag", default=False) is True
    assert properties(flag="false").flag("flag", default=True) is False
    assert read.flag("missing", default=True) is True
    assert not read.has("empty")
    assert not read.given("empty")
    assert read.text("missing") == ""


def test_nothing_stands_below_a_text_or_in_a_list_that_is_none():
    read = properties(text="x", none=None)
    assert read.value("text.below") is None
    assert read.items("text") == ()
    assert read.texts("none") == ()
    assert read.group("none").keys() == ()
    assert read.keys("text") == ()


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (lambda p: p.text("known.unknown"), "known.unknown"),
        (lambda p: p.text("unknown.below.that"), "unknown"),
        (lambda p: p.flag("unknown", default=True), "unknown"),
        (lambda p: p.number("unknown", 1), "unknown"),
        (lambda p: p.has("unknown"), "unknown"),
        (lambda p: p.texts("list"), "list.1"),
        (lambda p: p.items("unknown"), "unknown"),
        (lambda p: p.items("list")[1].text("name"), "list.1"),
        (lambda p: p.group("known").text("unknown"), "known.unknown"),
        (lambda p: p.keys("unknown"), "unknown"),
    ],
)
def test_an_unknown_value_is_named_by_its_path(read, path):
    given = properties(known={"unknown": UNKNOWN}, unknown=UNKNOWN, list=["a", UNKNOWN])
    with pytest.raises(UnknownError) as raised:
        read(given)
    assert raised.value.path == path


def test_an_unknown_value_counts_as_given_and_hides_nothing_beside_it():
    read = properties(unknown=UNKNOWN, list=[UNKNOWN, {"name": "b"}], deep={"a": UNKNOWN, "b": "known"})
    assert read.given("unknown")
    assert len(read.items("list")) == 2
    assert read.items("list")[1].text("name") == "b"
    assert sorted(read.leaves()) == [("deep.b", "known"), ("list.1.name", "b")]


@pytest.mark.parametrize(
    ("token", "plain"),
    [
        ("azure-native:keyvault:Vault", "azure-native:keyvault:Vault"),
        ("azure-native:app/v20250101:ContainerApp", "azure-native:app:ContainerApp"),
        ("azure-native:app/v20250202preview:ContainerApp", "azure-native:app:ContainerApp"),
        ("azure-native_keyvault_v20260201:keyvault:Vault", "azure-native:keyvault:Vault"),
        ("random:index/randomPassword:RandomPassword", "random:index/randomPassword:RandomPassword"),
        ("amora:data:Vault", "amora:data:Vault"),
    ],
)
def test_an_api_version_in_the_token_changes_no_rule(token, plain):
    assert plain_token(token) == plain
    assert Resource(token, "name", "urn", {}).token == plain
