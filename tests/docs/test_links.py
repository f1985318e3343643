"""Links lead somewhere, files and tests that are named exist, and tables are whole."""

import ast
import re

import pytest

from sandbox.azure.faults import Kind
from sandbox.command import app
from tests.docs.pages import ROOT, page, pages
from tests.unit.test_imports import MAY

FILE = re.compile(r"`((?:\.ci|[a-z_]+)/[\w./-]*\w/?|[A-Z]\w+(?:\.\w+)?\.(?:yaml|toml|md|txt))`")
# Documented as optional.
OPTIONAL = {"tools/pulumi/release.sha256"}


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_links_lead_somewhere(each):
    for link in each.links():
        if link.startswith(("https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        path = (each.path.parent / target).resolve() if target else each.path
        assert path.exists(), f"{each.name}: {link}"
        assert path.is_relative_to(ROOT), f"{each.name}: {link}"
        if anchor:
            assert anchor in page(str(path.relative_to(ROOT))).anchors(), f"{each.name}: {link}"


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_files_that_are_named_exist(each):
    for name in FILE.findall(each.prose):
        if (ROOT / name.split("/")[0]).exists() and name not in OPTIONAL:
            assert (ROOT / name).exists() or (each.path.parent / name).exists(), f"{each.name}: {name}"


def rows(text):
    """Cells of the rows of every table, heads and rules left out."""
    for line in text.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                yield cells


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_rows_of_a_table_have_as_many_cells_as_its_head(each):
    width = None
    for line in each.prose.splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = len(re.split(r"(?<!\\)\|", line)) - 2
        width = width or cells
        assert cells == width, f"{each.name}: {line}"


def names_of_tests(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef))


QUIRKS = [cells for cells in rows(page("docs/quirks.md").prose) if cells[0] != "symptom"]


@pytest.mark.parametrize("cells", QUIRKS, ids=[cells[0][:50] for cells in QUIRKS])
def test_a_quirk_has_a_link_and_a_test(cells):
    _, link, _, test = cells
    assert "](https://" in link
    path, _, name = test.strip("`").partition("::")
    assert name in set(names_of_tests(ROOT / path)), test


DECISIONS = [each for each in pages() if each.name.startswith("docs/decisions/")]


@pytest.mark.parametrize("each", DECISIONS, ids=lambda each: each.name)
def test_a_decision_has_its_number_and_says_what_was_decided(each):
    number = each.path.name[:4]
    assert re.match(rf"# {number}: \S", each.text)
    assert "**Decided.**" in each.text
    assert [other.name for other in DECISIONS if other.path.name[:4] == number] == [each.name]


def test_the_sandboxs_page_has_every_command_and_every_fault():
    text = page("docs/sandbox.md").text
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    groups = [group.typer_instance for group in app.registered_groups if not group.name]
    commands |= {command.name or command.callback.__name__ for group in groups for command in group.registered_commands}
    assert {name for name in commands if f"`python -m sandbox {name}" not in text} == set()
    assert {kind.value for kind in Kind if f"| `{kind.value}` |" not in text} == set()


def test_the_architecture_tells_who_may_import_whom():
    table = {
        cells[0].strip("`/"): set(re.findall(r"`(\w+)`", cells[2]))
        for cells in rows(page("docs/architecture.md").prose)
        if len(cells) == 3 and cells[0].endswith("/`")
    }
    wanted = {folder: may for folder, may in MAY.items() if (ROOT / folder).is_dir()}
    assert {folder: table.get(folder) for folder in wanted} == wanted
