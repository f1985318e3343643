"""HAProxy's metrics: a collector beside it in every replica, since an address of the edge leads to any one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pulumi

from components.collector.collector import own_job
from components.collector.config import REPLICA_VARIABLE, CollectorConfig, Job, RemoteWrite, Target, render
from components.collector.container import collector_container
from components.container_app import Image

if TYPE_CHECKING:
    from pulumi_azure_native import app

    from components.cell import Cell

METRICS_PATH: Final = "/metrics"

KEPT: Final = (
    "haproxy_process_current_connections",
    "haproxy_process_max_connections",
    "haproxy_frontend_current_sessions",
    "haproxy_frontend_limit_sessions",
    "haproxy_frontend_connections_total",
    "haproxy_frontend_bytes_in_total",
    "haproxy_frontend_bytes_out_total",
    "haproxy_frontend_denied_connections_total",
    "haproxy_frontend_requests_denied_total",
    "haproxy_frontend_request_errors_total",
    "haproxy_frontend_http_responses_total",
    "haproxy_backend_active_servers",
    "haproxy_backend_connection_errors_total",
    "haproxy_backend_redispatch_warnings_total",
    "haproxy_backend_retry_warnings_total",
    "haproxy_server_check_up_down_total",
    "haproxy_server_connection_errors_total",
    "haproxy_server_current_sessions",
    "haproxy_server_sessions_total",
)
"""Of the 200 that HAProxy has for each proxy and server: load and limits, what is refused, and the nodes' state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EdgeMetrics:
    """Where the edge's metrics go.

    image: Prometheus. write_url: the workspace's. interval_seconds: between two scrapes.
    """

    image: Image
    write_url: pulumi.Input[str]
    interval_seconds: int


def metrics_container(wanted: EdgeMetrics, *, cell: Cell, client_id: pulumi.Input[str], port: int) -> app.ContainerArgs:
    """The collector beside HAProxy.

    Args:
        wanted: where the metrics go.
        cell: names environment and region.
        client_id: of the edge's identity, which writes.
        port: of HAProxy's exporter on the replica's loopback.
    """
    text = pulumi.Output.all(wanted.write_url, client_id).apply(
        lambda known: edge_prometheus_yml(
            wanted.interval_seconds, cell, write=RemoteWrite(url=known[0], client_id=known[1]), port=port
        )
    )
    return collector_container(wanted.image, text, reads_files=False)


def edge_prometheus_yml(interval_seconds: int, cell: Cell, *, write: RemoteWrite, port: int) -> str:
    """The configuration of that collector."""
    return render(
        CollectorConfig(
            environment=cell.names.environment,
            region=cell.names.region,
            interval_seconds=interval_seconds,
            jobs=(haproxy_job(port), own_job()),
            write=write,
            replica_variable=REPLICA_VARIABLE,
        )
    )


def haproxy_job(port: int) -> Job:
    """The scrape job of HAProxy."""
    target = Target(address=f"127.0.0.1:{port}", path=METRICS_PATH, labels={"instance": "edge"})
    return Job(name="edge", label="haproxy", targets=(target,), keep=KEPT)
