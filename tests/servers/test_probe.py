"""The probe on a real broker: mTLS and WebSocket, a slow one, a silent one, one that is gone; what it says of each."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families

from probe.metrics import Metrics
from probe.program import Probe
from probe.settings import Endpoint, Settings
from tests.servers import slow_proxy, token_endpoint
from tests.servers.device_pki import Authority, Leaf
from tests.servers.free_port import free_port
from tests.servers.haproxy_process import until
from tests.servers.mosquitto_broker import HOST, running
from tests.servers.mqtt_client import MqttClient
from tests.servers.token_endpoint import Tenant
from topics.acl_rows import app_rows, device_rows
from topics.contract import topic_of
from topics.mosquitto import Client

ROOT = Path(__file__).resolve().parents[2]
DEVICE = "probe-0001"
USER = "0f1e2d3c-4b5a-4968-8776-655443322110"
WATCHER = "service.watcher"
TOKEN = token_endpoint.token({"oid": USER, "aud": "amora"})
SECRET = "s3cret%of=the&app"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("probe")


@pytest.fixture(scope="module")
def issuing():
    root = Authority("Amora Sync root CA 1", path_length=1)
    return root, Authority("Amora Sync device CA 1", below=root)


@pytest.fixture(scope="module")
def certificate(folder, issuing):
    _, authority = issuing
    leaf = authority.issue(DEVICE, Leaf(distribution_point="http://crl.invalid/device-ca-1.crl"))
    file = folder / "device.pem"
    file.write_bytes(leaf.pem + authority.own.pem + leaf.key_pem)
    return file


CLIENTS = (
    Client(username=DEVICE, rows=device_rows(DEVICE)),
    Client(username=USER, rows=app_rows(DEVICE), password=TOKEN),
    Client(username=WATCHER, rows=(*app_rows(DEVICE), *device_rows(DEVICE)), password="watches"),
)


@pytest.fixture
def broker(tmp_path, issuing, monkeypatch):
    with running(tmp_path, CLIENTS, issuing) as started:
        # What the probe trusts the WebSocket's host by is what the system trusts.
        monkeypatch.setenv("SSL_CERT_FILE", str(started.trusted))
        yield started


@pytest.fixture
def tenant():
    with token_endpoint.running(Tenant(TOKEN)) as answering:
        yield answering


@pytest.fixture
def settings(broker, tenant, certificate):
    return Settings(
        device_id=DEVICE,
        mqtt=Endpoint(host="localhost", port=broker.device_port),
        certificate=certificate,
        trust=broker.trusted.read_text(),
        web_socket=Endpoint(host="localhost", port=broker.web_socket_port),
        path="/mqtt",
        token_url=tenant.url,
        client_id="amora-probe",
        client_secret=SECRET,
        scope="api://amora/.default",
        username_claim="oid",
        interval_seconds=0.2,
        timeout_seconds=0.2,
        latency_seconds=0.1,
        metrics_port=free_port(),
    )


class Said:
    """What the probe's metrics say now."""

    def __init__(self, metrics):
        self._registry = metrics.registry

    def __call__(self, name, **labels):
        return self._registry.get_sample_value(f"amora_probe_{name}", labels)

    def slower_than(self, bound, way):
        inside = self("round_trip_seconds_bucket", path=way, le=str(bound))
        return self("round_trip_seconds_count", path=way) - inside


@contextmanager
def probing(settings):
    metrics = Metrics(settings.latency_seconds)
    probe = Probe(settings, metrics)
    thread = threading.Thread(target=probe.run, daemon=True)
    thread.start()
    try:
        yield Said(metrics)
    finally:
        probe.stop()
        thread.join(timeout=30)
        assert not thread.is_alive()


BOTH = ("mqtt", "websocket")


def received(said, number):
    return lambda: all(said("received_total", path=way) >= number for way in BOTH)


def test_every_message_arrives_both_ways_and_is_timed(settings, tenant):
    with probing(settings) as said:
        until(received(said, 5), 30)
        assert [said("connected", endpoint=each) for each in BOTH] == [1, 1]
    for way in BOTH:
        assert said("sent_total", path=way) == said("received_total", path=way)
        assert said("round_trip_seconds_count", path=way) == said("received_total", path=way)
        assert 0 < said("round_trip_seconds_sum", path=way) / said("round_trip_seconds_count", path=way) < 0.2
        assert said("late_total", path=way) == 0
        assert said("connects_total", endpoint=way) == 1
        assert said("connect_failures_total", endpoint=way) == 0
    assert tenant.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "amora-probe",
            "client_secret": SECRET,
            "scope": "api://amora/.default",
        }
    ]


def test_what_it_publishes_is_of_the_contract_and_its_departure_too(settings, broker):
    watcher = MqttClient(broker.app_port, "watcher", username=WATCHER, password="watches")
    assert watcher.connect() == 0
    for name in ("state", "command"):
        assert watcher.subscribe(topic_of(DEVICE, name)) == 1
    with probing(settings) as said:
        until(received(said, 2), 30)
    until(lambda: bool(watcher.messages) and json.loads(watcher.messages[-1].payload).get("online") is False, 10)
    watcher.disconnect()
    schemas = {
        topic_of(DEVICE, name): json.loads((ROOT / f"topics/schemas/v1/{name}.json").read_text())
        for name in ("state", "command")
    }
    assert {each.topic for each in watcher.messages} == set(schemas)
    for each in watcher.messages:
        jsonschema.validate(json.loads(each.payload), schemas[each.topic])


