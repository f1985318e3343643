"""Exit codes of the toolchain; `docs/toolchain.md` has the table of the whole project."""

NO_ENGINE = 70
"""No Pulumi engine could be found, downloaded or built (EX_SOFTWARE of sysexits.h is the nearest relative)."""

PYTHON_ENVIRONMENT = 71
"""The virtual environment could not be made: Python too old, no venv module, or the package index out of reach."""

INTERRUPTED = 130
"""Ctrl-C, as shells report it: 128 + SIGINT."""

NO_SERVERS = 74
"""A server or parser that the tests run against is missing and could not be installed."""

NO_SCAN = 76
"""The template cannot be scanned: no scanner, no template, or a list of waivers that is none."""
