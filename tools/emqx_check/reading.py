"""Configuration texts and values, read as EMQX reads them."""

from __future__ import annotations

import hocon

from tools.emqx_check.finding import ConfigError, Keys, Value
from tools.emqx_check.rewriter import Rewriter
from tools.emqx_check.scanner import scan


def parse(text: str, notes: list[str] | None = None) -> dict[str, Value]:
    """Read a configuration text as EMQX does; remarks on it go to ``notes``."""
    rewriter = Rewriter(scan(text))
    plain = rewriter.document()
    if notes is not None:
        notes += rewriter.notes
    try:
        config: Value = hocon.parse(plain, env={}).to_object()
        for path, value in rewriter.overrides:
            config = reach(config, path, hocon.parse("v = " + value, env={}).to_object()["v"])
    except (hocon.ParseError, hocon.ResolveError) as exc:
        raise ConfigError(str(exc)) from exc
    return dict(config)


def reach(node: Value, path: Keys, value: Value) -> Value:
    """Merge a value at a path of the file; a position reaches into a list that is there."""
    if not path:
        merged = isinstance(node, dict) and isinstance(value, dict)
        return {**node, **{k: reach(node.get(k), (), v) for k, v in value.items()}} if merged else value
    if isinstance(node, list) and path[0].isdigit():
        return put(
            node, path[:1], reach(node[int(path[0]) - 1] if 0 < int(path[0]) <= len(node) else {}, path[1:], value)
        )
    fields = dict(node) if isinstance(node, dict) else {}
    fields[path[0]] = reach(fields.get(path[0]), path[1:], value)
    return fields


def parse_value(text: str) -> Value:
    """Read an environment variable: a HOCON value if it is one, else the text itself."""
    if not text:
        return ""
    try:
        config = parse("v = " + text)
    except ConfigError:
        return text
    return config["v"] if set(config) == {"v"} else text


def put(node: Value, path: Keys, value: Value) -> Value:
    """Set one path; a number is a position, from 1, in a list (or in nothing yet)."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if key.isdigit() and (isinstance(node, list) or node == {}):
        items = list(node) if isinstance(node, list) else []
        index = int(key)
        if not 1 <= index <= len(items) + 1:
            raise ConfigError(f"index {index} is out of range: the list has {len(items)} elements, the first is 1")
        old = items[index - 1] if index <= len(items) else {}
        items[index - 1 : index] = [put(old, rest, value)]
        return items
    fields = dict(node) if isinstance(node, dict) else {}
    fields[key] = put(fields.get(key, {}), rest, value)
    return fields
