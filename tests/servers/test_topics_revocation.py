"""Revocation as EMQX 5.8 leaves it to Erlang: real TLS handshakes, the list fetched over HTTP.

Debian 12 has OTP 25; EMQX 5.8 brings OTP 26 and a cache of its own, which is not run here.
"""

import ssl

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.servers import crl_store
from tests.servers.crl_replica import LIST, Replica
from tests.servers.device_pki import CLIENT, SERVER, Authority, Leaf, RevocationList, Scope, bundle, days
from tests.servers.emqx_listener import erlang_options, rendered_conf, ssl_options
from tests.servers.haproxy_process import until
from tests.servers.tls_listener import Lists, Outcome, listening
from tools.servers import search_path

PATH = f"/{LIST}"


@pytest.fixture(scope="module")
def lists():
    with Lists().served() as served:
        yield served


@pytest.fixture(scope="module")
def root():
    return Authority("Amora Sync root CA 1", path_length=1)


@pytest.fixture(scope="module")
def issuing(root):
    return Authority("Amora Sync device CA 1", below=root)


@pytest.fixture(scope="module")
def successor(root):
    return Authority("Amora Sync device CA 2", below=root)


@pytest.fixture(scope="module")
def listener(tmp_path_factory, root, issuing, successor, lists):
    trusted = bundle([root, issuing, successor])
    with listening(tmp_path_factory.mktemp("listener"), trusted, lists) as started:
        yield started


@pytest.fixture(scope="module")
def device(issuing, lists):
    def issue(name="kitchen-1", authority=issuing, path=PATH, **leaf):
        return authority.issue(name, Leaf(**({"distribution_point": lists.address(path)} | leaf)))

    return issue


@pytest.fixture(scope="module")
def good(device):
    return device()


@pytest.fixture(scope="module")
def revoked(device):
    return device("attic-2")


@pytest.fixture
def serve(lists, issuing):
    """Puts a list at the distribution point."""
    lists.bodies.clear()

    def put(wanted=None, *, authority=issuing, encoding=Encoding.PEM, path=PATH):
        lists.bodies[path] = authority.sign(wanted or RevocationList(scope=platform(lists))).public_bytes(encoding)

    return put


def platform(lists):
    """The scope as the platform writes it: its own address, users' certificates alone."""
    return Scope(address=lists.address(PATH), only_users=True)


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_good_one_passes_and_the_revoked_one_does_not(listener, serve, lists, good, revoked, version):
    serve(RevocationList(scope=platform(lists)).revoking(revoked))
    assert accepted(listener.handshake(good, version=version), fetched=1)
    assert refused(listener.handshake(revoked, version=version), "certificate_revoked", fetched=1)


def accepted(outcome: Outcome, *, fetched: int) -> bool:
    return (outcome.accepted, outcome.fetched) == (True, fetched)


def refused(outcome: Outcome, alert: str, *, fetched: int) -> bool:
    return (outcome.accepted, outcome.alert, outcome.fetched) == (False, alert, fetched)


@pytest.mark.parametrize(
    ("leaf", "alert"),
    [
        ({"distribution_point": None}, "bad_certificate"),
        ({"usage": SERVER}, "handshake_failure"),
        ({"not_before": days(-30), "not_after": days(-1)}, "certificate_expired"),
        ({"not_before": days(1)}, "certificate_expired"),
    ],
    ids=["without a distribution point", "for servers only", "expired", "not yet valid"],
)
def test_a_certificate_that_is_not_in_order_is_refused_without_a_fetch(listener, serve, device, leaf, alert):
    serve()
    assert refused(listener.handshake(device(**leaf)), alert, fetched=0)


def test_no_certificate_is_refused(listener, serve):
    serve()
    assert refused(listener.handshake(None), "certificate_required", fetched=0)


def test_a_distribution_point_where_nobody_listens(listener, serve, device):
    serve()
    dead = device(distribution_point="http://127.0.0.1:1/device-ca-1.crl")
    assert refused(listener.handshake(dead), "bad_certificate", fetched=0)


