"""The edge as its container runs it: the rendered file, the project's own start script, a real HAProxy."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import psutil

from components.brokers.interface import Backend
from components.edge.config import Checks, EdgeConfig, Ports, render
from tests.servers.broker_nodes import LOCAL, Broker
from tests.servers.free_port import free_port
from tools.servers import search_path

SCRIPT = Path(__file__).resolve().parents[2] / "components" / "edge" / "run.sh"
QUICK = Checks(inter="200ms", fastinter="100ms", downinter="200ms", fall=2, rise=1)
"""Checks for tests that are not about their figures."""


def until(true: Callable[[], bool], seconds: float) -> float:
    """Wait for something; the seconds it took.

    Raises:
        TimeoutError: it did not become true.
    """
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not true within {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - began


def backend(node: Broker) -> Backend:
    """A stand-in node as the edge is told of it."""
    return Backend(
        name=node.name,
        host=LOCAL,
        mqtt_port=node.mqtt.port,
        web_socket_port=node.web_socket.port,
        health_port=node.health.port,
        health_path="/status",
    )


class Haproxy:
    """One replica of the edge."""

    def __init__(
        self, folder: Path, nodes: Sequence[Broker], *, shell: str = "sh", checks: Checks = QUICK, **config: object
    ) -> None:
        self.ports = Ports(mqtt=free_port(), web_socket=free_port(), alive=free_port(), metrics=free_port())
        self.web = f"http://{LOCAL}:{self.ports.web_socket}"
        edge = EdgeConfig(
            nodes=[backend(node) for node in nodes],
            cpu=1,
            memory_gigabytes=0.5,
            drain_seconds=30,
            promoted=True,
            ports=self.ports,
            checks=checks,
        )
        self.file = folder / "haproxy.cfg"
        self.file.write_text(render(replace(edge, **config)), encoding="utf-8")  # pyright: ignore[reportArgumentType]
        self._log = (folder / "haproxy.log").open("w+b")
        self.process = subprocess.Popen(
            [shell, str(SCRIPT), str(self.file)],
            env={**os.environ, "PATH": search_path()},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        until(self.alive, 10)

    def __enter__(self) -> Haproxy:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            # The script makes a drain of SIGTERM; its HAProxy is ended with it.
            for child in psutil.Process(self.process.pid).children():
                child.kill()
            self.process.wait(timeout=10)
        self._log.close()

    def alive(self) -> bool:
        """Whether the container's own probe passes."""
        try:
            return httpx.get(f"http://{LOCAL}:{self.ports.alive}/alive", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def healthz(self) -> int:
        """Status of the health the outside sees."""
        return httpx.get(f"{self.web}/healthz", timeout=5).status_code

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask the container to stop."""
        self.process.send_signal(how)

    def log(self) -> str:
        """All that was written to the container's output."""
        self._log.flush()
        return Path(self._log.name).read_text(encoding="utf-8")
