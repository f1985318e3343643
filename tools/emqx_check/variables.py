"""``EMQX_*`` variables: read from a file, merged over a configuration in EMQX's order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tools.emqx_check.finding import ConfigError, Finding, Keys, Value, error, warning
from tools.emqx_check.reading import parse_value, put
from tools.emqx_check.values import nearest

ENV_PREFIX = "EMQX_"

# Variables that the image's entry point and the start script read; not configuration paths.
BOOT_VARIABLES = {
    "EMQX_NAME",
    "EMQX_HOST",
    "EMQX_ETC_DIR",
    "EMQX_LOG_DIR",
    "EMQX_DATA_DIR",
    "EMQX_PLUGINS_DIR",
    "EMQX_SECURITY_PROFILE",
    "EMQX_WAIT_FOR_START",
}
# The start script renames this one; it wins over EMQX_NODE__NAME.
RENAMED_VARIABLES = {"EMQX_NODE_NAME": "EMQX_NODE__NAME"}


def loses_comment(text: str) -> bool:
    """Whether EMQX would cut the value of a variable at a comment mark."""
    value = parse_value(text)
    return value != text and bool(re.search(r"#|//", text)) and "#" not in str(value) and "//" not in str(value)


def read_env(text: str) -> dict[str, str]:
    """Read ``NAME=value`` lines; empty lines, ``#`` comments and ``export`` are allowed."""
    variables: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip().removeprefix("export ").strip()
        if not line or line.startswith("#"):
            continue
        name, separator, value = line.partition("=")
        if not separator or not re.fullmatch(r"\w+", name):
            raise ConfigError(f"environment file, line {number}: not NAME=value")
        if len(value) > 1 and value[0] == value[-1] == "'":
            value = value[1:-1]
        variables[name] = value
    return variables


def merge_env(
    config: dict[str, Value], variables: dict[str, str], roots: Iterable[str]
) -> tuple[dict[str, Value], list[Keys], list[Finding]]:
    """Put ``EMQX_A__B=value`` over the file, in the order of names, as EMQX does."""
    findings, paths = [], []
    known = set(roots)
    variables = {**variables, **{RENAMED_VARIABLES[n]: v for n, v in variables.items() if n in RENAMED_VARIABLES}}
    for name in sorted(variables.keys() - RENAMED_VARIABLES.keys()):
        if not name.startswith(ENV_PREFIX) or name in BOOT_VARIABLES:
            continue
        path = tuple(p for p in name[len(ENV_PREFIX) :].lower().split("__") if p)
        if not path:
            continue
        first = path[0]
        if first not in known:
            joined = next((root for root in sorted(known) if first.startswith(root + "_")), None)
            hint = (
                f"; keys are separated by __ as in {ENV_PREFIX}{joined.upper()}__..."
                if joined
                else nearest(first, known)
            )
            severity = error if len(path) > 1 or joined else warning
            findings.append(severity((name,), f"EMQX ignores it: no root key {first!r}{hint}"))
            continue
        if loses_comment(variables[name]):
            findings.append(
                error((name,), "EMQX reads the value from # or // on as a comment; put it in double quotes")
            )
        try:
            config = put(config, path, parse_value(variables[name]))
            paths.append(path)
        except ConfigError as exc:
            findings.append(error((name,), str(exc)))
    return config, paths, findings
