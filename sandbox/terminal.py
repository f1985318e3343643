"""What the sandbox's commands share: how they speak, their options, and how a wrong input looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from sandbox.exit_codes import ExitCode, SandboxError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

console = Console(stderr=True, highlight=False)
output = Console(highlight=False)

StackOption = Annotated[str, typer.Option("--stack", "-s", help="Stack: the middle of Pulumi.<stack>.yaml.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def say(text: str) -> None:
    """One line on standard error that says it is the sandbox speaking."""
    console.print(f"[bold cyan]sandbox[/] {text}", soft_wrap=True)


def mended(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The command with its wrong inputs shown as finding, mend and an exit code, never as a traceback."""

    @wraps(command)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except SandboxError as error:
            finding, _, mend = str(error).rpartition("\n")
            say(f"[bold red]error:[/] {escape(finding)}")
            console.print(f"  {mend}", soft_wrap=True, markup=False)
            raise typer.Exit(error.code) from None
        except KeyboardInterrupt:
            say("interrupted; run the same command again to go on")
            raise typer.Exit(ExitCode.INTERRUPTED) from None

    return guarded
