"""Judging a state that was exported, by the engine's ``pulumi policy analyze``: no backend, no program, no Azure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from ops import violations
from ops.errors import ExitCode, OpsError
from ops.pulumi_stack import failure, run_pulumi
from ops.violations import Judgement

ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class JudgedState:
    """What came of it.

    stack: whose state it is. settings: the stack file whose settings decided how strict the rules are; empty where
    there is none, and the rules are those of production. code: the command's exit code.
    """

    stack: str
    settings: str
    found: Judgement
    code: int


def judge_state(file: Path, stack: str = "") -> JudgedState:
    """Judge a state by the pack.

    Args:
        file: what ``pulumi stack export`` wrote. Secrets in it stay encrypted; rules see ``[secret]`` in their place.
        stack: whose settings apply; empty for the stack that the state names.

    Raises:
        OpsError: the file is no state, or Pulumi cannot judge it.
    """
    urns = _urns(file)
    name = stack or urns[0].split(":")[2]
    settings = ROOT / f"Pulumi.{name}.yaml"
    if stack and not settings.is_file():
        raise OpsError(
            ExitCode.UNREADABLE, f"there is no {settings.name}", "Name a stack that has a stack file, or none."
        )
    variables = {"PULUMI_CONFIG": json.dumps(_config(settings))} if settings.is_file() else {}
    command = ["policy", "analyze", "--file", str(file), "--policy-pack", str(violations.PACK), "--json"]
    result = run_pulumi(*command, "--non-interactive", environment=variables)
    found = violations.judgement_of(result.stdout, resources=len(urns))
    if result.returncode != 0 and not found.refused:
        raise failure(result, f"{file} cannot be judged", "Export the state anew: pulumi stack export --file FILE.")
    return JudgedState(name, settings.name if variables else "", found, found.exit_code(result.returncode))


def _urns(file: Path) -> list[str]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        urns = [str(resource["urn"]) for resource in content["deployment"]["resources"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OpsError(
            ExitCode.UNREADABLE,
            f"{file} is no state of a stack: {error if isinstance(error, OSError) else 'no deployment with resources'}",
            "Write one: pulumi stack export --file FILE.",
        ) from error
    judged = [urn for urn in urns if ":pulumi:providers:" not in urn]
    if not judged:
        raise OpsError(
            ExitCode.UNREADABLE, f"{file} holds no resource", "Export the state of a stack that is deployed."
        )
    return judged


def _config(settings: Path) -> Mapping[str, str]:
    """A stack file's settings as the engine hands them to a pack; secret ones are left out."""
    content: Any = yaml.safe_load(settings.read_text(encoding="utf-8")) or {}
    values = content.get("config") or {}
    plain = {key: value for key, value in values.items() if not (isinstance(value, dict) and "secure" in value)}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}
