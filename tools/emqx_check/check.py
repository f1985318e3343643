"""The whole check: text read, variables merged, schema and rules applied."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Final

from tools.emqx_check.finding import ConfigError, Finding, warning
from tools.emqx_check.hardened import hardened
from tools.emqx_check.reading import parse
from tools.emqx_check.relations import root_rules
from tools.emqx_check.schema_check import Checker
from tools.emqx_check.variables import merge_env, read_env

SCHEMA_FILE: Final = Path(__file__).with_name("schema") / "schema-5.8.json"


def run(conf: str, env: str | None = None, profile: str | None = None, accepted: Collection[str] = ()) -> list[Finding]:
    """Check texts of a configuration file and of an environment file.

    Args:
        conf: the configuration.
        env: ``NAME=value`` lines.
        profile: ``hardened`` adds what that profile refuses.
        accepted: paths of hidden keys that are used knowingly, and not to be warned of.
    """
    checker = Checker(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    notes: list[str] = []
    try:
        config = parse(conf, notes)
        variables = read_env(env) if env else {}
    except ConfigError as exc:
        return [Finding("error", "(syntax)", str(exc))]
    merged, env_paths, findings = merge_env(config, variables, checker.roots())
    findings += [Finding("warning", "(syntax)", note) for note in notes]
    findings += checker.check(merged, env_paths)
    if "node" not in config:  # a file that adds to the image's own emqx.conf
        findings = [
            warning(
                ("node", f.path.removeprefix("node.")),
                "required, but not set: keep the image's own emqx.conf, which sets it",
            )
            if f.path in ("node.cookie", "node.data_dir") and f.message.startswith("required")
            else f
            for f in findings
        ]
    findings += root_rules(merged)
    if profile == "hardened":
        findings += hardened(merged)
    findings = [each for each in findings if not (each.path in accepted and each.message.startswith("hidden"))]
    return sorted(set(findings), key=lambda f: (f.severity, f.path, f.message))
