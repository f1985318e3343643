"""The commands as an operator runs them: what they print, their exit codes, their words."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from typer.main import get_command
from typer.testing import CliRunner

from ops.command import app
from ops.errors import ExitCode
from sandbox.azure.faults import Kind
from tests.command_tree import below
from tests.device_stack import DeviceStack

BORN = datetime.now(UTC) - timedelta(days=1)
PASSWORD = "correct horse battery"


@pytest.fixture
def shell(tmp_path, monkeypatch):
    return Shell(tmp_path, monkeypatch)


class Shell:
    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.stack = DeviceStack(folder / "sandbox", at=BORN)
        (folder / "bin").mkdir()
        for name, value in self.stack.environment(folder / "bin").items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)

    def run(self, *arguments, stack="test", **more):
        return CliRunner().invoke(app, ["devices", *arguments, "--stack", stack], **more)

    def json(self, *arguments, code=0):
        done = self.run(*arguments, "--json")
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def csv(self, *devices):
        (self.folder / "devices.csv").write_text("\n".join(["device", *devices]))
        return "devices.csv"


def refused(done, code, *words):
    assert done.exit_code == code, done.output
    for word in words:
        assert word in done.output
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_enrol_one_tells_where_it_is(shell):
    done = shell.run("enrol", "pump-1")
    assert done.exit_code == 0, done.output
    assert "1 issued; keys and chains in devices" in done.output
    assert sorted(path.name for path in Path("devices/pump-1").iterdir()) == ["chain.pem", "key.pem"]


def test_enrol_from_csv_and_once_more(shell):
    file = shell.csv("pump-1", "pump-2")
    first = shell.json("enrol", "--from-csv", file)
    assert [(each["device"], each["outcome"]) for each in first] == [("pump-1", "issued"), ("pump-2", "issued")]
    again = shell.json("enrol", "--from-csv", file)
    assert {each["outcome"] for each in again} == {"kept"}
    assert [each["serial"] for each in again] == [each["serial"] for each in first]


def test_a_device_enrolled_elsewhere_is_told_and_the_others_are_enrolled(shell):
    shell.json("enrol", "pump-1", "--out", "ann")
    file = shell.csv("pump-1", "pump-2")
    found = shell.json("enrol", "--from-csv", file, "--out", "bob", code=ExitCode.ENROLLED_ALREADY)
    assert {each["device"]: each["outcome"] for each in found} == {"pump-1": "elsewhere", "pump-2": "issued"}
    refused(
        shell.run("enrol", "pump-1", "--out", "bob"),
        ExitCode.ENROLLED_ALREADY,
        "1 devices have a certificate for a key that is not here",
        "pump-1: ",
        "`revoke` the device",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["enrol", "pump/1"], ExitCode.DEVICE_ID, ["'pump/1' is no device id"]),
        (["revoke", "pump/1"], ExitCode.DEVICE_ID, ["'pump/1' is no device id"]),
        (["bundle", "pump/1"], ExitCode.DEVICE_ID, ["'pump/1' is no device id"]),
        (["enrol", "pump-1", "--csr", "no.csr"], ExitCode.LOCAL_FILE, ["no.csr cannot be read"]),
        (["enrol", "--from-csv", "no.csv"], ExitCode.LOCAL_FILE, ["no.csv cannot be read"]),
        (["revoke", "pump-1"], ExitCode.UNKNOWN_DEVICE, ["there is no device 'pump-1'"]),
        (["bundle", "pump-1"], ExitCode.UNKNOWN_DEVICE, ["pump-1 has no certificate"]),
        (["enrol"], 2, ["name one device"]),
        (["enrol", "pump-1", "--from-csv", "x.csv"], 2, ["name one device"]),
        (["enrol", "--from-csv", "x.csv", "--csr", "x.csr"], 2, ["name one device"]),
        (["revoke", "pump-1", "--reason", "boredom"], 2, ["boredom"]),
        (["bundle", "pump-1", "--password", "x"], 2, ["No such option"]),
    ],
)
def test_a_wrong_wish_is_refused(shell, arguments, code, words):
    refused(shell.run(*arguments), code, *words)


def test_a_stack_that_is_not_there(shell):
    refused(shell.run("list", stack="other"), 6, "there is no stack 'other'", "pulumi stack ls")


@pytest.mark.parametrize("missing", ["deviceAuthorities", "registerContainerUrl", "crlUrl"])
def test_a_stack_that_is_not_deployed_whole(shell, missing):
    del shell.stack.outputs[missing]
    shell.stack.environment(shell.folder / "bin")
    refused(shell.run("list"), ExitCode.NOT_DEPLOYED, f"stack test has no output '{missing}'", "pulumi up")


def test_a_sandbox_that_is_not_there(shell, monkeypatch):
    monkeypatch.setenv("AMORA_SANDBOX_HOME", str(shell.folder / "nowhere"))
    refused(shell.run("list", "--sandbox"), ExitCode.NOT_DEPLOYED, "there is no sandbox in", "make up STACK=test")
    assert not (shell.folder / "nowhere").exists()


def test_no_right_is_told_with_azures_words(shell):
    with shell.stack.plane() as plane:
        plane.store.add_fault(Kind.ROLE_LAG, "*/secrets/*", 1, 0)
    refused(shell.run("enrol", "pump-1"), ExitCode.FORBIDDEN, "AuthorizationFailed", "does not have authorization")


def test_no_pulumi(shell, monkeypatch):
    monkeypatch.setenv("PATH", str(shell.folder))
    refused(shell.run("list"), ExitCode.NO_PULUMI, "there is no `pulumi` on the PATH")


def test_list_revoke_and_crl(shell):
    shell.json("enrol", "--from-csv", shell.csv("pump-1", "pump-2"))
    assert "revocation list" in shell.run("revoke", "pump-1", "--reason", "keyCompromise").output
    (again,) = shell.json("revoke", "pump-1")
    assert again["reason"] == "keyCompromise"
    rows = shell.json("list")
    assert [(row["device"], row["status"]) for row in rows] == [("pump-1", "revoked"), ("pump-2", "valid")]
    assert [row["device"] for row in shell.json("list", "--status", "valid")] == ["pump-2"]
    assert "pump-2" in shell.run("list").output
    (signed,) = shell.json("crl", "--out", "lists")
    assert (signed["number"], signed["entries"], signed["published"]) == (1, 1, True)
    found = x509.load_pem_x509_crl((shell.folder / signed["file"]).read_bytes())
    assert [f"{each.serial_number:x}" for each in found] == [again["serial"]]
    assert "list 2 with 1 entries" in shell.run("crl").output


class TestBundle:
    def opened(self, written):
        return pkcs12.load_pkcs12(Path(written).read_bytes(), PASSWORD.encode())

    def test_password_from_a_file(self, shell):
        shell.run("enrol", "pump-1")
        (shell.folder / "password").write_text(f"{PASSWORD}\n")
        written = shell.json("bundle", "pump-1", "--password-file", "password")
        assert self.opened(written["pkcs12"]).key is not None

    def test_password_from_standard_input(self, shell):
        shell.run("enrol", "pump-1")
        done = shell.run("bundle", "pump-1", "--password-stdin", "--json", input=f"{PASSWORD}\n")
        assert self.opened(json.loads(done.stdout)["pkcs12"]).key is not None

    def test_password_asked_for_twice(self, shell):
        shell.run("enrol", "pump-1")
        done = shell.run("bundle", "pump-1", input=f"{PASSWORD}\n{PASSWORD}\n")
        assert done.exit_code == 0, done.output
        assert PASSWORD not in done.output
        assert self.opened("devices/pump-1/bundle.p12").key is not None

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (["--password-stdin"], ExitCode.LOCAL_FILE, "the password has 5 characters"),
            (["--password-file", "no"], ExitCode.LOCAL_FILE, "no cannot be read"),
            (["--password-file", "no", "--password-stdin"], 2, "not both"),
        ],
    )
    def test_a_wrong_password_is_refused(self, shell, arguments, code, words):
        shell.run("enrol", "pump-1")
        refused(shell.run("bundle", "pump-1", *arguments, input="short\n"), code, words)


def commands(command, path=()):
    for name, found in below(command).items():
        yield from commands(found, (*path, name))
    if not below(command):
        yield " ".join(path), command


def test_every_command_has_json():
    found = {name: each for name, each in commands(get_command(app)) if name.startswith("devices ")}
    assert {name.split()[1] for name in found} == {"bundle", "crl", "enrol", "list", "revoke"}
    without = [name for name, each in found.items() if not any("--json" in option.opts for option in each.params)]
    assert without == []
