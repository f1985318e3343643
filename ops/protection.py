"""What keeps a stack from being destroyed, and the steps that take the protection off."""

from __future__ import annotations

from typing import Final

from ops.errors import ExitCode, OpsError
from ops.pulumi_stack import PulumiStack, StackResource, StackState

_LOCK: Final = "azure-native:authorization:ManagementLockByScope"


def protected(state: StackState) -> list[StackResource]:
    """Resources that Pulumi or an Azure lock protects."""
    return [resource for resource in state.resources if resource.protect or resource.type == _LOCK]


def require_unprotected(stack: PulumiStack) -> None:
    """Pass when nothing is protected.

    Raises:
        OpsError: something is; the text names it and the steps.
    """
    found = protected(stack.state())
    if not found:
        return
    names = "\n".join(f"  {resource.urn.rsplit('::', 1)[1]} ({resource.type})" for resource in found)
    raise OpsError(
        ExitCode.PROTECTED,
        f"stack {stack.name} is protected: {len(found)} resources are kept from deletion\n{names}",
        f"To destroy it all the same: 1. set `protect: false` and `locks: false` under amora-sync:protection in "
        f"Pulumi.{stack.name}.yaml; 2. run `up`, which takes protection and locks off; 3. run `destroy` again.",
    )
