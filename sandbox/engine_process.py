"""The engine as a child process: signals reach it, its exit code comes back, nothing of it stays behind."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


class EngineProcess:
    """Runs one command at a time and knows its process id, for the faults that kill it."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None
        self._interrupted = False

    @property
    def pid(self) -> int | None:
        """Process id of the command that runs, None between commands."""
        return self._running.pid if self._running is not None else None

    def run(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> int:
        """Run a command in the foreground.

        Ctrl-C reaches the command by the terminal, as Pulumi expects it: the first one cancels, the second one ends at
        once. SIGTERM to this process is passed on as a cancel. After either no other command begins.

        Returns:
            Its exit code; 128 + the signal's number when a signal ended it.

        Raises:
            KeyboardInterrupt: an earlier command was interrupted and ended as if nothing had happened.
        """
        if self._interrupted:
            raise KeyboardInterrupt
        with _signals(on_interrupt=self._note, on_end=self.cancel):
            self._running = subprocess.Popen(list(command), env=dict(environment), cwd=folder)
            try:
                code = self._running.wait()
            finally:
                self._running = None
        return code if code >= 0 else 128 - code

    def cancel(self) -> None:
        """Ask the running command to cancel."""
        self._note()
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)

    def _note(self) -> None:
        self._interrupted = True


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a short command end by itself: Ctrl-C counts when the block ends.

    The terminal sends Ctrl-C to the command too, and it is the command that must take its locks off.

    Raises:
        KeyboardInterrupt: at the end of the block, when there was one inside.
    """
    interrupts: list[None] = []
    with _signals(on_interrupt=lambda: interrupts.append(None)):
        yield
    if interrupts:
        raise KeyboardInterrupt


@contextmanager
def _signals(*, on_interrupt: Callable[[], None], on_end: Callable[[], None] | None = None) -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        on_interrupt()

    def end(_number: int, _frame: FrameType | None) -> None:
        if on_end is not None:
            on_end()

    handlers = {signal.SIGINT: interrupt, **({signal.SIGTERM: end, signal.SIGHUP: end} if on_end else {})}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
