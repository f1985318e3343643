"""Key files: readable by their owner alone, complete or absent, never overwritten."""

import os
import stat
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ops.devices.folder import DeviceFolder
from ops.errors import ExitCode, OpsError


@pytest.fixture
def folder(tmp_path):
    return DeviceFolder(tmp_path / "devices")


def key_file(folder, content, mode=0o600):
    path = folder.of("pump-1") / "key.pem"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_key_is_made_once(folder):
    assert folder.key("pump-1") is None
    made = folder.key_or_new("pump-1")
    assert isinstance(made.curve, ec.SECP256R1)
    before = (folder.of("pump-1") / "key.pem").read_bytes()
    assert folder.key_or_new("pump-1").private_numbers() == made.private_numbers()
    assert (folder.of("pump-1") / "key.pem").read_bytes() == before


def test_only_its_owner_reads_it(folder):
    folder.key_or_new("pump-1")
    assert stat.S_IMODE((folder.of("pump-1") / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.of("pump-1").stat().st_mode) == 0o700


def test_nothing_else_is_left_in_the_folder(folder):
    folder.key_or_new("pump-1")
    folder.write_chain("pump-1", "chain")
    assert sorted(path.name for path in folder.of("pump-1").iterdir()) == ["chain.pem", "key.pem"]


def test_of_many_writers_one_makes_the_key_and_all_get_it(folder):
    made = []
    threads = [threading.Thread(target=lambda: made.append(folder.key_or_new("pump-1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len({key.private_numbers().private_value for key in made}) == 1


def test_a_write_that_is_killed_leaves_no_half_key(folder, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", killed)
    with pytest.raises(KeyboardInterrupt):
        folder.key_or_new("pump-1")
    assert folder.key("pump-1") is None


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (pem(ec.generate_private_key(ec.SECP256R1())), 0o644, "can be read by others (mode 644)"),
        (pem(ec.generate_private_key(ec.SECP256R1())), 0o640, "can be read by others (mode 640)"),
        (b"", 0o600, "holds no ECDSA key"),
        (pem(rsa.generate_private_key(65537, 2048)), 0o600, "holds no ECDSA key"),
    ],
)
def test_a_key_file_that_is_not_as_it_should_be_is_refused_and_left_alone(folder, content, mode, words):
    path = key_file(folder, content, mode)
    with pytest.raises(OpsError) as caught:
        folder.key_or_new("pump-1")
    assert caught.value.code == ExitCode.LOCAL_FILE
    assert words in str(caught.value)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_to_is_named(folder):
    folder.path.parent.mkdir(exist_ok=True)
    folder.path.write_text("a file where the folder should be")
    with pytest.raises(OpsError, match="cannot be") as caught:
        folder.key_or_new("pump-1")
    assert caught.value.code == ExitCode.LOCAL_FILE
    with pytest.raises(OpsError, match="cannot be written"):
        folder.write_chain("pump-1", "chain")


def test_a_chain_is_written_as_a_whole_and_only_when_it_changed(folder):
    folder.write_chain("pump-1", "one")
    path = folder.of("pump-1") / "chain.pem"
    first = path.stat()
    folder.write_chain("pump-1", "one")
    assert path.stat().st_ino == first.st_ino
    folder.write_chain("pump-1", "two")
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
