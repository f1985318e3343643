"""Rules of container registries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known
from sandbox.protocol.package import Values

_REGISTRY: Final = "microsoft.containerregistry/registries"
_SKUS: Final = "learn.microsoft.com, Azure Container Registry SKU features and limits"

# Property -> the value that only Premium takes.
_PREMIUM: Final = {
    "dataEndpointEnabled": True,
    "networkRuleSet.defaultAction": "Deny",
    "policies.exportPolicy.status": "disabled",
    "policies.retentionPolicy.status": "enabled",
    "publicNetworkAccess": "Disabled",
    "zoneRedundancy": "Enabled",
}


def _premium_only(values: Values) -> Iterator[tuple[str, str]]:
    sku = known(values, "sku.name")
    if sku is None or sku == "Premium":
        return
    for path, value in _PREMIUM.items():
        if known(values, path) == value:
            yield path, f"{value!r} with SKU {sku}; only Premium takes it"


def _export(values: Values) -> Iterator[tuple[str, str]]:
    forbidden = known(values, "policies.exportPolicy.status") == "disabled"
    if forbidden and known(values, "publicNetworkAccess") == "Enabled":
        yield "policies.exportPolicy.status", "'disabled'; it needs publicNetworkAccess 'Disabled'"


RULES: Final = (
    Rule("registry-premium", (_REGISTRY,), "relation", _SKUS, _premium_only),
    Rule(
        "registry-export",
        (_REGISTRY,),
        "relation",
        "learn.microsoft.com, Disable export of artifacts from a network-restricted Azure container registry",
        _export,
    ),
    between(
        "registry-retention",
        _REGISTRY,
        "policies.retentionPolicy.days",
        0,
        365,
        "learn.microsoft.com, Set a retention policy for untagged manifests",
    ),
)
