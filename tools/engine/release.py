"""The official release, where it can be reached."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from tools.engine.cache import system
from tools.engine.paths import BINARIES, EngineError
from tools.engine.progress import Shown
from tools.engine.versions import MODULE

SYSTEMS = ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64")
"""What Pulumi releases for and this project runs on."""

_REACHED_WITHIN = 3.0
"""Seconds for name, connection and answer of the first request to a source; then it counts as out of reach."""

_STALLED_AFTER = 30.0
"""Seconds without a byte in a download that has begun."""

PINNED = MODULE / "release.sha256"
"""Checksums of the pinned release in `sha256sum` format; optional (see `docs/toolchain.md`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One place of the release: addresses of its archives and of its list of checksums."""

    name: str
    archives: str
    checksums: str


SOURCES = (
    Source(
        name="get.pulumi.com",
        archives="https://get.pulumi.com/releases/sdk/{archive}",
        checksums="https://get.pulumi.com/releases/sdk/pulumi-{version}-checksums.txt",
    ),
    Source(
        name="github.com",
        archives="https://github.com/pulumi/pulumi/releases/download/v{version}/{archive}",
        checksums="https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-{version}-checksums.txt",
    ),
)


class OutOfReachError(Exception):
    """No source answers in time, or none has a release for this system."""


class ChecksumError(EngineError):
    """An archive is not the one that its checksum names."""


def find(version: str, sources: Sequence[Source] = SOURCES) -> tuple[Source, str]:
    """The first source that answers, and the sha256 of this system's archive.

    Raises:
        OutOfReachError: None answers in time or lists this system's archive.
    """
    if system() not in SYSTEMS:
        message = f"there is no release for {system()}"
        raise OutOfReachError(message)
    archive = archive_name(version)
    for source in sources:
        listing = _fetch_in_time(source.checksums.format(version=version))
        published = checksum(listing or "", archive)
        if published is not None:
            pinned = checksum(PINNED.read_text(), archive) if PINNED.exists() else None
            return source, pinned or published
    message = "no source of the release answers with its checksums"
    raise OutOfReachError(message)


def archive_name(version: str) -> str:
    """File name of the release for this system."""
    return f"pulumi-v{version}-{system()}.tar.gz"


def checksum(listing: str, archive: str) -> str | None:
    """An archive's sha256 in a listing of `sha256sum` format, None when it is not listed."""
    for line in listing.splitlines():
        digest, _, name = line.strip().partition(" ")
        if name.strip().lstrip("*") == archive and len(digest) == hashlib.sha256().digest_size * 2:
            return digest.lower()
    return None


def download(binaries: Path, version: str, source: Source, sha256: str, shown: Shown) -> None:
    """Download the release, verify it, and put engine and Python language host into a folder.

    Raises:
        ChecksumError: The archive is not the one that the checksum names.
        EngineError: The download broke off, or the archive lacks a file.
    """
    archive = archive_name(version)
    with tempfile.TemporaryFile(dir=binaries) as file:
        digest = hashlib.sha256()
        try:
            with httpx.stream(
                "GET",
                source.archives.format(version=version, archive=archive),
                timeout=httpx.Timeout(_STALLED_AFTER, connect=_REACHED_WITHIN),
                follow_redirects=True,
            ) as response:
                response.raise_for_status()
                size = int(response.headers.get("content-length", 0)) / 1e6 or None
                for chunk in response.iter_bytes(1 << 20):
                    digest.update(chunk)
                    file.write(chunk)
                    shown(f"downloading from {source.name}, MB", file.tell() / 1e6, size)
        except httpx.HTTPError as error:
            message = f"the download of {archive} from {source.name} broke off: {error or type(error).__name__}"
            raise EngineError(message) from error
        if digest.hexdigest() != sha256:
            message = f"{archive} from {source.name} has sha256 {digest.hexdigest()}, wanted is {sha256}: it is refused"
            raise ChecksumError(message)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:gz") as release:
            _unpack(release, binaries)


def _unpack(release: tarfile.TarFile, binaries: Path) -> None:
    """Copy the files that are needed, by name; nothing else of the archive touches the disk."""
    missing: set[str] = set(BINARIES)
    for member in release:
        name = member.name.removeprefix("pulumi/")
        content = release.extractfile(member) if name in missing else None
        if content is not None:
            with (binaries / name).open("wb") as file:
                shutil.copyfileobj(content, file)
            missing.remove(name)
    if missing:
        message = f"the release archive lacks {', '.join(sorted(missing))}"
        raise EngineError(message)


def _fetch_in_time(address: str) -> str | None:
    """A small text, None when it does not come in time.

    In a thread of its own, since a name server that does not answer holds the caller far beyond any timeout of HTTP.
    """
    answer: list[str] = []

    def fetch() -> None:
        try:
            response = httpx.get(address, timeout=_REACHED_WITHIN, follow_redirects=True)
            response.raise_for_status()
            answer.append(response.text)
        except (httpx.HTTPError, OSError, ValueError):  # the latter two: certificates or proxy named wrongly
            return

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(_REACHED_WITHIN)
    return answer[0] if answer else None
