"""The commands below a command of typer's."""

from typing import Any

from typer.core import TyperGroup


def below(command: Any) -> dict[str, Any]:
    """Subcommands by name, those that load when they are asked for among them; none of what is no group."""
    if not isinstance(command, TyperGroup):
        return {}
    # Neither the list nor a command of it depends on a run.
    context: Any = None
    return {name: command.get_command(context, name) for name in command.list_commands(context)}
