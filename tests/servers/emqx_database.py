"""The broker's migrations, applied as the init container applies them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from components.brokers.emqx import migrations, queries
from components.brokers.emqx.migrations import OWNER, TopicPattern
from components.scram import salt_from, verifier
from tests.servers.postgresql import Server

EMQX_PASSWORD = "emqxPassword1"
LOGIN = queries.login(1)
PATTERNS = (
    TopicPattern(OWNER, "subscribe", "amora/v1/devices/{device}/state"),
    TopicPattern(OWNER, "subscribe", "amora/v1/devices/{device}/event"),
    TopicPattern(OWNER, "subscribe", "amora/v1/devices/{device}/response"),
    TopicPattern(OWNER, "publish", "amora/v1/devices/{device}/command", qos=(1,), retain=False),
    TopicPattern("operator", "subscribe", "amora/v1/devices/+/state"),
)


def files(folder: Path, text: str | None = None) -> Path:
    """The script and its bundle side by side, as they are mounted; the script's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / migrations.BUNDLE).write_text(text or migrations.bundle(PATTERNS, 1), encoding="utf-8")
    script = folder / migrations.SCRIPT
    script.write_text(migrations.script(), encoding="utf-8")
    return script


def start(server: Server, script: Path, **environment: str) -> subprocess.Popen[str]:
    given = {
        "EMQX_DATABASE_LOGIN": LOGIN,
        "EMQX_DATABASE_VERIFIER": verifier(EMQX_PASSWORD, salt_from("a test")),
        "MIGRATION_ATTEMPTS": "1",
        "MIGRATION_PAUSE": "0",
    }
    return subprocess.Popen(
        ["sh", str(script)],
        env=server.environment(**{**given, **environment}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def migrate(server: Server, script: Path, **environment: str) -> tuple[int, str]:
    """Exit code and what was said."""
    process = start(server, script, **environment)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def version(server: Server) -> int:
    return server.sql("SELECT coalesce(max(version), 0) FROM amora.migration")[0][0]
