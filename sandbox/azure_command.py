"""Commands that look into the stand-in's Azure and change it behind Pulumi's back."""

from __future__ import annotations

import json
from typing import Annotated

import typer
import yaml
from rich.table import Table

from sandbox import wire
from sandbox.azure import ids, soft_delete
from sandbox.exit_codes import ExitCode, SandboxError
from sandbox.property_path import assign
from sandbox.session import opened
from sandbox.terminal import JsonOption, mended, output, say
from sandbox.workspace import Workspace

app = typer.Typer()


@app.command(name="list")
@mended
def list_resources(
    *,
    as_json: JsonOption = False,
    deleted: Annotated[bool, typer.Option("--soft-deleted", help="Those that wait to be purged or recovered.")] = False,
) -> None:
    """List what the stand-in's Azure holds."""
    with opened(Workspace.default()) as store:
        resources = store.all_soft_deleted() if deleted else store.all()
    if as_json:
        rows = [
            {
                "id": r.id,
                "type": r.type,
                "token": r.token,
                "inputs": wire.masked(r.inputs),
                "outputs": wire.masked(r.outputs),
            }
            for r in resources
        ]
        typer.echo(json.dumps(rows, indent=2, sort_keys=True))
        return
    table = Table("type", "name", "resource group", "location", title=f"sandbox: {len(resources)} resources")
    for resource in resources:
        parsed = ids.parse(resource.id)
        name = "/".join(parsed.names) or parsed.resource_group if parsed else resource.id
        group = parsed.resource_group if parsed else ""
        table.add_row(resource.type, name, group, str(wire.masked(resource.inputs.get("location", ""))))
    output.print(table)


@app.command(name="set")
@mended
def set_property(
    resource_id: Annotated[str, typer.Argument(help="ARM id, as `list --json` prints it.")],
    assignment: Annotated[str, typer.Argument(help="<path>=<value>: tags.owner=me, subnets[0].name=x; YAML values.")],
) -> None:
    """Change a resource behind Pulumi's back (drift)."""
    path, found, text = assignment.partition("=")
    if not found or not path:
        raise SandboxError(
            ExitCode.USAGE, f"{assignment!r} is no assignment", "Write <path>=<value>, e.g. tags.owner=me"
        )
    with opened(Workspace.default()) as store, store.exclusive():
        resource = store.get(resource_id)
        if resource is None:
            raise _unknown(resource_id)
        try:
            inputs = assign(resource.inputs, path, yaml.safe_load(text))
        except (KeyError, IndexError, TypeError, ValueError, yaml.YAMLError) as error:
            raise SandboxError(
                ExitCode.USAGE,
                f"{path!r} cannot be set on {resource.type}: {error}",
                "Paths are names and [index], as `list --json` shows them under inputs.",
            ) from error
        store.put(
            type(resource)(resource.id, resource.token, resource.type, inputs, resource.outputs, resource.created)
        )
    say(f"{path} of {resource.id} is now {text}")


@app.command()
@mended
def delete(resource_id: Annotated[str, typer.Argument(help="ARM id, as `list --json` prints it.")]) -> None:
    """Delete a resource, and what lies below it, behind Pulumi's back."""
    with opened(Workspace.default()) as store:
        resource = store.get(resource_id)
        if resource is None:
            raise _unknown(resource_id)
        removed = [resource, *store.below(resource_id)]
        for each in removed:
            store.remove(each.id)
        soft_delete.keep(store, removed)
    say(f"deleted {resource.id}")


@app.command()
@mended
def register(
    namespaces: Annotated[list[str], typer.Argument(help="Provider namespaces: Microsoft.Network ...")],
) -> None:
    """Register provider namespaces in the stand-in's subscription, as [bold]az provider register[/] does on Azure."""
    with opened(Workspace.default()) as store:
        for namespace in namespaces:
            store.register(namespace)
    say(f"registered {', '.join(namespaces)}")


def _unknown(resource_id: str) -> SandboxError:
    return SandboxError(
        ExitCode.NOT_FOUND,
        f"the sandbox holds no resource {resource_id}",
        "`python -m sandbox list --json` prints the ids.",
    )
