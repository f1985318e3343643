"""Servers for the tests of this lane."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.servers import postgresql
from tests.servers.no_skips import pytest_make_collect_report, pytest_runtest_makereport

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]


@pytest.fixture(scope="session")
def open_folder():
    """A folder that an unprivileged server reaches: pytest's own is closed to all but its user."""
    folder = Path(tempfile.mkdtemp(prefix="amora-postgresql-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def prepared_server(open_folder):
    return postgresql.prepared(open_folder)


@pytest.fixture
def make_server(prepared_server, open_folder):
    """Makes servers of the test's own, by name; they end with the test."""
    folder = Path(tempfile.mkdtemp(dir=open_folder))
    folder.chmod(0o755)
    yield lambda name="server", **settings: prepared_server.copy(folder, name, **settings)
    shutil.rmtree(folder)


@pytest.fixture
def server(make_server):
    """A running server with Azure's roles and the empty database."""
    with make_server().running() as running:
        yield running


@pytest.fixture(scope="module")
def module_server(prepared_server, open_folder):
    """One running server for all tests of a module: for those that only read what they share."""
    folder = Path(tempfile.mkdtemp(dir=open_folder))
    folder.chmod(0o755)
    with prepared_server.copy(folder, "server").running() as running:
        yield running
    shutil.rmtree(folder)
