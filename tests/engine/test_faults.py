"""Every fault: survived, or reported clearly and then repaired."""

import pytest

from sandbox.azure.faults import Kind


def lay(sandbox, kind, ids):
    with sandbox.store() as store:
        for resource_id in ids:
            store.add_fault(kind, resource_id, 1, 0.01)


def test_passing_faults_at_every_resource_are_survived(failing, every_id):
    """Each meets all three, one after the other."""
    for kind in (Kind.THROTTLE, Kind.CONFLICT, Kind.SLOW):
        lay(failing, kind, every_id)
    done = failing.up()
    assert done.returncode == 0, done.stdout + done.stderr
    with failing.store() as store:
        assert store.faults() == []
    assert set(failing.azure()) == set(every_id)


@pytest.mark.parametrize(
    ("kind", "words", "arguments"),
    [
        (Kind.FAIL, "InternalServerError", ()),
        (Kind.ROLE_LAG, "AuthorizationFailed", ("--continue-on-error",)),
    ],
)
def test_a_failure_is_reported_and_the_next_run_goes_on(failing, every_id, struck_ids, kind, words, arguments):
    def reported(done):
        assert words in done.stdout
        assert "Traceback" not in done.stdout + done.stderr

    lay(failing, kind, struck_ids)
    assert failing.ups_until_one_goes_through(len(struck_ids) + 1, reported, *arguments) > 0
    with failing.store() as store:
        assert store.faults() == []
    assert set(failing.azure()) == set(every_id)


def test_a_lost_response_is_reported_and_the_resource_adopted(failing, every_id, struck_ids):
    """A run goes on with what does not wait for a resource that failed: it meets as many as lie side by side."""

    def reported_and_adopted(done):
        assert "the outcome is not known" in done.stdout
        assert "python -m sandbox adopt" in done.stderr
        failing.ok("adopt", "--stack", failing.stack)

    lay(failing, Kind.LOST_RESPONSE, struck_ids)
    failed = failing.ups_until_one_goes_through(len(struck_ids) + 1, reported_and_adopted, "--continue-on-error")
    assert failed > 1
    with failing.store() as store:
        assert store.faults() == []
    assert set(failing.azure()) == set(every_id)
    failing.expect_no_changes()


def test_more_throttling_than_the_provider_waits_for_is_reported(sandbox):
    with sandbox.store() as store:
        store.add_fault(Kind.THROTTLE, "*/resourcegroups/*", 4, 0.01)
    done = sandbox.up()
    assert done.returncode != 0
    assert "TooManyRequests" in done.stdout
    assert "retry after" in done.stdout
