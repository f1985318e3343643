"""`python -m tools.engine` as a process: exit codes, signals, two at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import exit_codes

PROJECT = Path(__file__).resolve().parents[2]

# A shell that runs things in the background makes them ignore SIGINT, and children inherit that.
COMMAND = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("tools.engine", run_name="__main__", alter_sys=True)
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=PROJECT,
        env={**os.environ, "AMORA_ENGINE": "installed,built"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def building(folder: Path) -> int:
    """Wait for the fake Go to build; its process id."""
    for _ in range(500):
        if (folder / "building").exists() and (text := (folder / "building").read_text()):
            return int(text)
        time.sleep(0.02)
    pytest.fail("nothing is being built")


def gone(pid: int) -> bool:
    for _ in range(250):
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False


def test_path_goes_to_standard_output_and_the_way_to_standard_error(go, tmp_path):
    process = start()
    output, errors = process.communicate()
    assert Path(output.strip()).is_relative_to(tmp_path / "cache")
    assert "pulumi 3.259.0 (built)" in errors


def test_json_has_every_field(go):
    output, _ = start("--json").communicate()
    found = json.loads(output)
    assert Path(found["binDir"]) == Path(found["pulumi"]).parent
    assert (found["way"], found["version"]) == ("built", "3.259.0")


def test_no_go_and_no_network_is_one_message_and_its_own_exit_code():
    process = start()
    _, errors = process.communicate()
    assert process.returncode == exit_codes.NO_ENGINE
    assert "no Go on PATH" in errors
    assert "Install Go" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_killed_build_leaves_no_process_and_the_next_run_works(go, tmp_path, monkeypatch, number):
    monkeypatch.setenv("FAKE_GO_SECONDS", "60")
    process = start()
    builder = building(tmp_path)
    process.send_signal(number)
    _, errors = process.communicate()
    assert gone(builder)
    assert "Traceback" not in errors

    monkeypatch.setenv("FAKE_GO_SECONDS", "0")
    output, _ = start().communicate()
    assert Path(output.strip()).exists()
    assert list((tmp_path / "cache" / "amora-sync" / "pulumi").glob(".partial-*")) == []


def test_ctrl_c_has_its_exit_code(go, tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_GO_SECONDS", "60")
    process = start()
    building(tmp_path)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == exit_codes.INTERRUPTED
    assert "interrupted" in errors


def test_two_at_once_build_once(go, tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_GO_SECONDS", "0.5")
    first = start()
    building(tmp_path)
    second = start()
    outputs = {first.communicate()[0], second.communicate()[0]}
    assert len(outputs) == 1
    assert sum(" build " in line for line in go()) == 1
