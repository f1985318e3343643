"""The engine built with Go, with a Go that compiles nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.engine.build import build
from tools.engine.paths import BINARIES, EngineError
from tools.engine.versions import Wanted

WANTED = Wanted(version="3.259.0", allowed=">=3.259.0", go="1.25.11")


@pytest.fixture
def binaries(tmp_path: Path) -> Path:
    folder = tmp_path / "staging" / "bin"
    folder.mkdir(parents=True)
    return folder


def ignore(step: str, done: float, of: float | None) -> None:
    """Show nothing."""


def test_build_gives_the_three_binaries_and_nothing_else(go, binaries):
    build(binaries, WANTED, ignore)
    assert sorted(path.name for path in binaries.iterdir()) == sorted(BINARIES)
    assert [path.name for path in binaries.parent.iterdir()] == ["bin"]


def test_version_is_linked_into_the_engine(go, binaries):
    build(binaries, WANTED, ignore)
    (command,) = [line for line in go() if " build " in line]
    assert "go/common/version.Version=v3.259.0" in command


def test_progress_counts_packages(go, binaries):
    seen = []
    build(binaries, WANTED, lambda step, done, of: seen.append((step, done, of)))
    assert ("compiling Go packages", 1, 2) in seen


@pytest.mark.parametrize(
    ("installed", "toolchain"), [("1.25.11", "-"), ("1.26", "-"), ("1.24.4", "go1.25.11"), ("1.21.0", "go1.25.11")]
)
def test_older_go_is_told_to_fetch_the_right_one(go, binaries, monkeypatch, installed, toolchain):
    monkeypatch.setenv("FAKE_GO_VERSION", installed)
    build(binaries, WANTED, ignore)
    assert {line.split()[0] for line in go() if " version" not in line} == {toolchain}


def test_go_that_cannot_fetch_a_newer_one_is_refused(go, binaries, monkeypatch):
    monkeypatch.setenv("FAKE_GO_VERSION", "1.19.8")
    with pytest.raises(EngineError, match=r"Go 1\.19\.8 is too old.*\nInstall Go 1\.21 or newer"):
        build(binaries, WANTED, ignore)


def test_missing_go_is_said_with_the_mend(binaries):
    with pytest.raises(EngineError, match=r"no Go on PATH.*\nInstall Go"):
        build(binaries, WANTED, ignore)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("dial tcp: lookup proxy.example: no such host", r"cannot fetch the engine's modules[\s\S]*GOPROXY"),
        ("no space left on device", r"exit code 1[\s\S]*no space left on device[\s\S]*4 GB of disk"),
    ],
)
def test_failures_of_go_are_told_apart(go, binaries, monkeypatch, output, message):
    monkeypatch.setenv("FAKE_GO_FAILS", output)
    with pytest.raises(EngineError, match=message):
        build(binaries, WANTED, ignore)
