"""The way in: HAProxy, Front Door, its origins, its firewall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alerts.alert import Aggregation, Alert, Figure, Metric, Operator, Prometheus, Threshold, Tiered, same

_AMBA: Final = "Azure Monitor Baseline Alerts, Microsoft.Cdn/profiles"


def _door(
    name: str,
    aggregation: Aggregation,
    operator: Operator,
    threshold: Threshold,
    window: str = "PT15M",
    frequency: str = "PT5M",
    dimensions: Mapping[str, tuple[str, ...]] | None = None,
) -> Metric:
    return Metric(
        target="front door",
        type="Microsoft.Cdn/profiles",
        name=name,
        aggregation=aggregation,
        operator=operator,
        threshold=threshold,
        window=window,
        frequency=frequency,
        dimensions=dimensions or {},
    )


ALERTS: Final = (
    Alert(
        id="edge-metrics-missing",
        area="edge",
        title="Fewer replicas of the edge give their metrics than must run",
        severity=2,
        signal=Prometheus(
            expression='(count(up{{job="haproxy"}} == 1) or vector(0)) < {threshold}',
            threshold=Figure("edge_least"),
            pending="PT10M",
        ),
        source="prometheus.io, Jobs and instances: up; a rule that sees no series does not fire",
        needs=("edge metrics",),
    ),
    Alert(
        id="edge-sees-too-few-nodes",
        area="edge",
        title="A replica of the edge reaches fewer nodes than there are",
        severity=2,
        signal=Prometheus(
            expression='min by (replica) (haproxy_backend_active_servers{{proxy="mqtt"}}) < {threshold}',
            threshold=Figure("nodes"),
        ),
        source="docs.haproxy.org, Prometheus exporter; every slot is listed, those in use are up",
        needs=("edge metrics",),
    ),
    Alert(
        id="edge-connections-high",
        area="edge",
        title="A replica of the edge has nearly as many connections as it takes",
        severity=2,
        signal=Prometheus(
            expression=(
                "100 * haproxy_process_current_connections / (haproxy_process_max_connections > 0) > {threshold}"
            ),
            threshold=Figure("connections_percent"),
            pending="PT10M",
        ),
        source="docs.haproxy.org, maxconn: further connections wait in the kernel",
        needs=("edge metrics",),
    ),
    Alert(
        id="edge-connections-failing",
        area="edge",
        title="The edge fails to hand connections to the nodes",
        severity=2,
        signal=Prometheus(
            expression="sum(rate(haproxy_server_connection_errors_total[5m])) > {threshold}",
            threshold=Tiered(dev=1, prod=0.1),
            pending="PT10M",
        ),
        source="docs.haproxy.org, Prometheus exporter; ours: one in ten seconds",
        needs=("edge metrics",),
    ),
    Alert(
        id="front-door-origin-unhealthy",
        area="edge",
        title="Front Door does not reach the edge",
        severity=1,
        signal=_door("OriginHealthPercentage", "Average", "LessThan", same(90), "PT5M", "PT1M"),
        source=_AMBA,
        needs=("front door",),
    ),
    Alert(
        id="front-door-errors",
        area="edge",
        title="Front Door answers apps with server errors",
        severity=2,
        signal=_door("Percentage5XX", "Average", "GreaterThan", Tiered(dev=10, prod=5)),
        source=_AMBA,
        needs=("front door",),
    ),
    Alert(
        id="front-door-web-sockets-high",
        area="edge",
        title="A Front Door carries nearly as many WebSockets as it may",
        severity=2,
        # A total over one minute is the number itself: the metric is sampled once a minute.
        signal=_door("ActiveWebSocketConnections", "Total", "GreaterThan", Figure("web_sockets"), "PT1M", "PT1M"),
        source="learn.microsoft.com, Front Door WebSocket: 3,000 connections a profile",
        needs=("front door",),
    ),
    Alert(
        id="front-door-blocks",
        area="edge",
        title="The firewall blocks unusually many requests",
        severity=3,
        signal=_door(
            "WebApplicationFirewallRequestCount",
            "Total",
            "GreaterThan",
            Tiered(dev=200, prod=1000),
            dimensions={"Action": ("Block",)},
        ),
        source=_AMBA,
        needs=("front door",),
    ),
)
