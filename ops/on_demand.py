"""Commands whose modules load when they are asked for.

Loading all of them takes half a second, with libraries for XML schemas and databases; ``recover`` and ``nodes check``,
which run before deployments, need neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

MODULES: Final = {
    "accounts": "ops.rights.accounts_command",
    "alerts": "ops.alerts_command",
    "devices": "ops.devices.command",
    "identity": "ops.identity.command",
    "nodes": "ops.nodes_command",
    "owners": "ops.rights.owners_command",
    "policy": "ops.policy_command",
}
"""Module by command; its ``app`` is the command."""


class OnDemand(TyperGroup):
    """The commands that a group has itself, and those of :data:`MODULES`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return [*super().list_commands(ctx), *MODULES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, None where there is none."""
        if cmd_name not in MODULES:
            return super().get_command(ctx, cmd_name)
        command = typer.main.get_command(import_module(MODULES[cmd_name]).app)
        command.name = cmd_name
        return command
