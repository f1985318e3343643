"""Pictures of the dashboards for the docs, drawn from their panels: what stands where, and which lines are in it.

They show no data: a picture that looked like some would be made up. The same panels give the same picture.
"""

from __future__ import annotations

from html import escape
from operator import itemgetter
from typing import Final

from alerts.dashboards.grafana import HEIGHT_OF_FIRING
from alerts.dashboards.panels import COLUMNS, AzureMetric, Kql, Panel, Place, PromQl, panels_of, placed
from alerts.dashboards.portal import lenses, shown
from alerts.dashboards.thresholds import lines
from alerts.figures import Figures
from alerts.resolved import number

GRAFANA: Final = "docs/pictures/grafana.svg"
PORTAL: Final = "docs/pictures/portal.svg"

_COLUMN: Final = 44
_LINE: Final = 18
_MARGIN: Final = 6
_WIDE: Final = 2 * _COLUMN
_HIGH: Final = 2 * _LINE
"""A column and a line of the portal, which has half as many of both."""
_TARGETS: Final = frozenset({"database", "cache", "edge", "front door", "metrics"})


def grafana_picture(known: Figures) -> str:
    """The SVG of the Grafana dashboard of a stack that has every part."""
    rows = placed(panels_of(_TARGETS))
    first = HEIGHT_OF_FIRING * _LINE
    drawn = [_box(0, 0, COLUMNS * _COLUMN, first, "Alerts that fire", "every alert of the cell's resources, now")]
    drawn.append(f'<g transform="translate(0 {first})">')
    for heading, y, places in rows:
        drawn.append(_words(8, y * _LINE + 13, heading, size=13, bold=True))
        drawn.extend(_panel(place, known) for place in places)
    drawn.append("</g>")
    return _svg(first + (rows[-1][2][0].y + rows[-1][2][0].height) * _LINE, drawn)


def portal_picture() -> str:
    """The SVG of the portal's dashboard of a stack that has every part, drawn from the parts it is given."""
    (lens,) = lenses("Amora Sync", dict.fromkeys(_TARGETS, ("",)), "")
    drawn, bottom = [], 0
    for part in lens["parts"]:
        at = part["position"]
        x, y, width, height = at["x"] * _WIDE, at["y"] * _HIGH, at["colSpan"] * _WIDE, at["rowSpan"] * _HIGH
        bottom = max(bottom, y + height)
        title, asked = shown(part)
        if asked:
            drawn.append(_box(x, y, width, height, title, asked))
        else:
            drawn.append(_words(x + 8, y + 24, title, size=13, bold=True))
    return _svg(bottom, drawn)


def _svg(height: int, drawn: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{COLUMNS * _COLUMN}" height="{height}" '
        f'viewBox="0 0 {COLUMNS * _COLUMN} {height}" font-family="sans-serif">\n'
        f'<rect width="100%" height="100%" fill="#f4f5f7"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def _box(left: int, y: int, across: int, down: int, title: str, asked: str) -> str:
    """A panel without its lines: its frame, its title, what it asks for, and the axis of time."""
    x, width, height = left + _MARGIN, across - 2 * _MARGIN, down - _MARGIN
    return "\n".join(
        [
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="3" fill="#ffffff" stroke="#c8ccd4"/>',
            _words(x + 8, y + 16, _cut(title, width, 7), size=12, bold=True),
            _words(x + 8, y + 31, _cut(asked, width, 5), size=9, grey=True),
            f'<line x1="{x + 8}" y1="{y + height - 12}" x2="{x + width - 8}" y2="{y + height - 12}" stroke="#8a8f99"/>',
        ]
    )


def _panel(place: Place, known: Figures) -> str:
    panel = place.panel
    left, y = place.x * _COLUMN, place.y * _LINE
    across = place.width * _COLUMN
    x, width = left + _MARGIN, across - 2 * _MARGIN
    parts = [_box(left, y, across, place.height * _LINE, panel.title, _asked(panel))]
    # As in a chart, the greater threshold is above.
    for at, (name, value) in enumerate(sorted(lines(panel, known), key=itemgetter(1), reverse=True)):
        line = y + 52 + 26 * at
        parts.append(
            f'<line x1="{x + 8}" y1="{line}" x2="{x + width - 8}" y2="{line}" stroke="#c4314b" stroke-dasharray="5 3"/>'
        )
        parts.append(_words(x + 10, line + 11, _cut(f"{name}: {number(value)}", width, 5), size=9))
    return "\n".join(parts)


def _asked(panel: Panel) -> str:
    source = panel.source
    if isinstance(source, PromQl):
        return source.expression
    if isinstance(source, Kql):
        return source.query.split("\n", 1)[0]
    return f"{source.aggregation} {source.name}" if isinstance(source, AzureMetric) else ""


def _cut(text: str, width: int, character: int) -> str:
    most = (width - 16) // character
    return text if len(text) <= most else text[: most - 1] + "…"


def _words(x: int, y: int, text: str, *, size: int, bold: bool = False, grey: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    colour = "#5f6570" if grey else "#1f2329"
    return f'<text x="{x}" y="{y}" font-size="{size}"{weight} fill="{colour}">{escape(text)}</text>'
