"""`python -m settings`: check a stack file, write the settings reference, print Pulumi.yaml's config block."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from settings import SettingsError, from_stack_file
from settings.pulumi_project import declared
from settings.reference import REFERENCE, reference

_ROOT: Final = Path(__file__).resolve().parent.parent
_STALE: Final = 1
_WRONG: Final = 2


def _check(files: Sequence[Path]) -> int:
    status = 0
    for file in files or sorted(_ROOT.glob("Pulumi.*.yaml")):
        try:
            from_stack_file(file)
        except SettingsError as error:
            sys.stderr.write(f"{error}\n")
            status = _WRONG
        else:
            sys.stdout.write(f"{file.name}: no problems\n")
    return status


def _docs(*, check: bool) -> int:
    target, text = _ROOT / REFERENCE, reference()
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return 0
    if check:
        sys.stderr.write(f"{REFERENCE} is not what the model says.\n  Run `python -m settings docs`.\n")
        return _STALE
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {REFERENCE}\n")
    return 0


def _schema() -> int:
    # The only command that writes YAML.
    import yaml  # noqa: PLC0415

    sys.stdout.write(yaml.safe_dump({"config": declared()}, sort_keys=False, width=116))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; exit code 0, 1 (the reference is stale) or 2 (wrong settings or usage)."""
    parser = argparse.ArgumentParser(prog="python -m settings", description="The settings of the platform's stacks.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check stack files, without an engine; all of them if none is named")
    check.add_argument("file", nargs="*", type=Path)
    docs = commands.add_parser("docs", help=f"write {REFERENCE}")
    docs.add_argument("--check", action="store_true", help="write nothing; fail when it would change")
    commands.add_parser("schema", help="print the config block of Pulumi.yaml")
    given = parser.parse_args(arguments)
    if given.command == "check":
        return _check(given.file)
    return _docs(check=given.check) if given.command == "docs" else _schema()


if __name__ == "__main__":
    sys.exit(main())
