"""Checkov over the exported ARM template: `python -m tools.template_scan`, or `make scan`.

Every failed check needs a waiver in `tools/scan_waivers.toml`; one that is not needed any more, or has expired, fails
the scan as well. Checkov runs without the network, from an environment of its own (`tools/environment.py`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from tools import exit_codes
from tools.environment import PROJECT, SCAN, Environment

TEMPLATE: Final = PROJECT / "infrastructure" / "azuredeploy.json"
WAIVERS: Final = Path(__file__).with_name("scan_waivers.toml")


@dataclass(frozen=True, slots=True)
class Failed:
    """A check that failed: Checkov's id and title, and the resource as ``<type>.<name>``."""

    check: str
    title: str
    resource: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """A failed check that is lived with.

    check: its id. resource: pattern (``*``, ``?``) over the resource. reason: why. expires: the last day it counts.
    """

    check: str
    resource: str
    reason: str
    expires: date

    def covers(self, failed: Failed) -> bool:
        """Whether it is for this one. Azure's types and names are compared without case."""
        return self.check == failed.check and fnmatchcase(failed.resource.lower(), self.resource.lower())


@dataclass(frozen=True, slots=True)
class Scan:
    """What Checkov said. resources: how many it knew of. passed: checks that passed."""

    resources: int
    passed: int
    failed: tuple[Failed, ...]


class ScanProblem(Exception):  # noqa: N818 - as EnvironmentProblem
    """The scan cannot be made; the text ends in the mend."""


def waivers(file: Path = WAIVERS) -> tuple[Waiver, ...]:
    """The recorded waivers.

    Raises:
        ScanProblem: the file is no list of waivers.
    """
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))["waiver"]
        read = tuple(Waiver(**each) for each in found)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ScanProblem(
            f"{file.name} is no list of waivers: {error}\nMend it: its head says what a row has."
        ) from error
    lacking = [each.check for each in read if not each.reason.strip() or not isinstance(each.expires, date)]
    if lacking:
        raise ScanProblem(f"{file.name}: no reason or no date for {', '.join(lacking)}\nSay why, and until when.")
    return read


def scan(template: Path) -> Scan:
    """Run Checkov over a template and those nested in it.

    Raises:
        ScanProblem: Checkov is not there, or cannot read the template.
    """
    checkov = Environment(PROJECT, kind=SCAN).folder / "bin" / "checkov"
    if not checkov.exists():
        raise ScanProblem("there is no scanner\nRun: make scanner")
    command = [
        str(checkov),
        "--file",
        str(template),
        "--framework",
        "arm",
        "--skip-download",
        "--compact",
        "-o",
        "json",
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=template.parent)
    try:
        told: dict[str, Any] = json.loads(result.stdout)
        summary, failed = told["summary"], told["results"]["failed_checks"]
    except (ValueError, KeyError, TypeError) as error:
        lines = (result.stderr or result.stdout).strip().splitlines()
        raise ScanProblem(
            f"Checkov says nothing of {template.name}: {lines[-1] if lines else 'no word'}\nLook at the file."
        ) from error
    if summary["parsing_errors"] or not summary["resource_count"]:
        raise ScanProblem(f"Checkov cannot read {template.name}\nWrite it anew: make golden")
    rows = sorted({(each["check_id"], each["check_name"], each["resource"]) for each in failed})
    return Scan(summary["resource_count"], summary["passed"], tuple(Failed(*row) for row in rows))


def problems(failed: Iterable[Failed], recorded: Sequence[Waiver], today: date) -> list[str]:
    """What stops a pull request: failed checks without a waiver that counts, waivers that nothing needs."""
    found: list[str] = []
    needed: set[Waiver] = set()
    for each in failed:
        covering = [waiver for waiver in recorded if waiver.covers(each)]
        needed |= set(covering)
        counting = [waiver for waiver in covering if waiver.expires >= today]
        if covering and not counting:
            latest = max(waiver.expires for waiver in covering)
            found.append(f"{each.check} {each.resource}: {each.title}; its waiver has expired on {latest}")
        elif not counting:
            found.append(f"{each.check} {each.resource}: {each.title}")
    found += [
        f"{waiver.check} {waiver.resource}: a waiver that nothing needs" for waiver in recorded if waiver not in needed
    ]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Scan and judge; exit code 1 for a problem."""
    parser = argparse.ArgumentParser(prog="python -m tools.template_scan", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "template", nargs="?", type=Path, default=TEMPLATE, help="default: infrastructure/azuredeploy.json"
    )
    template: Path = parser.parse_args(arguments).template
    try:
        recorded = waivers()
        found = scan(template.resolve())
    except ScanProblem as error:
        sys.stderr.write(f"scan: {error}\n")
        return exit_codes.NO_SCAN
    stopped = problems(found.failed, recorded, datetime.now(UTC).date())
    for line in stopped:
        sys.stderr.write(f"scan: {line}\n")
    if stopped:
        sys.stderr.write(
            "Mend what the program declares, or record a waiver with reason and date in tools/scan_waivers.toml.\n"
        )
    sys.stdout.write(f"scan: {found.resources} resources, {found.passed} checks passed, {len(found.failed)} failed\n")
    return 1 if stopped else 0


if __name__ == "__main__":
    sys.exit(main())
