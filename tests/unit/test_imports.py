"""Dependencies point one way; a folder that reaches upwards fails here."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"alerts", "components", "ops", "policies", "probe", "sandbox", "settings", "tools", "topics", "tests"}
# Folder -> folders of ours it may import beside itself.
MAY = {
    "alerts": {"settings"},
    "components": set(),
    "ops": {"alerts", "policies", "sandbox", "settings", "topics"},
    "policies": set(),
    "probe": {"topics"},
    "sandbox": {"ops", "tools"},
    "settings": set(),
    "tools": set(),
    "topics": set(),
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("folder", [folder for folder in sorted(MAY) if (ROOT / folder).is_dir()])
def test_a_folder_imports_only_what_it_may(folder):
    files = list((ROOT / folder).rglob("*.py"))
    assert files
    reached = {(str(path.relative_to(ROOT)), name) for path in files for name in imported(path)}
    wrong = {
        (path, name)
        for path, name in reached
        if (top := name.split(".")[0]) in OURS and top != folder and top not in MAY[folder]
    }
    assert wrong == set()


def test_the_program_knows_settings_topics_and_components_alone():
    tops = {name.split(".")[0] for name in imported(ROOT / "__main__.py")}
    assert tops & OURS == {"alerts", "components", "settings", "topics"}
