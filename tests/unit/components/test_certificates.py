"""The platform's certificates, parsed: chain, usages, names, lifetimes, generations; and a handshake."""

import dataclasses
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store

from components.cell import Cell
from components.certificates import Certificates, CertificatesArgs, seconds_of
from components.naming import Names
from sandbox import wire
from tests.recorded_program import MOMENT, record
from tests.tls_handshake import context, handshake

HOST = "mqtt.amora.example.com"
CELL = Cell(
    names=Names(environment="test", region="eu1"),
    location="westeurope",
    zones=(),
    tags={"application": "amora-sync"},
    protect=True,
    locks=False,
)
ARGS = CertificatesArgs(
    cell=CELL,
    resource_group_name="rg",
    vault_name="kv-test",
    server_names=(HOST, "mqtt-2.amora.example.com"),
    root_generation=1,
    issuing_generation=1,
    root_years=20,
    issuing_years=10,
    server_days=365,
    server_renewal_days=60,
)


class Declared:
    """The component recorded, with its outputs and what it put into the vault."""

    def __init__(self, at=MOMENT, **changed):
        made = []
        args = dataclasses.replace(ARGS, **changed)
        self.recording = record(lambda: made.append(Certificates("certificates", args)), at=at)
        secrets = self.recording.of("keyvault:Secret")
        self.secrets = {each.inputs["secretName"]: each for each in secrets}

    def pem(self, secret):
        value = self.secrets[secret].inputs["properties"]["value"]
        assert isinstance(value, wire.Secret)
        return value.value

    def certificates(self, secret):
        return x509.load_pem_x509_certificates(self.pem(secret).encode())

    def one(self, secret):
        (found,) = self.certificates(secret)
        return found


@pytest.fixture(scope="module")
def first():
    return Declared()


@pytest.fixture(scope="module")
def second():
    return Declared(root_generation=2, issuing_generation=2)


def extension(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind)


def names(certificates):
    return [each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for each in certificates]


def test_the_vault_gets_what_operators_and_brokers_read(first):
    assert sorted(first.secrets) == [
        "device-ca-certificate-1",
        "device-ca-key-1",
        "device-trust-bundle",
        "mqtt-server-chain",
        "mqtt-server-key",
        "root-ca-certificate-1",
        "root-ca-key-1",
    ]
    for secret in first.secrets.values():
        assert secret.inputs["properties"]["contentType"] == "application/x-pem-file"
        assert secret.inputs["vaultName"] == "kv-test"
        # azure-native would ask a vault that lets nobody in from where Pulumi runs.
        assert secret.retained


def test_a_secret_expires_with_the_first_certificate_in_it(first):
    ends = {
        name: datetime.fromtimestamp(each.inputs["properties"]["attributes"]["expires"], UTC)
        for name, each in first.secrets.items()
    }
    root, issuing, server = (MOMENT + timedelta(days=days) for days in (20 * 365, 10 * 365, 365))
    assert ends == {
        "device-ca-certificate-1": issuing,
        "device-ca-key-1": issuing,
        "device-trust-bundle": issuing,
        "mqtt-server-chain": server,
        "mqtt-server-key": server,
        "root-ca-certificate-1": root,
        "root-ca-key-1": root,
    }


def test_no_key_is_in_plain_text_anywhere(second):
    def plain_texts(value):
        if isinstance(value, dict):
            for item in value.values():
                yield from plain_texts(item)
        elif isinstance(value, list):
            for item in value:
                yield from plain_texts(item)
        elif isinstance(value, str):
            yield value

    texts = [text for each in second.recording.resources for text in plain_texts(dict(each.inputs))]
    assert any("BEGIN CERTIFICATE" in text for text in texts)
    assert not [text for text in texts if "PRIVATE KEY" in text]


@pytest.mark.parametrize("secret", ["root-ca-certificate-1", "device-ca-certificate-1"])
def test_an_authority_signs_certificates_and_lists_and_nothing_else(first, secret):
    certificate = first.one(secret)
    constraints = extension(certificate, x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca
    usage = extension(certificate, x509.KeyUsage)
    assert usage.critical
    allowed = [field for field in KEY_USAGES if getattr(usage.value, field)]
    assert allowed == ["key_cert_sign", "crl_sign"]
    assert isinstance(certificate.public_key().curve, ec.SECP256R1)
    ski = extension(certificate, x509.SubjectKeyIdentifier).value
    assert ski == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())


KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


def test_the_root_allows_one_authority_below_it(first):
    root = first.one("root-ca-certificate-1")
    assert extension(root, x509.BasicConstraints).value.path_length == 1
    assert root.issuer == root.subject


def test_the_issuing_authority_is_the_roots(first):
    root, issuing = first.one("root-ca-certificate-1"), first.one("device-ca-certificate-1")
    issuing.verify_directly_issued_by(root)
    named = extension(issuing, x509.AuthorityKeyIdentifier).value.key_identifier
    assert named == extension(root, x509.SubjectKeyIdentifier).value.digest
    assert names([root, issuing]) == ["Amora Sync test root CA 1", "Amora Sync test device CA 1"]


