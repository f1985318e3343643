"""`python -m ops alerts`: the table as operators and programs read it."""

import json

import pytest
from typer.testing import CliRunner

from alerts.catalogue import ALERTS
from ops import terminal
from ops.command import app
from ops.errors import ExitCode
from tests.recorded_program import ROOT

FOLDER = "docs/runbooks/alerts/"


def run(*arguments, columns=250):
    # Whoever imports the console first, with whatever width, decides else.
    terminal.output.width = columns
    return CliRunner().invoke(app, ["alerts", *arguments], env={"COLUMNS": str(columns)})


def rows_of(printed):
    """Rows of the printed table, each cell put together from the lines it was folded into."""
    rows = []
    for line in printed.splitlines():
        if line.startswith("│"):
            parts = [cell.strip() for cell in line[1:-1].split("│")]
            if parts[0]:  # a name is never folded
                rows.append(parts)
            else:
                rows[-1] = [before + after for before, after in zip(rows[-1], parts, strict=True)]
    return rows


def listed(*arguments):
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return {row["id"]: row for row in json.loads(done.stdout)["alerts"]}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_row_has_threshold_group_and_runbook(stack):
    rows = listed("--stack", stack)
    down = rows["database-down"]
    assert (down["condition"], down["actionGroup"], down["severity"]) == ("Maximum is_db_alive < 1", "page", 1)
    for row in rows.values():
        assert row["condition"]
        assert (ROOT / row["runbook"]).name == f"{row['id']}.md"
        assert row["absent"] == ""


def test_thresholds_are_the_stacks_own():
    assert listed("--stack", "dev")["node-cpu-high"]["condition"].endswith("> 400000000")
    assert listed("--stack", "prod")["node-cpu-high"]["condition"].endswith("> 1600000000")


def test_what_a_stack_does_not_have_is_shown_with_the_reason():
    rows = listed("--stack", "dev", "--all")
    assert set(rows) == {each.id for each in ALERTS}
    assert rows["cluster-split"]["absent"] == "without more than one node"


def test_the_table_is_for_people():
    done = run("--stack", "prod")
    assert done.exit_code == 0
    assert "database-storage-full" in done.stdout
    assert "0 page" in done.stdout
    assert f"what to do: {FOLDER}<alert>.md" in done.stdout


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("columns", [80, 120])
def test_nothing_is_cut_where_the_terminal_is_narrow(stack, columns):
    done = run("--stack", stack, columns=columns)
    assert "…" not in done.stdout
    assert all(len(line) <= columns for line in done.stdout.splitlines())
    there = listed("--stack", stack)
    rows = {row[0]: row for row in rows_of(done.stdout)}
    assert set(rows) == set(there)
    for name, row in rows.items():
        assert row[1] == f"{there[name]['severity']} {there[name]['actionGroup']}"
        assert row[3].replace(" ", "") == "".join(there[name]["condition"].split())


def test_absent_alerts_are_listed_with_the_reason_by_default():
    shown = " ".join(run("--stack", "dev", columns=80).stdout.partition("not in dev:")[2].split())
    absent = [row for row in listed("--stack", "dev", "--all").values() if row["absent"]]
    assert len(absent) > 1
    for reason in {row["absent"] for row in absent}:
        assert f"{reason}: " + ", ".join(row["id"] for row in absent if row["absent"] == reason) in shown


def test_every_alert_is_in_one_table_where_all_is_asked_for():
    done = run("--stack", "dev", "--all")
    assert "not in dev:" not in done.stdout
    assert {row[0] for row in rows_of(done.stdout)} == {each.id for each in ALERTS}


@pytest.mark.parametrize(("stack", "told"), [("prod", True), ("dev", False)])
def test_prod_is_told_that_nobody_measures_its_objectives(stack, told):
    done = run("--stack", stack)
    assert ("probe.enabled: found false; nobody measures the objectives" in done.stdout) is told
    assert ("docs/runbooks/set-up-the-probe.md" in done.stdout) is told
    notices = json.loads(run("--stack", stack, "--json").stdout)["notices"]
    assert any(each.startswith("probe.enabled") for each in notices) is told


def test_rows_are_those_of_a_table():
    assert listed("--stack", "prod")["job-failed"]["condition"] == "rows of ContainerAppSystemLogs > 0"


def test_one_alert_is_shown_whole():
    done = run("--stack", "prod", "--id", "export-missed")
    assert done.exit_code == 0
    assert "StorageBlobLogs" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "finding"),
    [
        (("--id", "no-such-alert"), ExitCode.UNKNOWN_ALERT, "there is no alert 'no-such-alert'"),
        (("--id", "databse-down"), ExitCode.UNKNOWN_ALERT, "like it: database-down"),
        (("--stack", "prdo"), ExitCode.STACK_FILE, "there is no stack file Pulumi.prdo.yaml; known stacks: dev, prod"),
    ],
)
def test_what_is_not_there_is_named(arguments, code, finding):
    done = run(*arguments)
    assert done.exit_code == code
    assert finding in done.output
    assert "Traceback" not in done.output


def test_a_wrong_stack_file_is_explained(tmp_path):
    wrong = tmp_path / "Pulumi.wrong.yaml"
    wrong.write_text("config:\n  amora-sync:environment: prod\n  amora-sync:alerts:\n    email: x\n")
    done = run("--config-file", str(wrong))
    assert done.exit_code == ExitCode.STACK_FILE
    assert "alerts.email" in done.output
    assert "Traceback" not in done.output
