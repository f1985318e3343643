"""What a device is given."""

import stat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from cryptography.x509.oid import NameOID

from ops.devices.bundle import bundle, checked_password
from ops.devices.records import Reason
from ops.devices.revoke import revoke
from ops.errors import ExitCode, OpsError
from tests.ops.devices.conftest import NOW

PASSWORD = "correct horse battery"


def bundled(operator, device="pump-1", password: str | None = PASSWORD):
    return bundle(operator.platform, operator.folder, device, password=password, now=NOW)


def test_the_pem_file_has_key_and_chain(operator):
    operator.enrol("pump-1")
    written = bundled(operator)
    path = operator.folder.of("pump-1") / "bundle.pem"
    assert written.pem == str(path)
    content = path.read_bytes()
    key = load_pem_private_key(content, None)
    device, authority = x509.load_pem_x509_certificates(content)
    assert device.public_key() == key.public_key()
    device.verify_directly_issued_by(authority)
    assert f"{device.serial_number:x}" == written.serial
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_pkcs12_file_opens_with_its_password_and_with_no_other(operator):
    operator.enrol("pump-1")
    path = operator.folder.of("pump-1") / "bundle.p12"
    assert bundled(operator).pkcs12 == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    opened = pkcs12.load_pkcs12(path.read_bytes(), PASSWORD.encode())
    assert opened.cert.friendly_name == b"pump-1"
    assert opened.key.public_key() == opened.cert.certificate.public_key()
    issuing, root = (each.certificate for each in opened.additional_certs)
    opened.cert.certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(path.read_bytes(), b"wrong password")


def test_the_roots_are_what_the_device_trusts_the_host_by(operator, stack):
    operator.enrol("pump-1")
    bundled(operator)
    assert (operator.folder.of("pump-1") / "roots.pem").read_text() == stack.outputs["rootCertificates"]


def test_a_device_that_kept_its_key_gets_a_chain_and_no_pkcs12(operator, tmp_path):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pump-1")])
    built = x509.CertificateSigningRequestBuilder().subject_name(subject)
    path = tmp_path / "pump-1.csr"
    path.write_bytes(built.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.PEM))
    operator.enrol("pump-1", requests={"pump-1": path})
    assert bundled(operator, password=None).pkcs12 == ""
    content = (operator.folder.of("pump-1") / "bundle.pem").read_text()
    assert "PRIVATE" not in content
    assert content.count("BEGIN CERTIFICATE") == 2


def test_a_second_bundle_replaces_the_first(operator):
    operator.enrol("pump-1")
    bundled(operator)
    bundled(operator, password="another password")
    content = (operator.folder.of("pump-1") / "bundle.p12").read_bytes()
    assert pkcs12.load_pkcs12(content, b"another password").key is not None


def test_a_device_that_cannot_connect_gets_none(operator):
    for device in ("pump-1", "pump-2"):
        if device == "pump-1":
            operator.enrol(device)
            revoke(operator.platform, device, reason=Reason.UNSPECIFIED, serial=None, now=NOW)
        with pytest.raises(OpsError, match=f"{device} has no certificate it could connect with") as caught:
            bundled(operator, device)
        assert caught.value.code == ExitCode.UNKNOWN_DEVICE


def test_a_key_that_is_not_the_certificates_is_told(operator, tmp_path):
    operator.enrol("pump-1")
    elsewhere = operator.another(tmp_path / "elsewhere")
    elsewhere.folder.key_or_new("pump-1")
    with pytest.raises(OpsError, match="is for another key than the one in") as caught:
        bundled(elsewhere)
    assert caught.value.code == ExitCode.ENROLLED_ALREADY


@pytest.mark.parametrize(("text", "fits"), [("x" * 12, True), ("x" * 11, False), ("", False)])
def test_a_password_has_twelve_characters(text, fits):
    if fits:
        assert checked_password(text) == text
        return
    with pytest.raises(OpsError, match=f"has {len(text)} characters"):
        checked_password(text)