@pytest.mark.parametrize("authority", ["root-ca", "device-ca"])
def test_the_key_in_the_vault_is_the_certificates(first, authority):
    key = load_pem_private_key(first.pem(f"{authority}-key-1").encode(), None)
    assert key.public_key() == first.one(f"{authority}-certificate-1").public_key()


def test_the_server_certificate_is_the_hosts_and_a_servers_only(first):
    server = first.one("mqtt-server-chain")
    alternatives = extension(server, x509.SubjectAlternativeName).value
    assert alternatives.get_values_for_type(x509.DNSName) == [HOST, "mqtt-2.amora.example.com"]
    assert list(extension(server, x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    usage = extension(server, x509.KeyUsage).value
    assert [field for field in KEY_USAGES if getattr(usage, field)] == ["digital_signature"]
    assert not extension(server, x509.BasicConstraints).value.ca
    key = load_pem_private_key(first.pem("mqtt-server-key").encode(), None)
    assert key.public_key() == server.public_key()
    store = Store([first.one("root-ca-certificate-1")])
    verifier = PolicyBuilder().store(store).time(MOMENT).build_server_verifier(x509.DNSName(HOST))
    assert len(verifier.verify(server, [])) == 2


def test_renewal_is_asked_for_the_server_alone(first):
    renewal = {
        each.name: each.inputs["earlyRenewalHours"]
        for each in first.recording.resources
        if each.token in ("tls:index/selfSignedCert:SelfSignedCert", "tls:index/locallySignedCert:LocallySignedCert")
    }
    assert renewal == {"root-ca-1": 0, "device-ca-1": 0, "mqtt-server": 60 * 24}


def test_settings_that_change_touch_no_authority_that_exists(first):
    ignored = {each.name: set(each.ignore_changes) for each in first.recording.resources}
    lives = {"validityPeriodHours", "allowedUses", "maxPathLength", "earlyRenewalHours"}
    assert lives | {"subject"} <= ignored["root-ca-1"]
    assert lives | {"caCertPem", "caPrivateKeyPem"} <= ignored["device-ca-1"]
    assert ignored["device-ca-1-request"] == {"subject"}
    assert ignored["mqtt-server"] == set()


class TestGenerations:
    def test_two_stand_side_by_side(self, second):
        assert names(second.certificates("device-trust-bundle")) == [
            "Amora Sync test root CA 1",
            "Amora Sync test root CA 2",
            "Amora Sync test device CA 1",
            "Amora Sync test device CA 2",
        ]

    @pytest.mark.parametrize(
        ("root", "issuing", "trusted"),
        [
            (1, 1, ["root CA 1", "device CA 1"]),
            (1, 2, ["root CA 1", "device CA 1", "device CA 2"]),
            (3, 3, ["root CA 2", "root CA 3", "device CA 2", "device CA 3"]),
            (1, 4, ["root CA 1", "device CA 3", "device CA 4"]),
        ],
    )
    def test_the_one_before_the_last_is_no_longer_trusted(self, root, issuing, trusted):
        declared = Declared(root_generation=root, issuing_generation=issuing)
        found = names(declared.certificates("device-trust-bundle"))
        assert found == [f"Amora Sync test {name}" for name in trusted]

    def test_new_issuing_authorities_are_the_newest_roots(self, second):
        second.one("device-ca-certificate-2").verify_directly_issued_by(second.one("root-ca-certificate-2"))

    def test_the_oldest_trusted_root_signs_the_server_so_that_older_devices_know_it(self, second):
        second.one("mqtt-server-chain").verify_directly_issued_by(second.one("root-ca-certificate-1"))

    def test_only_what_is_current_is_protected(self, second):
        protected = {each.name for each in second.recording.resources if each.protect}
        assert protected == {"root-ca-2", "root-ca-2-key", "device-ca-2", "device-ca-2-key", "device-ca-2-request"}

    def test_nothing_is_protected_where_the_cell_is_not(self):
        declared = Declared(cell=dataclasses.replace(CELL, protect=False))
        assert not [each for each in declared.recording.resources if each.protect]


def test_a_client_that_trusts_the_roots_connects_to_the_host(tmp_path):
    declared = Declared(at=datetime.now(UTC))
    trusted = declared.pem("root-ca-certificate-1")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (tmp_path / "chain.pem").write_text(declared.pem("mqtt-server-chain"))
    (tmp_path / "key.pem").write_text(declared.pem("mqtt-server-key"))
    server.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    client = context(ssl.PROTOCOL_TLS_CLIENT, tmp_path, trusted=trusted)
    handshake(server, client, HOST)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, client, "ws.amora.example.com")
    stranger = context(ssl.PROTOCOL_TLS_CLIENT, tmp_path, trusted=Declared().pem("root-ca-certificate-1"))
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, stranger, HOST)


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ("2027-01-01T00:00:00Z", 1798761600),
        ("2027-01-01T00:00:00.999999999Z", 1798761600),
        ("2027-01-01T01:00:00.5+01:00", 1798761600),
    ],
)
def test_times_as_the_provider_writes_them(time, seconds):
    assert seconds_of(time) == seconds
