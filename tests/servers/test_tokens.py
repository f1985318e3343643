"""Whose tokens open the broker: the rendered ``emqx.conf`` against a tenant with real keys over real TLS."""

import time

import pytest

from components.brokers.emqx.configuration import Tokens
from tests.servers import identity_tenant
from tests.servers.device_pki import Authority
from tests.servers.emqx_tokens import TokenBroker, authenticator, rendered
from tests.servers.identity_tenant import AUDIENCE, ISSUER, OTHER_USER, USER, SigningKey, by_shared_secret, unsigned

FOREIGN = SigningKey.drawn("first")


@pytest.fixture
def tenant(tmp_path):
    with identity_tenant.running(tmp_path) as running:
        yield running


@pytest.fixture
def broker(tenant, tmp_path):
    tokens = Tokens(issuer=ISSUER, audience=AUDIENCE, jwks=tenant.jwks, username_claim="oid")
    return TokenBroker(settings=authenticator(rendered(tokens)), trusted=tenant.trusted, folder=tmp_path)


def in_seconds(seconds):
    return int(time.time()) + seconds


# name -> token of a tenant, and whether the user gets in with it
CASES = {
    "good": (lambda tenant: tenant.token(), True),
    "good, whatever else it says": (lambda tenant: tenant.token(roles=["a"], scp="connect"), True),
    "times as text": (lambda tenant: tenant.token(exp=str(in_seconds(60))), True),
    "another algorithm of the same key": (lambda tenant: tenant.keys[0].sign(tenant.claims(), "PS256"), True),
    "expired": (lambda tenant: tenant.token(exp=in_seconds(-1)), False),
    "ends now": (lambda tenant: tenant.token(exp=in_seconds(0)), False),
    "end that is no time": (lambda tenant: tenant.token(exp="soon"), False),
    "not yet valid": (lambda tenant: tenant.token(nbf=in_seconds(300)), False),
    "foreign issuer": (lambda tenant: tenant.token(iss="https://login.example.com/v2.0"), False),
    "issuer with a slash more": (lambda tenant: tenant.token(iss=f"{ISSUER}/"), False),
    "no issuer": (lambda tenant: tenant.token(iss=None), False),
    "wrong audience": (lambda tenant: tenant.token(aud=OTHER_USER), False),
    "several audiences, one of them right": (lambda tenant: tenant.token(aud=[AUDIENCE, "other"]), False),
    "no audience": (lambda tenant: tenant.token(aud=None), False),
    "another user's": (lambda tenant: tenant.token(oid=OTHER_USER), False),
    "user in capitals": (lambda tenant: tenant.token(oid=USER.upper()), False),
    "nobody's": (lambda tenant: tenant.token(oid=None), False),
    "right user in the wrong claim": (lambda tenant: tenant.token(oid=None, sub=USER), False),
    "algorithm none": (lambda tenant: unsigned(tenant.claims()), False),
    "HMAC with the public key, PEM": (
        lambda tenant: by_shared_secret(tenant.claims(), tenant.keys[0].public_pem, tenant.keys[0].kid),
        False,
    ),
    "HMAC with the published modulus": (
        lambda tenant: by_shared_secret(tenant.claims(), tenant.keys[0].published["n"].encode(), tenant.keys[0].kid),
        False,
    ),
    "foreign key under the right kid": (lambda tenant: FOREIGN.sign(tenant.claims()), False),
    "signature cut off": (lambda tenant: tenant.token().rpartition(".")[0] + ".", False),
    "payload changed after signing": (
        lambda tenant: ".".join(
            each.split(".")[number]
            for number, each in enumerate((tenant.token(oid=OTHER_USER), tenant.token(), tenant.token(oid=OTHER_USER)))
        ),
        False,
    ),
    "a password": (lambda _: "correct horse battery staple", False),
    "nothing": (lambda _: "", False),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Name of each case -> whether its user gets in."""
    folder = tmp_path_factory.mktemp("tokens")
    with identity_tenant.running(folder) as tenant:
        tokens = Tokens(issuer=ISSUER, audience=AUDIENCE, jwks=tenant.jwks, username_claim="oid")
        broker = TokenBroker(settings=authenticator(rendered(tokens)), trusted=tenant.trusted, folder=folder)
        assert broker.refresh()
        return dict(zip(CASES, broker.takes(*((USER, make(tenant)) for make, _ in CASES.values())), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_token_opens_the_broker_for_its_user_alone(table, case):
    assert table[case] is CASES[case][1]


def test_a_token_without_an_end_would_be_taken_for_ever(tenant, broker):
    """EMQX looks at ``exp`` only where it is; every token of Entra has one."""
    broker.refresh()
    assert broker.takes_one(tenant.token(exp=None), USER)


class TestRotation:
    def test_old_and_new_key_count_while_both_are_published(self, tenant, broker):
        broker.refresh()
        old = tenant.token()
        tenant.keys.insert(0, SigningKey.drawn("second"))
        new = tenant.token()
        assert broker.takes((USER, old), (USER, new)) == [True, False]
        broker.refresh()
        assert broker.takes((USER, old), (USER, new)) == [True, True]
        tenant.keys.pop()
        broker.refresh()
        assert broker.takes((USER, old), (USER, new)) == [False, True]

    def test_a_new_key_is_read_within_five_minutes(self, broker):
        assert broker.settings["refresh_interval"] == 300

    def test_the_connection_ends_with_the_token(self, broker):
        assert broker.settings["disconnect_after_expire"] is True


class TestTenantOutOfReach:
    def test_without_keys_nobody_gets_in(self, tenant, broker):
        assert not broker.takes_one(tenant.token(), USER)

    @pytest.mark.parametrize(("body", "status"), [(b"<html>maintenance</html>", 200), (b"", 503), (b"[]", 200)])
    def test_what_is_no_key_set_leaves_the_last_one(self, tenant, broker, body, status):
        token = tenant.token()
        assert broker.refresh()
        tenant.body, tenant.status = body, status
        assert not broker.refresh()
        assert broker.takes_one(token, USER)

    def test_a_set_without_keys_is_taken_and_shuts_everybody_out(self, tenant, broker):
        assert broker.refresh()
        tenant.body = b'{"keys": []}'
        assert broker.refresh()
        assert not broker.takes_one(tenant.token(), USER)

    def test_a_tenant_that_is_down_leaves_the_last_keys(self, tenant, broker):
        assert broker.refresh()
        broker.settings["endpoint"] = "https://localhost:1/keys"
        assert not broker.refresh()
        assert broker.takes_one(tenant.token(), USER)

    def test_a_slow_tenant_is_waited_for_five_seconds(self, tenant, broker):
        tenant.delay = 1
        assert broker.refresh()
        tenant.keys.insert(0, SigningKey.drawn("second"))
        tenant.delay = 7
        began = time.monotonic()
        assert not broker.refresh()
        assert time.monotonic() - began >= 5
        assert not broker.takes_one(tenant.token(), USER)

    def test_keys_from_a_host_that_nobody_vouches_for_are_not_read(self, tenant, broker, tmp_path):
        broker.trusted = tmp_path / "other-ca.pem"
        broker.trusted.write_bytes(Authority("Another CA").own.pem)
        assert not broker.refresh()
        assert not broker.takes_one(tenant.token(), USER)
