"""The real engine on a sandbox of each test's own."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.azure import ids
from tests.engine.sandbox_run import Sandbox
from tests.engine.standing import Standing
from tests.recorded_program import record_stack

# Resources a sample holds beside one of each type.
DRAWN = 3


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
def answerless_ids(every_id: list[str], pytestconfig: pytest.Config) -> list[str]:
    """The resources whose answers are lost: a sample of all types, or with ``--every-resource`` all of them."""
    return every_id if pytestconfig.getoption("every_resource") else sample(every_id, type_of)


@pytest.fixture(scope="session")
def killing_ids(every_id: list[str], pytestconfig: pytest.Config) -> list[str]:
    """The resources that kill: a sample of all resource providers, or with ``--every-resource`` all of them."""
    return every_id if pytestconfig.getoption("every_resource") else sample(every_id, provider_of)


@pytest.fixture(scope="session")
def drawn_ids(every_id: list[str], pytestconfig: pytest.Config) -> list[str]:
    """A few resources for what does not depend on the type; with ``--every-resource`` all of them."""
    return every_id if pytestconfig.getoption("every_resource") else drawn(every_id)


def drawn(of: list[str]) -> list[str]:
    """A few of them, the same in every run."""
    return random.Random(DRAWN).sample(of, min(DRAWN, len(of)))  # noqa: S311 - nothing secret


def type_of(resource_id: str) -> str:
    """The ARM type in an id."""
    parsed = ids.parse(resource_id)
    assert parsed is not None, resource_id
    return parsed.type


def provider_of(resource_id: str) -> str:
    """The resource provider in an id."""
    return type_of(resource_id).partition("/")[0]


def sample(every: list[str], kind_of: Callable[[str], str]) -> list[str]:
    """One resource of each kind, and some more drawn by a fixed seed.

    docs/decisions/0009 says what is sampled by which kind, why not everything is struck, and what that leaves out.
    """
    of_each_kind = {kind_of(each): each for each in reversed(every)}
    chosen = set(of_each_kind.values())
    return [*chosen, *drawn([each for each in every if each not in chosen])]
