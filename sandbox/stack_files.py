"""Generated copies of the project's stack files, for runs on the sandbox.

A copy has all of the original but what belongs to its real secrets: ``secretsprovider``, ``encryptedkey``,
``encryptionsalt`` go, and every ``secure:`` value becomes a placeholder, encrypted with the sandbox's passphrase so
that it stays a secret to the program. The original is only read.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.exit_codes import ExitCode, SandboxError
from sandbox.workspace import PROJECT_NAME, Workspace

_OF_REAL_SECRETS: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
_SECURE: Final = "secure"
# One per `type:` of the project's config schema; a nested value has no type of its own there and is text.
_PLACEHOLDERS: Final[Mapping[str, str]] = {"string": "sandbox-placeholder", "integer": "1", "boolean": "true"}

Pulumi = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class SecureValue:
    """An encrypted value of a stack file: its config key, and the path that ``pulumi config --path`` takes."""

    key: str
    path: str


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SandboxError(
            ExitCode.STACK_FILE,
            f"{path.name} is no YAML: {error}",
            "Mend the file; `git diff` shows what changed in it.",
        ) from error
    if content is None:
        content = {}
    if not isinstance(content, dict) or not isinstance(content.get("config") or {}, dict):
        raise SandboxError(
            ExitCode.STACK_FILE,
            f"{path.name} has the wrong shape: found {type(content).__name__}, allowed is a mapping with `config:`",
            "Write `config:` with one entry a setting; docs/settings.md lists them.",
        )
    return content


def _secure_values(key: str, value: Any, path: str) -> Iterator[SecureValue]:
    if isinstance(value, Mapping):
        if set(value) == {_SECURE}:
            yield SecureValue(key, path)
        else:
            for name, item in value.items():
                yield from _secure_values(key, item, f'{path}["{name}"]')
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secure_values(key, item, f"{path}[{index}]")


def _without_secure(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_SECURE}:
            return None
        return {name: _without_secure(item) for name, item in value.items()}
    return [_without_secure(item) for item in value] if isinstance(value, list) else value


def _placeholder(project: Mapping[str, Any], found: SecureValue) -> str:
    declared = (project.get("config") or {}).get(found.key.removeprefix(f"{PROJECT_NAME}:"), {})
    nested = found.path != found.key
    kind = "string" if nested or not isinstance(declared, Mapping) else str(declared.get("type", "string"))
    return _PLACEHOLDERS.get(kind, _PLACEHOLDERS["string"])


def generate(workspace: Workspace, stack: str, pulumi: Pulumi) -> Path:
    """The generated stack file, made anew when the original has changed, and the stack itself when it is new.

    Args:
        workspace: the sandbox.
        stack: name of the stack; ``Pulumi.<stack>.yaml`` must exist.
        pulumi: runs the engine in :attr:`Workspace.generated`.

    Raises:
        SandboxError: an unknown stack, or a stack file that is no stack file.
    """
    original = workspace.project / f"Pulumi.{stack}.yaml"
    if not original.is_file():
        raise SandboxError(
            ExitCode.UNKNOWN_STACK,
            f"there is no stack {stack!r}: no file {original.name}. Known: {', '.join(workspace.stacks()) or 'none'}",
            "Name one of them with STACK= or --stack, or write the file.",
        )
    project = _read(workspace.project / "Pulumi.yaml")
    source = _read(original)
    copy = workspace.generated / original.name
    stamp = workspace.generated / f"{stack}.sha256"
    digest = sha256(original.read_bytes() + (workspace.project / "Pulumi.yaml").read_bytes()).hexdigest()
    known = workspace.checkpoint(stack).is_file()
    if known and copy.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return copy
    stamp.unlink(missing_ok=True)
    salt = _read(copy).get("encryptionsalt") if copy.is_file() and known else None
    _write(workspace.generated / "Pulumi.yaml", {"name": PROJECT_NAME, "runtime": "python"})
    if not known:
        copy.unlink(missing_ok=True)
        _run(pulumi, ["stack", "init", stack, "--non-interactive"])
        salt = _read(copy).get("encryptionsalt")
    kept = {key: value for key, value in source.items() if key not in _OF_REAL_SECRETS}
    config = {key: _without_secure(value) for key, value in (source.get("config") or {}).items()}
    _write(copy, {**kept, "config": config, "encryptionsalt": salt})
    for key, value in (source.get("config") or {}).items():
        for found in _secure_values(key, value, key):
            text = _placeholder(project, found)
            _run(pulumi, ["config", "set", "--stack", stack, "--secret", "--path", found.path, text])
    stamp.write_text(digest, encoding="utf-8")
    return copy


def _write(path: Path, content: Mapping[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
    temporary.replace(path)


def _run(pulumi: Pulumi, arguments: Sequence[str]) -> None:
    result = pulumi(arguments)
    if result.returncode != 0:
        raise SandboxError(
            ExitCode.CORRUPT_STATE,
            f"`pulumi {' '.join(arguments[:2])}` failed: {(result.stderr or result.stdout).strip()}",
            "Start afresh with `python -m sandbox reset`.",
        )
