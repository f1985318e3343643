"""Erlang nodes on loopback with the distribution of a test's choice, each test with a port mapper of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.free_port import free_port
from tools.servers import search_path

HOST = "127.0.0.1"
SECONDS = 20
"""Far above what a node needs to start or to be refused (about 1 s); a hang must fail."""


def _program(name: str) -> str:
    found = shutil.which(name, path=search_path())
    assert found is not None, f"{name} is missing: make servers installs erlang-base"
    return found


@dataclass
class Nodes:
    """Nodes of one test; all end with it."""

    port: int
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "ERL_EPMD_PORT": str(self.port), "ERL_EPMD_ADDRESS": HOST, "HOME": os.environ["HOME"]}

    def _command(self, name: str, distribution: list[str], evaluate: str, cookie: str) -> list[str]:
        own = ["-name", f"{name}@{HOST}", "-setcookie", cookie, "-kernel", "net_setuptime", "5"]
        return [_program("erl"), "-noshell", "-start_epmd", "false", *own, *distribution, "-eval", evaluate]

    def start(self, name: str, distribution: list[str], cookie: str = "shared") -> None:
        """A node that stays, once it says that it is up."""
        command = self._command(name, distribution, 'io:format("up~n").', cookie)
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.started.append(process)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first == "up\n", first + process.stdout.read()

    def joins(self, name: str, peer: str, distribution: list[str], cookie: str = "shared") -> bool:
        """Whether a node that starts now is taken by its peer, and a call across the link is answered."""
        evaluate = (
            f"Peer = '{peer}@{HOST}', case net_kernel:connect_node(Peer) of "
            'true -> Peer = rpc:call(Peer, erlang, node, []), io:format("taken~n"); '
            'false -> io:format("refused~n") end, halt().'
        )
        done = subprocess.run(
            self._command(name, distribution, evaluate, cookie),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        # Erlang's logger writes to standard output too, before the answer or after it.
        said = [line for line in done.stdout.splitlines() if line in ("taken", "refused")]
        assert len(said) == 1, done.stdout + done.stderr
        return said == ["taken"]


@contextmanager
def nodes() -> Iterator[Nodes]:
    """Nodes with a port mapper of their own; whatever happens, nothing of it stays."""
    made = Nodes(free_port())
    mapper = subprocess.Popen([_program("epmd")], env=made.environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(made.port)
        yield made
    finally:
        for process in (*made.started, mapper):
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with socket.socket() as client:
            if client.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the port mapper does not listen")


def written(folder: Path, texts: dict[str, str]) -> Path:
    """The folder with files of these texts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder
