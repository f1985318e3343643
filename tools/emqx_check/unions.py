"""Which member of a union an object is: chosen by the fields that tell the members apart."""

from __future__ import annotations

from typing import Any

from tools.emqx_check.finding import Value
from tools.emqx_check.values import literal, nearest

Structs = dict[str, dict[str, Any]]


def tags(structs: Structs, ref: str, refs: list[str]) -> dict[str, list[str]]:
    """Fields that tell a struct from its siblings, with the values they may have.

    These are the fields with one value only, and those that all siblings limit.
    """

    def allowed(struct: str, field: str) -> list[str]:
        kind = structs[struct].get(field, {}).get("t")
        if not isinstance(kind, dict):
            return []
        return [kind["const"]] if "const" in kind else list(kind.get("enum", []))

    found = {}
    for field in structs[ref]:
        values = allowed(ref, field)
        if len(values) == 1 or (values and all(allowed(other, field) for other in refs)):
            found[field] = values
    return found


def select(structs: Structs, value: dict[str, Value], refs: list[str]) -> list[str]:
    """The members whose discriminating fields agree with the value."""
    chosen = []
    for ref in refs:
        fields, agrees = structs[ref], True
        for name, allowed in tags(structs, ref, refs).items():
            if name in value:
                agrees &= literal(value[name]) in allowed
            else:
                agrees &= "d" in fields[name] or fields[name].get("i") == "hidden"
        if agrees:
            chosen.append(ref)
    return chosen


def discriminators(structs: Structs, value: dict[str, Value], refs: list[str]) -> str:
    """Say which discriminating value is missing or wrong, and which are known."""
    combinations = [tags(structs, ref, refs) for ref in refs]
    for name in ("mechanism", "backend", "type", "name", "method", "algorithm", "redis_type", "mongo_type"):
        allowed = sorted({v for tags in combinations for v in tags.get(name, [])})
        if not allowed:
            continue
        required = all(name in tags for tags in combinations)
        if name not in value:
            if required or name not in ("algorithm", "redis_type", "mongo_type"):
                return f"{name} is not set; known: {', '.join(allowed)}"
            continue
        got = literal(value[name])
        if got not in allowed:
            return f"{name} = {got}; known: {', '.join(allowed)}{nearest(got, allowed)}"
        combinations = [tags for tags in combinations if got in tags.get(name, [got])]
    return "its discriminating fields contradict each other"
