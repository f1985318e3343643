"""``python -m ops alerts``: what of a stack is watched, when it fires, who is told, and where it is said what to do."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from alerts.alert import RUNBOOKS, Activity, Alert, Log
from alerts.catalogue import ALERTS, BY_ID, lacking
from alerts.figures import Figures, figures
from alerts.limits import promql_duration
from alerts.notices import notices
from alerts.resolved import condition
from ops.errors import ExitCode, OpsError
from ops.stack_file import settings_of
from ops.terminal import FileOption, JsonOption, StackOption, mended, output

AlertOption = Annotated[str, typer.Option("--id", help="One alert alone, with all that is known of it.")]
AllOption = Annotated[
    bool, typer.Option("--all", help="Those the stack does not have in the same table, and in --json.")
]


app = typer.Typer()


@app.command()
@mended
def show(
    stack: StackOption = "dev",
    config_file: FileOption = None,
    alert: AlertOption = "",
    *,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the alerts of a stack with thresholds and runbooks; needs no Azure."""
    known = figures(settings_of(stack, config_file))
    every = [described(each, known) for each in _chosen(alert)]
    rows = every if everything or alert else [row for row in every if not row["absent"]]
    if as_json:
        typer.echo(json.dumps({"stack": stack, "notices": notices(known), "alerts": rows}, indent=2))
    elif alert:
        _show_one(rows[0])
    else:
        _show_table(stack, rows)
        if not everything:
            _show_absent(stack, every)
        for notice in notices(known):
            output.print(f"\n[bold yellow]warning:[/] {escape(notice)}")


def described(alert: Alert, known: Figures) -> dict[str, Any]:
    """One alert in a stack, in plain values. absent: why the stack does not have it, empty where it does."""
    signal = alert.signal
    return {
        "id": alert.id,
        "area": alert.area,
        "kind": signal.kind,
        "severity": alert.severity,
        "actionGroup": alert.group,
        "title": alert.title,
        "condition": condition(alert, known),
        "window": "" if isinstance(signal, Activity) else signal.window,
        "frequency": getattr(signal, "frequency", ""),
        "pending": getattr(signal, "pending", ""),
        "query": signal.query if isinstance(signal, Log) else "",
        "runbook": alert.runbook,
        "source": alert.source,
        "absent": lacking(alert, known),
    }


def _chosen(name: str) -> tuple[Alert, ...]:
    if not name:
        return ALERTS
    if name not in BY_ID:
        near = get_close_matches(name, BY_ID, n=3)
        raise OpsError(
            ExitCode.UNKNOWN_ALERT,
            f"there is no alert {name!r}" + (f"; like it: {', '.join(near)}" if near else ""),
            "`python -m ops alerts --all` lists every one.",
        )
    return (BY_ID[name],)


def _show_table(stack: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=f"alerts of {stack}")
    # The name is the runbook's too: it stays whole, for whoever copies it.
    table.add_column("alert", no_wrap=True)
    table.add_column("severity", no_wrap=True)
    table.add_column("over", no_wrap=True)
    table.add_column("fires when", overflow="fold")
    for row in rows:
        fires = f"[dim]off: {escape(row['absent'])}[/]" if row["absent"] else escape(row["condition"])
        window = promql_duration(row["window"]) if row["window"] else ""
        table.add_row(row["id"], f"{row['severity']} {row['actionGroup']}", window, fires)
    output.print(table)
    output.print(f"{sum(not row['absent'] for row in rows)} alerts; page calls at any hour, notify sends mail")
    output.print(f"what to do: {RUNBOOKS}<alert>.md; all of one alert: --id <alert>")


def _show_absent(stack: str, every: list[dict[str, Any]]) -> None:
    reasons = dict.fromkeys(row["absent"] for row in every if row["absent"])
    if reasons:
        output.print(f"\nnot in {stack}:")
    for reason in reasons:
        names = ", ".join(row["id"] for row in every if row["absent"] == reason)
        output.print(f"{escape(reason)}: {names}")


def _show_one(row: dict[str, Any]) -> None:
    table = Table(show_header=False, box=None)
    for name, value in row.items():
        if value != "":
            table.add_row(name, escape(str(value)))
    output.print(table)
