"""Device certificates judged by a real broker behind the edge: what it refuses is refused through HAProxy too."""

import socket
import ssl

import pytest

from tests.servers import broker_nodes, mosquitto_broker
from tests.servers.broker_nodes import LOCAL, Broker
from tests.servers.device_pki import SERVER, Authority, Leaf, days
from tests.servers.haproxy_process import Haproxy, until
from tests.servers.mqtt_client import MqttClient, tls_context
from topics.acl_rows import device_rows
from topics.contract import topic_of
from topics.mosquitto import Client

DEVICE = "kitchen-1"
GOOD = Leaf()
# What is the matter with a certificate -> what it says, and the alert the broker answers with.
WRONG = {
    "expired": (Leaf(not_before=days(-30), not_after=days(-1)), "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
    "not valid yet": (Leaf(not_before=days(1)), "SSLV3_ALERT_BAD_CERTIFICATE"),
    "for servers only": (Leaf(usage=SERVER), "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def root():
    return Authority("Amora Sync root CA 1", path_length=1)


@pytest.fixture(scope="module")
def issuing(root):
    return Authority("Amora Sync device CA 1", below=root)


@pytest.fixture(scope="module")
def broker(folder, root, issuing):
    clients = [Client(username=DEVICE, rows=device_rows(DEVICE))]
    with mosquitto_broker.running(folder, clients, [root, issuing]) as running:
        yield running


@pytest.fixture(scope="module")
def edge(folder, broker):
    """The edge in front of the broker, which has no health over HTTP: a stand-in says that it is well."""
    with broker_nodes.loop() as loop:
        node = Broker(name="emqx-1", tls=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), loop=loop).start()
        loop.run(node.mqtt.retarget(broker.device_port))
        with Haproxy(folder, [node]) as haproxy:
            until(lambda: haproxy.healthz() == 200, 20)
            yield haproxy


@pytest.fixture
def alert(edge, broker, folder):
    """The TLS alert a device gets through the edge."""

    def received(certificate):
        context = tls_context(broker.trusted, folder, certificate)
        with (
            socket.create_connection((LOCAL, edge.ports.mqtt), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as sock,
            pytest.raises(ssl.SSLError) as refused,
        ):
            sock.recv(1)
        return refused.value.reason

    return received


def test_a_good_certificate_is_the_devices_name_at_the_broker(edge, broker, folder, issuing):
    tls = tls_context(broker.trusted, folder, issuing.issue(DEVICE, GOOD))
    device = MqttClient(edge.ports.mqtt, "any", tls=tls)
    assert device.connect() == 0
    # Only the device of this certificate may do either.
    assert device.publish(topic_of(DEVICE, "state"), retain=True) in (0, 16)
    assert device.subscribe(topic_of(DEVICE, "command")) in (0, 1)
    device.disconnect()


@pytest.mark.parametrize("matter", WRONG)
def test_the_brokers_alert_reaches_the_device(alert, issuing, matter):
    leaf, wanted = WRONG[matter]
    assert alert(issuing.issue(DEVICE, leaf)) == wanted


def test_another_authoritys_certificate_is_refused(alert):
    foreign = Authority("Other CA", below=Authority("Other root", path_length=1))
    assert alert(foreign.issue(DEVICE, GOOD)) == "TLSV1_ALERT_UNKNOWN_CA"


def test_no_certificate_is_refused(alert):
    assert alert(None) == "TLSV13_ALERT_CERTIFICATE_REQUIRED"


@pytest.mark.parametrize("matter", WRONG)
def test_a_client_with_a_wrong_certificate_is_never_let_in(edge, broker, folder, issuing, matter):
    tls = tls_context(broker.trusted, folder, issuing.issue(DEVICE, WRONG[matter][0]))
    with pytest.raises((ConnectionError, ssl.SSLError)):
        MqttClient(edge.ports.mqtt, DEVICE, tls=tls).connect()
