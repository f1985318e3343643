"""Stand-ins for what the toolchain talks to: the programs on PATH and the release server."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[[str, str], Path]

FAKE_GO = """
    import os, pathlib, sys, time
    arguments = sys.argv[1:]
    log = pathlib.Path(os.environ["FAKE_GO_LOG"])
    with log.open("a") as file:
        file.write(" ".join([os.environ.get("GOTOOLCHAIN", "-"), *arguments]) + "\\n")
    if arguments[0] == "version":
        print("go version go" + os.environ.get("FAKE_GO_VERSION", "1.26.1") + " linux/amd64")
    elif os.environ.get("FAKE_GO_FAILS"):
        sys.exit(os.environ["FAKE_GO_FAILS"])
    elif arguments[:2] == ["list", "-m"]:
        print(os.environ["FAKE_SDK"])
    elif arguments[0] == "list":
        print("fmt\\ngithub.com/pulumi/pulumi/pkg/v3/cmd/pulumi")
    elif arguments[0] == "build":
        print("fmt", file=sys.stderr, flush=True)
        pathlib.Path(log.parent / "building").write_text(str(os.getpid()))
        time.sleep(float(os.environ.get("FAKE_GO_SECONDS", "0")))
        folder = pathlib.Path(arguments[arguments.index("-o") + 1])
        for name in ("pulumi", "pulumi-language-python"):
            (folder / name).write_text("#!/bin/sh\\necho v3.259.0\\n")
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache and nothing on PATH but the system's own commands; returns its bin folder."""
    folder = tmp_path / "machine"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("AMORA_ENGINE", "GOTOOLCHAIN", "FAKE_GO_FAILS", "FAKE_GO_SECONDS", "FAKE_GO_VERSION"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def program(machine: Path) -> Program:
    """Puts a Python script on the machine's PATH under a name."""

    def put(name: str, script: str) -> Path:
        path = machine / name
        path.write_text(f"#!{sys.executable}\n{textwrap.dedent(script)}")
        path.chmod(0o755)
        return path

    return put


@pytest.fixture
def go(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A Go that "builds" in no time; returns what it was asked, a line a call, each with its GOTOOLCHAIN."""
    log = tmp_path / "go.log"
    executor = tmp_path / "sdk" / "python" / "cmd" / "pulumi-language-python-exec"
    executor.parent.mkdir(parents=True)
    executor.write_text("# the SDK's script")
    monkeypatch.setenv("FAKE_GO_LOG", str(log))
    monkeypatch.setenv("FAKE_SDK", str(tmp_path / "sdk"))
    program("go", FAKE_GO)
    return lambda: log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def pulumi(program: Program, machine: Path) -> Callable[[str], Path]:
    """An installed Pulumi of a version, with its Python language host."""

    def install(version: str) -> Path:
        for name in ("pulumi-language-python", "pulumi-language-python-exec"):
            program(name, "")
        return program("pulumi", f"print('v{version}')")

    return install
