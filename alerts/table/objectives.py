"""The service level: what the synthetic probe sees, and how fast the error budget burns.

Two windows a rule, as in chapter 5 of Google's "The Site Reliability Workbook", table 5-8: the long one says that it
matters, the short one that it still goes on. A budget is for 30 days.
"""

from __future__ import annotations

from typing import Final

from alerts.alert import Alert, Figure, Prometheus, Recording, same
from settings.rules.probe import FASTEST_BURN

RANGES: Final = ("5m", "30m", "1h", "6h", "3d")
"""Over which the shares of lost and of slow messages are recorded."""


def _lost(span: str) -> Recording:
    return Recording(
        name=f"amora:probe_lost:ratio_{span}",
        expression=(
            # A path on which nothing has ever come back has no series of what came back.
            f"clamp_min(1 - (sum by (path) (increase(amora_probe_received_total[{span}])) "
            f"or 0 * sum by (path) (increase(amora_probe_sent_total[{span}]))) "
            f"/ (sum by (path) (increase(amora_probe_sent_total[{span}])) > 0), 0)"
        ),
        about=f"Share of the probe's messages that did not come back, over {span}.",
    )


def _slow(span: str) -> Recording:
    return Recording(
        name=f"amora:probe_slow:ratio_{span}",
        expression=(
            "1 - sum by (path) "
            f'(increase(amora_probe_round_trip_seconds_bucket{{{{le=~"{{latency_seconds}}([.]0)?"}}}}[{span}])) '
            f"/ (sum by (path) (increase(amora_probe_round_trip_seconds_count[{span}])) > 0)"
        ),
        about=f"Share of the probe's messages that took longer than the objective, over {span}.",
    )


RECORDINGS: Final = (
    *(_lost(span) for span in RANGES),
    *(_slow(span) for span in RANGES),
    Recording(
        name="amora:probe_round_trip_seconds:p95_5m",
        expression=("histogram_quantile(0.95, sum by (path, le) (rate(amora_probe_round_trip_seconds_bucket[5m])))"),
        about="95th percentile of the probe's way from publisher to subscriber, in seconds, over 5m.",
    ),
)
"""Recording rules, in the order they are evaluated."""

_WORKBOOK: Final = "sre.google/workbook/alerting-on-slos, table 5-8"


def _burns(ratio: str, long: str, short: str) -> str:
    return f"amora:{ratio}:ratio_{long} > {{threshold}} and amora:{ratio}:ratio_{short} > {{threshold}}"


ALERTS: Final = (
    Alert(
        id="delivery-budget-burning-fast",
        area="objectives",
        title="Messages are lost so fast that a month's budget lasts two days",
        severity=0,
        signal=Prometheus(
            expression=_burns("probe_lost", "1h", "5m"),
            threshold=Figure("delivery_budget", FASTEST_BURN),
            pending="PT2M",
            window="PT1H",
        ),
        source=_WORKBOOK,
        needs=("probe",),
    ),
    Alert(
        id="delivery-budget-burning",
        area="objectives",
        title="Messages are lost so fast that a month's budget lasts five days",
        severity=1,
        signal=Prometheus(
            expression=_burns("probe_lost", "6h", "30m"),
            threshold=Figure("delivery_budget", 6),
            pending="PT15M",
            window="PT6H",
        ),
        source=_WORKBOOK,
        needs=("probe",),
    ),
    Alert(
        id="delivery-budget-used-up",
        area="objectives",
        title="Messages are lost as fast as a month's budget allows, for days",
        severity=2,
        signal=Prometheus(
            expression=_burns("probe_lost", "3d", "6h"),
            threshold=Figure("delivery_budget"),
            pending="PT1H",
            window="P3D",
        ),
        source=_WORKBOOK,
        needs=("probe",),
    ),
    Alert(
        id="latency-budget-burning-fast",
        area="objectives",
        title="Most messages are slow: a month's budget lasts two days",
        severity=1,
        signal=Prometheus(
            expression=_burns("probe_slow", "1h", "5m"),
            threshold=Figure("latency_budget", FASTEST_BURN),
            pending="PT2M",
            window="PT1H",
        ),
        source=_WORKBOOK,
        needs=("probe",),
    ),
    Alert(
        id="latency-budget-burning",
        area="objectives",
        title="Many messages are slow: a month's budget lasts five days",
        severity=2,
        signal=Prometheus(
            expression=_burns("probe_slow", "6h", "30m"),
            threshold=Figure("latency_budget", 6),
            pending="PT15M",
            window="PT6H",
        ),
        source=_WORKBOOK,
        needs=("probe",),
    ),
    Alert(
        id="latency-budget-used-up",
        area="objectives",
        title="Messages are slow as often as a month's budget allows, for days",
        severity=3,
        signal=Prometheus(
            expression=_burns("probe_slow", "3d", "6h"),
            threshold=Figure("latency_budget"),
            pending="PT1H",
            window="P3D",
        ),
        source=_WORKBOOK,
        needs=("probe",),
    ),
    Alert(
        id="latency-high",
        area="objectives",
        title="One of twenty messages takes longer than the objective, right now",
        severity=3,
        signal=Prometheus(
            expression="amora:probe_round_trip_seconds:p95_5m > {threshold}",
            threshold=Figure("latency_seconds"),
            pending="PT10M",
        ),
        source="success criterion of the project: 95 % of state updates under 100 ms",
        needs=("probe",),
    ),
    Alert(
        id="probe-disconnected",
        area="objectives",
        title="The probe is not connected: new clients may not get in either",
        severity=1,
        signal=Prometheus(
            expression="min by (endpoint) (amora_probe_connected) < {threshold}", threshold=same(1), pending="PT5M"
        ),
        source="the probe comes as a device and as an app does, by certificate and by token",
        needs=("probe",),
    ),
    Alert(
        id="probe-silent",
        area="objectives",
        title="The probe sends nothing on one way or both: nobody knows whether the broker delivers",
        severity=2,
        signal=Prometheus(
            expression="(min(sum by (path) (increase(amora_probe_sent_total[10m]))) or vector(0)) < {threshold}",
            threshold=same(1),
            window="PT10M",
        ),
        source="a rule that sees no series does not fire; so their absence has one of its own",
        needs=("probe",),
    ),
)
