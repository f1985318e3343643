"""Model, Pulumi.yaml and docs/settings.md say the same."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic.fields import FieldInfo

from settings import shape
from settings.__main__ import main
from settings.groups.base import Group
from settings.model import Settings
from settings.pulumi_project import declared
from settings.reference import reference

ROOT = Path(__file__).resolve().parents[3]


def every_field(group: type[Group] = Settings, above: tuple[str, ...] = ()) -> Iterator[tuple[str, FieldInfo]]:
    for key, field in shape.fields(group):
        yield ".".join((*above, key)), field
        if (below := shape.group_of(field.annotation)) is not None:
            yield from every_field(below, (*above, key))
        elif (item := shape.group_of(shape.item_of(field.annotation))) is not None:
            yield from every_field(item, (*above, key, "<key>"))


def test_the_project_file_declares_what_the_model_has():
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert project["name"] == "amora-sync"
    assert project["config"] == declared()
    assert list(project["config"]) == [key for key, _ in shape.fields(Settings)]


def test_the_reference_is_what_the_model_says():
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize(("path", "field"), list(every_field()), ids=[path for path, _ in every_field()])
def test_every_setting_is_described_and_in_the_reference(path, field):
    assert field.description.endswith(".") or shape.group_of(field.annotation)
    assert shape.allowed(field) not in ("", "text"), "say in words what is allowed"
    if shape.group_of(field.annotation) is None:
        assert f"| `{path}` |" in reference()
    else:
        assert path in reference()


def test_the_reference_has_no_setting_the_model_lacks():
    named = set(re.findall(r"^\| `([^`]+)` \| .* \| .* \| .* \| .* \|$", reference(), re.MULTILINE))
    assert named <= {path for path, _ in every_field()}


def test_the_command_checks_stack_files(tmp_path, capsys):
    assert main(["check", str(ROOT / "Pulumi.dev.yaml")]) == 0
    wrong = tmp_path / "Pulumi.wrong.yaml"
    wrong.write_text("config: {amora-sync:environment: dev}\n", encoding="utf-8")
    assert main(["check", str(wrong)]) == 2
    assert "Pulumi.wrong.yaml" in capsys.readouterr().err


def test_the_command_prints_the_block_of_the_project_file(capsys):
    assert main(["schema"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {"config": declared()}


def test_a_stale_reference_is_told(monkeypatch, capsys):
    assert main(["docs", "--check"]) == 0
    monkeypatch.setattr("settings.__main__.reference", lambda: "other")
    assert main(["docs", "--check"]) == 1
    assert "python -m settings docs" in capsys.readouterr().err


def test_reading_settings_imports_no_engine_and_no_yaml():
    program = "import sys, settings; print('pulumi' in sys.modules, 'yaml' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]
