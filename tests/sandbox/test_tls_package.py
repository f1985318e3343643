"""pulumi-tls with real keys and certificates: chain, usages, renewal, a handshake."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from sandbox import clock, wire
from sandbox.protocol.package import Change, RefusedError
from sandbox.tls_package import TlsPackage
from sandbox.tls_package.kinds import KINDS
from sandbox.wire import UNKNOWN, Secret

PACKAGE = TlsPackage()


def token(name):
    return f"tls:index/{name[0].lower()}{name[1:]}:{name}"


def made(name, **inputs):
    completed, failures = PACKAGE.check(token(name), "urn:x::n", {}, inputs, b"")
    assert failures == []
    created = PACKAGE.create(token(name), "urn:x::n", completed, preview=False)
    return wire.plain(created.outputs)


def key():
    return made("PrivateKey", algorithm="ECDSA", ecdsaCurve="P256")["privateKeyPem"]


def root(**more):
    pem = key()
    inputs = {
        "privateKeyPem": pem,
        "subject": {"commonName": "Root", "organization": "Amora"},
        "isCaCertificate": True,
        "maxPathLength": 1,
        "validityPeriodHours": 24,
        "allowedUses": ["cert_signing", "crl_signing"],
    }
    return made("SelfSignedCert", **{**inputs, **more}), pem


def signed(authority, authority_key, name, uses, **more):
    pem = key()
    request = {"privateKeyPem": pem, "subject": {"commonName": name}, **more.pop("request", {})}
    csr = made("CertRequest", **request)["certRequestPem"]
    inputs = {
        "certRequestPem": csr,
        "caCertPem": authority["certPem"],
        "caPrivateKeyPem": authority_key,
        "validityPeriodHours": 12,
        "allowedUses": uses,
    }
    return made("LocallySignedCert", **{**inputs, **more}), pem


def parsed(certificate):
    return x509.load_pem_x509_certificate(certificate["certPem"].encode())


@pytest.mark.parametrize(
    ("inputs", "head"),
    [
        ({"algorithm": "RSA", "rsaBits": 1024}, "BEGIN RSA PRIVATE KEY"),
        *[
            ({"algorithm": "ECDSA", "ecdsaCurve": curve}, "BEGIN EC PRIVATE KEY")
            for curve in ("P224", "P256", "P384", "P521")
        ],
        ({"algorithm": "ED25519"}, "BEGIN PRIVATE KEY"),
    ],
)
def test_keys_of_every_algorithm(inputs, head):
    outputs = made("PrivateKey", **inputs)
    assert head in outputs["privateKeyPem"]
    assert "BEGIN PRIVATE KEY" in outputs["privateKeyPemPkcs8"]
    assert "BEGIN PUBLIC KEY" in outputs["publicKeyPem"]
    without_openssh = inputs.get("ecdsaCurve") == "P224"
    assert (outputs["publicKeyOpenssh"] == "") is without_openssh
    assert outputs["publicKeyFingerprintSha256"].startswith("SHA256:") is not without_openssh


def test_private_keys_are_secret():
    created = PACKAGE.create(token("PrivateKey"), "urn", {"algorithm": "ED25519"}, preview=False)
    secret = {name for name, value in created.outputs.items() if isinstance(value, Secret)}
    assert secret == {"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"}


def test_a_preview_leaves_the_values_open():
    for name, kind in KINDS.items():
        outputs = PACKAGE.create(name, "urn", {"algorithm": "RSA"}, preview=True).outputs
        assert all(outputs[key] is UNKNOWN for key in kind.outputs)


def path_length(certificate):
    return parsed(certificate).extensions.get_extension_for_class(x509.BasicConstraints).value.path_length


def test_a_chain_of_three_verifies_with_its_usages_and_path_lengths():
    authority, authority_key = root()
    uses = ["cert_signing", "crl_signing"]
    issuing, issuing_key = signed(authority, authority_key, "Issuing", uses, isCaCertificate=True, maxPathLength=0)
    request = {"dnsNames": ["mqtt.example.com"], "ipAddresses": ["127.0.0.1"]}
    server, _ = signed(issuing, issuing_key, "mqtt", ["digital_signature", "server_auth"], request=request)
    store = Store([parsed(authority)])
    verifier = PolicyBuilder().store(store).build_server_verifier(x509.DNSName("mqtt.example.com"))
    chain = verifier.verify(parsed(server), [parsed(issuing)])
    assert [each.subject for each in chain] == [parsed(each).subject for each in (server, issuing, authority)]
    constraints = [
        parsed(each).extensions.get_extension_for_class(x509.BasicConstraints).value for each in (authority, issuing)
    ]
    # The provider leaves a length of 0 out: what keeps the issuing CA from a CA of its own is the root's 1.
    assert [each.path_length for each in constraints] == [1, None]
    usage = parsed(server).extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_cert_sign
    extended = parsed(server).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(extended) == [ExtendedKeyUsageOID.SERVER_AUTH]


def handshake(server_context, client_context, name):
    """A TLS handshake in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    done = set()
    for _ in range(10):
        for side in (client, server):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
    assert done == {client, server}
    return server.getpeercert()


