"""What the probe says: counters and histograms in Prometheus' form.

``path`` is the way a message goes in: ``mqtt`` is published by the device over MQTT and received by the app over
WebSocket, ``websocket`` the other way. Every message therefore passes both endpoints and the broker.
"""

from __future__ import annotations

from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

Way = Literal["mqtt", "websocket"]
WAYS: Final[tuple[Way, ...]] = ("mqtt", "websocket")

# A series more for each, which says when it began; Prometheus knows a restart without.
disable_created_metrics()

BOUNDS: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0)
"""Seconds. Fine below the goal of 100 ms, so that a percentile there is a figure and not a guess."""


class Metrics:
    """The probe's metrics, each way present from the start: a rate of what was never seen would be no rate."""

    def __init__(self, latency_seconds: float) -> None:
        """With the goal for a round trip as a bound: what is slower is then counted exactly."""
        self.registry = CollectorRegistry()
        of_way = {"labelnames": ("path",), "registry": self.registry}
        of_endpoint = {"labelnames": ("endpoint",), "registry": self.registry}
        self.round_trip = Histogram(
            "amora_probe_round_trip_seconds",
            "From the call that publishes to the arrival at the other client.",
            buckets=sorted({*BOUNDS, latency_seconds}),
            **of_way,
        )
        self.sent = Counter(
            "amora_probe_sent_total", "Messages whose outcome is known, also those nobody took.", **of_way
        )
        self.received = Counter("amora_probe_received_total", "Of those, what arrived within the timeout.", **of_way)
        self.late = Counter("amora_probe_late_total", "What arrived after it had been counted as lost.", **of_way)
        self.connected = Gauge("amora_probe_connected", "1 while connected and subscribed.", **of_endpoint)
        self.connects = Counter("amora_probe_connects_total", "Connections that were made.", **of_endpoint)
        self.failures = Counter(
            "amora_probe_connect_failures_total", "Connections that were not, for want of a token too.", **of_endpoint
        )
        for way in WAYS:
            for each in (self.round_trip, self.sent, self.received, self.late):
                each.labels(way)
            for each in (self.connected, self.connects, self.failures):
                each.labels(way)

    def arrived(self, way: Way, seconds: float) -> None:
        """A message arrived in time."""
        self.sent.labels(way).inc()
        self.received.labels(way).inc()
        self.round_trip.labels(way).observe(seconds)

    def lost(self, way: Way) -> None:
        """A message did not arrive in time, or could not be sent."""
        self.sent.labels(way).inc()
