import pytest

from sandbox.property_path import assign, steps, value_at


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", ["a"]),
        ("a.b", ["a", "b"]),
        ("a[0].b", ["a", 0, "b"]),
        ('tags["a.b"]', ["tags", "a.b"]),
        (r'tags["a\"b"]', ["tags", 'a"b']),
    ],
)
def test_steps(path, expected):
    assert steps(path) == expected


@pytest.mark.parametrize("path", ["", "a..b", "a[x]", "[", "a b"])
def test_no_path(path):
    with pytest.raises(ValueError, match="path"):
        steps(path)


def test_assigning_leaves_the_original_alone():
    values = {"subnets": [{"name": "a"}]}
    assert assign(values, "subnets[0].name", "b") == {"subnets": [{"name": "b"}]}
    assert values == {"subnets": [{"name": "a"}]}


def test_missing_objects_on_the_way_are_made():
    assert assign({}, "tags.owner", "me") == {"tags": {"owner": "me"}}


@pytest.mark.parametrize("path", ["a[3].b", "a.b", "a[0]"])
def test_a_path_through_something_else_is_refused(path):
    with pytest.raises((IndexError, TypeError, KeyError)):
        assign({"a": "text"} if path == "a[0]" else {"a": []}, path, 1)


def test_value_at_a_path_that_leads_nowhere_is_none():
    assert value_at({"a": [{"b": 1}]}, "a[0].b") == 1
    assert value_at({"a": [{"b": 1}]}, "a[1].b") is None
    assert value_at({"a": 1}, "a.b") is None
