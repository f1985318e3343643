import pytest

from ops.errors import ExitCode, OpsError
from ops.protection import protected, require_unprotected
from ops.pulumi_stack import PulumiStack, StackResource, StackState


def resource(name, kind="azure-native:network:Subnet", *, protect=False):
    return StackResource(f"urn:pulumi:prod::amora-sync::{kind}::{name}", kind, "", {}, protect)


@pytest.fixture
def stack_with(monkeypatch):
    """A stack whose state is given instead of exported."""

    def make(*resources):
        monkeypatch.setattr(PulumiStack, "state", lambda _: StackState(resources, (), {}))
        return PulumiStack("prod")

    return make


LOCK = resource("vault-lock", "azure-native:authorization:ManagementLockByScope")
VAULT = resource("vault", "azure-native:keyvault:Vault", protect=True)


def test_protected_resources_and_locks_stand_in_the_way(stack_with):
    assert protected(stack_with(resource("a"), LOCK, VAULT).state()) == [LOCK, VAULT]


def test_a_protected_stack_is_refused_with_names_and_steps(stack_with):
    with pytest.raises(OpsError) as caught:
        require_unprotected(stack_with(resource("a"), LOCK, VAULT))
    assert caught.value.code == ExitCode.PROTECTED
    for words in ("2 resources", "vault-lock", "`protect: false`", "Pulumi.prod.yaml", "run `destroy` again"):
        assert words in str(caught.value)


def test_an_unprotected_stack_passes(stack_with):
    require_unprotected(stack_with(resource("a")))
