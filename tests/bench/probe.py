"""``python -m tests.bench.probe``: what the probe itself adds, measured through a real mosquitto on the loopback.

Everything of the platform is left out: what remains is two TLS connections, the broker's turn, the probe's own time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

from probe.metrics import WAYS, Metrics, Way
from probe.program import Probe
from probe.settings import Endpoint, Settings
from tests.servers import token_endpoint
from tests.servers.device_pki import Authority, Leaf
from tests.servers.mosquitto_broker import running
from tests.servers.token_endpoint import Tenant
from topics.acl_rows import app_rows, device_rows
from topics.mosquitto import Client

_DEVICE = "probe-0001"
_USER = "0f1e2d3c-4b5a-4968-8776-655443322110"
_WARM = 20


class _Timed(Metrics):
    """Metrics that keep every round trip."""

    def __init__(self) -> None:
        super().__init__(latency_seconds=0.1)
        self.seconds: dict[Way, list[float]] = {way: [] for way in WAYS}

    def arrived(self, way: Way, seconds: float) -> None:
        self.seconds[way].append(seconds)


def measured(rounds: int) -> dict[Way, list[float]]:
    """Seconds of each round trip by the way it went in; the first ones warm up and are left out."""
    root = Authority("Bench root CA", path_length=1)
    issuing = Authority("Bench device CA", below=root)
    token = token_endpoint.token({"oid": _USER})
    clients = (
        Client(username=_DEVICE, rows=device_rows(_DEVICE)),
        Client(username=_USER, rows=app_rows(_DEVICE), password=token),
    )
    with (
        tempfile.TemporaryDirectory(prefix="amora-bench-") as name,
        running(Path(name), clients, (root, issuing)) as broker,
        token_endpoint.running(Tenant(token)) as tenant,
    ):
        os.environ["SSL_CERT_FILE"] = str(broker.trusted)
        leaf = issuing.issue(_DEVICE, Leaf())
        certificate = Path(name) / "device.pem"
        certificate.write_bytes(leaf.pem + issuing.own.pem + leaf.key_pem)
        metrics = _Timed()
        settings = Settings(
            device_id=_DEVICE,
            mqtt=Endpoint(host="localhost", port=broker.device_port),
            certificate=certificate,
            trust=broker.trusted.read_text(),
            web_socket=Endpoint(host="localhost", port=broker.web_socket_port),
            path="/mqtt",
            token_url=tenant.url,
            client_id="bench",
            client_secret="bench",
            scope="bench",
            username_claim="oid",
            interval_seconds=0.05,
            timeout_seconds=5,
            latency_seconds=0.1,
            metrics_port=1,
        )
        Probe(settings, metrics).run(rounds=rounds + _WARM)
    return {way: found[_WARM:] for way, found in metrics.seconds.items()}


def main() -> int:
    """Measure and print; exit code 1 when a message was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.probe", description=__doc__)
    parser.add_argument("--rounds", type=int, default=500, help="messages each way (default 500)")
    rounds = parser.parse_args().rounds
    found = measured(rounds)
    for way, seconds in found.items():
        if len(seconds) < 2:
            continue
        low, high = median(seconds) * 1000, quantiles(seconds, n=20)[-1] * 1000
        sys.stdout.write(f"{way}: {len(seconds)} of {rounds} received, median {low:.1f} ms, p95 {high:.1f} ms\n")
    return 0 if all(len(seconds) == rounds for seconds in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
