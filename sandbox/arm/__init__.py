"""The ARM contract: whether what a program declares fits what Azure's published API specifications take.

Values are those of :mod:`sandbox.wire`, secrets opened; unknown values pass. docs/sandbox.md says what a clean result
proves and what it does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.arm.catalogue import catalogue
from sandbox.arm.finding import Finding
from sandbox.arm.names import NAMELESS, NAMES, check_name
from sandbox.arm.rules import check_rules
from sandbox.arm.unflatten import Unflattener, wire_path
from sandbox.arm.validate import Validator
from sandbox.protocol.package import Values
from sandbox.wire import UNKNOWN, masked

__all__ = [
    "Finding",
    "api_version",
    "arm_type",
    "check",
    "covered",
    "id_inputs",
    "id_template",
    "known_tokens",
    "resource_id",
    "to_arm",
]

# Required by ARM, and filled in by azure-native when the program leaves them out.
_PROVIDER_DEFAULTS: Final = frozenset({"$.location", "$.name"})


def known_tokens() -> frozenset[str]:
    """Every token with an ARM type."""
    return frozenset(catalogue().tokens)


def api_version(token: str) -> str:
    """The API version the SDK uses for the token."""
    return catalogue().tokens[token]["version"]


def arm_type(token: str, inputs: Values) -> str:
    """The ARM type; of record sets and endpoints it depends on an input."""
    return _filled(catalogue().tokens[token]["type"], inputs)


def id_inputs(token: str) -> tuple[str, ...]:
    """The inputs that make up the id, outermost first; the last one is the resource's own name."""
    names = re.findall(r"{(\w+)}", catalogue().tokens[token]["id"])
    return tuple(name for name in names if name != "subscriptionId")


def id_template(token: str) -> str:
    """The shape of the id, with the names of inputs in braces; it begins with one for an extension resource."""
    return catalogue().tokens[token]["id"]


def resource_id(token: str, inputs: Values, subscription_id: str) -> str:
    """The ARM id that the inputs name; what they do not tell stays as ``{name}``."""
    text = _filled(catalogue().tokens[token]["id"], {"subscriptionId": subscription_id, **inputs})
    return "/" + text.lstrip("/")


def check(token: str, inputs: Values) -> list[Finding]:
    """Findings of one resource's inputs."""
    data = catalogue()
    entry = data.tokens.get(token)
    if entry is None:
        return [Finding("error", "unmapped-token", "", f"there is no ARM type for {token}")]
    kind = arm_type(token, inputs)
    if repr(UNKNOWN) in kind:
        return []
    index = data.body(entry["file"], kind, entry["version"])
    if index is None:
        return [Finding("error", "no-such-type", "", f"{kind}@{entry['version']} does not exist")]
    unflattener = Unflattener(entry)
    body = unflattener.body(inputs)
    own_name = entry["id"].rsplit("/", 1)[1]
    if own_name.strip("{}") in inputs or not own_name.startswith("{"):
        body["name"] = inputs.get(own_name.strip("{}"), own_name)
    validator = Validator(data.types(entry["file"]))
    validator.check(index, body, "$")
    found = [*unflattener.findings]
    for finding in validator.findings:
        if finding.kind == "missing-required" and finding.path in _PROVIDER_DEFAULTS:
            continue
        path = wire_path(finding.path, unflattener.origin)
        found.append(Finding(finding.severity, finding.kind, path, finding.message))
    plain = [Finding(f.severity, f.kind, f.path.removeprefix("$").removeprefix("."), f.message) for f in found]
    named = own_name.strip("{}")
    plain += check_name(kind, named, inputs.get(named) if own_name.startswith("{") else None)
    plain += check_rules(kind, inputs)
    return [data.judged(token, finding) for finding in plain]


def covered(token: str) -> bool:
    """Whether the token's type has a name rule, or needs none for a recorded reason; without, nobody looked it up."""
    entry = catalogue().tokens.get(token)
    return entry is not None and (entry["type"].lower() in NAMES or entry["type"].lower() in NAMELESS)


def to_arm(token: str, inputs: Values) -> dict[str, Any]:
    """The resource as it stands in an ARM template: ``type``, ``apiVersion``, ``name``, ``scope`` and the body."""
    entry = catalogue().tokens[token]
    scope, _, path = resource_id(token, inputs, "{subscriptionId}").rpartition("/providers/")
    resource: dict[str, Any] = {
        "type": arm_type(token, inputs),
        "apiVersion": entry["version"],
        "name": "/".join(path.split("/")[2::2]) if scope else path.rsplit("/", 1)[1],
    }
    if "/providers/" in scope or entry["id"].startswith("{"):
        resource["scope"] = scope
    return masked({**resource, **Unflattener(entry).body(inputs)})


def _filled(template: str, values: Mapping[str, Any]) -> str:
    return re.sub(r"{(\w+)}", lambda found: str(values.get(found[1], found[0])), template)
