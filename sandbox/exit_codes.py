"""Exit codes of ``python -m sandbox``. Those of Pulumi itself (0 to 9 and 255) pass through unchanged."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What ended the command before or instead of Pulumi."""

    USAGE = 64
    UNKNOWN_STACK = 65
    STACK_FILE = 66
    CORRUPT_STATE = 67
    PASSPHRASE = 68
    PORT = 69
    NO_ENGINE = 70
    NOT_FOUND = 72
    PROTECTED = 73
    BUSY = 75
    INTERRUPTED = 130


class SandboxError(Exception):
    """A wrong input or state the user can mend. The text has the finding and, on a line of its own, the mend."""

    def __init__(self, code: ExitCode, finding: str, mend: str) -> None:
        super().__init__(f"{finding}\n{mend}")
        self.code = code
