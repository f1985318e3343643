"""Every row of the security baseline is held by rules that exist, or says what is left of it."""

from __future__ import annotations

import pytest

from policies.registry import RULES
from tests.policies.baseline_rows import ROWS

IDS = {rule.id for rule in RULES}


def test_no_row_is_left_out():
    assert [row.number for row in ROWS] == list(range(1, 66))


@pytest.mark.parametrize("row", ROWS, ids=[str(row.number) for row in ROWS])
def test_a_row_is_held_by_rules_that_exist(row):
    assert row.rules or row.beyond
    assert set(row.rules) <= IDS


def test_the_sdk_has_no_replication_of_workspaces_to_judge():
    """Row 61: with an SDK that has it, the row needs a rule."""
    from pulumi_azure_native.operationalinsights import Workspace  # noqa: PLC0415 - a large module

    assert "replication" not in Workspace._internal_init.__annotations__
