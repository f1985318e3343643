"""The data: which ARM type and API version an SDK token stands for, and the types themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from sandbox.arm.finding import Finding

FOLDER: Final = Path(__file__).resolve().parent


class Catalogue:
    """``maps.json``, ``types/`` and ``allow.json`` of a folder, each read when first needed."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._types: dict[str, list[dict[str, Any]]] = {}
        self._bodies: dict[str, dict[str, int]] = {}

    def _read(self, name: str) -> Any:
        return json.loads((self._folder / name).read_text(encoding="utf-8"))

    @cached_property
    def _maps(self) -> dict[str, Any]:
        return self._read("maps.json")

    @cached_property
    def _allowed(self) -> list[dict[str, Any]]:
        return self._read("allow.json")

    @property
    def sdk(self) -> str:
        """The SDK version the maps were made from."""
        return self._maps["sdk"]

    @property
    def source(self) -> str:
        """Repository and commit of the types."""
        return self._maps["source"]

    @property
    def tokens(self) -> Mapping[str, dict[str, Any]]:
        """Per token: ``type``, ``version``, ``file``, ``id`` template, ``params``, and ``nodes``: the input classes."""
        return self._maps["tokens"]

    def types(self, file: str) -> list[dict[str, Any]]:
        """The types of a file; they refer to each other by index."""
        if file not in self._types:
            self._types[file] = self._read(f"types/{file}")
        return self._types[file]

    def body(self, file: str, arm_type: str, version: str) -> int | None:
        """Index of a resource type's body; None if this API version has no such type."""
        if file not in self._bodies:
            self._bodies[file] = {
                node["name"].lower(): reference(node["body"])
                for node in self.types(file)
                if node["$type"] == "ResourceType"
            }
        return self._bodies[file].get(f"{arm_type}@{version}".lower())

    def judged(self, token: str, finding: Finding) -> Finding:
        """The finding, ``allowed`` where an entry of ``allow.json`` fits token, kind, path and value."""
        if finding.severity != "error":
            return finding
        path = "$." + re.sub(r"\[\d+\]", "[]", finding.path)
        for entry in self._allowed:
            fits = (
                token == entry["token"]
                and finding.kind in entry["kinds"]
                and f"{path}.".startswith(entry["path"] + ".")
            )
            if fits and finding.message.startswith(tuple(f"{value!r} " for value in entry.get("values", ())) or ""):
                return Finding("allowed", finding.kind, finding.path, finding.message)
        return finding


def reference(node: Mapping[str, str]) -> int:
    """The index that ``{"$ref": "#/12"}`` points to."""
    return int(node["$ref"].rsplit("/", 1)[1])


@cache
def catalogue() -> Catalogue:
    """The project's own data, loaded once."""
    return Catalogue()
