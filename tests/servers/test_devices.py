"""The devices' certificates and revocation lists as operators make them, before OpenSSL and Erlang's TLS."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from ops.devices.enrol import Wanted, enrol
from ops.devices.folder import DeviceFolder
from ops.devices.lists import sign_lists
from ops.devices.records import Reason
from ops.devices.revoke import revoke
from tests.device_stack import DeviceStack
from tests.servers.device_pki import Certificate
from tests.servers.programs import program
from tests.servers.tls_listener import Lists, listening

NOW = datetime.now(UTC).replace(microsecond=0)
BORN = NOW - timedelta(days=10)


@pytest.fixture(scope="module")
def lists():
    with Lists().served() as served:
        yield served


class Fleet:
    """A stack with an operator and the lists its brokers fetch."""

    def __init__(self, folder, lists):
        self.stack = DeviceStack(folder / "sandbox", at=BORN, crl_url=lists.address(""))
        self.folder, self.lists = DeviceFolder(folder / "devices"), lists

    def enrol(self, device):
        with self.stack.plane() as plane:
            enrol(self.stack.platform(plane), self.folder, [Wanted(device)], renew_within=None, now=NOW)
        key = self.folder.key(device)
        assert key is not None
        chain = (self.folder.of(device) / "chain.pem").read_bytes()
        return Certificate(key=key, certificate=x509.load_pem_x509_certificate(chain))

    def revoke(self, device):
        with self.stack.plane() as plane:
            revoke(self.stack.platform(plane), device, reason=Reason.KEY_COMPROMISE, serial=None, now=NOW)

    def publish(self, now=NOW):
        """Sign the lists, and serve what lies in the container."""
        with self.stack.plane() as plane:
            platform = self.stack.platform(plane)
            for each in sign_lists(platform, publish=True, out=None, now=now):
                name = each.url.rsplit("/", 1)[1]
                self.lists.bodies[f"/{name}"] = platform.lists.read(name).data


@pytest.fixture
def fleet(tmp_path, lists):
    lists.bodies.clear()
    return Fleet(tmp_path, lists)


@pytest.fixture
def listener(fleet, tmp_path, lists):
    folder = tmp_path / "listener"
    folder.mkdir()
    with listening(folder, fleet.stack.secrets["device-trust-bundle"].encode(), lists) as started:
        yield started


def test_erlang_takes_an_enrolled_device_and_refuses_it_once_it_is_revoked(fleet, listener):
    good, bad = fleet.enrol("pump-1"), fleet.enrol("pump-2")
    fleet.publish()
    assert all(listener.handshake(each).accepted for each in (good, bad))
    fleet.revoke("pump-2")
    # Until the next list is published, brokers know nothing of it.
    assert listener.handshake(bad).accepted
    fleet.publish()
    assert listener.handshake(good).accepted
    assert listener.handshake(bad).alert == "certificate_revoked"


def test_erlang_lets_nobody_in_once_the_list_has_ended(fleet, listener):
    good = fleet.enrol("pump-1")
    fleet.stack.outputs["crlDays"] = 1
    fleet.publish(now=NOW - timedelta(days=1, minutes=1))
    assert not listener.handshake(good).accepted
    fleet.publish()
    assert listener.handshake(good).accepted


def test_erlang_refuses_a_device_of_another_stack(fleet, listener, tmp_path, lists):
    fleet.publish()
    other = Fleet(tmp_path / "other", lists)
    other.stack = DeviceStack(tmp_path / "foreign", at=BORN - timedelta(hours=1), crl_url=lists.address(""))
    outcome = listener.handshake(other.enrol("pump-1"))
    assert (outcome.accepted, outcome.fetched) == (False, 0)


def verdict(folder: Path, fleet: Fleet, device: str):
    (folder / "roots.pem").write_text(fleet.stack.outputs["rootCertificates"])
    (folder / "crl.pem").write_bytes(fleet.lists.bodies["/device-ca-1.crl"])
    chain = fleet.folder.of(device) / "chain.pem"
    trust = ["-CAfile", "roots.pem", "-untrusted", str(chain), "-CRLfile", "crl.pem"]
    command = [program("openssl"), "verify", *trust, "-crl_check", "-x509_strict", "-purpose", "sslclient", str(chain)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_openssl_agrees(fleet, tmp_path):
    for device in ("pump-1", "pump-2"):
        fleet.enrol(device)
    fleet.revoke("pump-2")
    fleet.publish()
    good, bad = (verdict(tmp_path, fleet, device) for device in ("pump-1", "pump-2"))
    assert good.returncode == 0, good.stdout + good.stderr
    assert bad.returncode != 0
    assert "certificate revoked" in bad.stdout + bad.stderr
