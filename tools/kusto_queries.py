"""KQL as Microsoft's own language service reads it, for the tests of the alerts: npm's @kusto/language-service-next.

`tools/kusto/package-lock.json` pins it by hash. It knows a table by its columns, so a column that is not there is found
as it would be in Azure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools import npm

PACKAGE_FOLDER: Final = Path(__file__).parent / "kusto"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the service says of a place in a query. severity: Error, Warning or Suggestion."""

    code: str
    severity: str
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Query:
    """What the service says of a query, and the columns it gives with their Kusto types."""

    findings: tuple[Finding, ...]
    columns: Mapping[str, str]


def service() -> Path:
    """The folder of the package, there or not."""
    return npm.cached("kusto", PACKAGE_FOLDER) / "node_modules/@kusto/language-service-next"


def installed() -> bool:
    """Whether the service is there."""
    return (service() / "Kusto.Language.Bridge.min.js").is_file()


def install() -> None:
    """Install the service where it is missing.

    Raises:
        NpmError: npm failed.
    """
    npm.install(npm.cached("kusto", PACKAGE_FOLDER), PACKAGE_FOLDER, installed)


def checked(queries: Mapping[str, str], tables: Mapping[str, Mapping[str, str]]) -> dict[str, Query]:
    """What the service finds in queries, by their names.

    Args:
        queries: KQL by name.
        tables: Kusto type by column, by table.

    Raises:
        NpmError: the service could not be installed, or failed.
    """
    install()
    asked = json.dumps({"tables": {name: dict(columns) for name, columns in tables.items()}, "queries": dict(queries)})
    found = json.loads(npm.node(PACKAGE_FOLDER / "check.js", str(service()), text=asked))
    return {
        name: Query(tuple(Finding(**finding) for finding in each["findings"]), each["columns"])
        for name, each in found.items()
    }
