"""Real traffic through the real HAProxy with the rendered file: devices, apps, dead nodes, strangers, a stop."""

import contextlib
import json
import signal
import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from components import ports
from components.brokers.interface import Backend
from components.edge.config import Checks, EdgeConfig, Limits, Seconds, render
from tests.servers import broker_nodes
from tests.servers.broker_nodes import LOCAL, Broker
from tests.servers.device_pki import SERVER, Authority, Leaf
from tests.servers.haproxy_process import SCRIPT, Haproxy, until
from tools.servers import search_path

PROFILE = "0f1e2d3c-4b5a-4968-8776-655443322110"
# An upgrade with a body: HAProxy 2.6 drops the upgrade, 3.0 the request.
PAYLOAD = (400, 426)
SECOND_PROFILE = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def loop():
    with broker_nodes.loop() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority():
    return Authority("Amora Sync device CA 1")


@pytest.fixture(scope="module")
def server_context(folder, authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=authority.own.pem.decode())
    context.load_cert_chain(*authority.issue("localhost", Leaf(usage=SERVER, host="localhost")).write(folder, "node"))
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture(scope="module")
def device_context(folder, authority):
    context = ssl.create_default_context(cadata=authority.own.pem.decode())
    context.load_cert_chain(*authority.issue("dev-0001", Leaf()).write(folder, "device"))
    return context


@pytest.fixture
def node(loop, server_context):
    """Makes nodes; each with proxies before it that accept first."""
    made = []

    def make(name, *, afterwards: Literal["close", "hang"] = "close", started=True):
        broker = Broker(name=name, tls=server_context, loop=loop, afterwards=afterwards)
        made.append(broker)
        return broker.start() if started else broker

    yield make
    for broker in made:
        broker.kill()


@pytest.fixture
def edge(tmp_path):
    """Starts a replica of the edge in front of nodes, and waits for its first checks."""
    with contextlib.ExitStack() as running:

        def start(*nodes, healthz=200, **config):
            haproxy = running.enter_context(Haproxy(tmp_path, nodes, **config))
            until(lambda: haproxy.healthz() == healthz, 20)
            return haproxy

        yield start


@pytest.fixture(scope="module")
def direct(tmp_path_factory, loop, server_context):
    """A replica that clients reach straight through the ingress, and its only node; for tests that change neither."""
    yield from shared(tmp_path_factory.mktemp("direct"), loop, server_context)


@pytest.fixture(scope="module")
def fronted(tmp_path_factory, loop, server_context):
    """A replica behind two Front Door profiles, and its only node; for tests that change neither."""
    yield from shared(
        tmp_path_factory.mktemp("fronted"), loop, server_context, front_door_ids=[PROFILE, SECOND_PROFILE]
    )


def shared(folder, loop, server_context, **config):
    only = Broker(name="emqx-1", tls=server_context, loop=loop).start()
    with Haproxy(folder, [only], **config) as haproxy:
        until(lambda: haproxy.healthz() == 200, 20)
        yield haproxy, only
    only.kill()


@pytest.fixture
def device(device_context):
    """Connects a device; gives its socket and what the node said."""
    with contextlib.ExitStack() as connected:

        def connection(haproxy, timeout=5):
            plain = connected.enter_context(socket.create_connection((LOCAL, haproxy.ports.mqtt), timeout=timeout))
            wrapped = connected.enter_context(device_context.wrap_socket(plain, server_hostname="localhost"))
            return wrapped, json.loads(wrapped.recv(4096))

        yield connection


def app(haproxy, path="/mqtt", **arguments):
    headers = {"X-Forwarded-For": "203.0.113.7"} | arguments.pop("headers", {})
    return connect(
        f"ws://{LOCAL}:{haproxy.ports.web_socket}{path}",
        subprotocols=[Subprotocol("mqtt")],
        additional_headers=headers,
        open_timeout=20,
        **arguments,
    )


