"""Azure's own clients against the services' answers: what is asked, and how each refusal is told."""

import time

import pytest
from azure.core.exceptions import ClientAuthenticationError

from ops.devices.azure_access import AzureAccess
from ops.devices.containers import ChangedError, Content
from ops.devices.records import ListSigned
from ops.devices.register import NAME, Register
from ops.errors import ExitCode, OpsError
from tests.ops.devices.azure_services import Login, Services
from tests.ops.devices.conftest import NOW
from tests.ops.devices.test_register import issued

VAULT = "https://kv-test.vault.azure.net/"
URL = "https://stamora.blob.core.windows.net/register"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    """Azure's clients wait before they repeat a request."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def services():
    return Services(secrets={"device-ca-key-1": "the key"})


@pytest.fixture
def access(services):
    return AzureAccess(Login(), transport=services.transport())


@pytest.fixture
def container(access):
    return access.container(URL)


def test_a_secret_by_its_name(access):
    assert access.secret(VAULT, "device-ca-key-1") == "the key"


def test_a_blob_that_is_not_there(container):
    assert container.read("a") is None


def test_an_append_demands_the_length(container, services):
    container.begin("log")
    container.begin("log")
    assert services.blobs["log"].kind == "AppendBlob"
    container.append("log", b"one\n", at=0)
    with pytest.raises(ChangedError):
        container.append("log", b"two\n", at=0)
    container.append("log", b"two\n", at=4)
    assert container.read("log").data == b"one\ntwo\n"
    assert container.read("log", 4).data == b"two\n"
    assert container.read("log", 8) == Content(b"", 8, services.blobs["log"].etag)


def test_an_append_to_nothing_is_a_change(container):
    with pytest.raises(ChangedError):
        container.append("log", b"one\n", at=0)


def test_a_write_demands_what_it_writes_over(container, services):
    container.write("a", b"one", content_type="application/x-pem-file", over=None)
    assert services.blobs["a"].content_type == "application/x-pem-file"
    first = container.read("a").etag
    for over in (None, '"0xFFFF"'):
        with pytest.raises(ChangedError):
            container.write("a", b"two", content_type="application/x-pem-file", over=over)
    container.write("a", b"two", content_type="application/x-pem-file", over=first)
    assert container.read("a").data == b"two"


def test_a_blob_that_changes_while_it_is_read_is_read_again(container, services):
    container.write("a", b"one", content_type="text/plain", over=None)
    answer = services._answer

    def changing(request, parts):
        if request.method == "GET" and services.blobs["a"].content == b"one":
            services.blobs["a"].content, services.blobs["a"].etag = b"three", '"0x99"'
        return answer(request, parts)

    services._answer = changing
    assert container.read("a") == Content(b"three", 5, '"0x99"')


def test_a_lost_answer_to_an_append_is_no_second_record(container, services):
    """Azure's client repeats the append; it no longer fits, and the register finds its own record there."""
    register = Register(container)
    register.commit(lambda _: [ListSigned(generation=1, number=1, at=NOW, by="ann@desk")])
    services.lose_answer_of = "PUT comp=appendblock"
    known = register.commit(lambda known: [] if "a1" in known.certificates else [issued()])
    assert list(known.certificates) == ["a1"]
    assert services.blobs[NAME].content.count(b"\n") == 2
    assert services.requests.count(f"PUT /register/{NAME}") == 4


@pytest.mark.parametrize(
    ("status", "code", "message", "exit_code", "words"),
    [
        (
            403,
            "Forbidden",
            "Caller is not authorized to perform action. ForbiddenByRbac",
            ExitCode.FORBIDDEN,
            "the role",
        ),
        (
            403,
            "Forbidden",
            "Public network access is disabled and request is not from",
            ExitCode.OUT_OF_REACH,
            "inside",
        ),
        (403, "Forbidden", "Client address is not authorized. ForbiddenByFirewall", ExitCode.OUT_OF_REACH, "inside"),
        (404, "SecretNotFound", "A secret with (name/id) x was not found", ExitCode.NOT_DEPLOYED, "pulumi up"),
        (500, "InternalServerError", "something", ExitCode.UNREADABLE, "Run this again"),
    ],
)
def test_the_vaults_refusals(access, services, status, code, message, exit_code, words):
    # Its client repeats what may pass by itself.
    services.fail = [("GET", "/device-ca-key-1/", status, code, message)] * 8
    with pytest.raises(OpsError) as caught:
        access.secret(VAULT, "device-ca-key-1")
    assert caught.value.code == exit_code
    assert words in str(caught.value)
    assert "the secret device-ca-key-1" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "exit_code", "words"),
    [
        (403, "AuthorizationPermissionMismatch", ExitCode.FORBIDDEN, "Storage Blob Data Contributor"),
        (403, "AuthorizationFailure", ExitCode.OUT_OF_REACH, "inside the network"),
        (404, "ContainerNotFound", ExitCode.NOT_DEPLOYED, "pulumi up"),
        (409, "BlockCountExceedsLimit", ExitCode.UNREADABLE, "BlockCountExceedsLimit"),
    ],
)
def test_the_storage_accounts_refusals(container, services, status, code, exit_code, words):
    container.begin("log")
    services.fail = [("PUT", "/log", status, code, "refused")]
    with pytest.raises(OpsError) as caught:
        container.append("log", b"one\n", at=0)
    assert caught.value.code == exit_code
    assert words in str(caught.value)


def test_nobody_is_signed_in(services):
    class Nobody:
        def get_token(self, *_, **__):
            raise ClientAuthenticationError(message="DefaultAzureCredential failed to retrieve a token")

    with pytest.raises(OpsError, match="Azure does not know who asks") as caught:
        AzureAccess(Nobody(), transport=services.transport()).secret(VAULT, "device-ca-key-1")
    assert caught.value.code == ExitCode.NOT_SIGNED_IN
    assert "az login" in str(caught.value)


def test_no_way_there(access, services):
    services.unreachable = "Failed to resolve 'kv-test.vault.azure.net'"
    with pytest.raises(OpsError, match="Failed to resolve") as caught:
        access.secret(VAULT, "device-ca-key-1")
    assert caught.value.code == ExitCode.OUT_OF_REACH
