"""The `config:` block of `Pulumi.yaml`, made from the model so that the two cannot part.

Every key has an empty default: the engine refuses a stack that lacks a key without one, with a message that names
neither mend nor the other problems. The settings report a missing key themselves.
"""

from __future__ import annotations

from typing import Any

from settings import shape
from settings.model import Settings


def declared() -> dict[str, dict[str, Any]]:
    """One declaration a config key: ``type``, ``description``, ``default``.

    Pulumi knows neither nested shapes nor enumerations here (pulumi/pulumi sdk project.json), so a group is an object.
    """
    block: dict[str, dict[str, Any]] = {}
    for key, field in shape.fields(Settings):
        text = shape.bare(field.annotation) is str or shape.choices(field)
        block[key] = {
            "type": "string" if text else "object",
            "description": field.description,
            "default": "" if text else {},
        }
    return block
