"""What a policy pack found in a run of Pulumi, read from the engine's own events and shown as a table.

Pulumi's ``--json`` leaves policies out, so the run writes an event log. The flag for it exists only with
``PULUMI_DEBUG_COMMANDS``, as Pulumi's Automation API sets it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

POLICY_VIOLATION: Final = 5
"""Exit code. Pulumi reserves it for this (pkg/cmd/pulumi/cmd/exit_codes.go) and ends with 1 all the same."""

PACK: Final = Path(__file__).resolve().parent.parent / "policies"
"""Folder of the project's own policy pack."""

ENVIRONMENT: Final[Mapping[str, str]] = {"PULUMI_DEBUG_COMMANDS": "true"}
"""What :func:`arguments` need in the environment."""

_COLOURS: Final = re.compile(r"<\{%[^%]*%\}>")
_MEND: Final = "mend: "
_REASON: Final = "reason: "
# Policies of the pack that show what an exemption covers, and how their text begins.
_EXEMPT: Final = frozenset({"PACK-03", "PACK-04"})
_EXCUSED: Final = re.compile(r"(?P<rule>[A-Z]+-\d+) until (?P<until>\d{4}-\d\d-\d\d): (?P<finding>.*)")
# What Pulumi says, as advice, when a mandatory policy met a value that is not known: no policy of ours may end so.
_NOT_RUN: Final = "can't run policy"
_STYLES: Final[Mapping[str, str]] = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation.

    rule: the policy's name. mandatory: it fails the run. severity: ``low`` to ``critical``. resource: logical name.
    type: of the resource. finding, mend: in words. A foreign pack may tell neither severity nor mend: they are empty.
    """

    rule: str
    mandatory: bool
    severity: str
    resource: str
    type: str
    finding: str
    mend: str


@dataclass(frozen=True, slots=True)
class Exempted:
    """A violation that is not enforced. until: the exemption's last day, ISO 8601."""

    rule: str
    until: str
    resource: str
    finding: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the packs of a run said.

    resources: how many they judged; 0 if the run ended before. failed: of how many Azure refused the operation. A run
    that went on all the same (``--continue-on-error``) lacks them, and rules about the whole stack judge what is left.
    """

    violations: tuple[Violation, ...]
    exempted: tuple[Exempted, ...]
    resources: int
    failed: int = 0

    @property
    def refused(self) -> bool:
        """Whether the run must not pass."""
        return any(violation.mandatory for violation in self.violations)

    def exit_code(self, pulumi: int) -> int:
        """The exit code of the run, given Pulumi's: that it failed comes before what the rest of the stack violates."""
        return POLICY_VIOLATION if self.refused and not self.failed else pulumi


def arguments(log: Path) -> list[str]:
    """What a Pulumi command takes to run the project's pack and to write its events."""
    return ["--policy-pack", str(PACK), "--event-log", str(log)]


def judgement(log: Path) -> Judgement:
    """Read an event log; an absent or half-written one tells what it tells."""
    try:
        return _judgement(log.read_text(encoding="utf-8"))
    except OSError:
        return _judgement("")


def judgement_of(events: str, *, resources: int) -> Judgement:
    """Read what ``pulumi policy analyze --json`` wrote, which does not tell how many resources it judged."""
    return replace(_judgement(events), resources=resources)


def _judgement(log: str) -> Judgement:
    violations: list[Violation] = []
    exempted: list[Exempted] = []
    judged: set[str] = set()
    failed: set[str] = set()
    for event in _events(log):
        if summary := event.get("policyAnalyzeSummaryEvent"):
            judged.add(summary["resourceUrn"])
        if operation := event.get("resOpFailedEvent"):
            failed.add(operation["metadata"]["urn"])
        if found := event.get("policyEvent"):
            read = _exempted(found) or _violation(found)
            (exempted if isinstance(read, Exempted) else violations).append(read)  # pyright: ignore[reportArgumentType]
    return Judgement(
        tuple(sorted(set(violations), key=_worst_first)),
        tuple(sorted(set(exempted), key=lambda each: (each.rule, each.resource))),
        len(judged),
        len(failed),
    )


