"""The page of failures is true: its settings exist, its drills can be run, and what cannot be had again is in it."""

import ast
import re

import pytest

from policies.services.data_protection import DATA
from tests.docs.pages import ROOT, page
from tests.docs.test_links import rows
from tests.unit.settings.test_documents import every_field

PAGE = page("docs/disaster-recovery.md")
HEAD = ("failure", "works again after", "lost at most", "given by", "drill", "runbook")
SETTINGS = {path for path, _ in every_field()}
FAILURES = [cells for cells in rows(PAGE.prose) if len(cells) == len(HEAD) and tuple(cells) != HEAD]
# Types that hold what cannot be had again -> the words by which the page calls them.
CALLED = {
    "azure-native:azureactivedirectory:B2CTenant": "the identity tenant is deleted",
    "azure-native:azureactivedirectory:CIAMTenant": "the identity tenant is deleted",
    "azure-native:dbforpostgresql:Server": "the database server",
    "azure-native:dns:Zone": "the public DNS zone",
    "azure-native:keyvault:Vault": "the vault",
    "azure-native:monitor:AzureMonitorWorkspace": "the workspace with the metrics",
    "azure-native:operationalinsights:Workspace": "the workspace with the logs",
    "azure-native:storage:StorageAccount": "blobs of the store",
}
# Judged already, declared by no broker that is built.
NOT_DECLARED = {"azure-native:compute:Disk"}
EXPRESSION = re.compile(r"make test-(\w+) ARGS=\"-k (\w+)\"")

each_failure = pytest.mark.parametrize("cells", FAILURES, ids=[cells[0] for cells in FAILURES])


def named(cell):
    return re.findall(r"`([^`]+)`", cell)


@each_failure
def test_a_failure_has_its_times_and_the_settings_that_give_them(cells):
    assert all(cells), "every cell says something"
    assert set(named(cells[3])) <= SETTINGS
    assert named(cells[3]) or "no setting" in cells[3]


@each_failure
def test_a_failure_has_a_drill_that_can_be_run_or_needs_azure(cells):
    commands = [each for each in named(cells[4]) if each.startswith(("make ", "python -m "))]
    assert commands or cells[4].startswith("needs Azure: ")


@each_failure
def test_a_failure_leads_to_its_runbook_or_says_why_there_is_none(cells):
    assert "](" in cells[5] or cells[5].startswith("none")


def names_in(lane):
    """Names of the tests of a lane, of their classes and of their files: what `-k` looks at."""
    for path in (ROOT / "tests" / lane).rglob("test_*.py"):
        yield path.stem
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield node.name


@pytest.mark.parametrize(("lane", "expression"), sorted(set(EXPRESSION.findall(PAGE.text))))
def test_a_drill_chooses_tests_that_there_are(lane, expression):
    assert any(expression in name for name in names_in(lane))


def test_whatever_cannot_be_had_again_is_among_the_failures():
    assert set(CALLED) | NOT_DECLARED == set(DATA)
    failures = {cells[0].partition(",")[0] for cells in FAILURES}
    assert [words for words in CALLED.values() if not any(each.startswith(words) for each in failures)] == []


@pytest.mark.parametrize("key", ["backup", "protection"])
def test_every_setting_that_keeps_data_is_the_reason_of_something(key):
    given = {name for cells in FAILURES for name in named(cells[3])}
    assert {path for path in SETTINGS if path.startswith(f"{key}.")} <= given


def test_every_runbook_of_a_loss_is_reached_from_the_page():
    runbooks = {path.name for path in (ROOT / "docs/runbooks").glob("*.md")}
    of_a_loss = {name for name in runbooks if name.startswith(("lost-", "recover-", "replace-", "restore-"))}
    assert len(of_a_loss) >= 5
    assert {name for name in of_a_loss if f"](runbooks/{name}" not in PAGE.text} == set()
