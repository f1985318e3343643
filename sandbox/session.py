"""One run on the sandbox: stand-ins up, engine run, stand-ins down."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from ops import violations
from ops.node_plan import node_names
from sandbox import stack_files
from sandbox.azure.faults import Faults
from sandbox.azure.native import AzureNative
from sandbox.azure.resource_manager import ResourceManager
from sandbox.engine_process import EngineProcess, uninterrupted
from sandbox.exit_codes import ExitCode, SandboxError
from sandbox.protocol.server import NoPortError, serving
from sandbox.random_package import RandomPackage
from sandbox.store import CorruptStoreError, Store
from sandbox.terminal import console
from sandbox.tls_package import TlsPackage
from sandbox.workspace import Workspace

# Subcommands of Pulumi that read a stack's configuration, and those that only need to know the stack.
_WITH_STACK_FILE: Final = frozenset(
    {"config", "destroy", "dn", "down", "import", "pre", "preview", "refresh", "up", "update", "watch"}
)
_WITH_STACK: Final = _WITH_STACK_FILE | {"cancel", "logs", "stack", "state"}
# They list or make stacks: naming one would be wrong.
_NO_STACK: Final = frozenset({("stack", "ls"), ("stack", "init"), ("stack", "select")})


def stack_of(arguments: Sequence[str]) -> str | None:
    """The stack that Pulumi's own ``-s``/``--stack`` names, None if the arguments name none."""
    for index, argument in enumerate(arguments):
        if argument in ("-s", "--stack") and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--stack="):
            return argument.partition("=")[2]
    return None


def completed(arguments: Sequence[str], stack: str, stack_file: Path) -> list[str]:
    """Pulumi's arguments with the stack and the generated stack file, where the subcommand takes them."""
    verbs = [argument for argument in arguments if not argument.startswith("-")]
    verb = verbs[0] if verbs else ""
    result = list(arguments)
    if verb not in _WITH_STACK or tuple(verbs[:2]) in _NO_STACK:
        return result
    if stack_of(arguments) is None:
        result += ["--stack", stack]
    if verb in _WITH_STACK_FILE and not any(a.startswith("--config-file") for a in arguments):
        result += ["--config-file", str(stack_file)]
    return result


@dataclass(frozen=True, slots=True)
class Session:
    """The stand-ins of a run and the environment that reaches them."""

    workspace: Workspace
    store: Store
    stack: str
    stack_file: Path
    bin_dir: Path
    environment: dict[str, str]
    process: EngineProcess

    def pulumi(self, arguments: Sequence[str]) -> int:
        """Run Pulumi in the project's folder; its exit code."""
        command = [str(self.bin_dir / "pulumi"), *completed(arguments, self.stack, self.stack_file)]
        return self.process.run(command, self.environment, self.workspace.project)

    def judged(self, arguments: Sequence[str]) -> int:
        """Run Pulumi with the policy pack, then show what it found; 5 for a mandatory violation, else Pulumi's code."""
        log = self.workspace.home / "events.json"
        log.unlink(missing_ok=True)
        command = [*completed(arguments, self.stack, self.stack_file), *violations.arguments(log)]
        environment = {**self.environment, **violations.ENVIRONMENT}
        try:
            code = self.process.run([str(self.bin_dir / "pulumi"), *command], environment, self.workspace.project)
            found = violations.judgement(log)
        finally:
            log.unlink(missing_ok=True)
        violations.show(console, found)
        return found.exit_code(code)

    def recover(self) -> int:
        """Recover the stack from a killed run; 0 when it is as it should be."""
        if not self.workspace.was_left_behind(self.stack):
            return 0
        return self.ops("recover", "--config-file", str(self.stack_file))

    def spare_nodes(self, forced: str, arguments: Sequence[str]) -> int:
        """Refuse a plan that takes several nodes of the broker, unless they were named; 0 where there are not several.

        Args:
            forced: names of nodes that may go together, separated by commas.
            arguments: those of the ``up`` to come.
        """
        nodes = node_names(self.workspace.urns(self.stack))
        # Only a stack that has nodes to lose pays for the preview.
        if len(nodes) < 2 and not forced:
            return 0
        own = ("--config-file", str(self.stack_file), "--replace-nodes", forced)
        return self.ops("nodes", "check", *own, *shaping(arguments))

    def ops(self, *arguments: str) -> int:
        """Run one of the operators' commands on the stack; its exit code."""
        return self.other([sys.executable, "-m", "ops", *arguments, "--stack", self.stack])

    def other(self, command: Sequence[str]) -> int:
        """Run any other command with the sandbox's environment; its exit code."""
        return self.process.run(command, self.environment, self.workspace.project)


# Arguments of `pulumi up` that decide which resources a plan is about; each takes a value.
_SHAPING = frozenset({"--target", "-t", "--exclude", "--replace", "--target-replace"})


def shaping(arguments: Sequence[str]) -> list[str]:
    """Those of the arguments for ``pulumi up`` that a preview of the same plan needs."""
    found: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, joined, _ = argument.partition("=")
        if name in _SHAPING:
            found += [argument] if joined else [argument, next(rest, "")]
    return found


@contextmanager
def opened(workspace: Workspace) -> Iterator[Store]:
    """The stand-in's Azure, for commands that look at it or change it behind Pulumi's back."""
    workspace.create()
    try:
        with Store(workspace.azure) as store:
            yield store
    except CorruptStoreError as error:
        finding, mend = str(error).split("\n", 1)
        raise SandboxError(ExitCode.CORRUPT_STATE, finding, mend) from error


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Hold the sandbox, so that no other command runs on it; the kernel lets go of it however this process ends.

    Raises:
        SandboxError: another command runs.
    """
    lock = FileLock(workspace.home / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SandboxError(
            ExitCode.BUSY,
            f"another command is running on this sandbox ({workspace.home})",
            "Wait for it to end, or give this one a sandbox of its own: AMORA_SANDBOX_HOME=<folder>.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def running(workspace: Workspace, stack: str, bin_dir: Path) -> Iterator[Session]:
    """A session: serves the stand-ins until the block ends.

    Args:
        workspace: the sandbox.
        stack: name of the stack.
        bin_dir: folder with ``pulumi`` and its language host.

    Raises:
        SandboxError: another run holds this sandbox, the state is corrupt, the stack is unknown, no port is free.
    """
    workspace.create()
    logging.basicConfig(
        filename=workspace.log, level=logging.INFO, format="%(asctime)s %(name)s %(message)s", force=True
    )
    with alone(workspace), opened(workspace) as store:
        process = EngineProcess()
        stack_file = stack_files.generate(workspace, stack, _pulumi_for_stack_files(workspace, bin_dir))
        manager = ResourceManager(store, Faults(store, lambda: process.pid))
        try:
            with serving([AzureNative(manager), RandomPackage(), TlsPackage()]) as providers:
                environment = workspace.environment(bin_dir, providers)
                yield Session(workspace, store, stack, stack_file, bin_dir, environment, process)
        except NoPortError as error:
            raise SandboxError(
                ExitCode.PORT, str(error), "Free a port of the loopback interface, then run again."
            ) from error


def _pulumi_for_stack_files(workspace: Workspace, bin_dir: Path) -> stack_files.Pulumi:
    def pulumi(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        with uninterrupted():
            return subprocess.run(
                [str(bin_dir / "pulumi"), *arguments],
                cwd=workspace.generated,
                env=workspace.environment(bin_dir, ""),
                capture_output=True,
                text=True,
                check=False,
            )

    return pulumi