def show(console: Console, found: Judgement) -> None:
    """The violations as a table, then one line that sums up; nothing if no resource was judged."""
    if found.violations:
        console.print(_table(found.violations))
    if not found.violations and not found.resources:
        return
    mandatory = sum(violation.mandatory for violation in found.violations)
    advice = len(found.violations) - mandatory
    verdict = f"[bold red]{mandatory} mandatory[/]" if mandatory else "[green]no violation[/]"
    more = [f"{advice} advisory"] if advice else []
    more += [f"{len(found.exempted)} exempted"] if found.exempted else []
    console.print(f"policies: {', '.join([verdict, *more])} in {found.resources} resources", soft_wrap=True)
    if mandatory and found.failed:
        console.print(f"{found.failed} failed: rules about the whole stack judged it without them", soft_wrap=True)


def show_exempted(console: Console, found: Judgement) -> None:
    """What exemptions cover, as a table."""
    if not found.exempted:
        console.print("no exemption is in use")
        return
    table = _folding("exemptions in force", "rule", "until", "resource", "not enforced", "reason")
    for each in found.exempted:
        table.add_row(*map(escape, (each.rule, each.until, each.resource, each.finding, each.reason)))
    console.print(table)


def _table(violations: tuple[Violation, ...]) -> Table:
    table = _folding("policy violations", "rule", "severity", "resource", "finding", "mend")
    for each in violations:
        style = _STYLES.get(each.severity, "")
        severity = f"[{style}]{each.severity}[/]" if style else each.severity
        weight = "" if each.mandatory else "\n[dim]advisory[/]"
        resource = f"{escape(each.resource)}\n[dim]{escape(each.type)}[/]"
        table.add_row(escape(each.rule), severity + weight, resource, escape(each.finding), escape(each.mend))
    return table


def _folding(title: str, *columns: str) -> Table:
    """A table that cuts nothing off, however narrow the terminal."""
    table = Table(title=title, show_lines=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _events(log: str) -> Iterator[dict[str, Any]]:
    for line in log.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _violation(event: Mapping[str, Any]) -> Violation:
    lines = _lines(event)
    name, kind = _resource(event)
    unread = any(_NOT_RUN in line for line in lines)
    return Violation(
        rule=str(event.get("policyName", "")),
        mandatory=unread or event.get("enforcementLevel") == "mandatory",
        severity=str(event.get("severity", "")),
        resource=name,
        type=kind,
        # The first line is the policy's own description.
        finding="\n".join(line for line in lines[1:] if not line.startswith(_MEND)) or lines[0],
        mend=next((line.removeprefix(_MEND) for line in lines if line.startswith(_MEND)), ""),
    )


def _exempted(event: Mapping[str, Any]) -> Exempted | None:
    if event.get("policyName") not in _EXEMPT:
        return None
    lines = _lines(event)
    said = next((match for line in lines if (match := _EXCUSED.fullmatch(line))), None)
    if said is None:
        return None
    reason = next((line.removeprefix(_REASON) for line in lines if line.startswith(_REASON)), "")
    return Exempted(said["rule"], said["until"], _resource(event)[0], said["finding"], reason)


def _lines(event: Mapping[str, Any]) -> list[str]:
    text = _COLOURS.sub("", str(event.get("message", ""))).strip()
    return [line.strip() for line in text.splitlines()] or [""]


def _resource(event: Mapping[str, Any]) -> tuple[str, str]:
    # urn:pulumi:<stack>::<project>::<type of the parent>$<type>::<name>
    _, _, kinds, name = f"{event.get('resourceUrn') or ''}::::::".split("::", 3)
    return name.removesuffix("::::::") or "the stack", kinds.rsplit("$", 1)[-1]


def _worst_first(violation: Violation) -> tuple[bool, int, str, str, str]:
    order = list(_STYLES)
    rank = order.index(violation.severity) if violation.severity in order else len(order)
    return not violation.mandatory, rank, violation.rule, violation.resource, violation.finding
