"""A stack file as a run of the program takes it: texts by key, with a placeholder for each encrypted value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from ops.arm_template.origins import Path, SecretSetting
from ops.errors import ExitCode, OpsError
from ops.stack_file import stack_file

PROJECT: Final = "amora-sync"
_SECURE: Final = "secure"


@dataclass(frozen=True, slots=True)
class StackConfig:
    """The configuration of a stack.

    values: text by key, objects as JSON, as the engine hands them over. secret_keys: keys that hold an encrypted value.
    placeholders: what stands for each encrypted value.
    """

    stack: str
    values: Mapping[str, str]
    secret_keys: tuple[str, ...]
    placeholders: Mapping[SecretSetting, str]


def stack_config(stack: str, config_file: str | None = None, seed: str = "") -> StackConfig:
    """Read ``Pulumi.<stack>.yaml``, or another file.

    Args:
        stack: name of the stack.
        config_file: another file than the stack's own.
        seed: goes into the placeholders.

    Raises:
        OpsError: there is no such file, or it is no stack file.
    """
    file = stack_file(stack, config_file)
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        config = (content or {}).get("config") or {}
        items = {str(key): value for key, value in config.items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError) as error:
        first = " ".join(str(error).split())
        raise OpsError(
            ExitCode.STACK_FILE,
            f"{file.name} is no stack file: {first}",
            "Mend it: `python -m settings check` names what is wrong.",
        ) from error
    placeholders: dict[SecretSetting, str] = {}
    values: dict[str, str] = {}
    secret: list[str] = []
    for key, value in items.items():
        opened = _opened(value, (key,), seed, placeholders)
        if any(path.path[0] == key for path in placeholders):
            secret.append(key)
        values[key] = opened if isinstance(opened, str) else json.dumps(opened)
    return StackConfig(stack, values, tuple(secret), placeholders)


def _opened(value: Any, path: Path, seed: str, placeholders: dict[SecretSetting, str]) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_SECURE}:
            setting = SecretSetting(path)
            placeholders[setting] = f"placeholder-{seed}-{'-'.join(map(str, path[1:] or path))}"
            return placeholders[setting]
        return {str(key): _opened(item, (*path, str(key)), seed, placeholders) for key, item in value.items()}
    if isinstance(value, list):
        return [_opened(item, (*path, index), seed, placeholders) for index, item in enumerate(value)]
    return value
