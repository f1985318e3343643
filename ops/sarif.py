"""What a policy pack found, as SARIF 2.1.0 (OASIS): GitHub's code scanning and others show it beside a pull request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from ops.violations import Exempted, Judgement, Violation

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# docs.github.com, "SARIF support for code scanning": over 9 is critical, 7 to 8.9 high, 4 to 6.9 medium.
_SCORES: Final[Mapping[str, str]] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}


def write(target: Path, found: Judgement, rules: Iterable[Mapping[str, Any]], artifact: str) -> None:
    """Write a SARIF log.

    Args:
        target: file to write.
        found: what the pack said.
        rules: every rule as :func:`policies.catalogue.described` gives it.
        artifact: path in the repository that the findings are about: the stack file or the state.
    """
    target.write_text(json.dumps(log(found, rules, artifact), indent=2) + "\n", encoding="utf-8")


def log(found: Judgement, rules: Iterable[Mapping[str, Any]], artifact: str) -> dict[str, Any]:
    """The log as JSON; arguments as for :func:`write`."""
    known = list(rules)
    order = {rule["id"]: index for index, rule in enumerate(known)}
    results = [_violated(each, order, artifact) for each in found.violations]
    results += [_excused(each, order, artifact) for each in found.exempted]
    driver = {"name": "amora-sync policies", "semanticVersion": "1.0.0", "rules": [_rule(each) for each in known]}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": rule["id"],
        "shortDescription": {"text": rule["title"]},
        "fullDescription": {"text": f"{rule['title']}. It protects {rule['protects']}."},
        "help": {"text": f"Mend: {rule['remedy']}.\nReferences: {'; '.join(rule['references'])}"},
        "defaultConfiguration": {"level": "error" if rule["prod"] == "mandatory" else "warning"},
        "properties": {
            "tags": ["security", rule["id"].partition("-")[0]],
            "security-severity": _SCORES[rule["severity"]],
        },
    }


def _violated(each: Violation, order: Mapping[str, int], artifact: str) -> dict[str, Any]:
    text = f"{each.resource}: {each.finding}" + (f"\nmend: {each.mend}" if each.mend else "")
    level = "error" if each.mandatory else "warning"
    return _result(each.rule, level, text, (each.type, each.resource), order, artifact)


def _excused(each: Exempted, order: Mapping[str, int], artifact: str) -> dict[str, Any]:
    text = f"{each.resource}: {each.finding}"
    justification = f"{each.reason} (until {each.until})"
    return {
        **_result(each.rule, "note", text, ("", each.resource), order, artifact),
        # Accepted is what SARIF takes a suppression for that has no status.
        "suppressions": [{"kind": "external", "justification": justification}],
    }


def _result(
    rule: str, level: str, text: str, resource: tuple[str, str], order: Mapping[str, int], artifact: str
) -> dict[str, Any]:
    kind, name = resource
    result: dict[str, Any] = {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": artifact}, "region": {"startLine": 1}},
                "logicalLocations": [
                    {"name": name, "fullyQualifiedName": f"{kind}::{name}" if kind else name, "kind": "resource"}
                ],
            }
        ],
        # The same finding of the next run is the same alert, whatever its text says by then.
        "partialFingerprints": {"ruleAndResource/v1": hashlib.sha256(f"{rule}|{kind}|{name}".encode()).hexdigest()},
    }
    # A foreign pack's rules are not described here.
    return {**result, "ruleIndex": order[rule]} if rule in order else result
