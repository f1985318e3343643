"""Inside the sandbox's vaults and storage accounts: demands on a write, strangers, faults, several writers."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import data_plane
from sandbox.azure import ids
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Kind
from sandbox.store import StoredResource
from sandbox.wire import Secret

ROOT = Path(__file__).resolve().parents[2]
GROUP = f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/rg/providers"
CONTAINER = f"{GROUP}/Microsoft.Storage/storageAccounts/stamora/blobServices/default/containers/register"
SECRET = f"{GROUP}/Microsoft.KeyVault/vaults/kv-amora/secrets/device-ca-key-1"
URL = "https://stamora.blob.core.windows.net/register"


def put(store, resource_id, inputs, created=1.0):
    parsed = ids.parse(resource_id)
    store.put(StoredResource(resource_id, "azure-native:x:Y", parsed.type, inputs, {}, created))


@pytest.fixture
def plane(tmp_path):
    with data_plane.opened(tmp_path) as opened:
        put(opened.store, CONTAINER, {})
        put(opened.store, SECRET, {"properties": {"value": Secret("the key")}})
        yield opened


def refused(code, call, *args, **kwargs):
    with pytest.raises(ArmError) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code


def test_a_secret_by_the_address_of_its_vault(plane):
    assert plane.secret("https://kv-amora.vault.azure.net/", "device-ca-key-1") == "the key"
    refused("SecretNotFound", plane.secret, "https://kv-amora.vault.azure.net/", "device-ca-key-2")
    refused("SecretNotFound", plane.secret, "https://kv-other.vault.azure.net/", "device-ca-key-1")


def test_the_file_does_not_hold_the_secret_in_plain_text(plane):
    texts = [path.read_bytes() for path in plane.folder.iterdir() if path.name != "azure.key"]
    assert not any(b"the key" in text for text in texts)


def test_a_fault_strikes_who_reads_a_secret(plane):
    plane.store.add_fault(Kind.ROLE_LAG, "*/secrets/*", 1, 0)
    refused("AuthorizationFailed", plane.secret, "https://kv-amora.vault.azure.net/", "device-ca-key-1")
    assert plane.secret("https://kv-amora.vault.azure.net/", "device-ca-key-1") == "the key"


def test_a_write_demands_what_it_writes_over(plane):
    blobs = plane.container(URL)
    assert blobs.read("a") is None
    first = blobs.write("a", b"one", over=None)
    refused("BlobAlreadyExists", blobs.write, "a", b"two", over=None)
    refused("ConditionNotMet", blobs.write, "a", b"two", over='"0x0"')
    second = blobs.write("a", b"two", over=first)
    assert second != first
    found = blobs.read("a")
    assert (found.content, found.length, found.etag) == (b"two", 3, second)


def test_an_append_demands_the_length(plane):
    blobs = plane.container(URL)
    refused("BlobNotFound", blobs.append, "log", b"x", at=0)
    blobs.write("log", b"", over=None)
    blobs.append("log", b"one\n\x00\xff", at=0)
    refused("AppendPositionConditionNotMet", blobs.append, "log", b"two", at=0)
    blobs.append("log", b"two", at=6)
    assert blobs.read("log").content == b"one\n\x00\xfftwo"
    tail = blobs.read("log", 6)
    assert (tail.content, tail.length) == (b"two", 9)


def test_a_container_must_exist_and_one_made_anew_is_empty(plane):
    refused("ContainerNotFound", plane.container("https://other.blob.core.windows.net/register").read, "a")
    blobs = plane.container(URL)
    blobs.write("a", b"one", over=None)
    plane.store.remove(CONTAINER)
    refused("ContainerNotFound", blobs.read, "a")
    put(plane.store, CONTAINER, {}, created=2.0)
    assert blobs.read("a") is None


APPENDER = """
import sys
from pathlib import Path
from sandbox import data_plane
from sandbox.azure.errors import ArmError
with data_plane.opened(Path(sys.argv[1])) as plane:
    blobs = plane.container(sys.argv[2])
    left = 100
    while left:
        at = blobs.read("log").length
        try:
            blobs.append("log", sys.argv[3].encode(), at=at)
            left -= 1
        except ArmError as error:
            assert error.code == "AppendPositionConditionNotMet", error
"""


def test_two_processes_append_and_lose_nothing(plane, tmp_path):
    plane.container(URL).write("log", b"", over=None)
    command = [sys.executable, "-c", APPENDER, str(tmp_path), URL]
    running = [subprocess.Popen([*command, letter], cwd=ROOT) for letter in "ab"]
    assert [process.wait(60) for process in running] == [0, 0]
    content = plane.container(URL).read("log").content
    assert sorted(content) == sorted(b"a" * 100 + b"b" * 100)


@pytest.mark.parametrize(
    ("backend", "found"),
    [
        ("{home}/state?metadata=skip", True),
        ("{home}/state", True),
        ("{home}/elsewhere/state", False),
    ],
)
def test_the_sandbox_is_known_by_its_backend(plane, tmp_path, backend, found):
    (tmp_path / "azure").mkdir(exist_ok=True)
    (tmp_path / "azure" / "azure.sqlite").touch()
    url = f"file://{backend.format(home=tmp_path)}"
    assert data_plane.home_of({"PULUMI_BACKEND_URL": url}) == (tmp_path if found else None)


@pytest.mark.parametrize("backend", ["azblob://state?storage_account=x", "https://api.pulumi.com", ""])
def test_another_backend_is_no_sandbox(backend):
    assert data_plane.home_of({"PULUMI_BACKEND_URL": backend}) is None