def context(purpose, folder, trusted, certificate, private_key):
    made_context = ssl.SSLContext(purpose)
    (folder / "ca.pem").write_text(trusted)
    (folder / "cert.pem").write_text(certificate)
    (folder / "key.pem").write_text(private_key)
    made_context.load_verify_locations(folder / "ca.pem")
    made_context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    made_context.verify_mode = ssl.CERT_REQUIRED
    return made_context


def test_a_mutual_handshake(tmp_path):
    authority, authority_key = root()
    request = {"dnsNames": ["mqtt.example.com"]}
    server, server_key = signed(authority, authority_key, "mqtt", ["digital_signature", "server_auth"], request=request)
    device, device_key = signed(authority, authority_key, "device-1", ["digital_signature", "client_auth"])
    trusted = authority["certPem"]
    listening = context(ssl.PROTOCOL_TLS_SERVER, tmp_path, trusted, server["certPem"], server_key)
    calling = context(ssl.PROTOCOL_TLS_CLIENT, tmp_path, trusted, device["certPem"], device_key)
    peer = handshake(listening, calling, "mqtt.example.com")
    assert (("commonName", "device-1"),) in peer["subject"]


def test_a_certificate_of_another_authority_fails_the_handshake(tmp_path):
    authority, _ = root()
    other, other_key = root()
    server, server_key = signed(other, other_key, "mqtt", ["server_auth"], request={"dnsNames": ["mqtt.example.com"]})
    listening = context(ssl.PROTOCOL_TLS_SERVER, tmp_path, other["certPem"], server["certPem"], server_key)
    calling = ssl.create_default_context(cadata=authority["certPem"])
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(listening, calling, "mqtt.example.com")


def diff(outputs, **changed):
    inputs = {key: value for key, value in outputs.items() if key not in KINDS[token("SelfSignedCert")].outputs}
    return PACKAGE.diff(token("SelfSignedCert"), "id", inputs, outputs, {**inputs, **changed})


def test_a_fresh_certificate_changes_nothing():
    assert diff(root(earlyRenewalHours=1)[0]).changes == {}


def test_a_certificate_near_its_end_is_replaced():
    outputs, _ = root(earlyRenewalHours=1)
    soon = datetime.now(UTC) + timedelta(minutes=30)
    outputs["validityEndTime"] = soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    found = diff(outputs)
    assert found.changes == {"readyForRenewal": Change.UPDATE}
    assert found.replaces == {"readyForRenewal"}
    read = PACKAGE.read(token("SelfSignedCert"), "id", {}, outputs)
    assert read.outputs["readyForRenewal"] is True


def test_the_clock_alone_makes_it_near(monkeypatch):
    outputs, _ = root(earlyRenewalHours=1, validityPeriodHours=240)
    monkeypatch.setenv(clock.VARIABLE, "9.9")
    assert diff(outputs).changes == {}
    monkeypatch.setenv(clock.VARIABLE, "9.96")
    assert diff(outputs).replaces == {"readyForRenewal"}


