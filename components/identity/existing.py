"""A tenant that somebody else made: nothing is declared."""

from __future__ import annotations

import pulumi

from components.identity.interface import IdentityArgs


class ExistingTenant:
    """The tenant as the stack file has it."""

    tenant_id: pulumi.Output[str]

    def __init__(self, _: str, args: IdentityArgs) -> None:
        self.tenant_id = pulumi.Output.from_input(args.tenant_id)
