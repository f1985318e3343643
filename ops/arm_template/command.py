"""``python -m ops arm-template``: what a stack declares, as a template for Azure Resource Manager."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ops.errors import ExitCode, OpsError
from ops.terminal import FileOption, JsonOption, StackOption, console, mended

TemplateOption = Annotated[
    Path, typer.Option("--output", "-o", help="File of the template; .parameters.json goes beside it.")
]
ReadmeOption = Annotated[Path | None, typer.Option("--readme", help="File of a page that says how to deploy it.")]
CheckOption = Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file would change.")]


@mended
def arm_template(
    stack: StackOption = "dev",
    output: TemplateOption = Path("azuredeploy.json"),
    readme: ReadmeOption = None,
    config_file: FileOption = None,
    *,
    check: CheckOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write what a stack declares as an ARM template with its parameters file; say what has no form in ARM."""
    # Imported here: the program's libraries take longer to load than any other command takes to run.
    from ops.arm_template.files import files, summary  # noqa: PLC0415
    from ops.arm_template.of_stack import of_stack  # noqa: PLC0415

    with console.status(f"reading stack {stack}"):
        found = of_stack(stack, config_file)
    for file, text in files(found, output, readme).items():
        _write(file, text, check=check)
    told = summary(found)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    console.print(f"{output}: {told['resources']} resources of {told['types']} types", soft_wrap=True)
    console.print(f"to be given: {', '.join(told['parameters']) or 'nothing'}", soft_wrap=True)
    for package, names in told["withoutArmForm"].items():
        console.print(f"no form in ARM: {len(names)} of {package}: {', '.join(names)}", soft_wrap=True)
    for name, needs in told["needAnswersFirst"].items():
        console.print(f"{name} needs what Azure answers first: {', '.join(needs)}", soft_wrap=True)
    for name, reason in told["outputsLeftOut"].items():
        console.print(f"output {name} is left out: {reason}", soft_wrap=True)


def _write(file: Path, text: str, *, check: bool) -> None:
    try:
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            return
        if check:
            raise OpsError(
                ExitCode.STALE,
                f"{file} is not what the stack declares",
                "Write it anew with the same command without --check; `make golden` writes those of infrastructure/.",
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OpsError(
            ExitCode.LOCAL_FILE, f"{file} cannot be written: {error.strerror}", "Name another file."
        ) from error
    console.print(f"wrote {file}", soft_wrap=True)
