"""A sandbox of a test's own, driven by its command as a user drives it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

from sandbox import wire
from sandbox.property_path import assign, steps
from sandbox.store import Store
from sandbox.workspace import CHECKPOINTS_VARIABLE, HOME_VARIABLE, Workspace
from tests.shell import shell

ROOT = Path(__file__).resolve().parents[2]
# Far above what any single command takes (5 s alone on two cores, 20 s beside four other loads): a hang must fail, a
# busy machine must not.
SECONDS = 300
# The commands that judge by the policy pack unless told not to.
_JUDGING = ("preview", "up")


@dataclass(frozen=True)
class Sandbox:
    """A sandbox in a folder, driven by its command as a user drives it.

    checkpoints: when the engine writes the state, ``last`` (quick) or ``each`` (the command's default). A run that is
    killed has to be of the second kind: from the first it cannot be recovered. policies: whether the policy pack judges
    what runs, as it does for a user; who tests something else is twice as quick without.
    """

    home: Path
    stack: str
    checkpoints: str = "last"
    policies: bool = False

    @property
    def environment(self) -> dict[str, str]:
        ours = {HOME_VARIABLE: str(self.home), CHECKPOINTS_VARIABLE: self.checkpoints}
        return {**shell(), **ours, "COLUMNS": "200", "NO_COLOR": "1"}

    def command(self, *arguments: str) -> list[str]:
        judging = arguments[0] in _JUDGING and not self.policies
        return [sys.executable, "-m", "sandbox", *arguments, *(["--no-policies"] if judging else [])]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        usual = {"env": self.environment, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(self.command(*arguments), cwd=ROOT, **{**usual, **options})

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        usual = {"env": self.environment, "capture_output": True, "text": True, "timeout": SECONDS}
        return subprocess.run(self.command(*arguments), cwd=ROOT, check=False, **usual)

    def ok(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def pulumi(self, *arguments: str) -> str:
        return self.ok("run", "--stack", self.stack, "--", *arguments)

    def up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("up", "--stack", self.stack, *arguments)

    def expect_no_changes(self) -> None:
        """Fail unless another ``up`` would change nothing: a preview says so, and needs none of its own before it."""
        self.ok("preview", "--stack", self.stack, "--expect-no-changes")

    def ups_until_one_goes_through(
        self, most: int, met: Callable[[subprocess.CompletedProcess[str]], None], *arguments: str
    ) -> int:
        """Run ``up`` again and again, at most so often; how many failed. ``met`` judges each that did."""
        failed: list[str] = []
        while len(failed) < most:
            done = self.up(*arguments)
            if done.returncode == 0:
                return len(failed)
            met(done)
            failed.append(done.stdout + done.stderr)
        raise AssertionError(f"none of {most} runs went through; the last one:\n{failed[-1]}")

    def set(self, path: str, value: str) -> None:
        """Change a setting in the generated stack file only, as ``pulumi config set --path`` does."""
        self.configure(lambda config: assign(config, _in_file(path), yaml.safe_load(value)))

    def unset(self, path: str) -> None:
        """Take a setting out of the generated stack file, as ``pulumi config rm --path`` does."""

        def without(config: dict[str, Any]) -> dict[str, Any]:
            place: Any = config
            *above, last = steps(_in_file(path))
            for step in above:
                place = place[step]
            del place[last]
            return config

        self.configure(without)

    def configure(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Change the configuration in the generated stack file; no tracked file is written.

        A sandbox that has had no command yet has no such file: this gives it one.
        """
        if not self.stack_file.exists():
            self.pulumi("stack", "ls")
        content = yaml.safe_load(self.stack_file.read_text(encoding="utf-8"))
        content["config"] = change(content["config"])
        self.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    @property
    def stack_file(self) -> Path:
        """The generated stack file."""
        return Workspace(ROOT, self.home).generated / f"Pulumi.{self.stack}.yaml"

    @property
    def checkpoint(self) -> Path:
        """The file of Pulumi's state."""
        return Workspace(ROOT, self.home).checkpoint(self.stack)

    def plan(self) -> dict[str, str]:
        """Logical name to operation of every resource that a preview would change."""
        steps = {step["urn"].rsplit("::", 1)[1]: step["op"] for step in self.steps()}
        return {name: operation for name, operation in steps.items() if operation not in ("same", "read")}

    def steps(self) -> list[dict[str, Any]]:
        """The steps of a preview, as the engine writes them."""
        return json.loads(self.ok_json("run", "--stack", self.stack, "--", "preview", "--json"))["steps"]

    def ok_json(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def deployment(self) -> dict[str, Any]:
        text = self.ok_json("run", "--stack", self.stack, "--", "stack", "export")
        return json.loads(text)["deployment"]

    def azure(self) -> dict[str, dict[str, Any]]:
        """What the stand-in's Azure holds, by id: the rows of ``python -m sandbox list --json``."""
        with self.store() as store:
            return {
                each.id: {
                    "id": each.id,
                    "type": each.type,
                    "token": each.token,
                    "inputs": wire.masked(each.inputs),
                    "outputs": wire.masked(each.outputs),
                }
                for each in store.all()
            }

    def store(self) -> Store:
        return Store(self.home / "azure")

    def orphans(self) -> list[str]:
        """Command lines of processes of this sandbox that do not end within seconds.

        The language host asks once a second whether its engine lives.
        """
        end = time.monotonic() + SECONDS / 10
        while (found := self._processes()) and time.monotonic() < end:
            time.sleep(0.1)
        return found

    def locks(self) -> list[Path]:
        """Lock files of Pulumi's backend."""
        return [path for path in (self.home / "state/.pulumi/locks").rglob("*") if path.is_file()]

    def _processes(self) -> list[str]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(HOME_VARIABLE) == str(self.home):
                    found.append(" ".join(process.cmdline()))
            except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        return found


def _in_file(path: str) -> str:
    """The property path in a stack file's configuration of a setting such as ``emqx.slots["2"].version``."""
    key, dot, below = path.partition(".")
    return f'["amora-sync:{key}"]{dot}{below}'


def custom_resources(deployment: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of a deployment that live on Azure."""
    return [r for r in deployment["resources"] if r["type"].startswith("azure-native:")]
