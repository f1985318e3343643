"""A loopback double of EMQX's metrics: every metric of the table, behind basic authentication.

Shapes: docs.emqx.com, Integrate with Prometheus, and the sources that alerts/facts/emqx_metrics.json names.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.http_double import answering, on_loopback

TABLE = Path(__file__).resolve().parents[2] / "alerts" / "facts" / "emqx_metrics.json"
_LABELS = {"listener_type": "ssl", "listener_name": "default", "reason": "normal", "shard": "emqx_shard"}


def metrics() -> list[dict[str, object]]:
    """The table's rows."""
    return json.loads(TABLE.read_text(encoding="utf-8"))["metrics"]


def document(endpoint: str, value: int) -> str:
    """What a node answers on an endpoint, every sample with this value."""
    lines = []
    for row in metrics():
        if row["endpoint"] != endpoint:
            continue
        name, kind, labels = str(row["name"]), row["type"], [str(each) for each in row["labels"]]  # pyright: ignore[reportGeneralTypeIssues]
        text = ",".join(f'{each}="{_LABELS.get(each, "default")}"' for each in labels)
        lines += [f"# TYPE {name} {kind}", f"# HELP {name} "]
        if kind == "histogram":
            inner = f"{text}," if text else ""
            lines += [f'{name}_bucket{{{inner}le="+Inf"}} {value}', f"{name}_count{{{text}}} {value}"]
            lines += [f"{name}_sum{{{text}}} {value}"]
        else:
            lines.append(f"{name}{{{text}}} {value}" if text else f"{name} {value}")
    return "\n".join(lines) + "\n"


@dataclass
class Node:
    """A node's API. value: of every sample. asked: path and mode of each request let in. refused: the others."""

    user: str
    key: str
    value: int = 1
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0


class _Handler(BaseHTTPRequestHandler):
    node: Node
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        expected = base64.b64encode(f"{self.node.user}:{self.node.key}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {expected}":
            self.node.refused += 1
            self._answer(401, "")
            return
        prefix, _, endpoint = parts.path.rpartition("/")
        if prefix != "/api/v5/prometheus" or endpoint not in {"stats", "auth"}:
            self._answer(404, "")
            return
        self.node.asked.append((parts.path, parse_qs(parts.query).get("mode", [""])[0]))
        self._answer(200, document(endpoint, self.node.value))

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running(node: Node) -> Iterator[Node]:
    """The node's API on the loopback."""
    with answering(on_loopback(_Handler, node=node)) as port:
        node.port = port
        yield node
