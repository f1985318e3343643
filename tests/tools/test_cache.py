"""The engine cache: complete or absent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.engine import cache
from tools.engine.paths import BINARIES, Way


def fill(binaries: Path) -> None:
    for name in BINARIES:
        (binaries / name).write_text(f"contents of {name}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "3.259.0-built-abc"


def test_installed_folder_is_found_again(folder):
    made = cache.install(folder, way=Way.BUILT, version="3.259.0", fill=fill)
    assert cache.cached(folder) == made
    assert all((made.bin_dir / name).stat().st_mode & 0o777 == 0o755 for name in BINARIES)


def damage_size(folder: Path) -> None:
    (folder / "bin" / "pulumi").write_text("cut")


def damage_file(folder: Path) -> None:
    (folder / "bin" / "pulumi-language-python-exec").unlink()


def damage_manifest(folder: Path) -> None:
    (folder / "engine.json").write_text('{"way": ')


def damage_way(folder: Path) -> None:
    manifest = json.loads((folder / "engine.json").read_text())
    (folder / "engine.json").write_text(json.dumps({**manifest, "way": "found in the street"}))


@pytest.mark.parametrize("damage", [damage_size, damage_file, damage_manifest, damage_way])
def test_damaged_folder_does_not_count_and_is_replaced(folder, damage):
    cache.install(folder, way=Way.BUILT, version="3.259.0", fill=fill)
    damage(folder)
    assert cache.cached(folder) is None
    assert cache.install(folder, way=Way.BUILT, version="3.259.0", fill=fill) == cache.cached(folder)


def test_failure_leaves_nothing(folder):
    def half(binaries: Path) -> None:
        (binaries / "pulumi").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.install(folder, way=Way.BUILT, version="3.259.0", fill=half)
    assert list(folder.parent.iterdir()) == []


def test_left_over_of_a_killed_run_is_removed(folder):
    left_over = folder.parent / f".partial-{folder.name}-killed"
    (left_over / "bin").mkdir(parents=True)
    cache.install(folder, way=Way.BUILT, version="3.259.0", fill=fill)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    ("name", "content", "other_key"),
    [
        ("host/main.go", "package main // changed", True),
        ("go.mod", "module changed", True),
        ("go.sum", "changed", True),
        ("host/main_test.go", "package main // changed", False),
        ("README.md", "changed", False),
    ],
)
def test_key_follows_the_sources(tmp_path, name, content, other_key):
    module = tmp_path / "module"
    (module / "host").mkdir(parents=True)
    for path, text in {"go.mod": "module m", "go.sum": "", "host/main.go": "package main", "README.md": ""}.items():
        (module / path).write_text(text)
    before = cache.built_key("3.259.0", module)
    (module / name).write_text(content)
    assert (cache.built_key("3.259.0", module) != before) is other_key


@pytest.mark.parametrize(
    ("platform", "machine", "name"),
    [("linux", "x86_64", "linux-x64"), ("linux", "aarch64", "linux-arm64"), ("darwin", "arm64", "darwin-arm64")],
)
def test_system_as_releases_spell_it(monkeypatch, platform, machine, name):
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert cache.system() == name


def test_cache_lies_in_the_home_folder_without_a_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / ".cache" / "amora-sync" / "pulumi"
