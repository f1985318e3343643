"""What a production stack is told that it goes without."""

from dataclasses import replace

import pytest

from alerts.figures import FEATURES, figures
from alerts.notices import notices
from settings import from_stack_file
from tests.recorded_program import ROOT

PROD = replace(figures(from_stack_file(ROOT / "Pulumi.prod.yaml")), features=frozenset(FEATURES))


def without(*features, tier="prod"):
    return replace(PROD, tier=tier, features=PROD.features - set(features))


def test_a_stack_that_has_everything_is_told_nothing():
    assert notices(PROD) == ()


@pytest.mark.parametrize(
    ("feature", "setting", "off"),
    [
        ("probe", "probe.enabled", "delivery-budget-burning-fast"),
        ("edge metrics", "metrics.edge", "edge-sees-too-few-nodes"),
        ("console log alerts", "retention.consoleLogPlan", "revocation-list-overdue"),
        ("call", "alerts.appPush", "come as mail"),
    ],
)
def test_what_prod_goes_without_is_said_with_its_mend(feature, setting, off):
    (said,) = notices(without(feature))
    assert said.startswith(f"{setting}: found ")
    assert off in said
    assert len(said.splitlines()) == 2


def test_what_prod_may_leave_out_is_not_said():
    assert notices(without("licence", "daily cap", "classic cache")) == ()


def test_dev_is_told_nothing():
    assert notices(without(*FEATURES, tier="dev")) == ()
