"""The gRPC border: refusals keep their words, defects are said to be ours, secrets and unknowns keep their marks."""

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from sandbox import wire
from sandbox.protocol.package import Change, Created, Difference, Failure, Found, PartiallyCreatedError, RefusedError
from sandbox.protocol.server import serving
from sandbox.protocol.structs import from_struct, to_struct
from sandbox.wire import UNKNOWN, Secret


class EchoPackage:
    """Answers with what it was asked, or fails as its test tells it to."""

    name = "echo"
    version = "1.2.3"

    def __init__(self):
        self.error = None

    def configure(self, config):
        pass

    def check(self, token, urn, old_inputs, inputs, seed):
        return inputs, [Failure("a.b", "wrong")] if "a" in inputs else []

    def diff(self, token, resource_id, old_inputs, old_outputs, inputs):
        return Difference({"a.b": Change.UPDATE, "c": Change.ADD}, frozenset({"a.b"}), delete_before_replace=True)

    def create(self, token, urn, inputs, *, preview):
        if self.error:
            raise self.error
        return Created("" if preview else "id", {**inputs, "later": UNKNOWN if preview else "now"})

    def read(self, token, resource_id, old_inputs, old_outputs):
        return None if resource_id == "gone" else Found(resource_id, old_inputs, old_outputs)

    def update(self, token, resource_id, old_inputs, old_outputs, inputs, *, preview):
        return inputs

    def delete(self, token, resource_id, inputs, outputs):
        pass

    def invoke(self, token, arguments, *, preview):
        return arguments


@pytest.fixture(scope="module")
def served():
    package = EchoPackage()
    with serving([package]) as providers:
        name, port = providers.split(":")
        assert name == "echo"
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield package, ResourceProviderStub(channel)


@pytest.fixture
def stub(served):
    served[0].error = None
    return served[1]


def test_handshake_attach_and_version(stub):
    answer = stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert answer.accept_secrets
    stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    assert stub.GetPluginInfo(Empty()).version == "1.2.3"
    stub.Configure(provider_pb2.ConfigureRequest(args=Struct()))


def test_failures_of_a_check_name_their_property(stub):
    (failure,) = stub.Check(provider_pb2.CheckRequest(news=to_struct({"a": 1}))).failures
    assert (failure.property, failure.reason) == ("a.b", "wrong")


def test_a_difference_is_told_property_by_property(stub):
    answer = stub.Diff(provider_pb2.DiffRequest(id="id"))
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert answer.deleteBeforeReplace
    assert list(answer.replaces) == ["a.b"]
    assert answer.detailedDiff["a.b"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE
    assert answer.detailedDiff["c"].kind == provider_pb2.PropertyDiff.ADD


def test_secrets_and_unknown_values_keep_their_marks(stub):
    inputs = {"password": Secret("x"), "number": 3, "flag": False, "list": [1, "b"]}
    answer = stub.Create(provider_pb2.CreateRequest(properties=to_struct(inputs), preview=True))
    assert from_struct(answer.properties) == {**inputs, "later": UNKNOWN}
    assert wire.SECRET in str(answer.properties)


def test_what_is_gone_is_read_as_nothing(stub):
    assert stub.Read(provider_pb2.ReadRequest(id="gone")).id == ""
    assert stub.Read(provider_pb2.ReadRequest(id="there")).id == "there"


def test_update_delete_invoke_and_cancel_answer(stub):
    news = to_struct({"a": "b"})
    assert from_struct(stub.Update(provider_pb2.UpdateRequest(id="id", news=news)).properties) == {"a": "b"}
    stub.Delete(provider_pb2.DeleteRequest(id="id"))
    stub.Cancel(Empty())
    answer = stub.Invoke(provider_pb2.InvokeRequest(tok="t", args=news))
    assert from_struct(getattr(answer, "return")) == {"a": "b"}


def test_a_refusal_keeps_its_words(served, stub):
    served[0].error = RefusedError('Code="ScopeLocked" Message="..."')
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(provider_pb2.CreateRequest())
    assert caught.value.details() == 'sandbox: Code="ScopeLocked" Message="..."'


def test_a_partial_creation_carries_its_state(served, stub):
    served[0].error = PartiallyCreatedError("not ready", "id", {"a": 1})
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(provider_pb2.CreateRequest())
    (details,) = [item.value for item in caught.value.trailing_metadata() if item.key == "grpc-status-details-bin"]
    assert b"ErrorResourceInitFailed" in details


def test_a_defect_is_said_to_be_ours_without_a_traceback(served, stub):
    served[0].error = KeyError("oops")
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(provider_pb2.CreateRequest())
    assert caught.value.details().startswith("sandbox defect in the echo stand-in: KeyError")
