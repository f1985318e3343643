"""What a device-issuing CA signs, parsed and verified; and what it refuses."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ops.devices.authority import Authority, RevokedSerial, pem_of
from ops.errors import ExitCode, OpsError
from tests.device_stack import CRL_URL, HOST, DeviceStack
from tests.ops.devices.conftest import BORN, NOW
from tests.tls_handshake import context, handshake

DEVICE = "pump-0001"
# OpenSSL knows no other now than the machine's.
TODAY = datetime.now(UTC).replace(microsecond=0)
ISSUE = {"days": 730, "list_base": CRL_URL}


@pytest.fixture
def authority(operator):
    return operator.platform.authority(1)


def key():
    return ec.generate_private_key(ec.SECP256R1())


def issue(authority, now=NOW, device_key=None, **more):
    return authority.issue(DEVICE, (device_key or key()).public_key(), now=now, **{**ISSUE, **more})


def extension(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind)


class TestCertificate:
    def test_it_names_the_device_and_nothing_else(self, authority):
        certificate = issue(authority)
        assert certificate.subject == x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVICE)])
        assert certificate.issuer == authority.trusted.certificate.subject

    def test_it_is_a_clients_and_no_authoritys(self, authority):
        certificate = issue(authority)
        assert list(extension(certificate, x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
        assert extension(certificate, x509.BasicConstraints).critical
        assert not extension(certificate, x509.BasicConstraints).value.ca
        usage = extension(certificate, x509.KeyUsage)
        assert usage.critical
        assert usage.value.digital_signature
        assert not any(getattr(usage.value, use) for use in ("key_cert_sign", "crl_sign", "key_encipherment"))

    def test_it_is_tied_to_key_and_authority(self, authority):
        device_key = key()
        certificate = issue(authority, device_key=device_key)
        own = extension(certificate, x509.SubjectKeyIdentifier).value
        assert own == x509.SubjectKeyIdentifier.from_public_key(device_key.public_key())
        above = extension(authority.trusted.certificate, x509.SubjectKeyIdentifier).value.digest
        assert extension(certificate, x509.AuthorityKeyIdentifier).value.key_identifier == above

    def test_it_says_where_its_revocation_list_is(self, authority):
        (point,) = extension(issue(authority), x509.CRLDistributionPoints).value
        assert [name.value for name in point.full_name] == [f"{CRL_URL}/device-ca-1.crl"]

    def test_it_is_signed_by_the_authority_and_that_by_the_root(self, authority):
        issue(authority).verify_directly_issued_by(authority.trusted.certificate)
        authority.trusted.certificate.verify_directly_issued_by(authority.trusted.issuer)

    def test_a_slow_clock_finds_it_valid(self, authority):
        assert issue(authority).not_valid_before_utc == NOW - timedelta(hours=1)
        assert issue(authority, now=BORN).not_valid_before_utc == BORN

    def test_it_ends_after_its_days_or_with_what_signed_it(self, authority, tmp_path):
        assert issue(authority).not_valid_after_utc == NOW + timedelta(days=730)
        late = BORN + timedelta(days=10 * 365 - 10)
        assert issue(authority, now=late).not_valid_after_utc == authority.trusted.certificate.not_valid_after_utc

    def test_it_ends_with_the_root_when_that_ends_first(self, tmp_path):
        stack = DeviceStack(tmp_path / "other", at=BORN, years=(2, 10))
        with stack.plane() as plane:
            authority = stack.platform(plane).authority(1)
        assert issue(authority).not_valid_after_utc == BORN + timedelta(days=2 * 365)

    def test_serials_are_long_and_differ(self, authority):
        serials = {issue(authority).serial_number for _ in range(50)}
        assert len(serials) == 50
        assert all(serial.bit_length() <= 159 for serial in serials)
        assert max(serial.bit_length() for serial in serials) > 140


class TestRefusals:
    @pytest.mark.parametrize(
        "sign",
        [
            lambda authority, now: issue(authority, now=now),
            lambda authority, now: authority.revocation_list([], number=1, days=7, list_base=CRL_URL, now=now),
        ],
        ids=["certificate", "list"],
    )
    def test_an_authority_that_has_ended(self, authority, sign):
        with pytest.raises(OpsError, match="device CA 1 ended on 2035-12-30") as caught:
            sign(authority, BORN + timedelta(days=10 * 365))
        assert caught.value.code == ExitCode.AUTHORITY
        assert "certificates.issuingGeneration" in str(caught.value)

    @pytest.mark.parametrize("wrong", ["no key at all", "another key"])
    def test_a_key_that_is_not_the_authoritys(self, authority, wrong):
        pem = wrong if wrong == "no key at all" else private_pem(key())
        with pytest.raises(OpsError, match="device-ca-key-1 is not the key of device CA 1") as caught:
            Authority(authority.trusted, pem)
        assert caught.value.code == ExitCode.AUTHORITY
        assert "PRIVATE" not in str(caught.value)


def private_pem(private_key):
    return private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class TestRevocationList:
    def signed(self, authority, *serials, reason=x509.ReasonFlags.key_compromise, now=NOW):
        entries = [RevokedSerial(serial, now - timedelta(hours=1), reason) for serial in serials]
        return authority.revocation_list(entries, number=3, days=7, list_base=CRL_URL, now=now)

    def test_it_is_signed_numbered_and_dated(self, authority):
        signed = self.signed(authority)
        assert signed.is_signature_valid(authority.trusted.certificate.public_key())
        assert extension(signed, x509.CRLNumber).value.crl_number == 3
        assert signed.last_update_utc == NOW - timedelta(minutes=5)
        assert signed.next_update_utc == NOW + timedelta(days=7)

    def test_its_distribution_point_is_the_certificates(self, authority):
        point = extension(self.signed(authority), x509.IssuingDistributionPoint)
        assert point.critical
        assert point.value.only_contains_user_certs
        (in_certificate,) = extension(issue(authority), x509.CRLDistributionPoints).value
        assert point.value.full_name == in_certificate.full_name

    def test_it_names_what_is_revoked_and_why(self, authority):
        signed = self.signed(authority, 17, reason=x509.ReasonFlags.key_compromise)
        entry = signed.get_revoked_certificate_by_serial_number(17)
        assert entry.revocation_date_utc == NOW - timedelta(hours=1)
        assert extension(entry, x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
        assert signed.get_revoked_certificate_by_serial_number(18) is None

    def test_no_reason_is_no_entry_extension(self, authority):
        signed = self.signed(authority, 17, reason=x509.ReasonFlags.unspecified)
        assert len(signed.get_revoked_certificate_by_serial_number(17).extensions) == 0


class TestHandshake:
    """On loopback, with the server as the program declares it."""

    @pytest.fixture
    def server(self, stack, tmp_path):
        fresh = DeviceStack(tmp_path / "fresh", at=TODAY)
        chain, server_key = fresh.secrets["mqtt-server-chain"], fresh.secrets["mqtt-server-key"]
        trusted = fresh.secrets["device-trust-bundle"]
        made = context(ssl.PROTOCOL_TLS_SERVER, tmp_path, trusted=trusted, chain=chain, key=server_key)
        return fresh, made

    def device(self, stack, folder, *, with_issuing=True):
        with stack.plane() as plane:
            authority = stack.platform(plane).authority(1)
        device_key = key()
        certificate = issue(authority, now=datetime.now(UTC), device_key=device_key)
        chain = pem_of(certificate) + (authority.trusted.certificate_pem if with_issuing else "")
        return chain, private_pem(device_key)

    @pytest.mark.parametrize("with_issuing", [True, False], ids=["with its CA", "alone"])
    def test_a_device_and_the_host_trust_each_other(self, server, tmp_path, with_issuing):
        stack, listening = server
        chain, device_key = self.device(stack, tmp_path, with_issuing=with_issuing)
        roots = stack.outputs["rootCertificates"]
        calling = context(ssl.PROTOCOL_TLS_CLIENT, tmp_path, trusted=roots, chain=chain, key=device_key)
        peer = handshake(listening, calling, HOST)
        assert peer["subject"] == ((("commonName", DEVICE),),)

    def test_a_device_of_another_authority_is_refused(self, server, tmp_path):
        stack, listening = server
        chain, device_key = self.device(DeviceStack(tmp_path / "foreign", at=TODAY - timedelta(hours=1)), tmp_path)
        roots = stack.outputs["rootCertificates"]
        calling = context(ssl.PROTOCOL_TLS_CLIENT, tmp_path, trusted=roots, chain=chain, key=device_key)
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(listening, calling, HOST)

    def test_a_device_without_a_certificate_is_refused(self, server, tmp_path):
        stack, listening = server
        calling = context(ssl.PROTOCOL_TLS_CLIENT, tmp_path, trusted=stack.outputs["rootCertificates"])
        with pytest.raises(ssl.SSLError):
            handshake(listening, calling, HOST)

    def test_the_hosts_own_certificate_is_no_devices(self, server, tmp_path):
        stack, listening = server
        chain, server_key = stack.secrets["mqtt-server-chain"], stack.secrets["mqtt-server-key"]
        roots = stack.outputs["rootCertificates"]
        calling = context(ssl.PROTOCOL_TLS_CLIENT, tmp_path, trusted=roots, chain=chain, key=server_key)
        with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
            handshake(listening, calling, HOST)
