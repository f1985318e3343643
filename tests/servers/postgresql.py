"""A PostgreSQL 17 of a test's own: the real server, with the roles Azure gives and no more.

Copies of one prepared server: each test begins with one that nobody has used, a third of a second later.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.servers.device_pki import Certificate
from tests.servers.free_port import free_port
from tools import postgresql

# Debian and its relatives; the server refuses to run as root.
_NOBODY = 65534
_HOST = "127.0.0.1"
SUPERUSER = "postgres"
ADMINISTRATOR = "amora_admin"
PASSWORDS = {SUPERUSER: "superuser", ADMINISTRATOR: "administrator"}
DATABASE = "amora"

_SECONDS = 30
_PORTS_TRIED = 5
_PORT_TAKEN = "could not create any TCP/IP sockets"
# The server lives as long as its standard input: it ends with the test that made it, however that ends. The signal is
# repeated, since a server that has only just begun ignores it.
_LEASHED = '"$0" "$@" </dev/null & server=$!; cat >/dev/null; while kill -INT $server 2>/dev/null; do sleep 0.1; done'

# What learn.microsoft.com says of a flexible server: no superuser; the administrator is in azure_pg_admin and may
# make roles and databases.
_AS_ON_AZURE = f"""
CREATE ROLE azure_pg_admin NOLOGIN NOSUPERUSER;
CREATE ROLE {ADMINISTRATOR} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD '{PASSWORDS[ADMINISTRATOR]}';
GRANT azure_pg_admin TO {ADMINISTRATOR};
CREATE DATABASE {DATABASE} OWNER azure_pg_admin;
"""


def as_nobody() -> dict[str, Any]:
    """Arguments that let a child process run without root's rights; nothing to do for another user."""
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _give_away(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, _NOBODY, _NOBODY)


def _open_to_all(path: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (path, *path.parents))


def programs(beside: Path) -> Path:
    """The server's programs where an unprivileged user reaches them: root's own cache may be closed to others."""
    native = postgresql.install()
    if os.geteuid() != 0 or _open_to_all(native / "bin" / "postgres"):
        return native / "bin"
    return shutil.copytree(native, beside / "native", symlinks=True) / "bin"


def _run(command: Sequence[str | Path], **more: Any) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **as_nobody(), **more)
    assert done.returncode == 0, done.stdout + done.stderr


def prepared(folder: Path) -> Server:
    """A stopped server with Azure's roles and the empty database, to be copied."""
    data = folder / "prepared"
    data.mkdir()
    secret = folder / "superuser-password"
    secret.write_text(PASSWORDS[SUPERUSER])
    _give_away(data, secret)
    server = Server(folder, data, programs(folder))
    login = ("-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={secret}")
    options = (*login, "-E", "UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "--no-sync")
    _run([server.programs / "initdb", "-D", data, *options])
    with server.running():
        for statement in _AS_ON_AZURE.strip().split("\n"):
            server.sql(statement, user=SUPERUSER, database="postgres")
    (data / "server.log").unlink()
    return server


@dataclass
class Server:
    """One server.

    folder: where it lies. data: its data folder. programs: the folder of PostgreSQL's own. port: on the loopback
    address. settings: server parameters. primary: the server a standby follows.
    """

    folder: Path
    data: Path
    programs: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    primary: Server | None = None
    _process: subprocess.Popen[Any] | None = None

    def copy(self, folder: Path, name: str, **settings: str) -> Server:
        """Another server on a copy of this one's data, which must be stopped."""
        data = folder / name
        _give_away(folder)
        _run(["cp", "--recursive", "--preserve=mode", self.data, data])
        return Server(folder, data, self.programs, settings=settings)

    def start(self) -> None:
        for _ in range(_PORTS_TRIED):
            self._launch()
            if self._is_ready():
                return
            self.stop()
            assert _PORT_TAKEN in self.log(), self.log()
            self.port = free_port()
        raise AssertionError(self.log())

    def stop(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=_SECONDS)

    def _launch(self) -> None:
        given = {"listen_addresses": _HOST, "port": str(self.port), "unix_socket_directories": "", "fsync": "off"}
        if self.primary is not None:
            login = f"user={SUPERUSER} password={PASSWORDS[SUPERUSER]}"
            given["primary_conninfo"] = f"host={_HOST} port={self.primary.port} {login}"
        parameters = [f"--{name}={value}" for name, value in {**given, **self.settings}.items()]
        with (self.data / "server.log").open("w") as log:
            command = ["sh", "-c", _LEASHED, self.programs / "postgres", "-D", self.data, *parameters]
            streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": log, "stderr": log}
            self._process = subprocess.Popen(command, cwd="/", **streams, **as_nobody())

    def _is_ready(self) -> bool:
        """Wait as pg_ctl does: the last line of postmaster.pid says when the server takes connections."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            with suppress(OSError):
                if (self.data / "postmaster.pid").read_text().rstrip().endswith("ready"):
                    return True
            if "FATAL" in self.log():
                return False
            time.sleep(0.02)
        return False

    @contextmanager
    def running(self) -> Iterator[Server]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def standby(self, name: str) -> Server:
        """A hot standby of this server, which must be stopped: a copy that follows it from its next start on."""
        copied = self.copy(self.folder, name, **self.settings)
        copied.primary = self
        (copied.data / "standby.signal").touch()
        _give_away(copied.data / "standby.signal")
        return copied

    def only_tls(self, certificate: Certificate) -> None:
        """Let nobody in without TLS; before the start, with the setting ``ssl`` on."""
        crt, key = self.data / "server.crt", self.data / "server.key"
        crt.write_bytes(certificate.pem)
        key.write_bytes(certificate.key_pem)
        key.chmod(0o600)
        (self.data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        _give_away(crt, key)

    def connect(
        self, user: str = ADMINISTRATOR, password: str | None = None, database: str = DATABASE
    ) -> psycopg.Connection:
        secret = PASSWORDS.get(user, "") if password is None else password
        return psycopg.connect(
            host=_HOST, port=self.port, user=user, password=secret, dbname=database, autocommit=True, connect_timeout=10
        )

    def sql(self, statement: str, *values: Any, **connection: str) -> list[tuple[Any, ...]]:
        """The rows of a statement, as the administrator unless told otherwise."""
        with self.connect(**connection) as open_connection:
            cursor = open_connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def environment(self, **more: str) -> Mapping[str, str]:
        """What libpq reads, for the administrator."""
        return {
            "PATH": os.environ["PATH"],
            "PGHOST": _HOST,
            "PGPORT": str(self.port),
            "PGDATABASE": DATABASE,
            "PGUSER": ADMINISTRATOR,
            "PGPASSWORD": PASSWORDS[ADMINISTRATOR],
            **more,
        }

    def log(self) -> str:
        return (self.data / "server.log").read_text(encoding="utf-8")
