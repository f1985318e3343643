"""The real engine on a sandbox of each test's own."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.engine.sandbox_run import Sandbox
from tests.engine.standing import Standing
from tests.recorded_program import record_stack

# Resources that kills and faults strike.
STRUCK = 4


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path / "sandbox", "dev")


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """Stacks that stand already; those of all workers are one folder."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "standing"
    folder.mkdir(exist_ok=True)
    return Standing(folder)


@pytest.fixture(scope="session")
def struck_stack(pytestconfig: pytest.Config) -> str:
    """The stack that kills and faults strike: dev, or that of ``--every-resource``."""
    return pytestconfig.getoption("every_resource") or "dev"


@pytest.fixture
def struck(tmp_path: Path, struck_stack: str) -> Sandbox:
    """A sandbox whose runs may be killed: the engine writes its state after each step."""
    return Sandbox(tmp_path / "sandbox", struck_stack, checkpoints="each")


@pytest.fixture
def failing(tmp_path: Path, struck_stack: str) -> Sandbox:
    """A sandbox whose creates may fail while its engine lives."""
    return Sandbox(tmp_path / "sandbox", struck_stack)


@pytest.fixture(scope="session")
def every_id(struck_stack: str) -> list[str]:
    """The ids of all that the struck stack declares, by the recorded program: no engine has to run for them."""
    return list(record_stack(struck_stack).arm_ids())


@pytest.fixture(scope="session")
def struck_ids(every_id: list[str], pytestconfig: pytest.Config) -> list[str]:
    """A few resources, the same in every run; with ``--every-resource`` all of them.

    docs/decisions/0009 says why not everything is struck, and what stands in for it.
    """
    if pytestconfig.getoption("every_resource"):
        return every_id
    return random.Random(STRUCK).sample(every_id, STRUCK)  # noqa: S311 - nothing secret
