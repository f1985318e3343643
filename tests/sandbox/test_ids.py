import pytest

from sandbox.azure import ids

GROUP = "/subscriptions/s/resourceGroups/g"
VNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v"


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        (GROUP, "Microsoft.Resources/resourceGroups", ()),
        ("/subscriptions/s", "", ()),
        (VNET, "Microsoft.Network/virtualNetworks", ("v",)),
        (f"{VNET}/subnets/a", "Microsoft.Network/virtualNetworks/subnets", ("v", "a")),
        (f"{VNET}/providers/Microsoft.Authorization/locks/l", "Microsoft.Authorization/locks", ("l",)),
        (f"{GROUP}/providers/Microsoft.Authorization/locks/l", "Microsoft.Authorization/locks", ("l",)),
        (
            "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r",
            "Microsoft.Authorization/roleDefinitions",
            ("r",),
        ),
    ],
)
def test_parts_of_an_id(text, kind, names):
    parsed = ids.parse(text)
    assert (parsed.type, parsed.names) == (kind, names)


@pytest.mark.parametrize(
    "text",
    ["", "westeurope", "/subscriptions", f"{VNET}/subnets", f"{GROUP}/providers/Microsoft.Network", f"{GROUP}//x"],
)
def test_no_id(text):
    assert ids.parse(text) is None


def test_parent_and_group():
    subnet = ids.parse(f"{VNET}/subnets/a")
    assert (subnet.parent, subnet.group_id, subnet.name, subnet.namespace) == (VNET, GROUP, "a", "Microsoft.Network")
    assert ids.parse(VNET).parent is None


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (f"{VNET}/providers/Microsoft.Authorization/locks/l", VNET),
        (f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/r", GROUP),
        (f"{VNET}/providers/microsoft.insights/diagnosticSettings/d", VNET),
        (VNET, None),
    ],
)
def test_scope_of_an_extension(text, scope):
    assert ids.scope_of_extension(text) == scope
