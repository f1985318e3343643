"""Recovering a stack: which locks may go, what becomes of pending creates."""

import os
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from ops import recover
from ops.errors import ExitCode, OpsError
from ops.pulumi_stack import PulumiStack

URN = "urn:pulumi:dev::amora-sync::azure-native:resources:ResourceGroup::platform-group"
REFUSAL = (
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the "
    "lock file with `pulumi cancel`.\n  file:///x/y.json: created by root@{host} (pid {pid}) at 2026-11-23T03:13:46Z"
)
GROUP = {"urn": URN, "type": "azure-native:resources:ResourceGroup", "inputs": {"resourceGroupName": "rg"}}


def dead_pid():
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_the_lock_is_read_from_pulumis_refusal():
    (lock,) = recover.locks(REFUSAL.format(host="builder", pid=42))
    assert (lock.user, lock.host, lock.pid, lock.time) == ("root", "builder", 42, "2026-11-23T03:13:46Z")
    assert recover.locks("error: no such target") == []


@pytest.fixture
def zombie():
    """The id of a process that has ended and that nobody has asked for its exit code."""
    process = subprocess.Popen(["true"])
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    yield process.pid
    process.wait()


HERE = socket.gethostname()
NOW = datetime.now(UTC)
# This process is far younger than a lock of yesterday, and older than one of the future.
YESTERDAY, TOMORROW = ((NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (-1, 1))


@pytest.mark.parametrize(
    ("host", "pid", "written", "left_behind"),
    [
        (HERE, dead_pid, TOMORROW, True),
        (HERE, os.getpid, TOMORROW, False),
        (HERE, os.getpid, YESTERDAY, True),
        ("another-host", dead_pid, TOMORROW, False),
    ],
    ids=["dead, here", "alive, here", "its id is another's by now", "dead, elsewhere"],
)
def test_only_a_lock_of_a_dead_process_of_this_host_is_left_behind(host, pid, written, left_behind):
    assert recover.Lock("root", host, pid(), written).is_left_behind() is left_behind


def test_a_process_that_has_ended_holds_no_lock_though_nobody_has_collected_it(zombie):
    assert recover.Lock("root", HERE, zombie, TOMORROW).is_left_behind()


def pending(*operations):
    return {"resources": [{"urn": "urn:a"}], "pending_operations": list(operations)}


def test_a_pending_create_with_an_id_becomes_a_resource():
    deployment = pending({"type": "creating", "resource": GROUP})
    adopted = recover.with_creates_adopted(deployment, {URN: "/subscriptions/s/resourceGroups/rg"})
    assert adopted["pending_operations"] == []
    assert adopted["resources"][-1] == {**GROUP, "id": "/subscriptions/s/resourceGroups/rg", "outputs": {}}


def test_other_pending_operations_are_dropped():
    deployment = pending({"type": "updating", "resource": {"urn": "urn:a"}}, {"type": "creating", "resource": GROUP})
    assert recover.with_creates_adopted(deployment, {}) == {"resources": [{"urn": "urn:a"}], "pending_operations": []}


def test_the_old_half_of_a_replacement_gives_way():
    deployment = pending({"type": "creating", "resource": GROUP})
    deployment["resources"].append({"urn": URN, "pendingReplacement": True})
    adopted = recover.with_creates_adopted(deployment, {URN: "/id"})
    assert [each.get("id") for each in adopted["resources"] if each["urn"] == URN] == ["/id"]


class FakeStack(PulumiStack):
    """A stack whose ``pulumi`` answers from a table."""

    def run(self, *arguments, reads_config=False):
        text = REFUSAL.format(host="another-host", pid=1) if arguments[0] == "refresh" else ""
        return subprocess.CompletedProcess(arguments, 1 if text else 0, "", text)


def test_a_lock_of_another_host_stops_with_what_to_do():
    with pytest.raises(OpsError, match="another-host, process 1") as caught:
        recover.recover(FakeStack("dev"))
    assert caught.value.code == ExitCode.LOCKED
    assert "pulumi cancel" in str(caught.value)


def test_without_pulumi_the_mend_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpsError, match="no `pulumi` on the PATH") as caught:
        PulumiStack("dev").state()
    assert caught.value.code == ExitCode.NO_PULUMI
