"""What the checker finds, and how it shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Value = Any
Keys = tuple[str, ...]
Type = str | dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    severity: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity} {self.path}: {self.message}"


class ConfigError(Exception):
    """The text is not a configuration that EMQX can read."""


def error(path: Keys, message: str) -> Finding:
    """A finding that makes EMQX refuse or ignore the setting."""
    return Finding("error", dotted(path), message)


def warning(path: Keys, message: str) -> Finding:
    """A finding that EMQX accepts, but that is likely not what was meant."""
    return Finding("warning", dotted(path), message)


def dotted(path: Keys) -> str:
    """Show a path the way EMQX's documentation does."""
    return ".".join(path) or "(root)"
