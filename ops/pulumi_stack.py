"""A stack as the ``pulumi`` on the PATH sees it: its state, and commands on it.

Nothing here knows which backend or which Azure lies behind; the environment decides.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ops.errors import ExitCode, OpsError
from sandbox.engine_process import uninterrupted

# Pulumi's exit code for a stack the backend does not have (pkg/cmd/pulumi/cmd/exit_codes.go).
_STACK_NOT_FOUND: Final = 6


@dataclass(frozen=True, slots=True)
class StackResource:
    """A resource of the state, or of a pending operation. Secret inputs stay encrypted."""

    urn: str
    type: str
    id: str
    inputs: dict[str, Any]
    protect: bool


@dataclass(frozen=True, slots=True)
class StackState:
    """The state of a stack.

    resources: in the engine's order. pending: resources by the operation that was under way (``creating``,
    ``updating``, ``deleting``) when an engine ended without writing its outcome. deployment: the whole, as exported.
    """

    resources: tuple[StackResource, ...]
    pending: tuple[tuple[str, StackResource], ...]
    deployment: dict[str, Any]


def run_pulumi(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the ``pulumi`` on the PATH, quietly.

    Args:
        arguments: those of ``pulumi``.
        environment: variables beside those of this process.

    Raises:
        OpsError: there is no ``pulumi`` on the PATH.
    """
    try:
        with uninterrupted():
            return subprocess.run(
                ["pulumi", *arguments], capture_output=True, text=True, check=False, env={**os.environ, **environment}
            )
    except FileNotFoundError as error:
        raise OpsError(
            ExitCode.NO_PULUMI,
            "there is no `pulumi` on the PATH",
            "Install Pulumi, or run this inside the sandbox: python -m sandbox exec -- python -m ops ...",
        ) from error


@dataclass(frozen=True, slots=True)
class PulumiStack:
    """A stack by name.

    config_file: another stack file than ``Pulumi.<stack>.yaml``, for commands that read one. environment: variables for
    Pulumi beside those of this process.
    """

    name: str
    config_file: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, reads_config: bool = False) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` on this stack, quietly.

        Raises:
            OpsError: there is no ``pulumi`` on the PATH.
        """
        command = [*arguments, "--stack", self.name, "--non-interactive", "--color", "never"]
        if reads_config and self.config_file:
            command += ["--config-file", self.config_file]
        return run_pulumi(*command, environment=self.environment)

    def state(self) -> StackState:
        """The state; empty for a stack that was never deployed.

        Raises:
            OpsError: Pulumi cannot read it.
        """
        result = self.run("stack", "export")
        if result.returncode == _STACK_NOT_FOUND:
            return StackState((), (), {})
        try:
            deployment = json.loads(result.stdout)["deployment"] if result.returncode == 0 else None
        except (ValueError, KeyError, TypeError):
            deployment = None
        if not isinstance(deployment, dict):
            raise OpsError(
                ExitCode.UNREADABLE,
                f"the state of stack {self.name} cannot be read: {_last_line(result)}",
                "Put the backend's last good checkpoint back (its history keeps them), then run again.",
            )
        pending = deployment.get("pending_operations") or ()
        return StackState(
            tuple(_resource(item) for item in deployment.get("resources") or ()),
            tuple((str(item.get("type")), _resource(item["resource"])) for item in pending),
            deployment,
        )

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs by name; secret ones are masked.

        Raises:
            OpsError: there is no such stack, or Pulumi cannot read it.
        """
        result = self.run("stack", "output", "--json")
        if result.returncode == _STACK_NOT_FOUND:
            raise failure(
                result,
                f"there is no stack {self.name!r}",
                "`pulumi stack ls` names the stacks of this backend; PULUMI_BACKEND_URL or `pulumi login` chooses it.",
            )
        if result.returncode != 0:
            raise failure(
                result,
                f"the outputs of stack {self.name} cannot be read",
                "Mend what Pulumi names, then run this again.",
            )
        return json.loads(result.stdout)

    def planned(self, *arguments: str) -> list[dict[str, Any]]:
        """The steps of a preview: ``op``, ``urn``, ``newState``...

        Args:
            arguments: more for Pulumi, such as ``--target``.

        Raises:
            OpsError: the preview fails.
        """
        result = self.run("preview", "--json", *arguments, reads_config=True)
        if result.returncode != 0:
            raise failure(
                result, f"stack {self.name} cannot be previewed", "Mend what Pulumi names, then run this again."
            )
        return json.loads(result.stdout).get("steps") or []

    def import_deployment(self, deployment: dict[str, Any]) -> None:
        """Write a whole deployment into the state.

        Raises:
            OpsError: Pulumi refuses it; the state is as it was.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "deployment.json"
            file.touch(mode=0o600)
            file.write_text(json.dumps({"version": 3, "deployment": deployment}), encoding="utf-8")
            result = self.run("stack", "import", "--file", str(file))
        if result.returncode != 0:
            raise failure(result, f"the state of stack {self.name} was not changed", "Mend what Pulumi names.")


def _resource(item: dict[str, Any]) -> StackResource:
    return StackResource(
        urn=item["urn"],
        type=item["type"],
        id=item.get("id", ""),
        inputs=item.get("inputs") or {},
        protect=bool(item.get("protect")),
    )


def _last_line(result: subprocess.CompletedProcess[str]) -> str:
    lines = (result.stderr or result.stdout).strip().splitlines()
    return lines[-1] if lines else f"pulumi ended with {result.returncode}"


def failure(result: subprocess.CompletedProcess[str], finding: str, mend: str) -> OpsError:
    """The error for a Pulumi command that failed, with Pulumi's exit code and its own words."""
    words = "\n".join(part.strip() for part in (result.stdout, result.stderr) if part.strip())
    return OpsError(result.returncode, f"{finding}:\n{words}", mend)
