"""``python -m tools.emqx_check emqx.conf [--env FILE] [--profile hardened]``.

One line a finding, then a summary. Exit status: 0 no errors, 1 errors, 2 usage.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.emqx_check.check import run


def main(arguments: list[str] | None = None) -> int:
    """Check the files that the command line names; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.emqx_check", description="Check EMQX 5.8 configuration.")
    parser.add_argument("conf", type=Path, help="emqx.conf")
    parser.add_argument("--env", type=Path, help="file with EMQX_* variables, one per line")
    parser.add_argument("--profile", choices=["hardened"], help="add what EMQX 6.3's hardened profile refuses")
    parser.add_argument(
        "--accept-hidden", action="append", default=[], metavar="PATH", help="a hidden key that is used knowingly"
    )
    asked = parser.parse_args(arguments)
    try:
        conf = asked.conf.read_text(encoding="utf-8")
        env = asked.env.read_text(encoding="utf-8") if asked.env else None
    except OSError as error:
        parser.error(str(error))
    findings = run(conf, env, asked.profile, asked.accept_hidden)
    errors = sum(finding.severity == "error" for finding in findings)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"{asked.conf}: {errors} errors, {len(findings) - errors} warnings\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