@pytest.mark.parametrize(
    "body", [None, b"", b"<html></html>", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"]
)
def test_a_distribution_point_without_a_list(listener, lists, serve, good, body):
    if body is not None:
        lists.bodies[PATH] = body
    outcome = listener.handshake(good)
    assert not outcome.accepted


def test_an_expired_list_lets_nobody_in_until_there_is_a_new_one(listener, serve, lists, good):
    serve(RevocationList(scope=platform(lists), this_update=days(-8), next_update=days(-0.01)))
    assert refused(listener.handshake(good), "bad_certificate", fetched=1)
    serve()
    assert accepted(listener.handshake(good), fetched=1)


def test_a_list_of_someone_else_is_none(listener, serve, lists, good):
    serve(authority=Authority("Amora Sync device CA 1", below=Authority("Amora Sync root CA 1")))
    assert refused(listener.handshake(good), "bad_certificate", fetched=1)


@pytest.mark.parametrize(
    ("scope", "takes"),
    [
        (lambda lists: None, True),
        (lambda lists: Scope(address=lists.address(PATH), only_users=True), True),
        (lambda lists: Scope(address=lists.address(PATH), only_users=True, critical=False), True),
        (lambda lists: Scope(address=lists.address(PATH)), True),
        (lambda lists: Scope(only_users=True), True),
        (lambda lists: Scope(address=lists.address(PATH), only_authorities=True), False),
    ],
    ids=["none", "address and users", "not critical", "address", "users", "authorities only"],
)
def test_which_scopes_of_a_list_erlang_takes(listener, serve, lists, good, revoked, scope, takes):
    serve(RevocationList(scope=scope(lists)).revoking(revoked))
    assert listener.handshake(good).accepted is takes
    assert listener.handshake(revoked).alert == ("certificate_revoked" if takes else "bad_certificate")


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_which_encodings_erlang_takes(listener, serve, lists, good, revoked, encoding):
    """EMQX 5.8 takes both at first, but refreshes its cache from PEM alone (emqx_crl_cache.erl)."""
    serve(RevocationList(scope=platform(lists)).revoking(revoked), encoding=encoding)
    assert listener.handshake(good).accepted
    assert listener.handshake(revoked).alert == "certificate_revoked"


@pytest.mark.parametrize("without", [{"number": None}, {"authority_key": False}])
def test_what_a_list_may_lack(listener, serve, lists, good, revoked, without):
    serve(RevocationList(scope=platform(lists), **without).revoking(revoked))
    assert listener.handshake(good).accepted
    assert listener.handshake(revoked).alert == "certificate_revoked"


class TestGenerations:
    """A device CA of a new generation stands beside the old one."""

    def test_each_has_a_list_of_its_own(self, listener, serve, lists, device, successor, good):
        path = "/device-ca-2.crl"
        scope = Scope(address=lists.address(path), only_users=True)
        later, lost = device("cellar-3", successor, path), device("loft-4", successor, path)
        serve()
        serve(RevocationList(scope=scope).revoking(lost), authority=successor, path=path)
        assert [listener.handshake(each).alert for each in (good, later, lost)] == ["", "", "certificate_revoked"]

    def test_the_others_list_does_not_do(self, listener, serve, good, successor):
        serve(authority=successor)
        assert refused(listener.handshake(good), "bad_certificate", fetched=1)


class TestAuthorities:
    def test_another_authoritys_certificate_is_refused(self, listener, serve, device, lists):
        serve()
        foreign_root = Authority("Amora Sync root CA 1", path_length=1)
        foreign = Authority("Amora Sync device CA 1", below=foreign_root)
        stranger = device("kitchen-1", foreign)
        assert not listener.handshake(stranger).accepted
        assert not listener.handshake(stranger, chain=(foreign, foreign_root)).accepted

    def test_a_device_makes_no_devices(self, listener, serve, device, issuing):
        serve()
        forger = Authority("kitchen-1", below=issuing)
        assert not listener.handshake(device("attic-2", forger), chain=(forger, issuing)).accepted

    @pytest.fixture
    def authorities(self, root, issuing, serve):
        serve()
        return {"root": root, "issuing": issuing}

    @pytest.mark.parametrize(
        ("trusted", "sends_chain", "expected"),
        [
            (("root", "issuing"), False, True),
            (("root", "issuing"), True, True),
            (("root",), True, True),
            (("root",), False, False),
            (("issuing",), False, False),
            (("issuing",), True, False),
        ],
    )
    def test_the_bundle_needs_the_root_and_devices_send_one_certificate(
        self, tmp_path, authorities, lists, good, trusted, sends_chain, expected
    ):
        with listening(tmp_path, bundle([authorities[name] for name in trusted]), lists) as listener:
            assert listener.handshake(good, chain=(authorities["issuing"],) if sends_chain else ()).accepted is expected


class TestResumption:
    """A session that is taken up again is not looked at again."""

    def again(self, listener, serve, lists, device, version):
        doomed = device("porch-5", usage=CLIENT)
        serve()
        first = listener.handshake(doomed, version=version)
        assert first.accepted
        serve(RevocationList(scope=platform(lists)).revoking(doomed))
        return listener.resume(first)

    def test_in_tls_1_2_erlangs_default_lets_a_revoked_device_in(self, tmp_path, root, issuing, serve, lists, device):
        with listening(tmp_path, bundle([root, issuing]), lists, reuse_sessions=True) as listener:
            outcome = self.again(listener, serve, lists, device, ssl.TLSVersion.TLSv1_2)
        assert (outcome.accepted, outcome.resumed, outcome.fetched) == (True, True, 0)

    def test_as_the_platform_has_it_it_does_not(self, listener, serve, lists, device):
        outcome = self.again(listener, serve, lists, device, ssl.TLSVersion.TLSv1_2)
        assert refused(outcome, "certificate_revoked", fetched=1)

    def test_in_tls_1_3_it_does_not(self, listener, serve, lists, device):
        outcome = self.again(listener, serve, lists, device, ssl.TLSVersion.TLSv1_3)
        assert refused(outcome, "certificate_revoked", fetched=1)


@pytest.fixture(scope="module")
def gate(tmp_path_factory, root, issuing):
    """A listener whose fetches nobody counts."""
    with listening(tmp_path_factory.mktemp("gate"), bundle([root, issuing])) as started:
        yield started


class TestCrlApp:
    """The list comes from the CRL app: its own script, configuration and nginx, and the store behind it."""

    @pytest.fixture
    def store(self):
        with crl_store.azure() as made:
            yield made

    @pytest.fixture
    def replica(self, store):
        started = Replica(store, search_path())
        yield started
        started.end()

    @pytest.fixture
    def publish(self, store, replica, issuing):
        """Puts a list into the store, and waits until it is served."""

        def put(*revoked, begins=-1.0):
            scope = Scope(address=replica.address(PATH), only_users=True)
            made = issuing.sign(RevocationList(scope=scope, this_update=days(begins)).revoking(*revoked))
            store.blobs[LIST] = made.public_bytes(Encoding.PEM)
            until(lambda: replica.get(PATH) == 200 and replica.answer(PATH).content == store.blobs[LIST], 10)

        return put

    @pytest.fixture
    def devices(self, issuing, replica):
        leaf = Leaf(distribution_point=replica.address(PATH))
        return issuing.issue("kitchen-1", leaf), issuing.issue("attic-2", leaf)

    @pytest.mark.parametrize("version", VERSIONS)
    def test_who_is_revoked_in_the_store_is_refused_at_the_listener(self, gate, publish, devices, version):
        good, lost = devices
        publish()
        assert [gate.handshake(each, version=version).accepted for each in devices] == [True, True]
        publish(lost, begins=-0.5)
        assert gate.handshake(good, version=version).accepted
        assert gate.handshake(lost, version=version).alert == "certificate_revoked"

    def test_without_the_app_nobody_gets_in(self, gate, publish, devices, replica):
        publish()
        assert gate.handshake(devices[0]).accepted
        replica.kill()
        assert [gate.handshake(each).alert for each in devices] == ["bad_certificate"] * 2

    def test_without_the_check_in_emqx_conf_they_would(self, tmp_path, root, issuing, publish, devices, replica):
        publish(devices[1])
        replica.kill()
        with listening(tmp_path, bundle([root, issuing]), enable_crl_check=False) as gate:
            assert [gate.handshake(each).accepted for each in devices] == [True, True]


class TestOptions:
    def test_they_are_those_of_the_rendered_file(self):
        assert erlang_options(ssl_options(rendered_conf())) == (
            "[{client_renegotiation, 'false'}, {depth, 3}, {fail_if_no_peer_cert, 'true'}, {hibernate_after, 5000}, "
            "{reuse_sessions, 'false'}, {verify, 'verify_peer'}, {versions, ['tlsv1.3', 'tlsv1.2']}, "
            "{crl_check, peer}, {crl_cache, {ssl_crl_cache, {internal, [{http, 3000}]}}}]"
        )

    def test_an_option_nobody_thought_of_is_an_error(self):
        with pytest.raises(KeyError, match="honor_cipher_order"):
            erlang_options({"honor_cipher_order": True})
