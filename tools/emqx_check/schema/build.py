"""Build schema-5.8.json from EMQX's published schema dump.

Usage: ``python -m tools.emqx_check.schema.build hocon-ce-v5.8.1-en.json schema-5.8.json``

The dump (repository emqx/emqx-docs) is the input of the configuration manual on
docs.emqx.com. It is a tree: every struct has ``text`` (name) and ``fields``; every
field has ``text`` (name), ``type`` (readable type expression), ``default``,
``aliases`` and ``refs`` (one expanded struct per ``Struct(name)`` in ``type``).

The dump lacks what the manual does not print: whether a field is required, hidden
and deprecated fields, the fields left out of the manual (mostly ``enable``), and the
finer string formats (address, percentage, rate). ``SUPPLEMENT``, ``REQUIRED``,
``DEPRECATED`` and ``FORMATS`` beside this module add these, from the schema of release 5.8.9.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tools.emqx_check.finding import Type
from tools.emqx_check.schema.fields import SUPPLEMENT
from tools.emqx_check.schema.marks import (
    DEPRECATED,
    FORMATS,
    NOT_COMMUNITY_FIELDS,
    NOT_COMMUNITY_STRUCTS,
    REMOVED,
    REQUIRED,
)
from tools.emqx_check.schema.patterns import LISTENERS
from tools.emqx_check.schema.structs import STRUCTS

SCALARS = {
    "Boolean": "bool",
    "Integer": "int",
    "Number": "num",
    "Float": "num",
    "String": "str",
    "Secret": "secret",
    "Duration": "dur",
    "Duration(s)": "dur",
    "Bytesize": "size",
    "Map": "map",
}

TLS_VERSIONS = ["tlsv1.3", "tlsv1.2", "tlsv1.1", "tlsv1"]
DTLS_VERSIONS = ["dtlsv1.2", "dtlsv1"]


def split_args(text: str) -> list[str]:
    """Split a type argument list at its top-level commas."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += char == "("
        depth -= char == ")"
        if char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [p.strip() for p in [*parts, text[start:]] if p.strip()]


def parse_type(text: str, refs: dict[str, str]) -> Type:
    """Turn the dump's type expression into the checker's form."""
    text = text.strip()
    if text in SCALARS:
        return SCALARS[text]
    if text == "Rate":
        return "rate"
    match = re.fullmatch(r"(\w+)\((.*)\)", text, re.DOTALL)
    if not match:
        raise ValueError(f"unknown type {text!r}")
    head, body = match.groups()
    if head not in COMPOSED:
        raise ValueError(f"unknown type {text!r}")
    return COMPOSED[head](body, refs)


def integer(body: str) -> Type:
    """A range such as ``1..+inf``."""
    low, high = body.split("..")
    return {"int": [int(low), None if high.endswith("inf") else int(high)]}


COMPOSED: dict[str, Callable[[str, dict[str, str]], Type]] = {
    "Struct": lambda body, refs: {"ref": refs.get(body, body)},
    "OneOf": lambda body, refs: {"any": [parse_type(part, refs) for part in split_args(body)]},
    "Array": lambda body, refs: {"list": parse_type(body, refs)},
    "Map": lambda body, refs: {"map": parse_type(body.partition("->")[2], refs)},
    "Enum": lambda body, _: {"enum": split_args(body)},
    "String": lambda body, _: {"const": json.loads(body)},
    "Integer": lambda body, _: integer(body),
}
"""The dump's type constructors."""


class Builder:
    """Collects each distinct struct of the dump once, under a readable identifier."""

    def __init__(self, dump: dict[str, Any]) -> None:
        self.variants: dict[str, dict[str, str]] = {}
        self.structs: dict[str, dict[str, Any]] = {}
        self._scan(dump, "")
        self.root = self._add(dump, "")

    def _digest(self, node: dict[str, Any]) -> str:
        shape = [
            (f["text"], f["type"], f.get("default"), [self._digest(r) for r in f.get("refs", [])])
            for f in node["fields"]
        ]
        return hashlib.sha256(json.dumps(shape).encode()).hexdigest()

    def _scan(self, node: dict[str, Any], path: str) -> None:
        self.variants.setdefault(node["text"], {}).setdefault(self._digest(node), path.strip("."))
        for field in node["fields"]:
            for ref in field.get("refs", []):
                self._scan(ref, f"{path}.{field['text']}")

    def _identifier(self, node: dict[str, Any]) -> str:
        known = self.variants[node["text"]]
        return node["text"] if len(known) == 1 else f"{node['text']}@{known[self._digest(node)]}"

    def _add(self, node: dict[str, Any], path: str) -> str:
        name = self._identifier(node)
        if name in self.structs:
            return name
        fields: dict[str, Any] = {}
        self.structs[name] = fields
        for field in node["fields"]:
            refs = {r["text"]: self._add(r, f"{path}.{field['text']}") for r in field.get("refs", [])}
            entry: dict[str, Any] = {"t": parse_type(field["type"], refs)}
            if field.get("default") is not None:
                entry["d"] = re.sub(r'^"(.*)"$', r"\1", field["default"])
            if field.get("aliases"):
                entry["a"] = field["aliases"]
            fields[field["text"]] = entry
        return name


def matches(name: str, patterns: list[str]) -> bool:
    """Match a struct identifier, or its name before ``@``, against patterns."""
    return any(fnmatch(name, p) or fnmatch(name.split("@", maxsplit=1)[0], p) for p in patterns)


def complete(structs: dict[str, dict[str, Any]]) -> None:
    """Apply the tables of this package to the structs of the dump."""
    add_structs(structs)
    add_fields(structs)
    for name, fields in structs.items():
        mark(name, fields)
        for field in fields.keys() & {"versions", "tls_versions"}:
            fields[field]["t"] = {"list": {"enum": DTLS_VERSIONS if name == "dtls_opts" else TLS_VERSIONS}}
    structs["mnesia_config"]["index_specs"]["t"] = {"list": {"list": "int"}}
    for name, release in REMOVED.items():
        structs["root"][name] = {"t": "map", "i": "removed", "since": release}
    drop(structs)


def entry(structs: dict[str, dict[str, Any]], spec: Any) -> dict[str, Any]:
    """A field of the tables: a type, or a type and a default; ``@name`` takes the type of a root key."""
    text, default = spec if isinstance(spec, tuple) else (spec, None)
    if text.startswith("@"):
        return {"t": structs["root"][text[1:]]["t"]}
    return {"t": parse_type(text, {}), **({"d": default} if default is not None else {})}


def add_structs(structs: dict[str, dict[str, Any]]) -> None:
    """Add the structs that the dump lacks."""
    for name, fields in STRUCTS.items():
        if name in structs:
            raise ValueError(f"struct {name} is in the dump already")
        structs[name] = {field: entry(structs, spec) for field, spec in fields.items()}


def add_fields(structs: dict[str, dict[str, Any]]) -> None:
    """Add the fields that the dump lacks."""
    for patterns, importance, added in SUPPLEMENT:
        targets = [name for name in structs if matches(name, patterns)]
        if not targets:
            raise ValueError(f"no struct matches {patterns}")
        for name in targets:
            for field, spec in added.items():
                structs[name].setdefault(field, {**entry(structs, spec), "i": importance})


def mark(name: str, fields: dict[str, Any]) -> None:
    """Mark the fields of a struct: aliases, required, deprecated, finer formats."""
    if matches(name, LISTENERS):
        fields["enable"]["a"] = ["enabled"]
    for field in named(name, fields, REQUIRED):
        fields[field]["r"] = 1
    for field in named(name, fields, DEPRECATED):
        fields[field]["i"] = "deprecated"
    for patterns, names, kind in FORMATS:
        for field in named(name, fields, [(patterns, names)]):
            if fields[field]["t"] == "str":
                fields[field]["t"] = kind


def named(name: str, fields: dict[str, Any], table: Iterable[tuple[list[str], list[str]]]) -> Iterator[str]:
    """The fields of a struct that a table names."""
    for patterns, names in table:
        if matches(name, patterns):
            yield from (field for field in fields if any(fnmatch(field, each) for each in names))


def drop(structs: dict[str, dict[str, Any]]) -> None:
    """Leave out what the community build has not, and structs nothing refers to."""

    def prune(kind: Type) -> Type:
        if isinstance(kind, dict) and "any" in kind:
            return {
                "any": [
                    k
                    for k in kind["any"]
                    if not (isinstance(k, dict) and matches(k.get("ref", ""), NOT_COMMUNITY_STRUCTS))
                ]
            }
        if isinstance(kind, dict) and "list" in kind:
            return {"list": prune(kind["list"])}
        return kind

    for fields in structs.values():
        for field in [f for f in fields if f in NOT_COMMUNITY_FIELDS]:
            del fields[field]
        for entry in fields.values():
            entry["t"] = prune(entry["t"])
    seen, todo = set(), ["root"]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += re.findall(r'"ref": "([^"]+)"', json.dumps(structs[name]))
    for name in [n for n in structs if n not in seen]:
        del structs[name]


def main(argv: list[str]) -> int:
    """Read the dump, write the schema."""
    source, target = Path(argv[1]), Path(argv[2])
    raw = source.read_bytes()
    builder = Builder(json.loads(raw))
    complete(builder.structs)
    meta = {
        "schema": "EMQX Community 5.8.1, completed to 5.8.9",
        "source": "github.com/emqx/emqx-docs hocon/hocon-ce-v5.8.1-en.json",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "licence": "generated from EMQX 5.8 Community, Apache-2.0, Copyright EMQ Technologies Co., Ltd.",
        "changes": "descriptions dropped, structs shared, types parsed; see tools/emqx_check/schema",
    }
    document = {"meta": meta, "root": builder.root, "structs": builder.structs}
    target.write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
