"""SCRAM verifiers: what PostgreSQL keeps of a password, so that the password itself is no part of any statement.

RFC 5802 and RFC 7677; the text form is that of PostgreSQL's ``pg_authid.rolpassword``:
``SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>``.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import pbkdf2_hmac, sha256
from typing import Final

ITERATIONS: Final = 4096
"""PostgreSQL's own figure, the only one Azure has (learn.microsoft.com, server parameter ``scram_iterations``)."""

SALT_BYTES: Final = 16
"""As PostgreSQL draws (``SCRAM_DEFAULT_SALT_LEN``)."""


def salt_from(source: str) -> bytes:
    """A salt that is the same for the same source, so that a verifier does not change by itself.

    Args:
        source: any text that is another one for each password, and nothing of the password.
    """
    return sha256(source.encode()).digest()[:SALT_BYTES]


def verifier(password: str, salt: bytes) -> str:
    """The verifier of a password.

    Args:
        password: letters and digits; others would have to be normalised first (RFC 4013).
        salt: :data:`SALT_BYTES` bytes.

    Raises:
        ValueError: the password has other characters.
    """
    if not (password.isascii() and password.isalnum()):
        raise ValueError("the password of a SCRAM verifier has letters and digits only")
    salted = pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored_key = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    parts = (b64encode(part).decode() for part in (salt, stored_key, server_key))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ITERATIONS, *parts)
