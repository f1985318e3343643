"""``python -m ops accounts``: service accounts, and what users and accounts are beside owners of devices."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ops.errors import ExitCode, OpsError
from ops.rights import changes, names
from ops.rights.owners_command import LoginOption
from ops.rights.reach import reached
from ops.terminal import JsonOption, StackOption, console, mended, output

app = typer.Typer(help="Service accounts of the broker, and the relations of users.", no_args_is_help=True)

AccountArgument = Annotated[str, typer.Argument(help="service.<name>")]
MemberArgument = Annotated[str, typer.Argument(help="service.<name>, or the id of a user's object.")]
RelationArgument = Annotated[str, typer.Argument(help=f"One of {', '.join(names.RELATIONS)}.")]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", help="File for the password that is drawn; there must be none of this name.")
]


@app.command()
@mended
def add(
    account: AccountArgument,
    out: OutOption,
    purpose: Annotated[str, typer.Option(help="What it is for, for whoever reads the list.")] = "",
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a service account with a password that is drawn, written to a file and nowhere else."""
    account = names.account(account)
    password, hashed = names.new_password()
    with _written(out, password), reached(stack, login) as (rights, _):
        rights.add_account(account, hashed, purpose)
    _tell({"account": account, "password": str(out)}, f"{account}: its password is in {out}", as_json=as_json)


@app.command()
@mended
def renew(
    account: AccountArgument,
    out: OutOption,
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Draw a new password; connections that are open stay so."""
    account = names.account(account)
    password, hashed = names.new_password()
    with _written(out, password), reached(stack, login) as (rights, _):
        rights.set_password(account, hashed)
    _tell({"account": account, "password": str(out)}, f"{account}: its new password is in {out}", as_json=as_json)


@app.command()
@mended
def disable(
    account: AccountArgument, stack: StackOption = "dev", login: LoginOption = None, *, as_json: JsonOption = False
) -> None:
    """Let a service account in no more, and end its connections."""
    account = names.account(account)
    with reached(stack, login) as (rights, broker):
        rights.set_enabled(account, enabled=False)
        done = changes.end(broker, [account])
    _tell(asdict(done), f"{account} is disabled; {len(done.ended[account])} connections ended", as_json=as_json)


@app.command()
@mended
def enable(
    account: AccountArgument, stack: StackOption = "dev", login: LoginOption = None, *, as_json: JsonOption = False
) -> None:
    """Let a disabled service account in again."""
    account = names.account(account)
    with reached(stack, login) as (rights, _):
        rights.set_enabled(account, enabled=True)
    _tell({"account": account, "enabled": True}, f"{account} is enabled", as_json=as_json)


@app.command()
@mended
def remove(
    account: AccountArgument, stack: StackOption = "dev", login: LoginOption = None, *, as_json: JsonOption = False
) -> None:
    """Remove a service account with all its rights, and end its connections."""
    account = names.account(account)
    with reached(stack, login) as (rights, broker):
        removed = rights.remove_account(account)
        done = changes.end(broker, [account])
    said = f"{account} is removed" if removed else f"there is no account {account}"
    _tell(
        {**asdict(done), "changed": removed}, f"{said}; {len(done.ended[account])} connections ended", as_json=as_json
    )


@app.command()
@mended
def join(
    member: MemberArgument,
    relation: RelationArgument,
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Give a user or an account a relation to the platform; docs/topics.md says what it may do."""
    member, relation = names.member(member), names.relation(relation)
    with reached(stack, login) as (rights, _):
        changed = rights.join(member, relation)
    said = f"{member} is {relation}" if changed else f"{member} has been {relation} already"
    _tell({"changed": changed, "member": member, "relation": relation}, said, as_json=as_json)


@app.command()
@mended
def leave(
    member: MemberArgument,
    relation: RelationArgument,
    stack: StackOption = "dev",
    login: LoginOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take a relation from a user or an account, and end the connections."""
    member, relation = names.member(member), names.relation(relation)
    with reached(stack, login) as (rights, broker):
        changed = rights.leave(member, relation)
        done = changes.end(broker, [member])
    said = f"{member} is {relation} no more" if changed else f"{member} has not been {relation}"
    _tell({**asdict(done), "changed": changed}, f"{said}; {len(done.ended[member])} connections ended", as_json=as_json)


@app.command(name="list")
@mended
def list_accounts(stack: StackOption = "dev", login: LoginOption = None, *, as_json: JsonOption = False) -> None:
    """List service accounts."""
    with reached(stack, login) as (rights, _):
        rows = rights.accounts()
    if as_json:
        typer.echo(json.dumps([each._asdict() for each in rows], indent=2, default=lambda at: at.isoformat()))
        return
    table = Table("account", "enabled", "relations", "purpose", "since", title=f"stack {stack}: {len(rows)} accounts")
    for each in rows:
        since = f"{each.created:%Y-%m-%d}"
        table.add_row(each.username, "yes" if each.enabled else "no", ", ".join(each.relations), each.purpose, since)
    output.print(table)


class _written:  # noqa: N801 - reads as the statement it is
    """A password in a file that only its owner reads; it goes again when the block fails."""

    def __init__(self, path: Path, password: str) -> None:
        self._path = path
        self._password = password

    def __enter__(self) -> None:
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise OpsError(
                ExitCode.LOCAL_FILE,
                f"{self._path} cannot be written: {error.strerror}",
                "Name a new file in a folder of yours.",
            ) from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{self._password}\n")

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._path.unlink(missing_ok=True)


def _tell(done: dict[str, Any], said: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(done, indent=2))
    else:
        console.print(said, soft_wrap=True)
