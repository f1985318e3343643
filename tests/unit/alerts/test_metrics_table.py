"""The table of EMQX's metrics, by which rules and dashboards are checked."""

import json
import re
from pathlib import Path

import pytest

FACTS = Path(__file__).resolve().parents[3] / "alerts" / "facts"
TABLE = json.loads((FACTS / "emqx_metrics.json").read_text(encoding="utf-8"))
ROWS = {row["name"]: row for row in TABLE["metrics"]}

# What the platform must be able to see.
SIGNALS = {
    "authentication failures",
    "authorization denials",
    "backends",
    "certificate expiry",
    "cluster size",
    "connections",
    "drops",
    "licence expiry",
    "memory",
    "processor",
    "queues",
    "sessions",
    "throughput",
}


def test_each_metric_stands_once():
    assert len(ROWS) == len(TABLE["metrics"])


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_is_whole(name):
    row = ROWS[name]
    assert re.fullmatch(r"emqx_[a-z0-9_]+", name)
    assert row["type"] in {"counter", "gauge", "histogram"}
    assert row["endpoint"] in {"stats", "auth"}
    assert set(row["editions"]) <= {"opensource", "enterprise"}
    assert row["editions"]
    assert row["unit"]
    assert row["source"].startswith("github.com/emqx/emqx ")
    assert not set(row["labels"]) & set(TABLE["targetLabels"]), "the collector's own labels would hide it"


def test_every_signal_has_metrics_of_the_table():
    assert set(TABLE["signals"]) == SIGNALS
    for signal, names in TABLE["signals"].items():
        assert names, signal
        assert set(names) <= set(ROWS), signal


def test_what_the_open_source_edition_lacks_is_said():
    assert ROWS["emqx_license_expiry_at"]["editions"] == ["enterprise"]
