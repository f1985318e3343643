"""A real Prometheus of Debian: as the collector's agent, and as the store it writes into.

Debian's is 2.42: an agent is asked for by a feature flag there, and no Entra identity can write. What runs here is
the project's own file and start script without the identity.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.free_port import free_port
from tests.servers.haproxy_process import until
from tests.servers.mosquitto_broker import HOST
from tests.servers.programs import program

SCRIPT = Path(__file__).resolve().parents[2] / "components" / "collector" / "run.sh"
_INTERVAL = re.compile(r"(scrape_(?:interval|timeout)): \d+s")
# What Prometheus 3 does by --agent and by default, 2.42 does by name.
_SHIM = """#!/bin/sh
for each; do
    shift
    case $each in
    --agent) set -- "$@" --enable-feature=agent --enable-feature=expand-external-labels ;;
    *) set -- "$@" "$each" ;;
    esac
done
exec {program} "$@"
"""


class Store:
    """A Prometheus that takes remote writes, in place of the workspace."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.write_url = f"{url}/api/v1/write"

    def query(self, text: str) -> list[dict[str, Any]]:
        """Result of an instant query."""
        found = httpx.get(f"{self.url}/api/v1/query", params={"query": text}, timeout=10).json()
        assert found["status"] == "success", found
        return found["data"]["result"]

    def names(self) -> set[str]:
        """Names of every metric that was written."""
        found = httpx.get(f"{self.url}/api/v1/label/__name__/values", timeout=10).json()
        return set(found["data"])


@contextmanager
def store(folder: Path) -> Iterator[Store]:
    """A running store."""
    config = folder / "store.yml"
    config.write_text("{}", encoding="utf-8")
    port = free_port()
    command = [
        program("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'store'}",
        f"--web.listen-address={HOST}:{port}",
        "--web.enable-remote-write-receiver",
    ]
    with _running(folder / "store.log", command, port):
        yield Store(f"http://{HOST}:{port}")


@contextmanager
def agent(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The collector's container with this configuration, which asks each second and not each ten or thirty."""
    text = _INTERVAL.sub(r"\1: 1s", text)
    shim = folder / "prometheus-3"
    shim.write_text(_SHIM.format(program=program("prometheus")), encoding="utf-8")
    shim.chmod(0o755)
    home = folder / "collector"
    home.mkdir(exist_ok=True)
    port = free_port()
    command = ["sh", "-c", SCRIPT.read_text(encoding="utf-8"), "collector", text, "--agent"]
    given = {"COLLECTOR_FOLDER": str(home), "COLLECTOR_PROGRAM": str(shim), **(environment or {})}
    with _running(folder / "agent.log", [*command, f"--web.listen-address={HOST}:{port}"], port, given) as process:
        yield process


@contextmanager
def _running(
    log: Path, command: list[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            until(lambda: _ready(process, port, log), 30)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)


def _ready(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"Prometheus ended:\n{log.read_text(encoding='utf-8')}")
    try:
        return httpx.get(f"http://{HOST}:{port}/-/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
