"""The files of devices on the operator's disk: a folder a device, with its key and its certificate.

A key is written once and never over another: it is complete or it is not there, whenever the command is killed.
"""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ops.errors import ExitCode, OpsError

PrivateKey = ec.EllipticCurvePrivateKey

KEY: Final = "key.pem"
CHAIN: Final = "chain.pem"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class DeviceFolder:
    """The folder that holds a folder of each device."""

    path: Path

    def of(self, device: str) -> Path:
        """The folder of a device."""
        return self.path / device

    def key(self, device: str) -> PrivateKey | None:
        """The device's key; None when it is not here.

        Raises:
            OpsError: its file can be read by others than its owner, or holds no key of ours.
        """
        path = self.of(device) / KEY
        try:
            mode, content = path.stat().st_mode, path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(path, f"cannot be read: {error.strerror}", "Run this as the user who owns it.") from error
        if mode & _OTHERS:
            raise _unusable(path, f"can be read by others (mode {stat.S_IMODE(mode):o})", f"chmod 600 {path}")
        try:
            key = load_pem_private_key(content, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise _unusable(path, "holds no ECDSA key", "Move it away; it is not overwritten.")
        return key

    def key_or_new(self, device: str) -> PrivateKey:
        """The device's key, made now if it is not here.

        Raises:
            OpsError: as for :meth:`key`, or the folder cannot be written to.
        """
        known = self.key(device)
        if known is not None:
            return known
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            self._folder(device)
            _write_once(self.of(device) / KEY, pem)
        except FileExistsError:
            # Another run of this command has made it in the meantime.
            return self.key_or_new(device)
        except OSError as error:
            raise _unusable(
                self.of(device), f"cannot be written to: {error.strerror}", "Choose another --out."
            ) from error
        return key

    def write_chain(self, device: str, pem: str) -> None:
        """Write the device's certificate, followed by the CA's, unless the file says so already.

        Raises:
            OpsError: the folder cannot be written to.
        """
        path = self.of(device) / CHAIN
        try:
            if path.is_file() and path.read_text(encoding="utf-8") == pem:
                return
            self._folder(device)
            replace(path, pem.encode(), mode=0o644)
        except (OSError, UnicodeDecodeError) as error:
            raise _unusable(path, f"cannot be written: {error}", "Choose another --out.") from error

    def _folder(self, device: str) -> None:
        self.of(device).mkdir(mode=0o700, parents=True, exist_ok=True)


def replace(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file as a whole, over another if there is one.

    Raises:
        OSError: it cannot be written.
    """
    written = _temporary(path, content, mode)
    written.replace(path)


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, as a whole, or fail where there is one.

    Raises:
        FileExistsError: there is one.
        OSError: it cannot be written.
    """
    # A certificate is registered for this key next: the key must outlive a loss of power.
    written = _temporary(path, content, 0o600, lasting=True)
    try:
        # A link fails where a rename would overwrite.
        os.link(written, path)
    finally:
        written.unlink()


def _temporary(path: Path, content: bytes, mode: int, *, lasting: bool = False) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    return Path(name)


def _unusable(path: Path, finding: str, mend: str) -> OpsError:
    return OpsError(ExitCode.LOCAL_FILE, f"{path} {finding}", mend)
