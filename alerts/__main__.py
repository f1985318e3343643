"""``python -m alerts docs``: write the pages that are made from the table."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from alerts.dashboards.picture import GRAFANA, PORTAL, grafana_picture, portal_picture
from alerts.figures import FEATURES, figures
from alerts.reference import REFERENCE, reference
from settings import from_stack_file

_ROOT: Final = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """What is made from the table: text by path."""
    # The picture has the lines of every alert, also of parts that prod does not have yet.
    prod = replace(figures(from_stack_file(_ROOT / "Pulumi.prod.yaml")), features=frozenset(FEATURES))
    return {REFERENCE: reference(), GRAFANA: grafana_picture(prod), PORTAL: portal_picture()}


def main(arguments: list[str]) -> int:
    """Write docs/alerts.md and the pictures; the exit code."""
    if arguments != ["docs"]:
        sys.stderr.write(f"found {' '.join(arguments) or 'nothing'}; allowed: docs\n")
        return 2
    for name, text in pages().items():
        (_ROOT / name).parent.mkdir(exist_ok=True)
        (_ROOT / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
