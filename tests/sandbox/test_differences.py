import pytest

from sandbox.protocol.differences import changes
from sandbox.protocol.package import Change
from sandbox.wire import UNKNOWN, Secret


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, {}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": True}, {"a": Change.UPDATE}),
        ({"a": 1}, {"a": 2}, {"a": Change.UPDATE}),
        ({}, {"a": 1}, {"a": Change.ADD}),
        ({"a": 1}, {}, {"a": Change.DELETE}),
        ({"a": None}, {}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": Change.UPDATE}),
        ({"a": {"b": 1}}, {"a": "text"}, {"a": Change.UPDATE}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}, {"b": 3}]}, {"a[0].b": Change.UPDATE, "a[1]": Change.ADD}),
        ({"a": [1, 2]}, {"a": [1]}, {"a[1]": Change.DELETE}),
        ({"tags": {"a.b": "x"}}, {"tags": {"a.b": "y"}}, {'tags["a.b"]': Change.UPDATE}),
        ({"a": Secret("x")}, {"a": "x"}, {}),
        ({"a": Secret("x")}, {"a": Secret("y")}, {"a": Change.UPDATE}),
        ({"a": "x"}, {"a": UNKNOWN}, {"a": Change.UPDATE}),
        ({}, {"a": UNKNOWN}, {"a": Change.ADD}),
        ({"a": Secret("x")}, {"a": UNKNOWN}, {"a": Change.UPDATE}),
    ],
)
def test_changes(old, new, expected):
    assert changes(old, new) == expected
