"""An engine built from `tools/pulumi` with Go, when neither an installed one nor the release is at hand."""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from semver import Version

from tools.engine.paths import EXECUTOR, EngineError
from tools.engine.progress import Shown
from tools.engine.versions import MODULE, PROJECT, Wanted

_ENGINE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_PACKAGES = (_ENGINE, "./pulumi-language-python")

_SWITCHES_SINCE = Version(1, 21)
"""The first Go that fetches a newer one by itself (go.dev/doc/toolchain)."""

_NETWORK = re.compile(
    r"dial tcp|no such host|i/o timeout|connection refused|network is unreachable|TLS handshake|proxyconnect|EOF$",
    re.MULTILINE,
)
_MODULE = re.compile(r"^\t\S+ v\S", re.MULTILINE)
"""A module that go.mod requires: at most so many are fetched."""

_TAIL = 12
"""Lines of Go's output that an error shows."""


def build(binaries: Path, wanted: Wanted, shown: Shown) -> None:
    """Build engine and language host into a folder.

    Raises:
        EngineError: Go is missing or too old, its modules cannot be fetched, or it does not compile.
    """
    # Go's working folder lies inside ours, so that a killed build leaves nothing in /tmp.
    with tempfile.TemporaryDirectory(prefix="go-", dir=binaries.parent) as scratch:
        environment = {**go_environment(wanted), "GOTMPDIR": scratch}
        flags = go_flags(wanted)
        packages = _go(["list", *flags, "-deps", *_PACKAGES], environment, shown, step="fetching Go modules")
        command = ["build", "-v", *flags, "-o", f"{binaries}{os.sep}", *_PACKAGES]
        _go(command, environment, shown, step="compiling Go packages", expected=set(packages))
        sdk = _go(["list", "-m", "-f", "{{.Dir}}", _SDK], environment, shown, step="copying the SDK's executor")
        shutil.copyfile(Path(sdk[-1]) / "python" / "cmd" / EXECUTOR, binaries / EXECUTOR)


def go_flags(wanted: Wanted) -> list[str]:
    """The flags of Pulumi's own release build that matter here.

    Without the version the engine ignores `requiredPulumiVersion`. `-buildvcs=false`: the stamp would need git and make
    every commit another binary.
    """
    return [
        "-trimpath",
        "-buildvcs=false",
        "-mod=readonly",
        "-tags=osusergo,grpcnotrace",
        f"-ldflags=-s -w -X {_SDK}/go/common/version.Version=v{wanted.version}",
    ]


def go_environment(wanted: Wanted) -> dict[str, str]:
    """The environment that builds the wanted engine.

    Raises:
        EngineError: Go is missing, or too old to fetch the version that is needed.
    """
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    found = _go_version(environment)
    if found < Version.parse(wanted.go):
        if found < _SWITCHES_SINCE:
            message = (
                f"Go {found} is too old: {wanted.go} builds the engine, and 1.21 or newer fetches that by itself.\n"
                f"{_MEND}"
            )
            raise EngineError(message)
        environment["GOTOOLCHAIN"] = f"go{wanted.go}"  # distributions switch this off by GOTOOLCHAIN=local
    return environment


_MEND = (
    "Install Go 1.21 or newer (Debian: apt install golang-go) or Pulumi itself (pulumi.com/docs/install),\n"
    "then run the same command again."
)


def _go_version(environment: dict[str, str]) -> Version:
    go = shutil.which("go")
    if go is None:
        message = f"There is no Go on PATH to build the engine with.\n{_MEND}"
        raise EngineError(message)
    # GOTOOLCHAIN=local: outside the module and without a switch, this is the version that is installed
    answer = subprocess.run(
        [go, "version"],
        cwd="/",
        env={**environment, "GOTOOLCHAIN": "local"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    if found is None:
        message = f"`go version` answers {answer.stdout or answer.stderr!r}, which names no version.\n{_MEND}"
        raise EngineError(message)
    return Version(*(int(part or 0) for part in found.groups()))


def _go(
    arguments: Sequence[str],
    environment: dict[str, str],
    shown: Shown,
    *,
    step: str,
    expected: set[str] | None = None,
) -> list[str]:
    """Run Go in the module; show what it compiles or downloads; return the lines it printed."""
    lines: list[str] = []
    tail: deque[str] = deque(maxlen=_TAIL)
    compiled = downloaded = 0
    modules = len(_MODULE.findall((MODULE / "go.mod").read_text()))
    with _on_a_leash(["go", *arguments], environment) as process:
        for line in _lines(process):
            if line is not None and line.startswith("go: downloading "):
                downloaded += 1
            elif line is not None:
                lines.append(line)
                tail.append(line)
                compiled += expected is not None and line in expected
            linking = expected is not None and _ENGINE in lines
            if expected is None:
                shown(step, downloaded, modules if downloaded else None)
            else:
                shown("linking the engine" if linking else step, compiled, len(expected))
        code = process.wait()
    if code != 0:
        raise EngineError(_failure(code, list(tail)))
    return lines


def _failure(code: int, tail: list[str]) -> str:
    output = "\n".join(f"  {line}" for line in tail)
    if _NETWORK.search(output):
        return (
            f"Go cannot fetch the engine's modules:\n{output}\n"
            "Check the network and GOPROXY (go env GOPROXY), then run the same command again: what was fetched and\n"
            "compiled so far is kept."
        )
    return (
        f"go ended with exit code {code} while it built the engine:\n{output}\n"
        "The build needs about 4 GB of disk (go env GOCACHE GOMODCACHE) and 2 GB of memory.\n"
        "Mend what the lines above name and run the same command again."
    )


@contextmanager
def _on_a_leash(command: Sequence[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Go and its compilers, which end with this process however it ends."""
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "tools" / "engine" / "leash.py"), *command],
        cwd=MODULE,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str | None]:
    """The lines that a process prints, and None each second without one, so that the display's clock goes on."""
    if process.stdout is None:
        return
    waiting = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            begun = time.monotonic()
            if not selector.select(timeout=1):
                yield None
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                break
            *complete, waiting = (waiting + chunk).split(b"\n")
            for line in complete:
                yield line.decode(errors="replace")
            if time.monotonic() - begun > 1:
                yield None
    if waiting:
        yield waiting.decode(errors="replace")
