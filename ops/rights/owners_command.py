"""``python -m ops owners``: which user owns which device."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from ops.rights import changes, names
from ops.rights.changes import Change
from ops.rights.reach import reached
from ops.terminal import JsonOption, StackOption, console, mended, output

app = typer.Typer(help="Owners of devices: give, take, hand over, list.", no_args_is_help=True)

UserArgument = Annotated[str, typer.Argument(help="Id of the user's object in the identity tenant.")]
DeviceArgument = Annotated[str, typer.Argument(help="Device id.")]
LoginOption = Annotated[
    str | None, typer.Option("--login", help="The database's login: an Entra user or group; else the token's own.")
]


@app.command()
@mended
def give(
    user: UserArgument,
    device: DeviceArgument,
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a user an owner of a device; several users may own one. In force within a minute."""
    user, device = names.user(user), names.device(device)
    with reached(stack, login) as (rights, _):
        done = Change(changed=rights.give(user, device), users=(user,))
    _tell(done, f"{user} owns {device}", f"{user} has owned {device} already", as_json=as_json)


@app.command()
@mended
def take(
    user: UserArgument,
    device: DeviceArgument,
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take a device from a user and end the user's connections. In force at once; it may be run again."""
    user, device = names.user(user), names.device(device)
    with reached(stack, login) as (rights, broker):
        done = changes.take(rights, broker, user, device)
    _tell(done, f"{user} owns {device} no more", f"{user} has not owned {device}", as_json=as_json)


@app.command(name="hand-over")
@mended
def hand_over(
    device: DeviceArgument,
    to: Annotated[str, typer.Option("--to", help="The user who owns it from now on, alone.")],
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Give a device to one user alone: the others lose it, their connections end, its last state is forgotten."""
    user, device = names.user(to), names.device(device)
    with reached(stack, login) as (rights, broker):
        done = changes.hand_over(rights, broker, device, user)
    _tell(done, f"{user} alone owns {device}", f"{user} alone owns {device}", as_json=as_json)


@app.command(name="list")
@mended
def list_owners(
    user: Annotated[str | None, typer.Option("--user", help="Only devices of this user.")] = None,
    device: Annotated[str | None, typer.Option("--device", help="Only owners of this device.")] = None,
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List owners and their devices."""
    with reached(stack, login) as (rights, _):
        rows = rights.owners(
            username=names.user(user) if user else None, device=names.device(device) if device else None
        )
    if as_json:
        typer.echo(json.dumps([each._asdict() for each in rows], indent=2, default=lambda at: at.isoformat()))
        return
    table = Table("user", "device", "since", title=f"stack {stack}: {len(rows)} owners")
    for each in rows:
        table.add_row(each.username, each.device, f"{each.since:%Y-%m-%d %H:%M}")
    output.print(table)


def _tell(done: Change, changed: str, same: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=2))
        return
    console.print(changed if done.changed else same)
    for user, ended in done.ended.items():
        console.print(f"{user}: {len(ended)} connections ended")
    for topic in done.retained:
        console.print(f"{topic}: the retained message is removed", soft_wrap=True)
