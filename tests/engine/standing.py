"""Stacks that stand already: each is deployed once in a run of the tests, and who needs one takes a copy of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from tests.engine.sandbox_run import Sandbox

_OFF = ("protection.protect", "protection.locks")


@dataclass(frozen=True)
class Standing:
    """The deployed stacks. folder: shared by all processes of a run."""

    folder: Path

    def copy(self, stack: str, into: Path, *, protected: bool = True) -> Sandbox:
        """A sandbox in which the stack stands as ``up`` made it from nothing; unprotected, by one ``up`` more.

        Args:
            stack: name of the stack.
            into: the folder that takes the sandbox.
            protected: as the stack file says; False: without protection and locks, so that tests can replace things.
        """
        name = stack if protected else f"{stack}-unprotected"
        original = Sandbox(self.folder / name / "sandbox", stack)
        deployed = self.folder / f"{name}.deployed"
        with FileLock(self.folder / f"{name}.lock"):
            if not deployed.exists():
                shutil.rmtree(original.home, ignore_errors=True)
                if not protected:
                    self.copy(stack, self.folder / name)
                    for setting in _OFF:
                        original.set(setting, "false")
                done = original.up()
                assert done.returncode == 0, done.stdout + done.stderr
                deployed.touch()
        home = into / "sandbox"
        shutil.copytree(original.home, home, ignore=shutil.ignore_patterns("run.lock"))
        return Sandbox(home, stack)
