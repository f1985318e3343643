"""What is measured: each row once with the project's own program and once with the bare one."""

from __future__ import annotations

import ast
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

from ops.namespaces import REQUIRED
from sandbox.session import completed, running
from sandbox.workspace import Workspace
from tests.bench import bare, pack_run
from tests.bench.measure import Cost, cost
from tests.bench.report import PACK_GOAL
from tests.recorded_program import ROOT, record_stack
from tests.shell import shell

JUDGED: Final = 150
"""Resources that the policy pack judges by all its rules."""

Measured = Callable[[], Cost]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row: what is run, how many resources that is, and the two sides. ``bare`` is None where only we have it.

    warm: rows before it have read all that it reads, so that it needs no round that is not counted. above: seconds that
    ours may take more than the other side, where that is the goal.
    """

    name: str
    command: str
    ours: Measured
    bare: Measured | None
    warm: bool = True
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two programs, with a sandbox of its own.

    project: folder of the Pulumi project. home: of its sandbox. bin_dir: of the engine.
    """

    project: Path
    home: Path
    bin_dir: Path

    def preview(self, stack: str) -> Cost:
        """Preview a stack of which nothing is deployed."""
        return self._pulumi(stack, ["preview"])

    def up_from_empty(self, stack: str) -> Cost:
        """Deploy everything into an empty sandbox."""
        shutil.rmtree(self.home, ignore_errors=True)
        return self._pulumi(stack, ["up", "--yes", "--skip-preview"])

    def _pulumi(self, stack: str, arguments: Sequence[str]) -> Cost:
        workspace = Workspace(self.project, self.home)
        with running(workspace, stack, self.bin_dir) as session:
            for namespace in REQUIRED:
                session.store.register(namespace)
            command = [str(self.bin_dir / "pulumi"), *completed(arguments, stack, session.stack_file)]
            return cost(command, folder=self.project, environment=session.environment)


def comparisons(scratch: Path, bin_dir: Path) -> list[Comparison]:
    """The rows of the benchmark; ``scratch`` takes the bare programs and both sandboxes."""
    sides: dict[str, tuple[Side, Side]] = {}
    for stack in ("dev", "prod"):
        flat = scratch / f"bare-{stack}"
        bare.write_project(flat, stack, record_stack(stack))
        sides[stack] = (
            Side(ROOT, scratch / f"ours-{stack}-sandbox", bin_dir),
            Side(flat, scratch / f"bare-{stack}-sandbox", bin_dir),
        )

    def both(name: str, command: str, stack: str, run: Callable[[Side, str], Cost], *, warm: bool) -> Comparison:
        ours, flat = sides[stack]
        return Comparison(f"{name} of {stack}", command, lambda: run(ours, stack), lambda: run(flat, stack), warm)

    flat_prod = scratch / "bare-prod"
    inventory = scratch / "inventory.json"
    pack_run.write_inventory(inventory, "prod")
    return [
        both("preview", "pulumi preview", "dev", Side.preview, warm=False),
        both("preview", "pulumi preview", "prod", Side.preview, warm=False),
        both("up from empty", "pulumi up --yes --skip-preview", "prod", Side.up_from_empty, warm=True),
        Comparison(
            "import",
            "python -c 'import ...'",
            lambda: _python(["-c", _our_imports()]),
            lambda: _python(["-c", _bare_imports()]),
        ),
        Comparison(
            "mock run of prod",
            "python -m tests.bench.mock_run",
            lambda: _python(["-m", "tests.bench.mock_run", "prod"]),
            lambda: _python(["-m", "tests.bench.mock_run", "prod", str(flat_prod / "__main__.py")]),
        ),
        Comparison(
            f"policy pack on {JUDGED} resources",
            "python -m tests.bench.pack_run",
            lambda: _python(["-m", "tests.bench.pack_run", str(inventory), str(JUDGED)]),
            lambda: _python(["-m", "tests.bench.pack_run", str(inventory), "0"]),
            above=PACK_GOAL,
        ),
        Comparison(
            "make preview", "make preview STACK=prod", lambda: _make_preview(scratch / "make-sandbox"), None, warm=False
        ),
    ]


def _python(arguments: Sequence[str]) -> Cost:
    return cost([sys.executable, *arguments], folder=ROOT, environment=os.environ)


def _make_preview(home: Path) -> Cost:
    environment = {**shell(), "AMORA_SANDBOX_HOME": str(home)}
    return cost(["make", "preview", "STACK=prod"], folder=ROOT, environment=environment)


def _our_imports() -> str:
    tree = ast.parse((ROOT / "__main__.py").read_text(encoding="utf-8"))
    # How the program begins belongs to its imports.
    head = takewhile(lambda node: isinstance(node, ast.Import | ast.ImportFrom | ast.Expr), tree.body)
    return "\n".join([*(ast.unparse(node) for node in head), _bare_imports()])


def _bare_imports() -> str:
    declared = bare.custom(record_stack("prod"))
    return "\n".join(["import pulumi", *bare.imports(declared), *bare.classes(declared)])