def test_an_authority_below_the_issuing_one_is_refused_by_the_roots_path_length():
    authority, authority_key = root()
    uses = ["cert_signing", "crl_signing"]
    issuing, issuing_key = signed(authority, authority_key, "Issuing", uses, isCaCertificate=True, maxPathLength=0)
    below, below_key = signed(issuing, issuing_key, "Below", uses, isCaCertificate=True)
    request = {"dnsNames": ["mqtt.example.com"]}
    server, _ = signed(below, below_key, "mqtt", ["digital_signature", "server_auth"], request=request)
    verifier = PolicyBuilder().store(Store([parsed(authority)])).build_server_verifier(x509.DNSName("mqtt.example.com"))
    with pytest.raises(VerificationError):
        verifier.verify(parsed(server), [parsed(below), parsed(issuing)])


def test_times_have_the_fractions_that_go_writes():
    outputs, _ = root()
    start, end = (datetime.fromisoformat(outputs[key]) for key in ("validityStartTime", "validityEndTime"))
    assert outputs["validityEndTime"].endswith("Z")
    assert end - start == timedelta(hours=24)
    assert parsed(outputs).not_valid_after_utc == end.replace(microsecond=0)


def test_a_change_of_the_renewal_replaces_nothing_any_other_does():
    outputs, _ = root()
    assert diff(outputs, earlyRenewalHours=2).replaces == frozenset()
    assert diff(outputs, validityPeriodHours=48).replaces == {"validityPeriodHours"}


@pytest.mark.parametrize(
    ("name", "inputs", "path"),
    [
        ("PrivateKey", {"algorithm": "DSA"}, "algorithm"),
        ("PrivateKey", {"algorithm": "ECDSA", "ecdsaCurve": "P512"}, "ecdsaCurve"),
        ("SelfSignedCert", {"validityPeriodHours": 1, "allowedUses": ["server"]}, "allowedUses[0]"),
        ("SelfSignedCert", {"allowedUses": []}, "validityPeriodHours"),
        ("SelfSignedCert", {"allowedUses": [], "validityPeriodHours": 1, "earlyRenewalHours": -1}, "earlyRenewalHours"),
        ("SelfSignedCert", {"allowedUses": [], "validityPeriodHours": 1, "maxPathLength": 0}, "maxPathLength"),
    ],
)
def test_wrong_inputs_are_named(name, inputs, path):
    (failure,) = PACKAGE.check(token(name), "urn", {}, inputs, b"")[1]
    assert failure.path == path


def test_a_key_that_is_not_the_authoritys_is_refused():
    authority, _ = root()
    with pytest.raises(RefusedError, match="is not the key of caCertPem"):
        signed(authority, key(), "x", [])


def test_text_that_is_no_pem_is_refused():
    authority, authority_key = root()
    wrong = {"certRequestPem": "x", "caCertPem": authority["certPem"], "caPrivateKeyPem": authority_key}
    with pytest.raises(RefusedError, match="certRequestPem is no PEM"):
        made("LocallySignedCert", validityPeriodHours=1, allowedUses=[], **wrong)


def test_the_functions_read_keys_and_certificates():
    private = made("PrivateKey", algorithm="ECDSA", ecdsaCurve="P256")
    told = PACKAGE.invoke(
        "tls:index/getPublicKey:getPublicKey", {"privateKeyPem": private["privateKeyPem"]}, preview=False
    )
    assert told["publicKeyPem"] == private["publicKeyPem"]
    authority, _ = root()
    content = {"content": authority["certPem"]}
    (shown,) = PACKAGE.invoke("tls:index/getCertificate:getCertificate", content, preview=False)["certificates"]
    assert shown["isCa"]
    with pytest.raises(RefusedError, match="opens no connection"):
        PACKAGE.invoke("tls:index/getCertificate:getCertificate", {"url": "https://x"}, preview=False)
    with pytest.raises(RefusedError, match="has no stand-in"):
        PACKAGE.invoke("tls:index/getOther:getOther", {}, preview=False)
