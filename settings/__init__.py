"""What a stack may say: one typed, frozen model, the only reader of the project's Pulumi configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from settings import checking, reading
from settings.model import NAMESPACE, Settings
from settings.problem import Problem, SettingsError
from settings.secret import Secret

if TYPE_CHECKING:
    import pulumi

__all__ = ["NAMESPACE", "Problem", "Secret", "Settings", "SettingsError", "from_stack_file", "from_values", "load"]


def load(config: pulumi.Config) -> Settings:
    """The settings of the running stack.

    Raises:
        SettingsError: with every problem; its text is for the user, without a traceback.
    """
    # Settings are also read where there is no engine.
    import pulumi  # noqa: PLC0415

    return checking.checked(reading.from_config(config), of=f"stack {pulumi.get_stack()}")


def from_stack_file(path: str | Path) -> Settings:
    """The settings of a stack file, without an engine; encrypted values are placeholders, still secret.

    Raises:
        SettingsError: with every problem.
    """
    return checking.checked(reading.from_stack_file(Path(path)), of=Path(path).name)


def from_values(values: Mapping[str, Any]) -> Settings:
    """The settings of plain values: one entry a group, as in a stack file, with or without the namespace.

    Raises:
        SettingsError: with every problem.
    """
    return checking.checked(checking.as_given(values))
