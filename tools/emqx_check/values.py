"""Values of a configuration: reached by path, shown, compared as text."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable

from tools.emqx_check.finding import Value


def literal(value: Value) -> str:
    """The text of a scalar as in the configuration file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def get(config: Value, path: str) -> Value:
    """A value by its dotted path, or None."""
    for key in path.split("."):
        config = config.get(key) if isinstance(config, dict) else None
    return config


def as_list(value: Value) -> list[Value]:
    """A chain as a list: EMQX also takes one object, or positions as keys."""
    if isinstance(value, dict):
        return list(value.values()) if value and all(k.isdigit() for k in value) else [value] if value else []
    return value if isinstance(value, list) else []


def enabled(item: Value) -> bool:
    """Whether an authenticator is on."""
    return isinstance(item, dict) and literal(item.get("enable", True)) == "true"


def show(value: Value) -> str:
    """Show a value briefly."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest names, as the end of a message."""
    near = difflib.get_close_matches(name, list(known), 3, 0.6)
    return f"; did you mean {', '.join(near)}?" if near else ""
