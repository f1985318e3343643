"""Progress of what lasts: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

_LOG_EVERY = 15
"""Seconds between two lines where there is no terminal."""


class Shown(Protocol):
    """Where progress goes."""

    def __call__(self, step: str, done: float, of: float | None) -> None:
        """Show a step; call it as often as there is something new, and at least every second."""
        ...


@contextmanager
def progress(console: Console) -> Iterator[Shown]:
    """A display that fits the console."""
    if console.is_terminal:
        with _bar(console) as shown:
            yield shown
    else:
        yield _log(console)


@contextmanager
def _bar(console: Console) -> Iterator[Shown]:
    columns = (
        TextColumn("engine: {task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, count="")

        def shown(step: str, done: float, of: float | None) -> None:
            count = f"{done:,.0f} of {of:,.0f}" if of else f"{done:,.0f}" if done else ""
            bar.update(task, description=step, completed=done, total=of, count=count)

        yield shown


def _log(console: Console) -> Shown:
    begun = time.monotonic()
    last_step, last_time = "", 0.0

    def shown(step: str, done: float, of: float | None) -> None:
        nonlocal last_step, last_time
        now = time.monotonic()
        if step == last_step and now - last_time < _LOG_EVERY:
            return
        last_step, last_time = step, now
        count = f" {done:,.0f} of {of:,.0f}" if of else f" {done:,.0f}" if done else ""
        minutes, seconds = divmod(int(now - begun), 60)
        console.print(f"engine: {step}{count} ({minutes}:{seconds:02d})", highlight=False, soft_wrap=True)

    return shown
