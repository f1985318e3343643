"""``python -m ops``: one command a task of the operators. Every one has ``--json``."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from ops.arm_template.command import arm_template
from ops.namespaces import REQUIRED, register_all, register_command
from ops.on_demand import OnDemand
from ops.protection import protected, require_unprotected
from ops.pulumi_stack import PulumiStack
from ops.terminal import FileOption, JsonOption, StackOption, console, mended, output

app = typer.Typer(
    cls=OnDemand, help="Day-two commands of the platform.", no_args_is_help=True, pretty_exceptions_enable=False
)


@app.callback()
def main() -> None:
    """Day-two commands of the platform; each runs on the `pulumi` and the Azure login of this shell."""


@app.command()
@mended
def recover(stack: StackOption = "dev", config_file: FileOption = None, *, as_json: JsonOption = False) -> None:
    """After a killed run: remove its lock, take what it had created into the state, drop what it had not."""
    # Imported here: the ARM types take longer to load than any other command takes to run.
    from ops.recover import recover as recover_stack  # noqa: PLC0415

    done = recover_stack(PulumiStack(stack, config_file))
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=2))
        return
    for lock in done.unlocked:
        console.print(f"removed the lock of process {lock.pid}, which is gone (since {lock.time})")
    for urn, arm_id in done.adopted.items():
        console.print(f"took {urn.rsplit('::', 1)[1]} into the state: {arm_id}", soft_wrap=True)
    for urn in done.dropped:
        console.print(f"dropped the create of {urn.rsplit('::', 1)[1]}: Azure has not made it", soft_wrap=True)
    if done.nothing_to_do:
        console.print(f"stack {stack}: nothing to recover")


@app.command()
@mended
def adopt(stack: StackOption = "dev", config_file: FileOption = None, *, as_json: JsonOption = False) -> None:
    """After a lost response: take into the state what Azure has made and the state lacks."""
    from ops.recover import adopt as adopt_into  # noqa: PLC0415

    adopted = adopt_into(PulumiStack(stack, config_file))
    if as_json:
        typer.echo(json.dumps(adopted, indent=2))
        return
    for urn, arm_id in adopted.items():
        console.print(f"took {urn.rsplit('::', 1)[1]} into the state: {arm_id}", soft_wrap=True)
    if not adopted:
        console.print(f"stack {stack}: Azure has nothing that the state lacks")


@app.command()
@mended
def protection(stack: StackOption = "dev", *, as_json: JsonOption = False) -> None:
    """Fail while resources are protected from deletion, and name the steps that take the protection off."""
    pulumi_stack = PulumiStack(stack)
    if as_json:
        rows = [{"urn": r.urn, "type": r.type, "id": r.id} for r in protected(pulumi_stack.state())]
        typer.echo(json.dumps(rows, indent=2))
    require_unprotected(pulumi_stack)


@app.command()
@mended
def namespaces(
    *,
    register: Annotated[bool, typer.Option(help="Register them with the Azure CLI.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the provider namespaces that the subscription must have registered."""
    if register:
        register_all()
    if as_json:
        typer.echo(json.dumps(dict(REQUIRED), indent=2))
        return
    table = Table("namespace", "for", "command", title=os.environ.get("ARM_SUBSCRIPTION_ID"))
    for namespace, reason in REQUIRED.items():
        table.add_row(namespace, reason, " ".join(register_command(namespace)))
    output.print(table)


app.command(name="arm-template")(arm_template)
