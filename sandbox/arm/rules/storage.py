"""Rules of storage accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known
from sandbox.protocol.package import Values

_SERVICE: Final = "microsoft.storage/storageaccounts/blobservices"
_POLICY: Final = "microsoft.storage/storageaccounts/managementpolicies"


def _age(values: Values) -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(known(values, "policy.rules") or []):
        for kind, ages in (known(rule, "definition.actions") or {}).items():
            for action, age in ages.items() if isinstance(ages, dict) else ():
                for name, days in age.items() if isinstance(age, dict) else ():
                    if isinstance(days, int | float) and (days < 0 or days != int(days)):
                        path = f"policy.rules[{number}].definition.actions.{kind}.{action}.{name}"
                        yield path, f"{days:g}; a whole number of days from 0 on"


def _prefixes(values: Values) -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(known(values, "policy.rules") or []):
        for prefix in known(rule, "definition.filters.prefixMatch") or []:
            if str(prefix).startswith("/"):
                path = f"policy.rules[{number}].definition.filters.prefixMatch"
                yield path, f"{prefix!r}; a prefix begins with the container's name, without a slash"


RULES: Final = (
    between(
        "blob-soft-delete",
        _SERVICE,
        "deleteRetentionPolicy.days",
        1,
        365,
        "learn.microsoft.com, Soft delete for blobs: 1 to 365 days",
    ),
    between(
        "container-soft-delete",
        _SERVICE,
        "containerDeleteRetentionPolicy.days",
        1,
        365,
        "learn.microsoft.com, Soft delete for containers: 1 to 365 days",
    ),
    Rule("lifecycle-age", (_POLICY,), "range", "learn.microsoft.com, Lifecycle management policy structure", _age),
    Rule(
        "lifecycle-prefix", (_POLICY,), "format", "learn.microsoft.com, Lifecycle management: prefix match", _prefixes
    ),
)
