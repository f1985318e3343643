"""What one command costs: wall time, and the memory of its whole process tree."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_EVERY: float = 0.1
"""Seconds between two looks at the process tree."""


class BenchError(Exception):
    """A command that was to be measured failed; the text has its output."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took.

    seconds: wall time. processor_seconds: of all its processes; a busy machine changes it little. mebibytes: the sum of
    each process's own peak of resident memory (shared pages count in each).
    """

    seconds: float
    processor_seconds: float
    mebibytes: float


@dataclass(slots=True)
class _Peaks:
    """The kernel's own peak (VmHWM) of every process ever seen in a tree; no moment between two looks is missed."""

    root: int
    kibibytes: dict[int, int] = field(default_factory=dict)

    def look(self) -> None:
        try:
            root = psutil.Process(self.root)
            tree = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for process in tree:
            peak = _peak(process.pid)
            if peak is not None:
                self.kibibytes[process.pid] = max(peak, self.kibibytes.get(process.pid, 0))


def _peak(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    lines = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return next((int(line.split()[1]) for line in lines), None)


def _used_by_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cost(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run a command to its end and measure it.

    Raises:
        BenchError: it ends with an error.
    """
    begun, used = time.monotonic(), _used_by_children()
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peaks, ended = _Peaks(process.pid), threading.Event()

    def watch() -> None:
        while not ended.is_set():
            peaks.look()
            ended.wait(_EVERY)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds, processor_seconds = time.monotonic() - begun, _used_by_children() - used
    ended.set()
    watcher.join()
    if process.returncode != 0:
        raise BenchError(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    return Cost(seconds, processor_seconds, sum(peaks.kibibytes.values()) / 1024)
