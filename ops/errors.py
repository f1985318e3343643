"""What an operator did or met that a command cannot go on with, and its exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of ``python -m ops``; Pulumi's own (1 to 9) pass through unchanged."""

    LOCKED = 80
    PROTECTED = 81
    NO_PULUMI = 82
    UNREADABLE = 83
    NOT_RECOVERABLE = 84
    STACK_FILE = 85
    NODES = 90
    NO_ARM_FORM = 95
    STALE = 96
    NOT_SIGNED_IN = 100
    FORBIDDEN = 101
    OUT_OF_REACH = 102
    NOT_DEPLOYED = 103
    CONTENDED = 104
    DEVICE_ID = 105
    CERTIFICATE_REQUEST = 106
    ENROLLED_ALREADY = 107
    UNKNOWN_DEVICE = 108
    AUTHORITY = 109
    LOCAL_FILE = 110
    USERNAME = 111
    ACCOUNT = 112
    TOKEN = 113
    THROTTLED = 114
    SIGN_IN_SETTINGS = 115
    UNKNOWN_RULE = 120
    UNKNOWN_ALERT = 121
    INTERRUPTED = 130


class OpsError(Exception):
    """The text has the finding and, on a line of its own, the mend."""

    def __init__(self, code: int, finding: str, mend: str) -> None:
        super().__init__(f"{finding}\n{mend}")
        self.code = code
