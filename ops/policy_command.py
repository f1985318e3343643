"""``python -m ops policy``: judge a plan or a state, list and explain the rules and exemptions, write the reference."""

from __future__ import annotations

import difflib
import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ops import violations
from ops.errors import ExitCode, OpsError
from ops.pulumi_stack import PulumiStack, failure
from ops.terminal import FileOption, JsonOption, StackOption, console, mended, output
from ops.violations import Judgement

app = typer.Typer(help="The policy pack: what must hold of every stack.", no_args_is_help=True)

ROOT = Path(__file__).resolve().parent.parent


SarifOption = Annotated[
    Path | None, typer.Option("--sarif", help="Write the findings there as SARIF 2.1.0, for code scanning.")
]


@app.command()
@mended
def check(
    stack: StackOption = "dev",
    config_file: FileOption = None,
    *,
    as_json: JsonOption = False,
    sarif: SarifOption = None,
) -> None:
    """Preview a stack with the pack alone; fail with 5 on a mandatory violation, list what is exempted."""
    with console.status(f"judging the plan of stack {stack}"), tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "events.json"
        pulumi_stack = PulumiStack(stack, config_file, violations.ENVIRONMENT)
        result = pulumi_stack.run("preview", *violations.arguments(log), reads_config=True)
        found = violations.judgement(log)
    code = found.exit_code(result.returncode)
    if result.returncode != 0 and not found.refused:
        raise failure(result, f"stack {stack} cannot be previewed", "Mend what Pulumi names, then run this again.")
    if not found.resources:
        raise OpsError(
            ExitCode.UNREADABLE,
            f"the policy pack judged nothing of stack {stack}",
            "Run `pulumi preview --policy-pack policies` and read what it says of the pack.",
        )
    _told(stack, found, as_json=as_json, sarif=sarif, artifact=f"Pulumi.{stack}.yaml")
    raise typer.Exit(code)


@app.command("state")
@mended
def judge_exported_state(
    file: Annotated[Path, typer.Argument(help="What `pulumi stack export` wrote.")],
    stack: Annotated[
        str, typer.Option("--stack", "-s", help="Whose settings apply; the stack that the state names by itself.")
    ] = "",
    *,
    as_json: JsonOption = False,
    sarif: SarifOption = None,
) -> None:
    """Judge an exported state by the pack, without a backend; fail with 5 on a mandatory violation."""
    from ops.policy_state import judge_state  # noqa: PLC0415 - no other command reads YAML

    with console.status(f"judging {file}"):
        judged = judge_state(file, stack)
    if not judged.settings:
        console.print(f"there is no stack file of {judged.stack}: it is judged as production", markup=False)
    _told(judged.stack, judged.found, as_json=as_json, sarif=sarif, artifact=file.as_posix())
    raise typer.Exit(judged.code)


def _told(stack: str, found: Judgement, *, as_json: bool, sarif: Path | None, artifact: str) -> None:
    if sarif is not None:
        from ops.sarif import write  # noqa: PLC0415 - as below
        from policies.catalogue import described  # noqa: PLC0415 - Pulumi's library takes half a second to load

        try:
            write(sarif, found, described(), artifact)
        except OSError as error:
            raise OpsError(ExitCode.LOCAL_FILE, f"{sarif} cannot be written: {error}", "Name another file.") from error
    if as_json:
        typer.echo(json.dumps({"stack": stack, **asdict(found)}, indent=2))
    else:
        violations.show_exempted(output, found)
        violations.show(output, found)


@app.command("list")
@mended
def list_rules(*, as_json: JsonOption = False) -> None:
    """List every rule with what must hold and where it is enforced."""
    from policies.catalogue import described  # noqa: PLC0415 - as above

    rows = described()
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table("rule", "severity", "dev", "prod", "what must hold")
    for row in rows:
        table.add_row(row["id"], row["severity"], row["dev"], row["prod"], escape(row["title"]))
    output.print(table)


@app.command()
@mended
def explain(
    rule: Annotated[str, typer.Argument(help="Its id, such as KV-05.")], *, as_json: JsonOption = False
) -> None:
    """Say what a rule asks, of what, why, where it is enforced, what excuses from it, and how to mend a violation."""
    from policies.catalogue import described, described_exemptions, section  # noqa: PLC0415 - as above

    rows = {row["id"]: row for row in described()}
    found = rows.get(rule.upper())
    if found is None:
        close = difflib.get_close_matches(rule.upper(), rows, n=3, cutoff=0.5)
        mend = f"Did you mean {' or '.join(close)}? " if close else ""
        raise OpsError(
            ExitCode.UNKNOWN_RULE, f"there is no rule {rule}", f"{mend}`python -m ops policy list` names them all."
        )
    excused = [row for row in described_exemptions(datetime.now(UTC).date()) if row["rule"] == found["id"]]
    if as_json:
        typer.echo(json.dumps({**found, "exemptions": excused}, indent=2))
        return
    output.print(section(found["id"]), markup=False, soft_wrap=True, end="")
    for row in excused:
        holds = f", while the stack file has {row['requires']}" if row["requires"] else ""
        said = f"- Exempted until {row['expires']}: {row['resource']}{holds}, because {row['reason']}"
        output.print(said, markup=False, soft_wrap=True)


@app.command()
@mended
def exemptions(*, as_json: JsonOption = False) -> None:
    """List every exemption on record; fail with 5 when one has expired."""
    from policies.catalogue import described_exemptions  # noqa: PLC0415 - as above

    rows = described_exemptions(datetime.now(UTC).date())
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        table = Table("rule", "resource", "until", "holds while the stack has", "reason", show_lines=True)
        for row in rows:
            until = f"[bold red]{row['expires']} expired[/]" if row["expired"] else row["expires"]
            table.add_row(row["rule"], row["resource"], until, row["requires"], escape(row["reason"]))
        output.print(table)
    raise typer.Exit(violations.POLICY_VIOLATION if any(row["expired"] for row in rows) else 0)


@app.command()
@mended
def docs(
    *, check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when the page would change.")] = False
) -> None:
    """Write docs/policies.md from the rules."""
    from policies.catalogue import REFERENCE, reference  # noqa: PLC0415 - as above

    target, text = ROOT / REFERENCE, reference()
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    if check:
        raise OpsError(1, f"{REFERENCE} is not what the rules say", "Run `python -m ops policy docs`.")
    target.write_text(text, encoding="utf-8")
    console.print(f"wrote {REFERENCE}")
