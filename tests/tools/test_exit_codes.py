"""The table of exit codes holds what the commands return."""

from __future__ import annotations

import re
from pathlib import Path

from ops.errors import ExitCode as OpsExitCode
from ops.violations import POLICY_VIOLATION
from sandbox.exit_codes import ExitCode as SandboxExitCode
from tools import exit_codes

TABLE = Path(__file__).resolve().parents[2] / "docs" / "toolchain.md"


def test_every_exit_code_is_in_the_table_once():
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", TABLE.read_text(), re.MULTILINE)
    own = {int(code) for code, who in rows if "Pulumi" not in who and who != "all"} | {exit_codes.INTERRUPTED}
    toolchain = {value for name, value in vars(exit_codes).items() if name.isupper()}
    assert own == toolchain | set(SandboxExitCode) | set(OpsExitCode) | {POLICY_VIOLATION}
    assert len(rows) == len({code for code, _ in rows})


def test_no_code_hides_one_of_pulumi():
    pulumi = {*range(10), 255}
    assert not pulumi & (set(SandboxExitCode) | set(OpsExitCode))
