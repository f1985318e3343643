"""A real mosquitto with the contract: devices by certificate on one port, everyone else by password on another.

    with running(folder, clients, authorities) as broker:
        broker.device_port, broker.app_port, broker.trusted, broker.log()

``trusted`` is what a device trusts the broker by. The broker's host name is ``localhost``.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.device_pki import SERVER, Authority, Leaf, bundle
from tests.servers.free_port import free_port
from tests.servers.programs import program
from topics.mosquitto import Client, Files, configuration, dynamic_security

HOST = "127.0.0.1"
_PLUGIN = "mosquitto_dynamic_security.so"
_ATTEMPTS = 3
_READY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """A running broker. trusted: PEM file of the authority above its certificate."""

    device_port: int
    app_port: int
    web_socket_port: int
    trusted: Path
    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> str:
        """Everything it has said."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def says(self, text: str, times: int = 1) -> bool:
        """Whether it says this so often, sooner or later."""
        end = time.monotonic() + _READY_SECONDS
        while self.log().count(text) < times:
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True


@contextlib.contextmanager
def running(folder: Path, clients: Iterable[Client], authorities: Iterable[Authority]) -> Iterator[Mosquitto]:
    """A broker that knows these clients and trusts devices' certificates below these authorities."""
    files, trusted = _files(folder, clients, authorities)
    broker = _started(folder, files, trusted)
    try:
        yield broker
    finally:
        broker.process.terminate()
        broker.process.wait(timeout=10)


def _files(folder: Path, clients: Iterable[Client], authorities: Iterable[Authority]) -> tuple[Files, Path]:
    server_authority = Authority("Amora Sync test server CA")
    certificate, key = server_authority.issue("localhost", Leaf(usage=SERVER, host="localhost")).write(folder, "server")
    trusted = folder / "server-ca.pem"
    trusted.write_bytes(server_authority.own.pem)
    security, devices = folder / "dynamic-security.json", folder / "device-authorities.pem"
    security.write_text(dynamic_security(clients), encoding="utf-8")
    devices.write_bytes(bundle(authorities))
    files = Files(plugin=_plugin(), security=security, device_authorities=devices, certificate=certificate, key=key)
    return files, trusted


def _plugin() -> Path:
    found = [*Path("/usr/lib").glob(f"*/{_PLUGIN}"), *Path("/usr/lib").glob(_PLUGIN)]
    if not found:
        raise FileNotFoundError(f"{_PLUGIN} is missing; install the Debian package mosquitto, or run `make servers`")
    return found[0]


def _started(folder: Path, files: Files, trusted: Path) -> Mosquitto:
    config, log_file = folder / "mosquitto.conf", folder / "mosquitto.log"
    # A port that was free may be taken before the broker has it: begin again with others.
    for _ in range(_ATTEMPTS):
        devices, apps, web_sockets = free_port(), free_port(), free_port()
        text = configuration(files, device_port=devices, app_port=apps, web_socket_port=web_sockets)
        config.write_text(text, encoding="utf-8")
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [program("mosquitto"), "-c", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        broker = Mosquitto(devices, apps, web_sockets, trusted, process, log_file)
        if _ready(broker):
            return broker
        process.kill()
        process.wait(timeout=10)
    raise RuntimeError(f"mosquitto does not start:\n{log_file.read_text(encoding='utf-8')}")


def _ready(broker: Mosquitto) -> bool:
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end and broker.process.poll() is None:
        # The last line of the start, after both listeners are open.
        if "running" in broker.log():
            return True
        time.sleep(0.02)
    return False
