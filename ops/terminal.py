"""What the operators' commands share: how they speak, their options, and how a refusal looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console

from ops.errors import ExitCode, OpsError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

console = Console(stderr=True, highlight=False)
output = Console(highlight=False)

StackOption = Annotated[str, typer.Option("--stack", "-s", help="Stack: the middle of Pulumi.<stack>.yaml.")]
FileOption = Annotated[str | None, typer.Option("--config-file", help="Another stack file than Pulumi.<stack>.yaml.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def mended(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The command with what it cannot go on with shown as finding and mend, never as a traceback."""

    @wraps(command)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except OpsError as error:
            finding, _, mend = str(error).rpartition("\n")
            console.print("[bold red]error:[/]", end=" ")
            console.print(finding, markup=False, soft_wrap=True)
            console.print(f"  {mend}", markup=False, soft_wrap=True)
            raise typer.Exit(error.code) from None
        except KeyboardInterrupt:
            console.print("interrupted; run the same command again to go on")
            raise typer.Exit(ExitCode.INTERRUPTED) from None

    return guarded
