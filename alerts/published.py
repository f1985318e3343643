"""The facts beside the table: what Azure, EMQX and the probe publish, read from the data files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent / "facts"
# prometheus.io, Metric types: what a histogram is made of.
_HISTOGRAM: Final = ("_bucket", "_sum", "_count")


@cache
def _read(name: str) -> Mapping[str, Any]:
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def azure_metrics() -> Mapping[str, Any]:
    """By ARM type: ``source``, and ``metrics`` by name with ``unit``, ``aggregations``, ``dimensions``, ``grains``."""
    return _read("azure_metrics")


def log_tables() -> Mapping[str, Any]:
    """By table of the workspace: ``source``, and ``columns`` with their Kusto types."""
    return _read("log_tables")


def emqx_metrics() -> dict[str, Mapping[str, Any]]:
    """Rows of emqx_metrics.json by name: ``type``, ``labels``, ``editions``, ``since`` and more."""
    return {row["name"]: row for row in _read("emqx_metrics")["metrics"]}


def prometheus_metrics() -> dict[str, str]:
    """Kind by name of every series that is scraped; a histogram's parts each by itself."""
    kinds = {name: row["type"] for name, row in emqx_metrics().items()}
    for exporter in _read("prometheus_metrics").values():
        kinds |= exporter["metrics"]
    return {
        part: kind
        for name, kind in kinds.items()
        for part in ([name + end for end in _HISTOGRAM] if kind == "histogram" else [name])
    }
