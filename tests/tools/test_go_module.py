"""The Go module of engine and language host: formatted, vetted and tested with the flags it is built with."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tools.engine.build import go_environment, go_flags
from tools.engine.paths import EngineError
from tools.engine.versions import MODULE, wanted

ENVIRONMENT = dict(os.environ)
PACKAGE = "./pulumi-language-python"


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch, machine: object) -> dict[str, str]:
    """The environment for the machine's real Go, made after the stand-in of a machine."""
    for name in ("PATH", "XDG_CACHE_HOME"):
        if name in ENVIRONMENT:
            monkeypatch.setenv(name, ENVIRONMENT[name])
        else:
            monkeypatch.delenv(name, raising=False)
    try:
        return go_environment(wanted())
    except EngineError as error:
        pytest.skip(str(error))


def test_sources_are_formatted(go):
    gofmt = shutil.which("gofmt")
    if gofmt is None:
        pytest.skip("this Go has no gofmt on PATH")
    found = subprocess.run([gofmt, "-l", MODULE], capture_output=True, text=True, check=True)
    assert found.stdout == ""


@pytest.mark.parametrize("check", ["vet", "test"])
def test_sources_pass(go, check):
    command = ["go", check, *go_flags(wanted()), PACKAGE]
    found = subprocess.run(command, cwd=MODULE, env=go, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
