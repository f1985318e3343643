"""Ctrl-C, SIGTERM and SIGKILL at any moment: no process, no lock stays, and the next run works."""

import os
import signal
import subprocess
import time
from dataclasses import replace

import pytest

from sandbox.azure.faults import Kind
from tests.engine.sandbox_run import ROOT, SECONDS, Sandbox

# Of the time a whole run takes. Python's own start, in which it shows a traceback whatever a program does, is over by
# then even on a busy machine; make, setup, the stack file, recover, preview and up each have moments of theirs.
MOMENTS = {"preview": (0.2, 0.5, 0.8), "up": (0.2, 0.35, 0.5, 0.65, 0.85)}
# The pack is a process of a preview too; without it an `up` is long in what else it does.
WITH = {"up": ("ARGS=--no-policies",)}


@pytest.fixture
def sandbox(tmp_path):
    return Sandbox(tmp_path / "sandbox", "dev", checkpoints="each")


def next_run_works(sandbox):
    """Nobody kills that one."""
    done = replace(sandbox, checkpoints="last").up()
    assert done.returncode == 0, done.stdout + done.stderr


def start_make(sandbox, target):
    """A target of the Makefile as a terminal starts it: a process group of its own."""
    return subprocess.Popen(
        ["make", target, "STACK=dev", *WITH.get(target, ())],
        cwd=ROOT,
        env=sandbox.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def press_ctrl_c(process):
    """What the terminal does: every process of the group gets it."""
    os.killpg(process.pid, signal.SIGINT)


def own_traceback(output):
    """Whether a traceback shows code of the project. Python's own start cannot be kept from showing one."""
    return "Traceback" in output and f'"{ROOT}/' in output


def slow_network(sandbox, seconds):
    with sandbox.store() as store:
        store.add_fault(Kind.SLOW, "*/virtualnetworks/*", 1, seconds)


def wait_for_fault(sandbox, process):
    """Wait until the slow create has begun: its fault is used up."""
    with sandbox.store() as store:
        end = time.monotonic() + SECONDS
        while store.faults():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)


@pytest.mark.parametrize("target", MOMENTS)
def test_ctrl_c_at_any_moment_leaves_nothing_and_the_next_run_works(sandbox, target):
    begun = time.monotonic()
    process = start_make(sandbox, target)
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, output
    whole = time.monotonic() - begun
    sandbox.ok("reset")
    for moment in MOMENTS[target]:
        process = start_make(sandbox, target)
        time.sleep(whole * moment)
        if process.poll() is None:
            press_ctrl_c(process)
        output, _ = process.communicate(timeout=SECONDS)
        assert not own_traceback(output), output
        assert sandbox.orphans() == [], moment
        assert sandbox.locks() == [], moment
    next_run_works(sandbox)
    sandbox.expect_no_changes()


def test_ctrl_c_during_a_create_ends_the_run_as_cancelled(sandbox):
    slow_network(sandbox, 3.0)
    process = start_make(sandbox, "up")
    wait_for_fault(sandbox, process)
    press_ctrl_c(process)
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode != 0, output
    assert not own_traceback(output), output
    assert sandbox.orphans() == []
    assert sandbox.locks() == []
    next_run_works(sandbox)


def test_sigterm_is_passed_on_as_a_cancel(sandbox):
    slow_network(sandbox, 3.0)
    process = sandbox.start("up", "--stack", "dev", start_new_session=True)
    wait_for_fault(sandbox, process)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode != 0, output
    assert "Traceback" not in output
    assert sandbox.orphans() == []
    next_run_works(sandbox)


def test_a_killed_sandbox_leaves_no_process_and_the_next_run_works(sandbox):
    slow_network(sandbox, 30.0)
    process = sandbox.start("up", "--stack", "dev", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_fault(sandbox, process)
    process.kill()
    process.wait()
    assert sandbox.orphans() == []
    if replace(sandbox, checkpoints="last").up().returncode != 0:
        # Azure has just made something, and the answer died with the stand-in: the engine takes it for failed.
        assert "took " in sandbox.ok("adopt", "--stack", "dev")
    next_run_works(sandbox)
