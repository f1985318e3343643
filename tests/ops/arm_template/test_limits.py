"""What Resource Manager takes of a template."""

import pytest

from ops.arm_template import limits
from ops.arm_template.limits import exceeded


def resource(name="kv", **more):
    return {"type": "Microsoft.KeyVault/vaults", "apiVersion": "2024-11-01", "name": name, **more}


def nesting(inner):
    deployment = {"type": "Microsoft.Resources/deployments", "name": "inner", "properties": {"template": inner}}
    return {"resources": [deployment]}


@pytest.mark.parametrize("part", limits.COUNTS)
@pytest.mark.parametrize("around", [lambda inner: inner, nesting], ids=["outer", "nested"])
def test_so_many_of_a_part_are_taken_and_no_more(part, around):
    allowed = limits.COUNTS[part]
    full = [resource(f"kv{n}") for n in range(allowed + 1)]
    most = full[:allowed] if part == "resources" else {f"n{n}": {} for n in range(allowed)}
    more = full if part == "resources" else {f"n{n}": {} for n in range(allowed + 1)}
    assert exceeded(around({part: most})) == []
    (told,) = exceeded(around({part: more}))
    assert f"has {allowed + 1} {part}, allowed are {allowed}" in told


@pytest.mark.parametrize(("characters", "beyond"), [(24_576, 0), (24_577, 1)])
def test_an_expression_has_a_longest_length(characters, beyond):
    around = "[concat('')]"
    text = f"[concat('{'a' * (characters - len(around))}')]"
    assert len(exceeded({"resources": [resource(tags={"a": text})]})) == beyond
    assert len(exceeded({"resources": [resource(tags={text: "a"})]})) == beyond


def test_a_long_text_that_is_no_expression_is_taken():
    assert exceeded({"variables": {"a": "a" * 30_000, "b": "[[" + "a" * 30_000 + "]"}}) == []


@pytest.mark.parametrize(("size", "told"), [(limits.MEGABYTE // 2, 0), (limits.MEGABYTE, 1), (4 * limits.MEGABYTE, 2)])
def test_a_resource_and_a_file_have_a_largest_size(size, told):
    assert len(exceeded({"resources": [resource(tags={"a": "a" * size})]})) == told
