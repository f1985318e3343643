"""Runbooks of the alerts: one each, whole, with commands that run here or are marked as needing Azure."""

import re
import shlex

import promql_parser
import pytest
from typer.testing import CliRunner

from alerts.__main__ import pages
from alerts.catalogue import ALERTS, RECORDINGS
from alerts.published import prometheus_metrics
from ops.command import app
from settings.__main__ import main as settings_command
from tests.docs.pages import ROOT, page

FOLDER = ROOT / "docs" / "runbooks" / "alerts"
BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```sh\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "Needs Azure:"
HERE = {
    "python -m ops ": lambda words: CliRunner().invoke(app, words).exit_code,
    "python -m settings ": settings_command,
}
INLINE = re.compile(r"`((?:az|curl|make|psql|pulumi|python -m)\s[^`]+)`")
VARIABLE = re.compile(r"\$\{?([A-Z_]+)")
SECTIONS = ["Symptoms", "Checks", "What to do", "Back out"]
QUERY = re.compile(r"--data-urlencode 'query=(?P<query>.*)'$", re.MULTILINE)


def blocks(name):
    text = page(f"docs/runbooks/alerts/{name}.md").text
    return [(found["before"].strip(), found["body"].strip().splitlines()) for found in BLOCK.finditer(text)]


def here(name):
    return [line for before, lines in blocks(name) if before != MARK for line in lines]


def series(query):
    """Names in a query that are series of ours, without labels."""
    bare = re.sub(r"\{[^}]*\}", "", query)
    return set(re.findall(r"\b(?:emqx|haproxy|amora)[a-z0-9_]*(?::[a-z0-9_]+)*|\bup\b", bare))


def test_every_alert_has_a_runbook_and_every_runbook_an_alert():
    pages = {each.stem for each in FOLDER.glob("*.md")} - {"README"}
    assert pages == {each.id for each in ALERTS}
    assert all((ROOT / each.runbook).is_file() for each in ALERTS)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.id)
def test_a_runbook_is_of_its_alert_and_whole(alert):
    text = page(alert.runbook).text
    assert text.startswith(f"# {alert.title}\n")
    assert f"`{alert.id}`: severity {alert.severity} (" in text
    assert f"told to `{alert.group}`" in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    for section in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]:
        assert section.strip()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.id)
def test_what_is_not_marked_runs_here(alert):
    commands = here(alert.id)
    assert commands
    for command in commands:
        start = next((each for each in HERE if command.startswith(each)), None)
        assert start, f"{command}: mark it by a line '{MARK}'"
        assert HERE[start](shlex.split(command.removeprefix(start))) == 0, command


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.id)
def test_every_command_is_in_a_block_that_is_looked_at(alert):
    """In the text nobody runs or marks it; a block that is indented, or of another language, is not looked at."""
    found = page(alert.runbook)
    assert INLINE.findall(found.prose) == []
    assert found.text.count("```") == 2 * len(blocks(alert.id))


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("Start it: `az containerapp job start`.", ["az containerapp job start"]),
        ("By `az acr\n   repository delete`, or `make refresh`.", ["az acr\n   repository delete", "make refresh"]),
        ("The setting `emqx.licence`, `azure-incident`, `makes`.", []),
    ],
)
def test_a_command_in_the_text_is_found(text, commands):
    assert INLINE.findall(text) == commands


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.id)
def test_what_a_command_is_given_is_said_before_you_begin(alert):
    used = {name for _, lines in blocks(alert.id) for line in lines for name in VARIABLE.findall(line)}
    said = page("docs/runbooks/alerts/README.md").text + page(alert.runbook).prose
    assert sorted(name for name in used if not re.search(rf"\b{name}\b", said)) == []


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.id)
def test_its_promql_parses_and_names_what_is_published(alert):
    known = set(prometheus_metrics()) | {each.name for each in RECORDINGS}
    for found in QUERY.finditer(page(alert.runbook).text):
        promql_parser.parse(found["query"])
        assert series(found["query"]) <= known, found["query"]


def test_a_command_that_needs_azure_and_does_not_say_so_is_found():
    text = "Look:\n\n```sh\naz login\n```\n"
    (found,) = BLOCK.finditer(text)
    assert found["before"] != MARK


@pytest.mark.parametrize("name", sorted(pages()))
def test_what_is_made_from_the_table_is_fresh(name):
    assert (ROOT / name).read_text(encoding="utf-8") == pages()[name], "write it by `make golden`"