def refused(haproxy, path="/mqtt", headers=None):
    """The status of a refused upgrade."""
    with pytest.raises(InvalidStatus) as failure, app(haproxy, path, headers=headers or {}):
        pass
    return failure.value.response.status_code


def echoes(sock):
    sock.sendall(b"ping")
    return sock.recv(4) == b"ping"


class TestFile:
    @pytest.mark.parametrize("promoted", [True, False])
    @pytest.mark.parametrize("front_door_ids", [[], [PROFILE, SECOND_PROFILE]])
    def test_haproxy_takes_it_without_a_warning(self, tmp_path, promoted, front_door_ids):
        nodes = [
            Backend(
                name=f"emqx-{slot}",
                host=f"10.40.{slot % 3}.250",
                mqtt_port=ports.of_slot("mqtt", slot),
                web_socket_port=ports.of_slot("websocket", slot),
                health_port=ports.of_slot("api", slot),
                health_path="/status",
            )
            for slot in range(1, ports.SLOTS + 1)
        ]
        file = tmp_path / "haproxy.cfg"
        text = render(
            EdgeConfig(
                nodes=nodes,
                cpu=2,
                memory_gigabytes=4,
                drain_seconds=300,
                promoted=promoted,
                front_door_ids=front_door_ids,
            )
        )
        file.write_text(text, encoding="utf-8")
        # -dW makes an error of every warning.
        done = run("haproxy", "-dW", "-c", "-f", str(file))
        assert (done.returncode, done.stderr) == (0, "")

    def test_a_file_haproxy_refuses_ends_the_container(self, tmp_path):
        file = tmp_path / "haproxy.cfg"
        file.write_text("frontend nowhere\n    bind\n", encoding="utf-8")
        assert run("sh", str(SCRIPT), str(file)).returncode == 1

    def test_too_few_open_files_end_the_container_before_it_takes_a_part_of_the_clients(self, edge, node):
        haproxy = edge(node("emqx-1"))
        # As the image's user, who may not raise a hard limit as root may.
        start = f'ulimit -n 1000 && exec setpriv --bounding-set=-sys_resource sh "{SCRIPT}" "{haproxy.file}"'
        done = run("sh", "-c", start)
        assert done.returncode == 1
        assert "Cannot raise FD limit" in done.stderr

    def test_a_haproxy_that_dies_ends_the_container(self, edge, node):
        haproxy = edge(node("emqx-1"))
        (child,) = psutil.Process(haproxy.process.pid).children()
        child.kill()
        assert haproxy.process.wait(timeout=5) == 128 + signal.SIGKILL


def run(*command):
    return subprocess.run(command, env={"PATH": search_path()}, capture_output=True, text=True, timeout=20, check=False)


