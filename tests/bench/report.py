"""The benchmark's page."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.measure import Cost

RATIO_GOAL: Final = 1.15
"""At most so many times the bare program's wall time."""

PREVIEW_GOAL: Final = 10.0
"""Seconds of a warm `make preview STACK=prod` on two cores."""

PACK_GOAL: Final = 0.5
"""Seconds in which the policy pack judges 150 resources by all rules, above its start alone."""


_HEAD: Final = f"""\
# Benchmarks

Written by `make bench`; do not edit.

Medians of {{rounds}} rounds, all warm, on {{machine}}, engine {{engine}}, against the sandbox.
Resources besides components: {{counts}}. The two programs take turns, so that both meet the same machine.

**Ours** is this project's program. **Bare** is a flat program, made from the recorded inventory, that declares the same
resources with the same inputs by the SDK's classes: no settings, no components, no options but `depends_on`
(`tests/bench/bare.py`; `tests/program/test_bare_program.py` compares the two). Below 1 ours is faster: it leaves out
most of the SDK's aliases ([decision 0005](decisions/0005-no-aliases-to-api-versions.md)) and what a short process need
not do ([decision 0013](decisions/0013-a-quick-process.md)).

CPU seconds are those of all processes of a command: what a busy machine changes least. Memory is the sum, over its
processes, of each one's own peak (`VmHWM`); memory they share counts in each. The stand-in runs beside the engine and
counts in `make preview` only.

Goals: ratio at most {RATIO_GOAL}; `make preview STACK=prod`, warm, at most {PREVIEW_GOAL:g} s on 2 cores; the policy
pack on 150 resources at most {PACK_GOAL:g} s above its start, which stands beside it as bare. `make bench` ends with an
error when one is missed.

| measured | command | ours, s | bare, s | ratio | ours, CPU s | bare, CPU s | ratio | ours, MiB | bare, MiB | ratio | |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
"""


@dataclass(frozen=True, slots=True)
class Row:
    """Medians of a comparison; ``bare`` is None where only we have it; ``above`` as in a comparison."""

    name: str
    command: str
    ours: Cost
    bare: Cost | None
    above: float | None = None

    def ratio(self, figure: Callable[[Cost], float]) -> float | None:
        """Our figure over the bare program's."""
        return figure(self.ours) / figure(self.bare) if self.bare else None

    @property
    def met(self) -> bool:
        """Whether the goal of this row is met."""
        if self.bare and self.above is not None:
            return self.ours.seconds - self.bare.seconds <= self.above
        ratio = self.ratio(_wall)
        return self.ours.seconds <= PREVIEW_GOAL if ratio is None else ratio <= RATIO_GOAL


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each figure for itself."""
    return Cost(
        median(each.seconds for each in costs),
        median(each.processor_seconds for each in costs),
        median(each.mebibytes for each in costs),
    )


def page(rows: Sequence[Row], *, rounds: int, resources: Mapping[str, int], engine: str) -> str:
    """The text of ``docs/benchmarks.md``."""
    counts = ", ".join(f"{count} in {stack}" for stack, count in resources.items())
    head = _HEAD.format(rounds=rounds, machine=_machine(), engine=engine, counts=counts)
    return head + "".join(f"{_line(row)}\n" for row in rows)


def _wall(cost: Cost) -> float:
    return cost.seconds


_FIGURES: Final[tuple[tuple[Callable[[Cost], float], str], ...]] = (
    (_wall, ".2f"),
    (lambda cost: cost.processor_seconds, ".2f"),
    (lambda cost: cost.mebibytes, ".0f"),
)


def _line(row: Row) -> str:
    cells = [row.name, f"`{row.command}`"]
    for figure, shape in _FIGURES:
        ratio = row.ratio(figure)
        cells.append(format(figure(row.ours), shape))
        cells += [format(figure(row.bare), shape), f"{ratio:.2f}"] if row.bare and ratio is not None else ["", ""]
    return "| " + " | ".join([*cells, "goal met" if row.met else "goal missed"]) + " |"


def _machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(encoding="utf-8") if cpuinfo.is_file() else ""
    models = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model = f" ({models[0]})" if models else ""
    return f"{cores} cores{model}, {platform.system()}, Python {platform.python_version()}"
