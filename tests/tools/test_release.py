"""The official release, from a server of the test's own."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import httpx
import pytest

from tests.http_double import answering, on_loopback
from tools.engine import release
from tools.engine.paths import BINARIES, EngineError
from tools.engine.release import ChecksumError, OutOfReachError, Source

ARCHIVE = "pulumi-v3.259.0-linux-x64.tar.gz"


def archive(names: tuple[str, ...] = (*BINARIES, "pulumi-language-go", "../escaped")) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in names:
            content = f"contents of {name}".encode()
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def served() -> dict[str, bytes]:
    """What the server has, by path."""
    return {}


@pytest.fixture
def source(served: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = served.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
            """Keep quiet."""

    monkeypatch.setattr(release, "system", lambda: "linux-x64")
    with answering(on_loopback(Handler)) as port:
        base = f"http://127.0.0.1:{port}"
        yield Source(name="test", archives=base + "/{archive}", checksums=base + "/{version}-checksums.txt")


def ignore(step: str, done: float, of: float | None) -> None:
    """Show nothing."""


def publish(served: dict[str, bytes], content: bytes, *, sha256: str | None = None) -> str:
    digest = sha256 or hashlib.sha256(content).hexdigest()
    served["/3.259.0-checksums.txt"] = f"{'0' * 64}  other.tar.gz\n{digest}  {ARCHIVE}\n".encode()
    served["/" + ARCHIVE] = content
    return digest


def test_release_is_found_and_unpacked(served, source, tmp_path):
    digest = publish(served, archive())
    found, sha256 = release.find("3.259.0", [source])
    release.download(tmp_path, "3.259.0", found, sha256, ignore)
    assert sha256 == digest
    assert {path.name: path.read_text() for path in tmp_path.glob("pulumi*")} == {
        name: f"contents of {name}" for name in BINARIES
    }


def test_only_the_needed_files_touch_the_disk(served, source, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    release.download(folder, "3.259.0", source, publish(served, archive()), ignore)
    assert sorted(path.name for path in folder.iterdir()) == sorted(BINARIES)
    assert not (tmp_path / "escaped").exists()


def test_wrong_checksum_is_refused(served, source, tmp_path):
    publish(served, archive(), sha256="f" * 64)
    _, sha256 = release.find("3.259.0", [source])
    with pytest.raises(ChecksumError, match=f"wanted is {'f' * 64}: it is refused"):
        release.download(tmp_path, "3.259.0", source, sha256, ignore)
    assert list(tmp_path.glob("pulumi*")) == []


def test_pinned_checksum_comes_before_the_published_one(served, source, tmp_path, monkeypatch):
    publish(served, archive())
    pinned = tmp_path / "release.sha256"
    pinned.write_text(f"{'a' * 64}  {ARCHIVE}\n")
    monkeypatch.setattr(release, "PINNED", pinned)
    assert release.find("3.259.0", [source])[1] == "a" * 64


def test_archive_without_a_needed_file_is_refused(served, source, tmp_path):
    sha256 = publish(served, archive(("pulumi", "pulumi-language-python")))
    with pytest.raises(EngineError, match="lacks pulumi-language-python-exec"):
        release.download(tmp_path, "3.259.0", source, sha256, ignore)


def test_missing_archive_is_an_engine_error(served, source, tmp_path):
    with pytest.raises(EngineError, match="broke off"):
        release.download(tmp_path, "3.259.0", source, "0" * 64, ignore)


def test_next_source_is_asked_when_one_does_not_answer(served, source):
    publish(served, archive())
    dead = Source(name="dead", archives="", checksums="http://127.0.0.1:9/")
    assert release.find("3.259.0", [dead, source])[0] is source


@pytest.mark.parametrize(
    "listing", [b"", b"<html>proxy login</html>", f"short  {ARCHIVE}".encode(), b"0" * 64 + b"  other.tar.gz"]
)
def test_source_that_does_not_list_the_archive_is_out_of_reach(served, source, listing):
    served["/3.259.0-checksums.txt"] = listing
    with pytest.raises(OutOfReachError):
        release.find("3.259.0", [source])


def test_system_without_a_release_is_not_asked_for(served, source, monkeypatch):
    publish(served, archive())
    monkeypatch.setattr(release, "system", lambda: "linux-riscv64")
    with pytest.raises(OutOfReachError, match="linux-riscv64"):
        release.find("3.259.0", [source])


def test_source_that_never_answers_costs_seconds(monkeypatch):
    silence = threading.Event()
    monkeypatch.setattr(release, "_REACHED_WITHIN", 0.1)

    def never(*_: object, **__: object) -> None:
        silence.wait(30)
        raise httpx.ConnectTimeout("")

    monkeypatch.setattr("httpx.get", never)
    with pytest.raises(OutOfReachError):
        release.find("3.259.0")
    silence.set()


def test_sources_name_the_pinned_version():
    addresses = [address for source in release.SOURCES for address in (source.archives, source.checksums)]
    assert all("3.259.0" in a.format(version="3.259.0", archive=release.archive_name("3.259.0")) for a in addresses)
    assert all(address.startswith("https://") for address in addresses)
