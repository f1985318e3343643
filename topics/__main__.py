"""`python -m topics`: write docs/topics.md, print acl.conf or a user's rights as commands for Redis."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from topics.acl_conf import acl_conf
from topics.acl_hash import acl_commands
from topics.acl_rows import app_rows, operator_rows, recorder_rows
from topics.reference import REFERENCE, reference

_ROOT: Final = Path(__file__).resolve().parent.parent
_STALE: Final = 1
_USAGE: Final = 2
_OF_EVERY_DEVICE: Final = {"operator": operator_rows, "recorder": recorder_rows}


def _docs(*, check: bool) -> int:
    target, text = _ROOT / REFERENCE, reference()
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return 0
    if check:
        sys.stderr.write(f"{REFERENCE} is not what the contract says.\n  Run `python -m topics docs`.\n")
        return _STALE
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {REFERENCE}\n")
    return 0


def _redis(username: str, devices: Sequence[str], relation: str | None, seconds: int | None) -> int:
    try:
        rows = _OF_EVERY_DEVICE[relation]() if relation else [row for each in devices for row in app_rows(each)]
        sys.stdout.write(acl_commands(username, rows, seconds))
    except ValueError as problem:
        sys.stderr.write(f"{problem}\n")
        return _USAGE
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; exit code 0, 1 (the reference is stale) or 2 (usage, a name or a time that is none)."""
    parser = argparse.ArgumentParser(prog="python -m topics", description="The topic contract.")
    commands = parser.add_subparsers(dest="command", required=True)
    docs = commands.add_parser("docs", help=f"write {REFERENCE}")
    docs.add_argument("--check", action="store_true", help="write nothing; fail when it would change")
    commands.add_parser("acl", help="print EMQX's acl.conf")
    redis = commands.add_parser("redis", help="print a user's rights as commands for redis-cli")
    redis.add_argument("username", help="id of the user in the identity tenant, or service.<name>")
    of = redis.add_mutually_exclusive_group(required=True)
    of.add_argument("--device", action="append", default=[], help="what its owner may; once for each device")
    of.add_argument("--relation", choices=sorted(_OF_EVERY_DEVICE), help="what such a one may with every device")
    redis.add_argument("--seconds", type=int, help="how long the rights last; for good without")
    given = parser.parse_args(arguments)
    if given.command == "docs":
        return _docs(check=given.check)
    if given.command == "redis":
        return _redis(given.username, given.device, given.relation, given.seconds)
    sys.stdout.write(acl_conf())
    return 0


if __name__ == "__main__":
    sys.exit(main())
