"""``python -m tests.bench``: measure, and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.bench import bare
from tests.bench.comparisons import Comparison, comparisons
from tests.bench.measure import BenchError, Cost
from tests.bench.report import Row, medians, page
from tests.recorded_program import ROOT, record_stack
from tools.engine import engine

PAGE = ROOT / "docs" / "benchmarks.md"
console = Console(stderr=True, highlight=False)


def measured(each: Comparison, rounds: int) -> Row:
    """Run both sides in turn, after a round that warms caches and is not counted where they are not warm."""
    ours: list[Cost] = []
    flat: list[Cost] = []
    for number in range(1 if each.warm else 0, rounds + 1):
        console.print(f"bench: {each.name}, {f'round {number} of {rounds}' if number else 'warming up'}")
        for costs, run in ((ours, each.ours), (flat, each.bare)):
            if run is not None and (found := run()) and number:
                costs.append(found)
    return Row(each.name, each.command, medians(ours), medians(flat) if flat else None, each.above)


def main() -> int:
    """Measure and write; exit code 1 when a goal is missed or a command fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="measured rounds of each row (default 5)")
    parser.add_argument("--only", default="", help="rows whose name holds this text; nothing is written")
    arguments = parser.parse_args()
    if (load := os.getloadavg()[0]) > 0.5:
        console.print(f"bench: the machine is busy (load {load:.1f}): the figures will say less of the program")
    found = engine()
    try:
        with tempfile.TemporaryDirectory(prefix="amora-bench-") as folder:
            every = comparisons(Path(folder), found.bin_dir)
            rows = [measured(each, arguments.rounds) for each in every if arguments.only in each.name]
    except BenchError as error:
        console.print(f"bench: {error}", markup=False)
        return 1
    resources = {stack: len(bare.custom(record_stack(stack))) for stack in ("dev", "prod")}
    text = page(rows, rounds=arguments.rounds, resources=resources, engine=f"{found.version} ({found.way})")
    sys.stdout.write(text)
    if not arguments.only:
        PAGE.write_text(text, encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
