"""The real servers: installed where that is possible, else named with the way to get them."""

import re
import subprocess
from pathlib import Path

import pytest

from tools import exit_codes, npm, postgresql, servers
from tools.servers import PACKAGES, Package

LANE = Path(__file__).resolve().parents[1] / "servers"
GONE = Package("no-such-server", ("no-such-server", "-v"), "nothing at all")
THERE = Package("coreutils", ("true",), "a shell's own")


@pytest.fixture
def machine(monkeypatch):
    """A machine on which apt-get is a stand-in that notes what it was asked for."""

    class Machine:
        installs = True

        def __init__(self):
            self.asked = []

        def become(self, *, root, apt):
            monkeypatch.setattr(servers.os, "geteuid", lambda: 0 if root else 1000)
            found = servers.shutil.which
            monkeypatch.setattr(
                servers.shutil, "which", lambda name, **given: apt if name == "apt-get" else found(name, **given)
            )

    made = Machine()
    run = subprocess.run

    def stand_in(command, **given):
        if command[0] != "apt-get":
            return run(command, **given)
        made.asked.append(command)
        if made.installs and "install" in command:
            monkeypatch.setattr(servers, "PACKAGES", (THERE,))
        return subprocess.CompletedProcess(command, 0 if made.installs else 100, "", "no network")

    monkeypatch.setattr(servers.subprocess, "run", stand_in)
    monkeypatch.setattr(servers, "PACKAGES", (THERE, GONE))
    monkeypatch.setattr(postgresql, "installed", lambda: True)
    return made


def test_as_root_on_debian_what_is_missing_is_installed_alone(machine):
    machine.become(root=True, apt="/usr/bin/apt-get")
    assert servers.main() == 0
    assert machine.asked[-1][-1] == "no-such-server"
    assert "coreutils" not in machine.asked[-1]


@pytest.mark.parametrize(("root", "apt"), [(False, "/usr/bin/apt-get"), (True, None)])
def test_elsewhere_it_is_named_with_its_use_and_the_way_to_get_it(machine, capsys, root, apt):
    machine.become(root=root, apt=apt)
    assert servers.main() == exit_codes.NO_SERVERS
    said = capsys.readouterr().err
    assert "no-such-server is missing: nothing at all" in said
    assert "apt-get install no-such-server" in said
    assert machine.asked == []


def test_an_install_that_fails_is_told_and_fails(machine, capsys):
    machine.installs = False
    machine.become(root=True, apt="/usr/bin/apt-get")
    assert servers.main() == exit_codes.NO_SERVERS
    assert "no network" in capsys.readouterr().err


def test_nothing_is_installed_where_all_is_there(machine, monkeypatch):
    monkeypatch.setattr(servers, "PACKAGES", (THERE,))
    machine.become(root=True, apt="/usr/bin/apt-get")
    assert servers.main() == 0
    assert machine.asked == []


def test_postgresql_that_cannot_be_had_fails(machine, monkeypatch, capsys):
    def fails():
        raise npm.NpmError("npm ci failed")

    monkeypatch.setattr(servers, "PACKAGES", (THERE,))
    monkeypatch.setattr(postgresql, "installed", lambda: False)
    monkeypatch.setattr(postgresql, "install", fails)
    machine.become(root=True, apt="/usr/bin/apt-get")
    assert servers.main() == exit_codes.NO_SERVERS
    assert "npm ci failed" in capsys.readouterr().err


def test_every_package_is_named_once():
    names = [package.name for package in PACKAGES]
    assert len(set(names)) == len(names)


def test_every_program_the_lane_starts_comes_from_a_package():
    # With Erlang's erl, npm's server, with Debian's prometheus.
    brought = {"erlc", "epmd", "postgres", "promtool"}
    started = set()
    for file in LANE.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        started |= set(re.findall(r"program\(\"([a-z_-]+)\"\)", text))
    assert {"erl", "mosquitto"} <= started
    assert started - brought <= {package.command[0] for package in PACKAGES}
