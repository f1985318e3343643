"""Which way is taken, in one process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.engine import EngineError, Way, engine, release


@pytest.fixture(autouse=True)
def no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The release server is out of reach, unless a test says otherwise."""

    def find(version: str) -> tuple[release.Source, str]:
        raise release.OutOfReachError("no network here")

    monkeypatch.setattr(release, "find", find)


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The release server answers; returns the versions that were downloaded."""
    downloads: list[str] = []

    def download(binaries: Path, version: str, *_: object) -> None:
        downloads.append(version)
        for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec"):
            (binaries / name).write_text("released")

    monkeypatch.setattr(release, "find", lambda _: (release.SOURCES[0], "0" * 64))
    monkeypatch.setattr(release, "download", download)
    return downloads


def test_installed_engine_comes_first(pulumi, go, reachable):
    pulumi("3.259.0")
    assert engine().way is Way.INSTALLED
    assert (reachable, go()) == ([], [])


def test_release_comes_before_a_build(go, reachable):
    assert engine().way is Way.RELEASE
    assert go() == []


def test_build_is_the_last_way(go, capfd):
    found = engine()
    assert found.way is Way.BUILT
    assert found.pulumi.exists()
    assert "out of reach" in capfd.readouterr().err


def test_second_time_nothing_is_built_or_asked_for(go, monkeypatch):
    first = engine()
    calls = len(go())
    monkeypatch.setattr(release, "find", pytest.fail)
    assert engine() == first
    assert len(go()) == calls


def test_refused_download_leads_to_a_build(go, reachable, monkeypatch, capfd):
    def refused(*_: object) -> None:
        raise release.ChecksumError("it is refused")

    monkeypatch.setattr(release, "download", refused)
    assert engine().way is Way.BUILT
    assert "it is refused" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("ways", "taken"), [("built", Way.BUILT), ("release, built", Way.RELEASE), ("installed", Way.INSTALLED)]
)
def test_ways_can_be_limited(pulumi, go, reachable, monkeypatch, ways, taken):
    pulumi("3.259.0")
    monkeypatch.setenv("AMORA_ENGINE", ways)
    assert engine().way is taken


def test_unknown_way_is_named(monkeypatch):
    monkeypatch.setenv("AMORA_ENGINE", "built,guessed")
    with pytest.raises(EngineError, match="names guessed; allowed are installed, release, built"):
        engine()


@pytest.mark.parametrize("ways", ["installed", "release", "installed,release"])
def test_no_way_left_is_said(monkeypatch, ways):
    monkeypatch.setenv("AMORA_ENGINE", ways)
    with pytest.raises(EngineError, match=rf"AMORA_ENGINE={ways} leaves no other way"):
        engine()


def test_cache_folder_that_cannot_be_written_is_named(go, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(EngineError, match="XDG_CACHE_HOME"):
        engine()
