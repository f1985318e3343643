"""Expressions as text, and that the evaluator of the tests reads them back."""

import pytest

from ops.arm_template import expressions
from ops.arm_template.origins import SUBSCRIPTION
from tests.arm_expressions import ExpressionError, NotDeployedError, Scope

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
ROLE = "/providers/Microsoft.Authorization/roleAssignments/r"
DEFINITION = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/d"


def answered(target, version, full):
    if target.endswith("/gone"):
        raise NotDeployedError(target)
    return {"properties": {"staticIp": "10.0.0.1", "list": [{"a": 1}]}} if full else {"staticIp": "10.0.0.1"}


def scope(group="rg", **more):
    return Scope("sub", "ten", group, answered, lambda *_: {"primaryKey": "key"}, **more)


@pytest.mark.parametrize(
    ("text", "group", "expression"),
    [
        (VAULT, "rg", "resourceId('Microsoft.KeyVault/vaults', 'kv')"),
        (f"{VAULT}/secrets/s", "rg", "resourceId('Microsoft.KeyVault/vaults/secrets', 'kv', 's')"),
        (VAULT, "other", "resourceId('rg', 'Microsoft.KeyVault/vaults', 'kv')"),
        (
            VAULT,
            "",
            "extensionResourceId(concat(subscription().id, '/resourceGroups/rg'), 'Microsoft.KeyVault/vaults', 'kv')",
        ),
        (DEFINITION, "rg", "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'd')"),
        (
            VAULT + ROLE,
            "rg",
            (
                "extensionResourceId(resourceId('Microsoft.KeyVault/vaults', 'kv'), "
                "'Microsoft.Authorization/roleAssignments', 'r')"
            ),
        ),
        (GROUP, "rg", "resourceGroup().id"),
        (GROUP, "", "concat(subscription().id, '/resourceGroups/rg')"),
        (f"/subscriptions/{SUBSCRIPTION}", "rg", "subscription().id"),
    ],
)
def test_an_id_becomes_an_expression_that_gives_it(text, group, expression):
    assert expressions.resource_id(text, group) == expression
    assert scope(group).expression(expression) == text.replace(SUBSCRIPTION, "sub")


@pytest.mark.parametrize("text", ["plain", "it's", "", "[a]", "['a']", "[[a]", "[a", "a]", "{0} {{", "line\nline"])
def test_a_text_comes_back_as_it_was(text):
    assert scope().value(expressions.literal(text)) == text
    assert scope().value(expressions.value(expressions.quoted(text))) == text


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("concat('a', variables('b'), parameters('c'))", "aBC"),
        ("format('{0}:{1} {{}} {0}', 'a', 5)", "a:5 {} a"),
        ("add(dateTimeToEpoch('20260101T000000Z'), 60)", 1767225660),
        ("sub(5, 7)", -2),
        ("reference('id', '2024-01-01').staticIp", "10.0.0.1"),
        ("reference('id', '2024-01-01', 'Full').properties.list[0]['a']", 1),
        ("reference('id', '2024-01-01').STATICIP", "10.0.0.1"),
        ("listKeys('id', '2024-01-01').primaryKey", "key"),
        ("subscription().tenantId", "ten"),
    ],
)
def test_what_an_expression_gives(expression, value):
    assert scope(parameters={"c": "C"}, variables={"b": "B"}).value(f"[{expression}]") == value


@pytest.mark.parametrize(
    "expression",
    [
        "concat('a', 5)",
        "concat('a'",
        "concat('a') 'b'",
        "unknown('a')",
        "parameters('gone')",
        "variables('gone')",
        "reference('id/gone', '2024-01-01')",
        "reference('id', '2024-01-01').gone",
        "reference('id', '2024-01-01', 'Full').properties.list[1]",
        "resourceId('Microsoft.KeyVault/vaults/secrets', 'kv')",
        "utcNow()",
        f"concat('{'a' * 25_000}')",
    ],
)
def test_what_resource_manager_refuses_the_evaluator_refuses(expression):
    with pytest.raises(ExpressionError):
        scope().value(f"[{expression}]")


def test_names_of_properties_are_evaluated():
    assert scope().value({"[concat('a', 'b')]": ["[resourceGroup().name]"]}) == {"ab": ["rg"]}


def test_a_property_path_may_hold_an_id():
    assert expressions.property_of("x", ("identity", "map", VAULT, "key-a", 0), "rg") == (
        "x.identity.map[resourceId('Microsoft.KeyVault/vaults', 'kv')]['key-a'][0]"
    )
