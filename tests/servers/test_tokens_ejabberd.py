"""A real MQTT broker with EMQX's token library: signature, end and user, the rules it shares with EMQX.

Issuer, audience, ``nbf`` and key sets are EMQX's alone: tests/servers/test_tokens.py judges those by its rules.
"""

import time

import pytest

from tests.servers import ejabberd_broker
from tests.servers.ejabberd_broker import CLAIM, DOMAIN
from tests.servers.identity_tenant import OTHER_USER, USER, SigningKey, Tenant, by_shared_secret, unsigned
from tests.servers.mqtt_client import MqttClient

TENANT = Tenant(keys=[SigningKey.drawn("first")])
FOREIGN = SigningKey.drawn("first")


def claims(user=USER, **changed):
    return TENANT.claims(**{CLAIM: f"{user}@{DOMAIN}", **changed})


# name -> token, and whether USER gets in with it
CASES = {
    "good": (lambda: TENANT.keys[0].sign(claims()), True),
    "expired": (lambda: TENANT.keys[0].sign(claims(exp=int(time.time()) - 60)), False),
    "another user's": (lambda: TENANT.keys[0].sign(claims(OTHER_USER)), False),
    "algorithm none": (lambda: unsigned(claims()), False),
    "HMAC with the public key": (
        lambda: by_shared_secret(claims(), TENANT.keys[0].public_pem, TENANT.keys[0].kid),
        False,
    ),
    "key of before a rotation": (lambda: FOREIGN.sign(claims()), False),
    "signature cut off": (lambda: TENANT.keys[0].sign(claims()).rpartition(".")[0] + ".", False),
    "a password": (lambda: "correct horse battery staple", False),
}


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with ejabberd_broker.running(tmp_path_factory.mktemp("ejabberd"), TENANT.keys[0].published) as running:
        yield running


@pytest.mark.parametrize("case", CASES)
def test_a_token_opens_the_broker_for_its_user_alone(port, case):
    make, taken = CASES[case]
    client = MqttClient(port, "phone", username=f"{USER}@{DOMAIN}", password=make())
    assert (client.connect() == 0) is taken
    client.disconnect()
