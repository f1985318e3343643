"""Commands that lay faults."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from sandbox.azure.faults import MEANING, Kind
from sandbox.session import opened
from sandbox.terminal import JsonOption, mended, output, say
from sandbox.workspace import Workspace

app = typer.Typer(help="Faults on demand: what goes wrong, where, how often.", no_args_is_help=True)


@app.command("add")
@mended
def add_fault(
    kind: Annotated[Kind, typer.Argument(help="What goes wrong; `fault kinds` explains them.")],
    target: Annotated[str, typer.Argument(help="Pattern over ARM ids: '*/subnets/*'.")] = "*",
    times: Annotated[int, typer.Option(min=1, help="How often it strikes.")] = 1,
    seconds: Annotated[float, typer.Option(min=0, help="Retry-After of a throttle, length of a slow create.")] = 0.1,
) -> None:
    """Lay a fault. It strikes the next writes whose id matches and is gone when used up."""
    with opened(Workspace.default()) as store:
        number = store.add_fault(kind, target, times, seconds)
    say(f"fault {number}: {kind} at {target}, {times} times")


@app.command("list")
@mended
def list_faults(*, as_json: JsonOption = False) -> None:
    """List the faults that wait."""
    with opened(Workspace.default()) as store:
        faults = store.faults()
    if as_json:
        rows = [{"number": f.number, "kind": f.kind, "target": f.target, "remaining": f.remaining} for f in faults]
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table("number", "kind", "target", "remaining", title="sandbox: waiting faults")
    for fault in faults:
        table.add_row(str(fault.number), fault.kind, fault.target, str(fault.remaining))
    output.print(table)


@app.command("clear")
@mended
def clear_faults() -> None:
    """Remove every waiting fault."""
    with opened(Workspace.default()) as store:
        store.clear_faults()
    say("no fault waits")


@app.command("kinds")
def fault_kinds() -> None:
    """Explain the kinds of faults."""
    table = Table("kind", "what happens", title="sandbox: faults")
    for kind in Kind:
        table.add_row(kind.value, MEANING[kind])
    output.print(table)
