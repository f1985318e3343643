"""The check of a merged configuration against EMQX's schema, path by path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tools.emqx_check.finding import Finding, Keys, Type, Value, error, warning
from tools.emqx_check.formats import DESCRIBE, INTEGER, MAP_KEY, bad_format, describe
from tools.emqx_check.relations import struct_rules
from tools.emqx_check.unions import discriminators, select
from tools.emqx_check.values import literal, nearest, show

SECRET_KEYS = {"password", "secret", "cookie", "token", "bind_password", "db_password", "default_password"}

TEXTS = ("str", "secret", "literal_secret")
SIMPLE: dict[str, Callable[[Value], bool]] = {
    "bool": lambda value: literal(value) in ("true", "false"),
    "map": lambda value: isinstance(value, dict),
    "num": lambda value: not isinstance(value, bool) and bool(re.fullmatch(r"[+-]?\d+(\.\d+)?", str(value))),
}
"""Scalars that a single question decides."""


class Checker:
    """Checks a merged configuration against the schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.structs: dict[str, dict[str, Any]] = schema["structs"]
        self.root: str = schema["root"]
        self.env_paths: list[Keys] = []

    def roots(self) -> set[str]:
        """Names and aliases of the root keys."""
        return set(self.names(self.structs[self.root]))

    @staticmethod
    def names(fields: dict[str, Any]) -> dict[str, str]:
        """Names and aliases of a struct's fields, each with the field's name."""
        return {alias: name for name, entry in fields.items() for alias in (name, *entry.get("a", []))}

    def check(self, config: dict[str, Value], env_paths: Iterable[Keys] = ()) -> list[Finding]:
        """Check the whole configuration; ``env_paths`` are the paths set by variables."""
        self.env_paths = list(env_paths)
        return list(self.struct(config, self.root, ()))

    def struct(self, value: Value, name: str, path: Keys) -> Iterator[Finding]:
        """Check an object against a struct."""
        if not isinstance(value, dict):
            yield error(path, f"expected an object, got {show(value)}")
            return
        fields = self.structs[name]
        known = self.names(fields)
        if name == "https" and "ssl_options" not in value:
            moved = {k: v for k, v in value.items() if k not in known and k in self.structs["ssl_options"]}
            yield from (warning((*path, key), "old place; put it under ssl_options") for key in moved)
            value = {**{k: v for k, v in value.items() if k not in moved}, "ssl_options": moved}
        for key, item in value.items():
            here = (*path, key)
            if key not in known:
                yield error(here, f"unknown key{nearest(key, known) or self.elsewhere(key)}")
                continue
            entry = fields[known[key]]
            yield from self.importance(entry, key, known[key], here)
            # The layout of 5.0 had an object there.
            inner = item.get("count") if key == "rotation" and isinstance(item, dict) else item
            if inner is not None:
                yield from self.value(inner, entry["t"], here)
        present = {known[key] for key, item in value.items() if key in known and item is not None}
        for field, entry in fields.items():
            if entry.get("r") and "d" not in entry and field not in present:
                yield error((*path, field), "required, but not set")
        yield from struct_rules(value, name, path)

    def elsewhere(self, key: str) -> str:
        """Say in which struct an unknown key would be known."""
        homes = sorted({n.split("@")[0] for n, fields in self.structs.items() if key in fields})
        return f"; known in: {', '.join(homes[:4])}" if homes else ""

    @staticmethod
    def importance(entry: dict[str, Any], key: str, name: str, path: Keys) -> Iterator[Finding]:
        """Warn about deprecated, hidden and removed keys and about old names."""
        mark = entry.get("i")
        if mark == "deprecated":
            yield warning(path, "deprecated")
        elif mark == "hidden":
            yield warning(path, "hidden: valid, but not in EMQX's manual; may change without notice")
        elif mark == "removed":
            yield error(path, f"not in the community edition since {entry['since']}")
        if key not in (name, "enabled"):
            yield warning(path, f"old name of {name}")

    def value(self, value: Value, kind: Type, path: Keys) -> Iterator[Finding]:
        """Check a value against a type."""
        if isinstance(kind, str):
            yield from self.scalar(value, kind, path)
        elif "ref" in kind:
            yield from self.struct(value, kind["ref"], path)
        elif "enum" in kind:
            if literal(value) not in kind["enum"]:
                allowed = kind["enum"]
                yield error(
                    path, f"expected one of {', '.join(allowed)}, got {show(value)}{nearest(str(value), allowed)}"
                )
        elif "const" in kind:
            if literal(value) != kind["const"]:
                yield error(path, f"expected {kind['const']}, got {show(value)}")
        elif "int" in kind:
            yield from self.integer(value, kind["int"], path)
        elif "list" in kind:
            yield from self.array(value, kind["list"], path)
        elif "map" in kind:
            yield from self.mapping(value, kind["map"], path)
        else:
            yield from self.union(value, kind["any"], path)

    def scalar(self, value: Value, kind: str, path: Keys) -> Iterator[Finding]:
        """Check a value against a scalar type or a format."""
        if kind == "int":
            yield from self.integer(value, [None, None], path)
        elif kind in TEXTS:
            yield from self.text(value, kind, path)
        elif kind == "servers" and isinstance(value, list) and all(isinstance(each, str) for each in value):
            yield from self.scalar(",".join(value), kind, path)
        elif kind in SIMPLE:
            claims = path[-1] == "verify_claims" and isinstance(value, list)
            if not SIMPLE[kind](value) and not (kind == "map" and claims):
                yield error(path, f"expected {DESCRIBE[kind]}, got {show(value)}")
        elif problem := bad_format(value, kind):
            yield error(path, problem)

    def text(self, value: Value, kind: str, path: Keys) -> Iterator[Finding]:
        """Check a string; numbers are taken for one, constants are not."""
        if isinstance(value, bool | float):
            yield error(path, f"expected a string, got {show(value)}: put it in double quotes")
        elif not isinstance(value, str | int):
            yield error(path, f"expected a string, got {show(value)}")
        elif kind != "str" or path[-1] in SECRET_KEYS:
            yield from self.secret(str(value), kind, path)

    def secret(self, value: str, kind: str, path: Keys) -> Iterator[Finding]:
        """Warn about secrets in plain text; reject ``file://`` where EMQX does not follow it."""
        if value.startswith("file://"):
            if kind == "literal_secret":
                yield error(
                    path, "EMQX 5.8 does not follow file:// here: the text itself would be the secret; use a variable"
                )
            return
        from_env = any(path[: len(p)] == p for p in self.env_paths)
        if value and "${" not in value and not from_env:
            use = "a variable" if kind == "literal_secret" else "file:// or a variable"
            yield warning(path, f"secret in plain text; use {use}")

    @staticmethod
    def integer(value: Value, limits: list[int | None], path: Keys) -> Iterator[Finding]:
        """Check an integer and its range."""
        low, high = limits
        if isinstance(value, (bool, float)) or not INTEGER.fullmatch(str(value)):
            yield error(path, f"expected an integer, got {show(value)}")
        elif (low is not None and int(value) < low) or (high is not None and int(value) > high):
            top = "" if high is None else str(high)
            yield error(path, f"expected an integer in {low}..{top}, got {value}")

    def array(self, value: Value, kind: Type, path: Keys) -> Iterator[Finding]:
        """Check a list; EMQX also takes an object with positions as keys."""
        if isinstance(value, dict) and value and all(k.isdigit() for k in value):
            value = [value[k] for k in sorted(value, key=int)]
        elif path[-1] == "authentication" and isinstance(value, dict):
            value = [value] if value else []
        elif path[-1] == "ciphers" and isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list):
            yield error(path, f"expected a list, got {show(value)}")
            return
        for i, item in enumerate(value, 1):
            yield from self.value(item, kind, (*path, str(i)))

    def mapping(self, value: Value, kind: Type, path: Keys) -> Iterator[Finding]:
        """Check an object with free keys."""
        if not isinstance(value, dict):
            yield error(path, f"expected an object, got {show(value)}")
            return
        for key, item in value.items():
            here = (*path, key)
            if not MAP_KEY.fullmatch(key):
                yield error(here, "a name may have letters, digits, - and _ only")
            if item is not None:
                yield from self.value(item, kind, here)

    def union(self, value: Value, members: list[Type], path: Keys) -> Iterator[Finding]:
        """Check against the member that the value's discriminating fields select."""
        refs = [m["ref"] for m in members if isinstance(m, dict) and "ref" in m]
        maps = [m["map"] for m in members if isinstance(m, dict) and "map" in m]
        if isinstance(value, dict) and len(refs) == 1 and maps == [{"ref": refs[0]}]:
            yield from self.one_or_named(value, refs[0], path)
            return
        if isinstance(value, dict) and refs:
            chosen = select(self.structs, value, refs)
            if not chosen:
                yield error(path, f"no known kind: {discriminators(self.structs, value, refs)}")
                return
            members = [{"ref": ref} for ref in chosen]
        attempts = [list(self.value(value, m, path)) for m in members]
        best = min(attempts, key=lambda found: sum(f.severity == "error" for f in found))
        if len(members) > 1 and not refs and any(f.severity == "error" for f in best):
            yield error(path, f"expected {' or '.join(describe(m) for m in members)}, got {show(value)}")
        else:
            yield from best

    def one_or_named(self, value: dict[str, Value], ref: str, path: Keys) -> Iterator[Finding]:
        """Check log.file: one handler, or several by name, or both together."""
        own = self.names(self.structs[ref])
        single = {k: v for k, v in value.items() if k in own or not isinstance(v, dict)}
        yield from self.struct(single, ref, path)
        yield from self.mapping({k: v for k, v in value.items() if k not in single}, {"ref": ref}, path)
