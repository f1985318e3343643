"""The smallest stacks that are right, and a way to change one thing in them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

import settings

DEV: Mapping[str, Any] = {
    "environment": "dev",
    "region": {"name": "eu1", "location": "westeurope"},
    "network": {"addressSpace": "10.41.0.0/16"},
    "domain": {"zone": "dev.amora.example.com"},
    "identity": {"tenant": "amorasyncdev"},
}
PROD: Mapping[str, Any] = {
    "environment": "prod",
    "region": {"name": "eu1", "location": "westeurope"},
    "network": {"addressSpace": "10.40.0.0/16"},
    "domain": {"zone": "amora.example.com"},
    "identity": {"tenant": "amorasync", "pending": True},
    "emqx": {"endOfLifeAccepted": "5.8.9"},
    "alerts": {"emails": ["ops@amora.example.com"]},
    "budget": {"start": "2026-12"},
}


def changed(stack: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """The stack with values at paths, the dot written ``__``: ``changed(DEV, network__outbound="nat")``."""
    result: dict[str, Any] = deepcopy(dict(stack))
    for path, value in values.items():
        *above, last = path.split("__")
        place = result
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return result


def written(folder: Path, values: Mapping[str, Any]) -> Path:
    """A stack file with the values."""
    file = folder / "Pulumi.test.yaml"
    config = {f"amora-sync:{name}": value for name, value in values.items()}
    file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    return file


def problems(values: Mapping[str, Any]) -> list[settings.Problem]:
    """What is wrong with the values; empty when nothing is."""
    try:
        settings.from_values(values)
    except settings.SettingsError as error:
        return list(error.problems)
    return []
