"""A role that is late is waited for, for as long as Azure says; everything else fails at once."""

import asyncio

import pulumi
import pytest

from components import role_propagation
from components.role_propagation import LONGEST, WAITS, wait_before_repeating

SECRET = (
    'Status=400 Code="InvalidParameterValueInContainerTemplate" Message="The following field(s) are either invalid or '
    "missing. Field 'configuration.secrets' is invalid with details: 'Invalid value: \"cookie\": Unable to get value "
    'using Managed identity /subscriptions/x for secret cookie."'
)
IMAGE = (
    'Status=400 Code="InvalidParameterValueInContainerTemplate" Message="unable to pull image using Managed identity '
    '/subscriptions/x for registry cr.azurecr.io"'
)
BEGUN = (
    'Code="ContainerAppOperationError" Message="Failed to provision revision for container app. Error details: '
    'InvalidParameterValueInContainerTemplate unable to pull image using Managed identity x for registry y"'
)
PORT = 'Code="InvalidParameterValueInContainerTemplate" Message="Invalid value: 8881: exposedPort already in use"'


@pytest.mark.parametrize("error", [SECRET, IMAGE])
def test_a_lagging_role_is_waited_for_from_short_to_long(error):
    assert wait_before_repeating([error]) == 1
    assert wait_before_repeating([error] * 4) == 8
    assert wait_before_repeating([error] * 10) == 30


def test_the_waiting_ends(subtests):
    with subtests.test("after what Azure names as the longest"):
        assert sum(WAITS) >= LONGEST
        assert sum(WAITS[:-1]) < LONGEST
    with subtests.test("and the failure is then shown"):
        assert wait_before_repeating([SECRET] * len(WAITS)) is not None
        assert wait_before_repeating([SECRET] * (len(WAITS) + 1)) is None


@pytest.mark.parametrize(
    "errors",
    [
        [],
        [PORT],
        ['Status=403 Code="AuthorizationFailed"'],
        [BEGUN],
        ["cannot create already existing resource"],
        [PORT, SECRET],
        [SECRET, PORT],
    ],
)
def test_any_other_failure_is_shown_at_once(errors):
    assert wait_before_repeating(errors) is None


@pytest.mark.parametrize(("operation", "again"), [("create", True), ("update", True), ("delete", False)])
def test_the_engine_is_told_to_repeat_creates_and_updates(monkeypatch, operation, again):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(role_propagation.asyncio, "sleep", sleep)
    monkeypatch.setattr(role_propagation.pulumi.log, "info", lambda _: None)
    args = pulumi.ErrorHookArgs("urn", "", "node", "type", failed_operation=operation, errors=[SECRET, SECRET])
    assert asyncio.run(role_propagation._repeat(args)) is again
    assert slept == ([2] if again else [])
