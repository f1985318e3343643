"""Who gets through TLS at a real mosquitto: devices with a certificate in order, and nobody else."""

import ssl

import pytest

from tests.servers.device_pki import SERVER, Authority, Leaf, days
from tests.servers.mosquitto_broker import running
from tests.servers.mqtt_client import MqttClient, tls_context
from topics.acl_rows import device_rows
from topics.contract import topic_of
from topics.mosquitto import Client

DEVICE = "kitchen-1"
UNVERIFIED = "certificate verify failed"
IN_ORDER = Leaf(distribution_point="http://crl.invalid/device-ca-1.crl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("broker")


@pytest.fixture(scope="module")
def root():
    return Authority("Amora Sync root CA 1", path_length=1)


@pytest.fixture(scope="module")
def issuing(root):
    return Authority("Amora Sync device CA 1", below=root)


@pytest.fixture(scope="module")
def broker(folder, root, issuing):
    clients = [Client(username=DEVICE, rows=device_rows(DEVICE))]
    with running(folder, clients, [root, issuing]) as started:
        yield started


@pytest.fixture
def connect(broker, folder):
    def code(certificate):
        return MqttClient(broker.device_port, DEVICE, tls=tls_context(broker.trusted, folder, certificate)).connect()

    return code


def test_the_good_one_passes_and_speaks(broker, folder, issuing):
    tls = tls_context(broker.trusted, folder, issuing.issue(DEVICE, IN_ORDER))
    device = MqttClient(broker.device_port, "any", tls=tls)
    assert device.connect() == 0
    assert device.publish(topic_of(DEVICE, "state"), retain=True) in (0, 16)
    device.disconnect()


@pytest.mark.parametrize(
    "leaf",
    [Leaf(not_before=days(-30), not_after=days(-1)), Leaf(not_before=days(1)), Leaf(usage=SERVER)],
    ids=["expired", "not yet valid", "for servers only"],
)
def test_a_certificate_that_is_not_in_order_is_refused(broker, connect, issuing, leaf):
    before = broker.log().count(UNVERIFIED)
    with pytest.raises((ConnectionError, ssl.SSLError)):
        connect(issuing.issue(DEVICE, leaf))
    assert broker.says(UNVERIFIED, times=before + 1)


@pytest.mark.parametrize("same_names", [True, False])
def test_another_authoritys_is_refused(connect, same_names):
    names = ("Amora Sync root CA 1", "Amora Sync device CA 1") if same_names else ("Other root", "Other CA")
    foreign = Authority(names[1], below=Authority(names[0], path_length=1))
    with pytest.raises((ConnectionError, ssl.SSLError)):
        connect(foreign.issue(DEVICE, IN_ORDER))


def test_none_is_refused(connect):
    with pytest.raises((ConnectionError, ssl.SSLError)):
        connect(None)


def test_a_certificate_of_someone_the_contract_does_not_know_opens_nothing(broker, folder, issuing):
    tls = tls_context(broker.trusted, folder, issuing.issue("cellar-3", IN_ORDER))
    stranger = MqttClient(broker.device_port, "cellar-3", tls=tls)
    assert stranger.connect() == 0
    assert stranger.publish(topic_of("cellar-3", "event")) == 135
    stranger.disconnect()
