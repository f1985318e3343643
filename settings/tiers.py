"""What a tier gives where the stack file is silent: the whole difference between dev and prod, as data.

A stack's own value wins, key by key; a list is taken whole, and so are the slots: the stack file that names some names
them all, and can have fewer than its tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TIERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "dev": {
        "network": {"outbound": "default"},
        "capacity": {"devices": 50, "clients": 50, "messagesPerSecond": 100, "spareNodes": 0},
        "emqx": {"slots": {"1": {}}, "cpu": 0.5, "memoryGigabytes": 1, "placement": "single", "clusterTls": False},
        "edge": {"cpu": 0.25, "memoryGigabytes": 0.5, "maxReplicas": 3},
        "postgres": {"sku": "Standard_B2s", "storageGigabytes": 32, "highAvailability": "none"},
        "redis": {"highAvailability": False},
        "registry": {"sku": "Basic", "private": False},
        "frontDoor": {"entry": "direct"},
        # A stack for trying out stands before its tenant's users do.
        "identity": {"pending": True},
        "metrics": {"intervalSeconds": 60},
        "backup": {"enabled": False, "postgresDays": 7, "geoRedundant": False},
        # The shortest Azure allows: a torn-down dev stack frees its vault's name soonest.
        "retention": {"logDays": 30, "logDailyGigabytes": 1, "deletedSecretDays": 7},
        "protection": {"protect": False, "locks": False},
    },
    "prod": {
        "network": {"outbound": "nat"},
        # The load the platform was asked for: 1,400 devices and 5,000 app clients.
        "capacity": {"devices": 1400, "clients": 5000, "messagesPerSecond": 3000, "spareNodes": 1},
        "emqx": {
            "slots": {"1": {}, "2": {}, "3": {}},
            "cpu": 2,
            "memoryGigabytes": 4,
            "placement": "zones",
            "clusterTls": True,
        },
        "edge": {"cpu": 2, "memoryGigabytes": 4, "maxReplicas": 10},
        # Signed from the first day: without signers in the parent zone it changes nothing.
        "domain": {"dnssec": True},
        # General Purpose with 4 vCores; 100 GB was asked for, 128 GiB is the next size Azure sells.
        "postgres": {"sku": "Standard_D4ds_v5", "storageGigabytes": 128, "highAvailability": "zoneRedundant"},
        "redis": {"highAvailability": True},
        # Standard was asked for, but a private endpoint needs Premium.
        "registry": {"sku": "Premium", "private": True},
        "frontDoor": {"entry": "frontDoor"},
        "backup": {"enabled": True, "postgresDays": 35, "geoRedundant": True},
        "retention": {"logDays": 30, "deletedSecretDays": 90},
        "protection": {"protect": True, "locks": True},
    },
}


_TAKEN_WHOLE: Final = ("slots",)


def with_defaults(tier: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The stack's values over those of its tier."""
    return _merged(TIERS[tier], values)


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping) and key not in _TAKEN_WHOLE:
            result[key] = _merged(below, value)
        else:
            result[key] = value
    return result