def test_a_slow_broker_is_reported_slow_and_nothing_lost(settings, broker):
    with slow_proxy.between(broker.device_port) as proxy:
        slow = replace(
            settings,
            mqtt=Endpoint(host="localhost", port=proxy.port),
            interval_seconds=1.0,
            timeout_seconds=1.0,
        )
        with probing(slow) as said:
            until(received(said, 1), 30)
            before = [said.slower_than(0.1, way) for way in BOTH]
            proxy.delay = 0.15
            arrived = said("received_total", path="mqtt")
            until(received(said, arrived + 3), 30)
            for way, earlier in zip(BOTH, before, strict=True):
                assert said.slower_than(0.1, way) >= earlier + 2
                assert said("sent_total", path=way) == said("received_total", path=way)


def test_what_is_held_up_is_lost_and_late_when_it_comes_after_all(settings, broker):
    with slow_proxy.between(broker.web_socket_port) as proxy:
        through = replace(settings, web_socket=Endpoint(host="localhost", port=proxy.port))
        with probing(through) as said:
            until(received(said, 2), 30)
            proxy.silence()
            lost = lambda way: said("sent_total", path=way) - said("received_total", path=way)  # noqa: E731
            until(lambda: all(lost(way) >= 3 for way in BOTH), 30)
            proxy.speak()
            until(lambda: all(said("late_total", path=way) >= 2 for way in BOTH), 30)
            again = said("received_total", path="mqtt")
            until(received(said, again + 2), 30)
            assert all(said("late_total", path=way) <= lost(way) for way in BOTH)


def test_a_broker_that_is_gone_is_a_loss_each_round_and_found_again(settings, broker):
    with slow_proxy.between(broker.device_port) as proxy:
        through = replace(settings, mqtt=Endpoint(host="localhost", port=proxy.port))
        with probing(through) as said:
            until(received(said, 2), 30)
            proxy.cut()
            until(lambda: said("connected", endpoint="mqtt") == 0, 10)
            # Neither way has both ends while the device is away.
            until(lambda: all(said("sent_total", path=way) > said("received_total", path=way) for way in BOTH), 10)
            until(lambda: said("connects_total", endpoint="mqtt") == 2, 30)
            again = said("received_total", path="mqtt")
            until(received(said, again + 2), 30)


def test_an_endpoint_that_takes_nobody_is_counted_and_every_message_lost(settings):
    nobody = replace(settings, mqtt=Endpoint(host="localhost", port=free_port()))
    metrics = Metrics(nobody.latency_seconds)
    # Its start waits as long for a connection as any connection may take.
    probe = Probe(nobody, metrics)
    probe._wait_for_both = lambda: None
    said = Said(metrics)
    probe.run(rounds=3)
    assert [said("sent_total", path=way) for way in BOTH] == [3, 3]
    assert [said("received_total", path=way) for way in BOTH] == [0, 0]
    assert said("connect_failures_total", endpoint="mqtt") >= 1
    assert said("connected", endpoint="mqtt") == 0


def test_without_a_token_the_app_stays_out_and_no_secret_is_told(settings, tenant, caplog):
    tenant.answers = [(401, b'{"error": "invalid_client"}')] * 50
    metrics = Metrics(settings.latency_seconds)
    probe = Probe(settings, metrics)
    probe._wait_for_both = lambda: None
    probe.run(rounds=3)
    said = Said(metrics)
    assert said("connect_failures_total", endpoint="websocket") >= 1
    assert said("received_total", path="mqtt") == 0
    assert "invalid_client" in caplog.text
    assert SECRET not in caplog.text


def test_a_token_is_renewed_before_its_end_without_a_loss(settings, tenant):
    tenant.expires_in = 1
    with probing(settings) as said:
        until(lambda: said("connects_total", endpoint="websocket") >= 3, 30)
        until(received(said, 5), 30)
        assert len(tenant.asked) >= 3
        for way in BOTH:
            assert said("sent_total", path=way) == said("received_total", path=way)
        assert said("connect_failures_total", endpoint="websocket") == 0


def test_the_program_runs_as_in_its_image_and_ends_at_a_signal(settings, broker, tenant):
    environment = {
        "PATH": os.environ["PATH"],
        "SSL_CERT_FILE": str(broker.trusted),
        "PROBE_DEVICE_ID": DEVICE,
        "PROBE_MQTT": f"localhost:{broker.device_port}",
        "PROBE_CERTIFICATE_FILE": str(settings.certificate),
        "PROBE_TRUST": settings.trust,
        "PROBE_WEB_SOCKET": f"wss://localhost:{broker.web_socket_port}/mqtt",
        "PROBE_TOKEN_URL": tenant.url,
        "PROBE_CLIENT_ID": "amora-probe",
        "PROBE_CLIENT_SECRET": SECRET,
        "PROBE_SCOPE": "api://amora/.default",
        "PROBE_USERNAME_CLAIM": "oid",
        "PROBE_INTERVAL_SECONDS": "0.2",
        "PROBE_TIMEOUT_SECONDS": "0.2",
        "PROBE_LATENCY_SECONDS": "0.12",
        "PROBE_METRICS_PORT": str(settings.metrics_port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "probe"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def found():
        try:
            text = httpx.get(f"http://{HOST}:{settings.metrics_port}/metrics", timeout=5).text
        except httpx.HTTPError:
            return {}
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    until(lambda: found().get(("amora_probe_received_total", ("path", "mqtt")), 0) >= 2, 30)
    assert ("amora_probe_round_trip_seconds_bucket", ("le", "0.12"), ("path", "websocket")) in found()
    assert not [name for name, *_ in found() if str(name).endswith("_created")]
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert SECRET not in said
    assert TOKEN not in said
