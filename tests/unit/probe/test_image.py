"""The image's recipe: what goes in is pinned, and all of it that the program imports is there."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RECIPE = (ROOT / "probe" / "Dockerfile").read_text(encoding="utf-8")
# Import name -> what the lock calls it.
PACKAGES = {"httpx": "httpx", "paho": "paho-mqtt", "prometheus_client": "prometheus-client"}


def imported():
    for folder in ("probe", "topics"):
        for path in (ROOT / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module.partition(".")[0]


def test_the_base_is_named_by_digest_and_packages_by_hash():
    assert re.search(r"^FROM \S+@sha256:[0-9a-f]{64}$", RECIPE, re.MULTILINE)
    assert "--require-hashes" in RECIPE
    assert "--no-deps" in RECIPE, "the lock names every package"


def test_it_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)$", RECIPE, re.MULTILINE)
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}


@pytest.mark.parametrize("folder", ["probe", "topics"])
def test_every_folder_it_imports_is_copied(folder):
    assert f"COPY {folder} {folder}\n" in RECIPE


def test_every_package_it_imports_is_in_its_lock():
    lock = (ROOT / "probe" / "requirements.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    foreign = set(imported()) - sys.stdlib_module_names - {"probe", "topics"}
    assert foreign == set(PACKAGES)
    assert {PACKAGES[name] for name in foreign} <= locked
