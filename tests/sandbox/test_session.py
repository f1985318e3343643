"""What of an `up` a preview before it is given."""

import pytest

from sandbox.session import shaping


@pytest.mark.parametrize(
    ("arguments", "shaped"),
    [
        ([], []),
        (["--expect-no-changes", "--diff"], []),
        (["--target", "a", "--diff", "-t", "b"], ["--target", "a", "-t", "b"]),
        (["--exclude=a", "--parallel", "4"], ["--exclude=a"]),
        (["--suppress-outputs", "--replace", "a"], ["--replace", "a"]),
        (["--target"], ["--target", ""]),
    ],
)
def test_what_shapes_the_plan_goes_on_to_its_preview(arguments, shaped):
    assert shaping(arguments) == shaped
