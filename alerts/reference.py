"""docs/alerts.md: the table of alerts as a page, made from the table."""

from __future__ import annotations

from typing import Final

from alerts.alert import GROUPS, SIGNS, Activity, Alert, Figure, Log, Metric, Prometheus, Threshold
from alerts.catalogue import ALERTS, RECORDINGS
from alerts.figures import FEATURES
from alerts.limits import promql_duration
from alerts.resolved import number

REFERENCE: Final = "docs/alerts.md"

_HEAD: Final = """# What is watched

Generated from `alerts/` by `python -m alerts docs`; do not edit. `python -m ops alerts --stack prod` shows a stack's
own thresholds, and what the stack does not have with the reason. What prod should not go without, the probe first, is a
warning there and in each preview.

An alert is one row of a table: platform metrics, queries over logs, PromQL over the metrics of broker, edge and probe,
and Azure's activity log. Severity 0 and 1 go to the action group `page`, which calls somebody at any hour; 2 to 4 go to
`notify`, which waits for the morning. Every alert has a [runbook](runbooks/alerts/README.md).

Metrics, aggregations and dimensions are those Azure documents (`alerts/facts/azure_metrics.json`); queries are read by
Microsoft's own language service, PromQL by a real Prometheus on series that fire each rule and series that do not.

What is seen at a glance is one set of panels (`alerts/dashboards/`), shown twice. The dashboard of Grafana, which the
portal shows without a server of ours, has all of them, the thresholds and the alerts that fire:

![Grafana: alerts that fire, then panels and the thresholds in them](pictures/grafana.svg)

The portal's own has no part for PromQL, so it has metrics and logs of Azure alone, without thresholds:

![The portal: panels of metrics and logs](pictures/portal.svg)

Both pictures are drawn from the definitions; there is no data in them. No Grafana has loaded the dashboard: neither
Debian, npm, PyPI nor the Go modules have its server. Grafana's own model reads it and gives it back
(`grafana-foundation-sdk`); its PromQL, KQL and metrics are checked as those of the alerts are.

What a month costs is told by the budget, in mails of its own and not by an alert ([decision
0074](decisions/0074-budget.md)); the alerts on cost below are about logs and metrics, which can run away in a day.

Of backups, the broker's export has an alert, the database's own have none: no metric or log of Azure's tells a missed
one ([decision 0092](decisions/0092-alerts-as-one-table.md)).

Not proven without Azure: that a metric marked as preview keeps its meaning, and how long an alert takes from its cause
to the telephone.
"""


def reference() -> str:
    """The text of the page."""
    parts = [_HEAD]
    for area in dict.fromkeys(each.area for each in ALERTS):
        rows = [_row(each) for each in ALERTS if each.area == area]
        parts.append(
            "\n".join(
                [
                    f"## {area.capitalize()}\n",
                    "| alert | severity | fires when | window | needs | source |",
                    "| --- | --- | --- | --- | --- | --- |",
                    *rows,
                    "",
                ]
            )
        )
    parts.append(_recordings())
    return "\n".join(parts)


def _row(alert: Alert) -> str:
    needs = ", ".join(FEATURES[need] for need in alert.needs)
    cells = (
        f"[{alert.id}](runbooks/alerts/{alert.id}.md)<br>{alert.title}",
        f"{alert.severity} {GROUPS[alert.severity]}",
        _fires(alert),
        _window(alert),
        needs,
        alert.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _fires(alert: Alert) -> str:
    signal = alert.signal
    if isinstance(signal, Metric):
        where = ", ".join(f"{name} {'/'.join(values)}" for name, values in signal.dimensions.items())
        of = f"{signal.target}: {signal.aggregation} `{signal.name}`" + (f" ({where})" if where else "")
        return f"{of} {SIGNS[signal.operator]} {_threshold(signal.threshold)}"
    if isinstance(signal, Log):
        counted = f"{signal.aggregation} `{signal.measure}`" if signal.measure else "rows"
        return f"{counted} of `{signal.table}` {SIGNS[signal.operator]} {_threshold(signal.threshold)}"
    if isinstance(signal, Prometheus):
        text = signal.expression.replace("{{", "{").replace("}}", "}").replace("{threshold}", "threshold")
        return f"`{text}`, threshold {_threshold(signal.threshold)}"
    fields = {**signal.equals, **{name: " or ".join(values) for name, values in signal.any_of.items()}}
    return ", ".join(f"`{name}` {value}" for name, value in fields.items())


def _window(alert: Alert) -> str:
    signal = alert.signal
    if isinstance(signal, Activity):
        return "at once"
    if isinstance(signal, Prometheus):
        return f"{promql_duration(signal.window)}, for {promql_duration(signal.pending)}"
    return f"{promql_duration(signal.window)}, every {promql_duration(signal.frequency)}"


def _threshold(threshold: Threshold) -> str:
    if isinstance(threshold, Figure):
        name = threshold.name.replace("_", " ")
        return f"the stack's {name}" + (f" x {number(threshold.times)}" if threshold.times != 1 else "")
    dev, prod = number(threshold.dev), number(threshold.prod)
    return dev if dev == prod else f"{prod} (dev {dev})"


def _recordings() -> str:
    rows = [f"| `{each.name}` | {each.about} |" for each in RECORDINGS]
    return "\n".join(["## Recording rules\n", "| series | what it is |", "| --- | --- |", *rows, ""])