class TestDevices:
    def test_the_node_sees_the_devices_own_certificate(self, direct, device):
        haproxy, _ = direct
        sock, said = device(haproxy)
        assert said == {"node": "emqx-1", "certificate": "dev-0001"}
        assert (("commonName", "localhost"),) in sock.getpeercert()["subject"]
        assert echoes(sock)

    @pytest.mark.parametrize("begins", [b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00", b"GET / HTTP/1.1\r\n\r\n"])
    def test_what_does_not_begin_as_tls_never_reaches_a_node(self, direct, begins):
        haproxy, only = direct
        before = only.mqtt.accepted
        with socket.create_connection((LOCAL, haproxy.ports.mqtt), timeout=5) as sock:
            sock.sendall(begins)
            assert ended(sock)
        assert only.mqtt.accepted == before

    def test_who_says_nothing_is_let_go(self, edge, node):
        only = node("emqx-1")
        haproxy = edge(only, seconds=Seconds(hello=1))
        with socket.create_connection((LOCAL, haproxy.ports.mqtt), timeout=5) as sock:
            assert ended(sock)
        assert only.mqtt.accepted == 0

    def test_devices_spread_over_the_nodes(self, edge, node, device):
        haproxy = edge(node("emqx-1"), node("emqx-2"), node("emqx-3"))
        said = [device(haproxy)[1]["node"] for _ in range(6)]
        assert sorted(said) == ["emqx-1", "emqx-1", "emqx-2", "emqx-2", "emqx-3", "emqx-3"]

    def test_a_fleet_that_comes_at_once_comes_in_evenly(self, edge, node, device_context):
        haproxy = edge(node("emqx-1"), limits=Limits(frontend=100, process=300, new_a_second=10))

        def arrive(_):
            with socket.create_connection((LOCAL, haproxy.ports.mqtt), timeout=20) as plain:
                return bool(device_context.wrap_socket(plain, server_hostname="localhost").recv(1))

        began = time.monotonic()
        with ThreadPoolExecutor(30) as fleet:
            assert all(fleet.map(arrive, range(30)))
        assert time.monotonic() - began > 1.5

    def test_who_is_silent_for_too_long_is_let_go(self, edge, node, device):
        haproxy = edge(node("emqx-1"), seconds=Seconds(idle=2))
        (silent, _), (lively, _) = device(haproxy), device(haproxy)
        for _ in range(4):
            time.sleep(0.7)
            assert echoes(lively)
        assert ended(silent)


def ended(sock):
    try:
        return sock.recv(1) == b""
    except ConnectionError:
        return True


def turned_away(haproxy):
    try:
        with socket.create_connection((LOCAL, haproxy.ports.mqtt), timeout=5) as sock:
            return ended(sock)
    except ConnectionResetError:
        return True


class TestApps:
    def test_an_upgrade_reaches_a_node_and_carries_both_ways(self, direct):
        haproxy, _ = direct
        with app(haproxy) as connection:
            said = json.loads(connection.recv(timeout=5))
            assert (said["node"], said["path"], connection.subprotocol) == ("emqx-1", "/mqtt", "mqtt")
            connection.send(b"\x10\x00")
            assert connection.recv(timeout=5) == b"\x10\x00"
            assert connection.response is not None
            assert "Server" not in connection.response.headers

    def test_an_app_may_be_silent_longer_than_a_request_may_take(self, edge, node):
        haproxy = edge(node("emqx-1"), seconds=Seconds(request=1, upgrade=1))
        with app(haproxy) as connection:
            connection.recv(timeout=5)
            time.sleep(2.5)
            connection.send("still here")
            assert connection.recv(timeout=5) == "still here"

    def test_an_app_that_is_silent_for_too_long_is_let_go(self, edge, node):
        haproxy = edge(node("emqx-1"), seconds=Seconds(idle=1))
        with app(haproxy) as connection:
            connection.recv(timeout=5)
            with pytest.raises(ConnectionClosed):
                connection.recv(timeout=5)

    @pytest.mark.parametrize(
        ("method", "path", "headers", "status"),
        [
            ("GET", "/", {}, 404),
            ("GET", "/mqtt/", {}, 404),
            ("GET", "/MQTT", {}, 404),
            ("GET", "/%6dqtt", {}, 404),
            ("GET", "//mqtt", {}, 404),
            ("GET", "/api/v5/clients", {}, 404),
            ("GET", "/status", {}, 404),
            ("POST", "/api/v5/login", {}, 404),
            ("POST", "/mqtt", {}, 405),
            ("HEAD", "/mqtt", {}, 405),
            ("CONNECT", "/mqtt", {}, 400),
            ("GET", "/mqtt", {}, 426),
            ("GET", "/mqtt", {"Upgrade": "h2c", "Connection": "Upgrade"}, 426),
            ("GET", "/mqtt", {"Upgrade": "websocket", "Connection": "Upgrade", "Content-Length": "5"}, PAYLOAD),
            (
                "GET",
                "/mqtt",
                {"Upgrade": "websocket", "Connection": "Upgrade", "Transfer-Encoding": "chunked"},
                PAYLOAD,
            ),
            ("POST", "/healthz", {}, 405),
            ("HEAD", "/healthz", {}, 200),
            ("GET", "/healthz", {}, 200),
            ("GET", "/alive", {}, 404),
        ],
    )
    def test_nothing_else_passes(self, direct, method, path, headers, status):
        haproxy, only = direct
        before = only.web_socket.accepted
        answer = raw(haproxy, method, path, {"X-Forwarded-For": "203.0.113.7"} | headers)
        assert answer in (status if isinstance(status, tuple) else (status,))
        assert only.web_socket.accepted == before

    def test_one_address_cannot_take_every_upgrade(self, edge, node):
        limits = Limits(frontend=100, process=300, address_requests=3)
        haproxy = edge(node("emqx-1"), limits=limits)
        statuses = [raw(haproxy, "GET", "/mqtt", {"X-Forwarded-For": "198.51.100.9"}) for _ in range(5)]
        assert statuses == [426, 426, 426, 429, 429]
        assert raw(haproxy, "GET", "/mqtt", {"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}) == 426


def raw(haproxy, method, path, headers):
    """The status of a request that no client library would send."""
    lines = [f"{method} {path} HTTP/1.1", "Host: edge", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((LOCAL, haproxy.ports.web_socket), timeout=5) as sock:
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(sock.recv(4096).split(b" ")[1])


def forwarded(connection):
    said = json.loads(connection.recv(timeout=5))
    return [value for name, value in said["headers"] if name == "x-forwarded-for"], {
        name for name, _ in said["headers"]
    }


class TestWhoIsThere:
    @pytest.mark.parametrize(
        ("sent", "seen"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
            ("10.0.0.1,127.0.0.1, 203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:50123", "203.0.113.7"),
            ("6.6.6.6, 2001:db8::7", "2001:db8::7"),
        ],
    )
    def test_a_node_sees_the_one_address_the_ingress_saw(self, direct, sent, seen):
        haproxy, _ = direct
        with app(haproxy, headers={"X-Forwarded-For": sent}) as connection:
            addresses, _ = forwarded(connection)
        assert addresses == [seen]
        until(lambda: '"client":"' + seen in haproxy.log(), 5)

    def test_a_second_header_line_changes_nothing(self, direct):
        haproxy, _ = direct
        with connect(
            f"ws://{LOCAL}:{haproxy.ports.web_socket}/mqtt",
            subprotocols=[Subprotocol("mqtt")],
            additional_headers=[("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "203.0.113.7")],
        ) as connection:
            addresses, _ = forwarded(connection)
        assert addresses == ["203.0.113.7"]

    def test_what_else_says_who_is_there_is_dropped(self, direct):
        haproxy, _ = direct
        spoofed = {
            "Forwarded": "for=6.6.6.6",
            "X-Real-IP": "6.6.6.6",
            "X-Forwarded-Port": "1",
            "X-Forwarded-Client-Cert": "Subject=CN=dev-0001",
            "X-Original-Forwarded-For": "6.6.6.6",
            "X-Azure-ClientIP": "6.6.6.6",
            "X-Azure-SocketIP": "6.6.6.6",
        }
        with app(haproxy, headers=spoofed) as connection:
            addresses, names = forwarded(connection)
        assert addresses == ["203.0.113.7"]
        assert names.isdisjoint({name.lower() for name in spoofed})

    @pytest.mark.parametrize("sent", ["", "unknown", "203.0.113.7, _hidden"])
    def test_who_has_no_address_is_refused(self, direct, sent):
        assert raw(direct[0], "GET", "/mqtt", {"X-Forwarded-For": sent}) == 400

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Azure-FDID": ""},
            {"X-Azure-FDID": "99999999-2222-4333-8444-555555555555"},
            {"X-Azure-FDID": f"{PROFILE}, 99999999-2222-4333-8444-555555555555"},
            {"X-Azure-FDID": PROFILE[:-1]},
        ],
    )
    def test_who_comes_past_our_front_door_is_refused(self, fronted, headers):
        haproxy, only = fronted
        before = only.web_socket.accepted
        assert refused(haproxy, headers={"X-Azure-SocketIP": "203.0.113.7"} | headers) == 403
        assert only.web_socket.accepted == before

    @pytest.mark.parametrize("profile", [PROFILE, SECOND_PROFILE, PROFILE.upper()])
    def test_through_our_front_door_its_word_counts(self, fronted, profile):
        haproxy, _ = fronted
        headers = {
            "X-Azure-FDID": profile,
            "X-Azure-SocketIP": "203.0.113.9",
            "X-Azure-ClientIP": "6.6.6.6",
            "X-Forwarded-For": "6.6.6.6, 203.0.113.9, 147.243.18.238",
        }
        with app(haproxy, headers=headers) as connection:
            addresses, names = forwarded(connection)
        assert addresses == ["203.0.113.9"]
        assert names.isdisjoint({"x-azure-fdid", "x-azure-socketip", "x-azure-clientip"})

    @pytest.mark.parametrize("socket_ip", [None, "6.6.6.6, 203.0.113.9"])
    def test_through_our_front_door_without_one_address_is_refused(self, fronted, socket_ip):
        haproxy, _ = fronted
        headers = {"X-Azure-FDID": PROFILE} | ({"X-Azure-SocketIP": socket_ip} if socket_ip else {})
        assert refused(haproxy, headers=headers) == 400

    def test_health_needs_no_front_door(self, fronted):
        assert fronted[0].healthz() == 200


class TestDeadNodes:
    """Every node stands behind a proxy that accepts first: that a port opens says nothing."""

    @pytest.mark.parametrize(("afterwards", "seconds"), [("close", 5), ("hang", 11)])
    def test_a_dead_node_is_left_within_seconds(self, edge, node, device, afterwards, seconds):
        doomed, other = node("emqx-1", afterwards=afterwards), node("emqx-2")
        haproxy = edge(doomed, other, checks=Checks())
        first, second = device(haproxy), device(haproxy)
        lost = next(sock for sock, said in (first, second) if said["node"] == "emqx-1")
        kept = next(sock for sock, said in (first, second) if said["node"] == "emqx-2")
        doomed.kill()
        until(lambda: "mqtt/emqx-1 is DOWN" in haproxy.log(), seconds)
        lost.settimeout(1)
        assert ended(lost)
        assert echoes(kept)
        assert {device(haproxy)[1]["node"] for _ in range(4)} == {"emqx-2"}

    def test_apps_on_a_dead_node_are_let_go_at_once(self, edge, node):
        doomed = node("emqx-1", afterwards="hang")
        haproxy = edge(doomed)
        with app(haproxy) as connection:
            connection.recv(timeout=5)
            doomed.kill()
            with pytest.raises(ConnectionClosed):
                connection.recv(timeout=5)

    @pytest.mark.parametrize("afterwards", ["close", "hang"])
    def test_an_upgrade_finds_another_node_before_the_checks_do(self, edge, node, afterwards):
        doomed, other = node("emqx-1", afterwards=afterwards), node("emqx-2")
        haproxy = edge(doomed, other, checks=Checks(inter="60s"), seconds=Seconds(upgrade=1))
        doomed.kill()
        for _ in range(4):
            with app(haproxy) as connection:
                assert json.loads(connection.recv(timeout=5))["node"] == "emqx-2"
        assert doomed.web_socket.accepted > 0

    def test_a_node_that_says_it_is_not_well_is_left(self, edge, node, device):
        ill, other = node("emqx-1"), node("emqx-2")
        haproxy = edge(ill, other)
        ill.healthy = False
        until(lambda: "mqtt/emqx-1 is DOWN" in haproxy.log(), 5)
        assert {device(haproxy)[1]["node"] for _ in range(3)} == {"emqx-2"}

    def test_no_node_up(self, edge, node):
        haproxy = edge(node("emqx-1", started=False), node("emqx-2", started=False), healthz=503)
        assert haproxy.alive()
        assert refused(haproxy) == 503
        assert turned_away(haproxy)

    def test_a_new_node_is_found_without_a_change_of_the_edge(self, edge, node, device):
        first, later = node("emqx-1"), node("emqx-4", started=False)
        haproxy = edge(first, later, checks=Checks())
        until(lambda: "mqtt/emqx-4 is DOWN" in haproxy.log(), 12)
        later.start()
        until(lambda: "mqtt/emqx-4 is UP" in haproxy.log(), 8)
        assert "emqx-4" in {device(haproxy)[1]["node"] for _ in range(4)}

    def test_the_last_node_gone_and_back(self, edge, node, device):
        only = node("emqx-1")
        haproxy = edge(only)
        only.kill()
        until(lambda: haproxy.healthz() == 503, 5)
        only.start()
        until(lambda: haproxy.healthz() == 200, 5)
        assert device(haproxy)[1]["node"] == "emqx-1"


class TestStandby:
    def test_takes_nobody_though_its_nodes_are_up(self, edge, node):
        only = node("emqx-1")
        haproxy = edge(only, promoted=False, healthz=503)
        until(lambda: httpx.get(f"{haproxy.web}/healthz").text == "standby, nodes are up\n", 5)
        assert haproxy.alive()
        assert refused(haproxy) == 503
        assert turned_away(haproxy)
        assert only.mqtt.accepted == only.web_socket.accepted == 0

    def test_says_when_it_could_not_take_over(self, edge, node):
        haproxy = edge(node("emqx-1", started=False), promoted=False, healthz=503)
        until(lambda: httpx.get(f"{haproxy.web}/healthz").text == "standby, no node is up\n", 5)


class TestStop:
    @pytest.mark.parametrize("shell", ["dash", "bash"])
    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGUSR1, signal.SIGINT])
    def test_connections_live_on_and_new_ones_are_refused(self, edge, node, device, shell, how):
        haproxy = edge(node("emqx-1"), shell=shell)
        sock, _ = device(haproxy)
        with app(haproxy) as connection:
            connection.recv(timeout=5)
            haproxy.stop(how)
            until(lambda: not haproxy.alive(), 5)
            for port in (haproxy.ports.mqtt, haproxy.ports.web_socket):
                with pytest.raises(ConnectionRefusedError):
                    socket.create_connection((LOCAL, port), timeout=2)
            time.sleep(1)
            assert echoes(sock)
            connection.send("still here")
            assert connection.recv(timeout=5) == "still here"
            assert haproxy.process.poll() is None
        sock.close()
        assert haproxy.process.wait(timeout=5) == 0

    def test_the_drain_has_an_end(self, edge, node, device):
        haproxy = edge(node("emqx-1"), drain_seconds=2)
        sock, _ = device(haproxy)
        began = time.monotonic()
        haproxy.stop()
        assert haproxy.process.wait(timeout=10) == 0
        assert 1.5 <= time.monotonic() - began <= 5
        assert ended(sock)

    def test_an_idle_replica_stops_at_once(self, edge, node):
        haproxy = edge(node("emqx-1"))
        haproxy.stop()
        assert haproxy.process.wait(timeout=5) == 0

    def test_a_second_signal_does_not_cut_the_drain_short(self, edge, node, device):
        haproxy = edge(node("emqx-1"))
        sock, _ = device(haproxy)
        haproxy.stop()
        until(lambda: not haproxy.alive(), 5)
        haproxy.stop()
        time.sleep(1)
        assert echoes(sock)
