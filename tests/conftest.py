"""What every lane shares."""

import signal
from functools import cache
from pathlib import Path

import pytest
import typer.main
from hypothesis import HealthCheck, settings

from components.sdk_parts import load_parts_alone

# As the program does: a namespace of the SDK loads what is used of it.
load_parts_alone()

TESTS = Path(__file__).parent
# What takes longest begins first, so that no worker is left alone with it at the end. The rest keeps its order.
LONGEST = (
    "engine/test_kill.py",
    "engine/test_faults.py",
    "engine/test_lifecycle.py",
    "engine/test_broker_nodes.py",
    "engine/test_interrupt.py",
    "engine",
    "servers",
    "program",
    "property",
)

# How long an example takes says how loaded the machine is, and nothing about the code.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

# Typer's runner builds the commands of an app anew for each call: a tenth of a second for those of ops.
pytest.MonkeyPatch().setattr("typer.testing._get_command", cache(typer.main.get_command))

# What a shell sends to the background begins with these ignored and hands that on: the servers' own scripts could not
# trap what the tests send them.
for number in (signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-resource",
        choices=["dev", "prod"],
        help="engine lane: kills and faults at every resource of this stack, not at a sample of dev's "
        "(make test-engine-full STACK=...)",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.path.relative_to(TESTS)))


def _rank(path: Path) -> int:
    begun = (rank for rank, longest in enumerate(LONGEST) if path.is_relative_to(longest))
    return next(begun, len(LONGEST))
