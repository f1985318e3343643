"""The stack file that a command reads, and its settings; what is wrong with it ends every command alike."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ops.errors import ExitCode, OpsError
from settings import SettingsError, from_stack_file
from settings.model import Settings

ROOT: Final = Path(__file__).resolve().parent.parent


def stack_file(stack: str, config_file: str | None = None) -> Path:
    """``Pulumi.<stack>.yaml`` of the project, or another file.

    Raises:
        OpsError: there is no such file.
    """
    path = Path(config_file) if config_file else ROOT / f"Pulumi.{stack}.yaml"
    if path.is_file():
        return path
    known = ", ".join(sorted(each.name.split(".")[1] for each in ROOT.glob("Pulumi.*.yaml"))) or "none"
    raise OpsError(
        ExitCode.STACK_FILE,
        f"there is no stack file {path.name}; known stacks: {known}",
        "Name one of them with --stack, or another file with --config-file.",
    )


def settings_of(stack: str, config_file: str | None = None) -> Settings:
    """The settings of a stack.

    Raises:
        OpsError: there is no such file, it cannot be read, or settings in it are wrong: all of them are named.
    """
    path = stack_file(stack, config_file)
    try:
        return from_stack_file(path)
    except OSError as error:
        finding = f"{path} cannot be read: {error.strerror}"
        raise OpsError(ExitCode.STACK_FILE, finding, "Make it readable, or name another file.") from error
    except SettingsError as problems:
        mend = "Mend the stack file; `python -m settings check` looks at it alone."
        raise OpsError(ExitCode.STACK_FILE, str(problems), mend) from None
