"""The collectors' files on a real Prometheus: accepted, scraped by them, and written on."""

import subprocess
from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from components.brokers.emqx.cluster import METRICS_PARAMETERS, METRICS_PATHS
from components.brokers.emqx.configuration import METRICS_USER
from components.brokers.interface import MetricsEndpoint
from components.collector.collector import node_job, own_job
from components.collector.config import REPLICA_VARIABLE, CollectorConfig, Login, RemoteWrite, render
from components.edge.metrics import KEPT, edge_prometheus_yml, haproxy_job
from tests.servers import emqx_metrics
from tests.servers.emqx_metrics import Node
from tests.servers.haproxy_process import Haproxy, until
from tests.servers.mosquitto_broker import HOST
from tests.servers.programs import program
from tests.servers.prometheus_process import agent, store
from tests.unit.components.test_collector import CELL, CONFIG

KEY = "k3y%with:odd\\signs"
_NOWHERE = SimpleNamespace(port=1)
# A place without a node.
NOBODY: Any = [SimpleNamespace(name="emqx-1", mqtt=_NOWHERE, web_socket=_NOWHERE, health=_NOWHERE)]


def endpoint(name, port):
    return MetricsEndpoint(
        name=name,
        kind="emqx",
        host=HOST,
        port=port,
        paths=METRICS_PATHS,
        parameters=METRICS_PARAMETERS,
        user=METRICS_USER,
        key_secret="emqx-metrics-key",
    )


@pytest.fixture
def key(tmp_path):
    file = tmp_path / "emqx-metrics-key"
    file.write_text(KEY, encoding="utf-8")
    return file


def config(nodes, write_url, key):
    login = Login(user=METRICS_USER, password_file=str(key))
    jobs = [replace(node_job(endpoint(name, port), HOST), login=login) for name, port in nodes.items()]
    return CollectorConfig(
        environment="test",
        region="eu1",
        interval_seconds=10,
        jobs=tuple(jobs),
        write=RemoteWrite(url=write_url, client_id=None),
    )


def checked(tmp_path, text):
    file = tmp_path / "prometheus.yml"
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        [program("promtool"), "check", "config", "--syntax-only", "--agent", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("write", [replace(CONFIG.write, client_id=None)])
def test_promtool_takes_the_files(tmp_path, write):
    for text in (
        render(replace(CONFIG, write=write, jobs=(*CONFIG.jobs, own_job(), haproxy_job(8405)))),
        edge_prometheus_yml(30, CELL, write=write, port=8405),
    ):
        done = checked(tmp_path, text)
        assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_refuses_a_key_that_does_not_exist(tmp_path):
    text = render(replace(CONFIG, write=replace(CONFIG.write, client_id=None)))
    assert checked(tmp_path, text.replace("scrape_interval", "scrape_every")).returncode != 0


def test_every_metric_of_the_table_arrives_under_its_node(tmp_path, key):
    with ExitStack() as stack:
        kept = stack.enter_context(store(tmp_path))
        one = stack.enter_context(emqx_metrics.running(Node(METRICS_USER, KEY, value=1)))
        two = stack.enter_context(emqx_metrics.running(Node(METRICS_USER, KEY, value=2)))
        text = render(config({"emqx-1": one.port, "emqx-2": two.port}, kept.write_url, key))
        stack.enter_context(agent(tmp_path, text))
        until(lambda: len(kept.query('emqx_banned_count{job="emqx"}')) == 2, 40)
        until(lambda: len(kept.query('emqx_live_connections_count{job="emqx"}')) == 2, 40)
        found = {each["metric"]["node"]: each for each in kept.query("emqx_cert_expiry_at")}
        assert {node: each["value"][1] for node, each in found.items()} == {"emqx-1": "1", "emqx-2": "2"}
        labels = found["emqx-1"]["metric"]
        assert (labels["job"], labels["instance"], labels["endpoint"]) == ("emqx", "emqx-1", "stats")
        assert (labels["environment"], labels["region"]) == ("test", "eu1")
        assert (labels["listener_type"], labels["listener_name"]) == ("ssl", "default")
        tabled = {
            f"{row['name']}_count" if row["type"] == "histogram" else str(row["name"]) for row in emqx_metrics.metrics()
        }
        assert tabled - kept.names() == set()
        assert set(one.asked) == {(path, "node") for path in METRICS_PATHS}
        assert (one.refused, two.refused) == (0, 0)
        assert KEY not in (tmp_path / "collector" / "prometheus.yml").read_text()


def test_a_wrong_key_or_a_node_that_is_gone_is_seen_as_down(tmp_path, key):
    with ExitStack() as stack:
        kept = stack.enter_context(store(tmp_path))
        stranger = stack.enter_context(emqx_metrics.running(Node(METRICS_USER, "another key")))
        text = render(config({"emqx-1": stranger.port, "emqx-2": 1}, kept.write_url, key))
        stack.enter_context(agent(tmp_path, text))
        until(lambda: len(kept.query('up{job="emqx"}')) == 4, 40)
        assert {each["value"][1] for each in kept.query('up{job="emqx"}')} == {"0"}
        assert stranger.refused > 0
        assert stranger.asked == []


def test_haproxys_metrics_are_written_by_replica_and_only_those_kept(tmp_path):
    with ExitStack() as stack:
        kept = stack.enter_context(store(tmp_path))
        edge = stack.enter_context(Haproxy(tmp_path, NOBODY))
        text = edge_prometheus_yml(
            10, CELL, write=RemoteWrite(url=kept.write_url, client_id=None), port=edge.ports.metrics
        )
        stack.enter_context(agent(tmp_path, text, {REPLICA_VARIABLE: "ca-edge--abc-1"}))
        until(lambda: len(kept.query("haproxy_backend_active_servers")) > 0, 40)
        found = {each["metric"]["proxy"]: each for each in kept.query("haproxy_backend_active_servers")}
        assert found["mqtt"]["value"][1] == "0"
        assert found["mqtt"]["metric"]["replica"] == "ca-edge--abc-1"
        assert found["mqtt"]["metric"]["job"] == "haproxy"
        written = {name for name in kept.names() if name.startswith("haproxy_")}
        assert written == set(KEPT)


def test_the_exporter_is_on_the_loopback_alone_and_has_one_path(tmp_path):
    with Haproxy(tmp_path, NOBODY) as edge:
        at = f"http://{HOST}:{edge.ports.metrics}"
        assert httpx.get(f"{at}/metrics", timeout=5).status_code == 200
        assert httpx.get(f"{at}/", timeout=5).status_code == 404
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.2:{edge.ports.metrics}/metrics", timeout=5)
