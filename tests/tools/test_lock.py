"""The locks: what a stale one looks like, and what must never stand in one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tools import lock


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    for name in lock.LOCKS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(lock.PROJECT / name, tmp_path / name)
    return tmp_path


def test_equal_locks_are_fresh(fresh):
    assert lock.stale(fresh) == []


@pytest.mark.parametrize("name", lock.LOCKS)
def test_changed_pin_is_shown(fresh, name):
    text = (fresh / name).read_text()
    (fresh / name).write_text(re.sub(r"^(typing-extensions)==\S+", r"\1==0.0.1", text, flags=re.MULTILINE))
    assert "+typing-extensions==0.0.1 \\" in lock.stale(fresh)


@pytest.mark.parametrize("name", lock.LOCKS)
def test_every_pin_has_hashes_and_no_address(name):
    text = (lock.PROJECT / name).read_text()
    pins = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert [pin.splitlines()[0] for pin in pins if pin and "--hash=sha256:" not in pin] == []
    assert "://" not in text
    assert "--index-url" not in text


@pytest.mark.parametrize("name", ["requirements.txt", "probe/requirements.txt"])
def test_what_is_deployed_is_part_of_the_development_lock(name):
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (lock.PROJECT / name).read_text(), re.MULTILINE))

    assert pins(name) < pins("requirements-dev.txt")
