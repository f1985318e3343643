"""haproxy.cfg of the edge: the whole file, and the figures in it."""

from dataclasses import replace

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from components import ports
from components.brokers.interface import Backend
from components.edge.config import Checks, EdgeConfig, IllegalEdgeError, Seconds, limits, render

PROFILES = ["0f1e2d3c-4b5a-4968-8776-655443322110", "11111111-2222-4333-8444-555555555555"]


def place(slot, **changes):
    node = Backend(
        name=f"emqx-{slot}",
        # Placement `zones`: slot k stands in environment (k - 1) mod 3.
        host=f"10.40.{(slot - 1) % 3}.250",
        mqtt_port=ports.of_slot("mqtt", slot),
        web_socket_port=ports.of_slot("websocket", slot),
        health_port=ports.of_slot("api", slot),
        health_path="/status",
    )
    return replace(node, **changes)


DIRECT = EdgeConfig(
    nodes=[place(slot) for slot in range(1, ports.SLOTS + 1)],
    cpu=2,
    memory_gigabytes=4,
    drain_seconds=300,
    promoted=True,
)


class HaproxyFile(SingleFileSnapshotExtension):
    """One file a case, as HAProxy reads it."""

    file_extension = "cfg"
    _write_mode = WriteMode.TEXT


CASES = {
    "direct": DIRECT,
    "front_door": replace(DIRECT, front_door_ids=PROFILES),
    "standby": replace(DIRECT, promoted=False),
}


@pytest.mark.parametrize("case", CASES)
def test_the_whole_file(case, snapshot):
    assert render(CASES[case]) == snapshot(name=case, extension_class=HaproxyFile)


def test_the_file_fits_into_a_secret():
    """A Key Vault secret holds 25,000 bytes."""
    assert len(render(replace(DIRECT, front_door_ids=PROFILES * 5)).encode()) < 25_000


def test_every_place_is_listed_with_its_health():
    text = render(DIRECT)
    for node in DIRECT.nodes:
        assert f"server {node.name} {node.host}:{node.mqtt_port} port {node.health_port}\n" in text
        assert f"server {node.name} {node.host}:{node.web_socket_port} track mqtt/{node.name}\n" in text


@pytest.mark.parametrize(("cpu", "threads"), [(0.25, 1), (1, 1), (1.25, 2), (4, 4)])
def test_threads_follow_the_cpu_of_the_container(cpu, threads):
    assert f"nbthread {threads}\n" in render(replace(DIRECT, cpu=cpu))


@pytest.mark.parametrize(
    ("memory_gigabytes", "frontend", "process"), [(0.5, 1250, 2600), (4, 10_000, 20_100), (8, 20_000, 40_100)]
)
def test_connections_follow_the_memory(memory_gigabytes, frontend, process):
    found = limits(memory_gigabytes)
    assert (found.frontend, found.process) == (frontend, process)


def test_one_replica_of_four_gigabytes_holds_every_planned_client_if_it_must():
    assert limits(4).frontend >= 1400 + 5000


def test_an_idle_connection_outlives_the_longest_keepalive_and_not_the_ingress():
    assert 1.5 * 120 < Seconds().idle < 240


def test_a_dead_node_is_left_within_seconds():
    """The sums of the documentation: waiting, then the tries, each pause a fifth longer."""
    checks, pause = Checks(), 1.2
    tries = checks.fall
    refuses = pause * (1 + (tries - 1) * 0.5)
    assert (checks.inter, checks.fastinter) == ("1s", "500ms")
    assert refuses <= 3
    assert refuses + tries * Seconds().check <= 9


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"nodes": [place(1, name="emqx 1")]}, "nodes.name: found 'emqx 1'"),
        ({"nodes": [place(1, host="10.0.0.1 backup")]}, "nodes.host: found '10.0.0.1 backup'"),
        ({"nodes": [place(1, host="")]}, "nodes.host: found ''"),
        ({"nodes": [place(1, health_path="/status hdr X y")]}, "nodes.health_path"),
        ({"nodes": [place(1), place(2, health_path="/healthy")]}, "found /healthy, /status; allowed: one path"),
        ({"nodes": []}, "nodes.health_path: found no node"),
        ({"front_door_ids": ["a } or { always_true"]}, "front_door_ids: found 'a } or { always_true'"),
        ({"front_door_ids": [""]}, "front_door_ids: found ''"),
    ],
)
def test_what_would_not_stand_in_the_file_is_refused(changes, says):
    with pytest.raises(IllegalEdgeError) as refused:
        render(replace(DIRECT, **changes))
    assert says in str(refused.value)
    assert "allowed" in str(refused.value)
