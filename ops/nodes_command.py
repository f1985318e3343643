"""``python -m ops nodes``: what a plan does to the broker's nodes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.errors import ExitCode, OpsError
from ops.node_plan import NodePlan, described, node_plan, require_one_at_a_time
from ops.pulumi_stack import PulumiStack
from ops.terminal import FileOption, JsonOption, StackOption, console, mended

app = typer.Typer(help="The broker's nodes.", no_args_is_help=True)

PlanOption = Annotated[
    str, typer.Option("--plan", help="Output of `pulumi preview --json --show-sames` in a file, - for standard input.")
]
ForcedOption = Annotated[
    str, typer.Option("--replace-nodes", help="Nodes that may go together, such as emqx-1,emqx-2.")
]

_SHAPE = "As in the `up` to come: a URN, with ** for anything. Repeatable."
TargetOption = Annotated[list[str] | None, typer.Option("--target", "-t", help=_SHAPE)]
ExcludeOption = Annotated[list[str] | None, typer.Option("--exclude", help=_SHAPE)]
ReplaceOption = Annotated[list[str] | None, typer.Option("--replace", help=_SHAPE)]
TargetReplaceOption = Annotated[list[str] | None, typer.Option("--target-replace", help=_SHAPE)]


@app.callback()
def main() -> None:
    """The broker's nodes."""


@app.command()
@mended
def check(  # noqa: PLR0913 - each is an option of the command
    stack: StackOption = "dev",
    config_file: FileOption = None,
    plan: PlanOption = "",
    replace_nodes: ForcedOption = "",
    target: TargetOption = None,
    exclude: ExcludeOption = None,
    replace: ReplaceOption = None,
    target_replace: TargetReplaceOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Fail when the next `up` would replace or delete more than one node that was not named."""
    shape = {"--target": target, "--exclude": exclude, "--replace": replace, "--target-replace": target_replace}
    arguments = [part for option, urns in shape.items() for urn in urns or () for part in (option, urn)]
    found = node_plan(_steps(plan) if plan else PulumiStack(stack, config_file).planned("--show-sames", *arguments))
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
    require_one_at_a_time(found, [name for name in replace_nodes.split(",") if name])
    if not as_json:
        _say(found)


def _say(plan: NodePlan) -> None:
    if plan.steps:
        console.print(f"nodes that go:\n{described(plan)}", markup=False, soft_wrap=True)
    else:
        console.print("no node is replaced or deleted")


def _steps(plan: str) -> list[dict[str, Any]]:
    try:
        text = sys.stdin.read() if plan == "-" else Path(plan).read_text(encoding="utf-8")
        steps = json.loads(text)["steps"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OpsError(
            ExitCode.NODES,
            f"{plan} is no plan: {error}",
            "Write one: pulumi preview --json --show-sames --stack <stack> >plan.json",
        ) from error
    return list(steps)
