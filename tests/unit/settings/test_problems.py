"""All problems at once, in order, and never the text of a secret."""

from __future__ import annotations

import pytest

import settings
from settings.secret import Secret
from tests.unit.settings.stacks import DEV, PROD, changed, problems


def test_every_problem_is_told_at_once_in_the_order_of_the_reference():
    stack = changed(
        PROD, retention__logDays=1, region__location="mars", backup__enabled=False, domain__mqttHost="ws", typo={}
    )
    assert [each.path for each in problems(stack)] == [
        "typo",
        "region.location",
        "domain.webSocketHost",
        "backup.enabled",
        "retention.logDays",
    ]


def test_the_text_has_stack_count_and_a_mend_a_line():
    with pytest.raises(settings.SettingsError) as raised:
        settings.from_values(changed(DEV, retention__logDays=1, ddos__protection="ip"))
    lines = str(raised.value).splitlines()
    assert lines[0].startswith("2 problems in the settings")
    assert len(lines) == 5
    assert lines[2] == "  Change retention.logDays in the stack file."


def test_a_wrong_group_silences_only_the_rules_that_read_it():
    stack = changed(DEV, capacity__clients="many", ddos__protection="ip")
    assert [each.path for each in problems(stack)] == ["capacity.clients", "ddos.protection"]


def test_an_empty_stack_asks_for_what_has_no_default():
    assert [each.path for each in problems({})] == [
        "environment",
        "region.name",
        "region.location",
        "network.addressSpace",
        "domain.zone",
        "identity.tenant",
    ]


def test_a_long_value_is_cut():
    (problem,) = problems(changed(DEV, domain__zone="x" * 5000 + "!"))
    assert len(problem.found) < 100


def test_a_secret_where_none_belongs_is_named_and_not_shown():
    (problem,) = problems(changed(DEV, domain__zone=Secret("sesame")))
    assert problem.found == "a secret"
    assert "without --secret" in problem.mend


def test_a_secret_inside_a_wrong_value_is_not_shown():
    text = "\n".join(map(str, problems(changed(DEV, emqx=[Secret("sesame")]))))
    assert "[secret]" in text
    assert "sesame" not in text
