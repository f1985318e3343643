"""An engine that is killed: nothing is lost, nothing is left behind."""

import json
import os
import signal
import socket
from dataclasses import replace
from datetime import UTC, datetime

from sandbox.azure.faults import Kind
from tests.engine.sandbox_run import custom_resources

KILLED = 128 + signal.SIGKILL


def test_killed_at_one_resource_after_the_other_it_converges(struck, every_id, struck_ids):
    with struck.store() as store:
        for resource_id in struck_ids:
            store.add_fault(Kind.KILL_AFTER, resource_id, 1, 0.0)

    def killed(done):
        assert done.returncode == KILLED, done.stdout + done.stderr

    kills = struck.ups_until_one_goes_through(len(struck_ids) + 1, killed)
    with struck.store() as store:
        assert store.faults() == []
    # Several creates run side by side: one kill leaves them all begun and their outcomes unwritten.
    assert kills > len(struck_ids) // 4
    assert {r["id"] for r in custom_resources(struck.deployment())} == set(every_id) == set(struck.azure())
    struck.expect_no_changes()
    assert struck.orphans() == []


def test_a_create_azure_never_saw_is_dropped_and_repeated(struck):
    with struck.store() as store:
        store.add_fault(Kind.KILL_BEFORE, "*/virtualnetworks/*", 1, 0.0)
    assert struck.up().returncode == KILLED
    done = replace(struck, checkpoints="last").up()
    assert done.returncode == 0, done.stderr
    assert "dropped the create of network-vnet" in done.stderr


def test_a_lock_of_a_living_process_is_left_alone(standing, tmp_path):
    sandbox = standing.copy("dev", tmp_path)
    lock = next((sandbox.home / "state/.pulumi/locks").rglob("dev"), None)
    assert lock is not None
    held = {
        "pid": os.getpid(),
        "username": "someone",
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    (lock / "living.json").write_text(json.dumps(held))
    done = sandbox.up()
    assert done.returncode == 80
    assert f"process {os.getpid()}" in done.stderr
    assert "Wait until that run has ended" in done.stderr
    assert (lock / "living.json").exists()
