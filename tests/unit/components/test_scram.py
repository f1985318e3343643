"""SCRAM verifiers against the example of RFC 7677."""

import hmac
from base64 import b64decode
from hashlib import sha256

import pytest

from components.scram import salt_from, verifier

# RFC 7677, section 3: user "user", password "pencil".
SALT = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
AUTH_MESSAGE = f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={NONCE}".encode()
PROOF = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
SERVER_SIGNATURE = b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")


def keys(text):
    _, parameters, pair = text.split("$")
    stored, server = (b64decode(key) for key in pair.split(":"))
    return parameters, stored, server


def test_the_clients_proof_of_the_example_is_accepted():
    _, stored, _ = keys(verifier("pencil", SALT))
    signature = hmac.digest(stored, AUTH_MESSAGE, "sha256")
    client_key = bytes(a ^ b for a, b in zip(PROOF, signature, strict=True))
    assert sha256(client_key).digest() == stored


def test_the_servers_signature_is_that_of_the_example():
    _, _, server = keys(verifier("pencil", SALT))
    assert hmac.digest(server, AUTH_MESSAGE, "sha256") == SERVER_SIGNATURE


def test_it_has_postgresqls_form():
    parameters, _, _ = keys(verifier("pencil", SALT))
    assert parameters == "4096:W22ZaJ0SNY7soEsUEjb6gQ=="


def test_it_says_nothing_of_the_password():
    assert "pencil" not in verifier("pencil", SALT)


@pytest.mark.parametrize(("one", "other", "same"), [("a", "a", True), ("a", "b", False)])
def test_a_salt_follows_from_its_source(one, other, same):
    assert (salt_from(one) == salt_from(other)) is same
    assert len(salt_from(one)) == 16


@pytest.mark.parametrize("password", ["pass word", "päss", "", "a'b"])
def test_what_would_have_to_be_normalised_is_refused(password):
    with pytest.raises(ValueError, match="letters and digits only"):
        verifier(password, SALT)
