"""What becomes of a message: in time, lost, late, twice, of somebody else."""

import threading

import pytest

from probe.metrics import Metrics
from probe.rounds import Rounds


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def metrics():
    return Metrics(latency_seconds=0.1)


@pytest.fixture
def rounds(metrics, clock):
    return Rounds(metrics, clock)


def said(metrics, name, **labels):
    return metrics.registry.get_sample_value(f"amora_probe_{name}", labels)


def counts(metrics, way="mqtt"):
    return tuple(said(metrics, f"{name}_total", path=way) for name in ("sent", "received", "late"))


def test_a_message_in_time_is_timed_from_its_sending(rounds, metrics, clock):
    def send():
        clock.now += 0.04
        rounds.arrived("a")

    assert rounds.run("mqtt", "a", send, timeout=1) == pytest.approx(0.04)
    assert counts(metrics) == (1, 1, 0)
    assert said(metrics, "round_trip_seconds_sum", path="mqtt") == pytest.approx(0.04)
    assert counts(metrics, "websocket") == (0, 0, 0)


def test_what_does_not_come_is_lost(rounds, metrics):
    assert rounds.run("mqtt", "a", lambda: None, timeout=0.01) is None
    assert counts(metrics) == (1, 0, 0)
    assert said(metrics, "round_trip_seconds_count", path="mqtt") == 0


def test_what_cannot_be_sent_is_lost_at_once(rounds, metrics):
    def send():
        raise ConnectionError

    assert rounds.run("websocket", "a", send, timeout=1000) is None
    assert counts(metrics, "websocket") == (1, 0, 0)


def test_what_comes_afterwards_is_late_once_and_stays_lost(rounds, metrics):
    rounds.run("mqtt", "a", lambda: None, timeout=0.01)
    for _ in range(2):
        rounds.arrived("a")
    assert counts(metrics) == (1, 0, 1)


def test_delivered_twice_counts_once_and_by_the_first(rounds, metrics, clock):
    def send():
        clock.now += 0.01
        rounds.arrived("a")
        clock.now += 5
        rounds.arrived("a")

    assert rounds.run("mqtt", "a", send, timeout=1) == pytest.approx(0.01)
    assert counts(metrics) == (1, 1, 0)


def test_what_nobody_waits_for_is_nothing(rounds, metrics):
    rounds.arrived("somebody else's")
    assert counts(metrics) == (0, 0, 0)


def test_both_ways_at_a_time(rounds, metrics):
    def other():
        rounds.run("websocket", "b", lambda: rounds.arrived("b"), timeout=1)

    thread = threading.Thread(target=other)
    rounds.run("mqtt", "a", lambda: (thread.start(), thread.join(), rounds.arrived("a")), timeout=1)
    assert counts(metrics) == counts(metrics, "websocket") == (1, 1, 0)


def test_given_up_messages_are_not_remembered_for_ever(rounds):
    for number in range(1100):
        rounds.run("mqtt", str(number), lambda: None, timeout=0)
    assert len(rounds._given_up) == 1000


@pytest.mark.parametrize("goal", [0.1, 0.12])
def test_the_goal_is_a_bound_of_the_histogram(goal):
    metrics = Metrics(goal)
    assert said(metrics, "round_trip_seconds_bucket", path="mqtt", le=str(goal)) == 0
