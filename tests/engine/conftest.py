"""The real engine on a sandbox of each test's own."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from sandbox.azure import ids
from tests.engine.sandbox_run import Sandbox
from tests.engine.standing import Standing
from tests.recorded_program import record_stack

# Resources a sample holds beside one of each type.
DRAWN = 5


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
    return Sandbox(tmp_path / "sandbox", struck_stack)


@pytest.fixture(scope="session")
def every_id(struck_stack: str) -> list[str]:
    """The ids of all that the struck stack declares, by the recorded program: no engine has to run for them."""
    return list(record_stack(struck_stack).arm_ids())


@pytest.fixture(scope="session")
def struck_ids(every_id: list[str], pytestconfig: pytest.Config) -> list[str]:
    """The resources that kills and faults strike: a sample, or with ``--every-resource`` all of them."""
    return every_id if pytestconfig.getoption("every_resource") else sample(every_id)


@pytest.fixture(scope="session")
def drawn_ids(every_id: list[str], pytestconfig: pytest.Config) -> list[str]:
    """A few resources for what does not depend on the type; with ``--every-resource`` all of them."""
    return every_id if pytestconfig.getoption("every_resource") else drawn(every_id)


def drawn(of: list[str]) -> list[str]:
    """A few of them, the same in every run."""
    return random.Random(DRAWN).sample(of, min(DRAWN, len(of)))  # noqa: S311 - nothing secret


def sample(every: list[str]) -> list[str]:
    """One resource of each ARM type, and some more drawn by a fixed seed.

    Each strike costs a run of the engine, so a sweep over everything grows with the square of the program: at 150
    resources it alone would take longer than the 20 minutes that all lanes have. What a strike meets depends on the
    type: how its id follows from its inputs, what must exist before it, what lies below it. Two resources of one type
    differ in their names only. The draw guards against that being wrong; ``make test-engine-full`` strikes them all,
    with ``STACK=prod`` those of prod: the sample is of dev, and docs/decisions/0009 says which types it leaves out.
    """
    of_each_type = {parsed.type: each for each in reversed(every) if (parsed := ids.parse(each))}
    chosen = set(of_each_type.values())
    return [*chosen, *drawn([each for each in every if each not in chosen])]
