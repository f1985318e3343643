"""An engine that is already on the machine."""

from __future__ import annotations

import pytest

from tools.engine.installed import installed
from tools.engine.paths import Way
from tools.engine.versions import Wanted

WANTED = Wanted(version="3.259.0", allowed=">=3.259.0 <4.0.0", go="1.25.11")


@pytest.fixture
def said() -> list[str]:
    return []


def test_fitting_engine_is_used(pulumi, said):
    path = pulumi("3.260.1")
    found = installed(WANTED, said.append)
    assert found is not None
    assert (found.pulumi, found.bin_dir, found.way, found.version) == (path, path.parent, Way.INSTALLED, "3.260.1")


def test_nothing_is_said_where_none_is_installed(said):
    assert installed(WANTED, said.append) is None
    assert said == []


def test_other_version_is_not_used_and_said(pulumi, said):
    pulumi("3.100.0")
    assert installed(WANTED, said.append) is None
    assert "version 3.100.0" in said[0]
    assert WANTED.allowed in said[0]


@pytest.mark.parametrize("missing", ["pulumi-language-python", "pulumi-language-python-exec"])
def test_engine_without_its_language_host_is_not_used(pulumi, machine, said, missing):
    pulumi("3.259.0")
    (machine / missing).unlink()
    assert installed(WANTED, said.append) is None
    assert "pulumi-language-python" in said[0]


def test_engine_that_fails_is_not_used(pulumi, program, said):
    pulumi("3.259.0")
    program("pulumi", "raise SystemExit(1)")
    assert installed(WANTED, said.append) is None
    assert "does not answer" in said[0]
