"""The CRL app as its container runs it, on loopback: the project's script and configuration, a real nginx."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.servers.crl_store import CLIENT_ID, HEADER, Azure
from tests.servers.free_port import free_port
from tests.servers.haproxy_process import until

_FOLDER = Path(__file__).resolve().parents[2] / "components" / "crl_app"
_SCRIPT = (_FOLDER / "run.sh").read_text(encoding="utf-8")
_CONFIGURATION = (_FOLDER / "nginx.conf").read_text(encoding="utf-8")
LIST = "device-ca-1.crl"


class Replica:
    """One replica, with the lists of a store. tools: its PATH. pause: seconds between two rounds."""

    def __init__(self, azure: Azure, tools: str, *, lists: tuple[str, ...] = (LIST,), pause: str = "0.2") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="amora-crl-"))
        # The server's worker is not the user of the tests.
        self.folder.chmod(0o755)
        self.port = free_port()
        configuration = _CONFIGURATION.replace("listen 8080;", f"listen 127.0.0.1:{self.port};")
        self._log = (self.folder / "log").open("w+b")
        self.process = subprocess.Popen(
            ["sh", "-c", _SCRIPT, "crl", configuration, pause, azure.container, CLIENT_ID, *lists],
            env={
                "PATH": tools,
                "CRL_FOLDER": str(self.folder / "crl"),
                "IDENTITY_ENDPOINT": azure.identity_endpoint,
                "IDENTITY_HEADER": HEADER,
            },
            executable=str(next(p for p in map(Path, (f"{d}/sh" for d in tools.split(os.pathsep))) if p.exists())),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        until(lambda: self.get("/healthz") == 200, 10)

    def end(self) -> None:
        """Stop it as Container Apps does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=10)
        self._log.close()

    def kill(self) -> None:
        """End every process of it at once, as when its node is lost."""
        main = psutil.Process(self.process.pid)
        for each in (main, *main.children(recursive=True)):
            # The tools of a round come and go.
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        self.process.wait(timeout=10)

    def address(self, path: str) -> str:
        """Of what it serves."""
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, path: str, method: str = "GET") -> httpx.Response:
        """To a request."""
        return httpx.request(method, self.address(path), timeout=5)

    def get(self, path: str) -> int | None:
        """Status of the answer, None without one."""
        try:
            return self.answer(path).status_code
        except httpx.HTTPError:
            return None

    def text(self) -> str:
        """What it has logged."""
        self._log.flush()
        return (self.folder / "log").read_text(encoding="utf-8")

    def lines(self) -> list[dict[str, Any]]:
        """What it has said of its lists."""
        return [json.loads(line) for line in self.text().splitlines() if line.startswith("{")]

    def last(self, name: str = LIST) -> dict[str, Any]:
        """What it said of a list last."""
        found = [line for line in self.lines() if line["list"] == name]
        return found[-1] if found else {}

    def rounds(self, count: int) -> None:
        """Wait for so many more rounds."""
        before = len(self.lines())
        until(lambda: len(self.lines()) >= before + count, 15)
