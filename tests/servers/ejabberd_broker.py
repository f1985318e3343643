"""A real ejabberd that takes MQTT clients by token: one key, and the claim that names the user.

    with running(folder, public_key) as port:
        ...

Its rules are fewer than EMQX's: signature, ``exp``, and the user, whom it wants as ``<user>@localhost``.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.servers.free_port import free_port
from tests.servers.mosquitto_broker import HOST
from tests.servers.programs import program

DOMAIN = "localhost"
CLAIM = "jid"
_READY_SECONDS = 60
# Debian keeps the libraries of Erlang's servers there, by architecture.
_LIBRARIES = Path("/usr/lib")


@contextlib.contextmanager
def running(folder: Path, published: Mapping[str, Any]) -> Iterator[int]:
    """The port of a broker that trusts this key, a JSON Web Key."""
    port = free_port()
    key, config = folder / "key.jwk", folder / "ejabberd.yml"
    key.write_text(json.dumps(published), encoding="utf-8")
    config.write_text(yaml.safe_dump(_configuration(port, key)), encoding="utf-8")
    (libraries,) = {each.parent for each in _LIBRARIES.glob("*/ejabberd-*")}
    environment = {
        **os.environ,
        "ERL_LIBS": str(libraries),
        "EJABBERD_CONFIG_PATH": str(config),
        "EJABBERD_LOG_PATH": str(folder / "ejabberd.log"),
        "HOME": str(folder),
    }
    command = [program("erl"), "-noinput", "-mnesia", "dir", f'"{folder / "mnesia"}"', "-s", "ejabberd"]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    try:
        _wait_for(port, process, folder / "said")
        yield port
    finally:
        process.kill()
        process.wait(timeout=10)


def _configuration(port: int, key: Path) -> dict[str, Any]:
    return {
        "hosts": [DOMAIN],
        "auth_method": ["jwt"],
        "jwt_key": str(key),
        "jwt_jid_field": CLAIM,
        "listen": [{"port": port, "ip": HOST, "module": "mod_mqtt"}],
        "modules": {"mod_mqtt": {}},
    }


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"ejabberd does not start:\n{said.read_text(encoding='utf-8', errors='replace')}")
