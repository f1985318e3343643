"""The payloads' JSON Schemas (draft 2020-12), a folder a version, a file a topic, each usable alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from topics.contract import VERSION, topic

_FOLDER: Final = Path(__file__).resolve().parent


def schema_path(name: str) -> Path:
    """The file of one topic's schema.

    Raises:
        KeyError: the contract has no such topic.
    """
    return _FOLDER / VERSION / f"{topic(name).name}.json"


def schema(name: str) -> dict[str, Any]:
    """The schema of one topic's payload.

    Raises:
        KeyError: the contract has no such topic.
    """
    return json.loads(schema_path(name).read_text(encoding="utf-8"))
