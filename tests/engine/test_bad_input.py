"""Wrong input of every kind: one clear message with the mend, an exit code of its own, no traceback, nothing lost."""

import json
import socket
import subprocess
import sys

import pytest
from filelock import FileLock

from sandbox.exit_codes import ExitCode
from tests.engine.sandbox_run import ROOT, SECONDS


def refused(done, code, *words):
    text = done.stdout + done.stderr
    assert done.returncode == code, text
    assert "Traceback" not in text
    for word in words:
        assert word in text, text


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("network.adressSpace", "10.0.0.0/16", ("network.adressSpace", "Did you mean network.addressSpace?")),
        ("network.addressSpace", "10.0.0.0/99", ("network.addressSpace", "10.0.0.0/99", "private IPv4 network")),
        ("retention.logDays", "soon", ("retention.logDays", "whole number")),
        ("region.location", "atlantis", ("region.location", "atlantis")),
        ("protection.protect", "perhaps", ("protection.protect", "true or false")),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(sandbox, path, value, words):
    sandbox.set(path, value)
    done = sandbox.run("preview", "--stack", "dev")
    assert done.returncode not in (0, None)
    refused(done, done.returncode, *words)
    assert sandbox.azure() == {}


def test_every_wrong_setting_is_named_at_once(sandbox):
    sandbox.set("network.adressSpace", "x")
    sandbox.set("retention.logDays", "soon")
    done = sandbox.run("preview", "--stack", "dev")
    refused(done, done.returncode, "network.adressSpace", "retention.logDays")


def test_an_unknown_stack_is_named_with_the_known_ones(sandbox):
    refused(sandbox.run("preview", "--stack", "staging"), ExitCode.UNKNOWN_STACK, "'staging'", "dev, prod")


def test_a_lost_passphrase_is_named(sandbox):
    sandbox.pulumi("stack", "ls")
    (sandbox.home / "passphrase").unlink()
    refused(sandbox.run("preview"), ExitCode.PASSPHRASE, "passphrase", "sandbox reset")


def test_a_corrupt_azure_is_named(sandbox):
    sandbox.ok("list")
    (sandbox.home / "azure" / "azure.sqlite").write_bytes(b"rubbish " * 200)
    for suffix in ("-wal", "-shm"):
        (sandbox.home / "azure" / f"azure.sqlite{suffix}").unlink(missing_ok=True)
    refused(sandbox.run("preview"), ExitCode.CORRUPT_STATE, "azure.sqlite", "sandbox reset")


def test_a_corrupt_pulumi_state_is_named(sandbox):
    sandbox.pulumi("stack", "ls")
    sandbox.checkpoint.write_text("{ rubbish")
    done = sandbox.run("up", "--stack", "dev")
    refused(done, 83, "state of stack dev cannot be read")
    assert sandbox.checkpoint.read_text() == "{ rubbish"


def test_a_second_command_on_the_same_sandbox_waits_for_nothing(sandbox):
    sandbox.ok("list")
    with FileLock(sandbox.home / "run.lock"):
        for command in ("preview", "reset"):
            refused(sandbox.run(command), ExitCode.BUSY, "another command is running", "AMORA_SANDBOX_HOME")
        assert (sandbox.home / "azure" / "azure.sqlite").exists()
    sandbox.ok("reset")


def test_no_engine_and_no_network(sandbox, tmp_path):
    bare = {**sandbox.environment, "AMORA_ENGINE": "installed", "PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    process = sandbox.start("preview", env=bare)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == ExitCode.NO_ENGINE, output
    assert "Traceback" not in output


def test_a_command_without_arguments_and_an_unknown_resource(sandbox):
    refused(sandbox.run("run"), ExitCode.USAGE, "no Pulumi command")
    refused(sandbox.run("delete", "/subscriptions/x"), ExitCode.NOT_FOUND, "holds no resource")
    refused(sandbox.run("set", "/subscriptions/x", "tags"), ExitCode.USAGE, "is no assignment")


def test_a_foreign_environment_reaches_nothing(sandbox):
    """A shell that is logged in to a real backend and a real Azure changes nothing here."""
    foreign = {
        **sandbox.environment,
        "PULUMI_BACKEND_URL": "https://api.pulumi.com",
        "ARM_SUBSCRIPTION_ID": "99999999-9999-9999-9999-999999999999",
        "PULUMI_CONFIG_PASSPHRASE": "other",
    }
    process = sandbox.start("run", "--", "stack", "ls", "--json", env=foreign)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert json.loads(output[output.index("[") :])[0]["name"] == "dev"


# The command, with its servers sent to one given port instead of one the system chooses.
ON_PORT = """
import sys
from sandbox.protocol import server
server.ADDRESS = sys.argv.pop(1)
from sandbox.command import app
app(prog_name="python -m sandbox")
"""


def test_a_port_in_use_is_named(sandbox):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-c", ON_PORT, address, "run", "--", "stack", "ls"]
        done = subprocess.run(
            command, cwd=ROOT, env=sandbox.environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    refused(done, ExitCode.PORT, "no loopback port", "azure-native", address, "Free a port of the loopback interface")
    assert sandbox.orphans() == []
    sandbox.pulumi("stack", "ls")
