"""A device's own certificate request: what is taken, and what is refused with which words."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ops.devices.request import public_key_of
from ops.errors import ExitCode, OpsError

P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())


def request(key, *names):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names])
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, algorithm)


def pem(*args):
    return request(*args).public_bytes(Encoding.PEM)


def tampered():
    """A request whose name was changed after it was signed."""
    der = request(P256, "pump-1").public_bytes(Encoding.DER)
    changed = der.replace(b"pump-1", b"pump-2")
    return x509.load_der_x509_csr(changed).public_bytes(Encoding.PEM)


@pytest.mark.parametrize("key", [P256, P384], ids=["P-256", "P-384"])
def test_its_key_is_taken(tmp_path, key):
    path = tmp_path / "pump-1.csr"
    path.write_bytes(pem(key, "pump-1"))
    assert public_key_of(path, "pump-1") == key.public_key()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"rubbish", "is no certificate request"),
        (
            pem(ec.generate_private_key(ec.SECP224R1()), "pump-1"),
            "ECDSA key on secp224r1; allowed is an ECDSA key on P-256",
        ),
        (pem(rsa.generate_private_key(65537, 2048), "pump-1"), "a key of kind RSA with 2048 bits; allowed is"),
        (pem(ed25519.Ed25519PrivateKey.generate(), "pump-1"), "a key of kind Ed25519; allowed is"),
        (pem(P256, "pump-2"), "is for another device: common name pump-2, wanted pump-1"),
        (pem(P256), "is for another device: common name none, wanted pump-1"),
        (pem(P256, "pump-1", "pump-2"), "common name pump-1, pump-2, wanted pump-1"),
        (tampered(), "is not signed with the key it holds"),
    ],
)
def test_a_wrong_one_is_refused(tmp_path, content, words):
    path = tmp_path / "wrong.csr"
    path.write_bytes(content)
    with pytest.raises(OpsError) as caught:
        public_key_of(path, "pump-1")
    assert caught.value.code == ExitCode.CERTIFICATE_REQUEST
    assert words in str(caught.value)
    assert "wrong.csr" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(OpsError, match=r"no.csr cannot be read: No such file") as caught:
        public_key_of(tmp_path / "no.csr", "pump-1")
    assert caught.value.code == ExitCode.LOCAL_FILE
