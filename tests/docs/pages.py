"""The documentation as text: its pages, fenced blocks, links and headings."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^ *```(?P<language>[\w-]*) *\n(?P<body>.*?)^ *``` *$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A Markdown file of the repository. ``name`` is its path from the root."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The text without fenced blocks."""
        return _FENCE.sub("", self.text)

    def blocks(self, *languages: str) -> Iterator[str]:
        """The fenced blocks of some languages."""
        for found in _FENCE.finditer(self.text):
            if found["language"] in languages:
                yield found["body"]

    def commands(self) -> Iterator[str]:
        """Command lines: those of shell blocks, and code in the text that begins like one of ours."""
        for block in self.blocks("sh", "bash", "console"):
            for line in block.splitlines():
                command = line.split("  #")[0].strip().removeprefix("$ ")
                if command and not command.startswith("#"):
                    yield command
        for span in _SPAN.findall(self.prose):
            if span.startswith(("make ", "python -m ")):
                yield span

    def links(self) -> Iterator[str]:
        """Targets of the links in the text."""
        yield from _LINK.findall(self.prose)

    def anchors(self) -> set[str]:
        """Anchors of the headings, as GitHub makes them."""
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(self.prose)}


@cache
def pages() -> tuple[Page, ...]:
    """Every Markdown page that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(Page(name) for name in sorted(set(filter(None, listed.split("\0")))) if (ROOT / name).is_file())


def page(name: str) -> Page:
    """The page of that path."""
    (found,) = [each for each in pages() if each.name == name]
    return found
