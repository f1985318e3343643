"""Devices of a stack on the sandbox: all of them in one run, killed in the middle, by two operators at once."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ops.errors import ExitCode
from tests.engine.sandbox_run import ROOT

FLEET = 1400
SECONDS = 60


class Operator:
    """Somebody who enrols devices from a folder of theirs."""

    def __init__(self, sandbox, folder):
        self.sandbox = sandbox
        self.folder = folder
        folder.mkdir()

    def command(self, *arguments):
        return [sys.executable, "-m", "ops", "devices", *arguments, "--stack", "dev", "--sandbox", "--json"]

    def run(self, *arguments):
        options = {"cwd": ROOT, "env": self.sandbox.environment, "capture_output": True, "text": True}
        return subprocess.run(self.command(*arguments), check=False, timeout=SECONDS * 3, **options)

    def json(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def enrolling(self, file):
        return ("enrol", "--from-csv", str(file), "--out", str(self.folder / "devices"))

    def start(self, file):
        options = {"cwd": ROOT, "env": self.sandbox.environment, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen(self.command(*self.enrolling(file)), stderr=subprocess.DEVNULL, **options)

    def keys(self):
        return {path.parent.name: path.read_bytes() for path in self.folder.glob("devices/*/key.pem")}

    def chain(self, device):
        return x509.load_pem_x509_certificates((self.folder / "devices" / device / "chain.pem").read_bytes())


@pytest.fixture(scope="module")
def sandbox(standing, tmp_path_factory):
    return standing.copy("dev", tmp_path_factory.mktemp("devices"))


@pytest.fixture
def operator(sandbox, tmp_path):
    return Operator(sandbox, tmp_path / "ann")


def csv(folder, kind, count=FLEET):
    file = folder / f"{kind}.csv"
    file.write_text("\n".join(["device", *(f"{kind}-{number:04}" for number in range(count))]))
    return file


def certificates(operator, kind):
    """Registered certificates by device."""
    found = Counter(row["device"] for row in operator.json("list", "--status", "valid"))
    return {device: count for device, count in found.items() if device.startswith(kind)}


def test_a_whole_fleet_in_one_run_and_nothing_in_the_second(operator, tmp_path):
    file = csv(tmp_path, "pump")
    begun = time.monotonic()
    first = operator.json(*operator.enrolling(file))
    assert time.monotonic() - begun < SECONDS
    assert Counter(each["outcome"] for each in first) == {"issued": FLEET}
    keys = operator.keys()
    assert len(keys) == FLEET
    for device, key in keys.items():
        certificate, authority = operator.chain(device)
        assert certificate.public_key() == load_pem_private_key(key, None).public_key()
        certificate.verify_directly_issued_by(authority)
    again = operator.json(*operator.enrolling(file))
    assert Counter(each["outcome"] for each in again) == {"kept": FLEET}
    assert [each["serial"] for each in again] == [each["serial"] for each in first]
    assert operator.keys() == keys
    assert certificates(operator, "pump") == {each["device"]: 1 for each in first}


def test_killed_in_the_middle_the_next_run_completes_it(operator, tmp_path):
    file = csv(tmp_path, "valve")
    process = operator.start(file)
    deadline = time.monotonic() + SECONDS
    while len(list(operator.folder.glob("devices/*/key.pem"))) < FLEET // 4:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before, registered = operator.keys(), certificates(operator, "valve")
    assert len(registered) < FLEET
    outcomes = Counter(each["outcome"] for each in operator.json(*operator.enrolling(file)))
    assert outcomes == {"kept": len(registered), "issued": FLEET - len(registered)}
    after = operator.keys()
    assert before.items() <= after.items()
    assert len(after) == FLEET
    assert set(certificates(operator, "valve").values()) == {1}
    for device in (*list(registered)[-3:], "valve-1399"):
        assert operator.chain(device)[0].public_key() == load_pem_private_key(after[device], None).public_key()
    # Nothing half-written stays behind.
    names = {path.name for path in operator.folder.glob("devices/*/*")}
    assert {name for name in names if not name.startswith(".key.pem.")} == {"key.pem", "chain.pem"}


def test_two_operators_at_once_give_each_device_one_certificate(sandbox, tmp_path):
    file = csv(tmp_path, "fan", 600)
    operators = [Operator(sandbox, tmp_path / name) for name in ("ann", "bob")]
    running = [each.start(file) for each in operators]
    results = [json.loads(process.communicate(timeout=SECONDS * 3)[0]) for process in running]
    outcomes = [{each["device"]: each["outcome"] for each in result} for result in results]
    assert all(sorted((outcomes[0][device], outcomes[1][device])) == ["elsewhere", "issued"] for device in outcomes[0])
    assert len(outcomes[0]) == 600
    assert set(certificates(operators[0], "fan").values()) == {1}
    codes = {process.returncode for process in running}
    assert codes <= {0, ExitCode.ENROLLED_ALREADY}
    assert ExitCode.ENROLLED_ALREADY in codes


def test_a_revoked_device_is_on_the_published_list(operator, sandbox):
    (enrolled,) = operator.json("enrol", "meter-1", "--out", str(operator.folder / "devices"))
    operator.json("revoke", "meter-1", "--reason", "keyCompromise")
    (signed,) = operator.json("crl", "--out", str(operator.folder / "lists"))
    assert signed["published"]
    found = x509.load_pem_x509_crl((operator.folder / "lists" / "device-ca-1.crl").read_bytes())
    assert found.get_revoked_certificate_by_serial_number(int(enrolled["serial"], 16)) is not None
    certificate, authority = operator.chain("meter-1")
    assert found.is_signature_valid(authority.public_key())
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    issued_for = found.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    assert point.full_name == issued_for.full_name


def test_inside_the_sandboxs_shell_it_is_known(operator, sandbox):
    command = [sys.executable, "-m", "ops", "devices", "list", "--stack", "dev", "--json"]
    done = sandbox.ok_json("exec", "--stack", "dev", "--", *command)
    assert isinstance(json.loads(done), list)


def test_a_stack_that_was_never_deployed(operator):
    command = [*operator.command("list")]
    command[command.index("dev")] = "prod"
    done = subprocess.run(
        command, cwd=ROOT, env=operator.sandbox.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 6
    assert "there is no stack 'prod'" in done.stderr
