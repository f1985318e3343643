"""Pulumi's ``ResourceProvider`` service around a package: gRPC in, :class:`Package` calls out.

Every refusal of a package becomes the gRPC error that the engine shows; a defect of ours becomes one line that says so,
with the traceback on the sandbox's own log, never in front of a user.
"""

# ruff: noqa: ARG002, D102, N802 - names, arguments and meaning of the methods are those of the gRPC service
from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status  # pyright: ignore[reportMissingModuleSource]
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from sandbox.protocol.package import Change, Difference, Package, PartiallyCreatedError, RefusedError
from sandbox.protocol.structs import from_struct, to_struct

log = logging.getLogger("sandbox")
Reply = TypeVar("Reply")

_KINDS = {
    (Change.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Change.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Change.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Change.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (Change.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Change.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class PackageServicer(ResourceProviderServicer):
    """Serves one package to the engine. Thread-safe as far as the package is."""

    def __init__(self, package: Package) -> None:
        self._package = package

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, accept_outputs=True, supports_autonaming_configuration=False
        )

    def Attach(self, request: Any, context: Any) -> Empty:
        return Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._package.version)

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        def configure() -> Any:
            self._package.configure(from_struct(request.args))
            return provider_pb2.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=True
            )

        return self._answer(context, configure)

    def Check(self, request: Any, context: Any) -> Any:
        def check() -> Any:
            inputs, failures = self._package.check(
                request.type, request.urn, from_struct(request.olds), from_struct(request.news), request.randomSeed
            )
            return provider_pb2.CheckResponse(
                inputs=to_struct(inputs),
                failures=[provider_pb2.CheckFailure(property=f.path, reason=f.reason) for f in failures],
            )

        return self._answer(context, check)

    def Diff(self, request: Any, context: Any) -> Any:
        def diff() -> Any:
            return _diff_response(
                self._package.diff(
                    request.type,
                    request.id,
                    from_struct(request.old_inputs),
                    from_struct(request.olds),
                    from_struct(request.news),
                )
            )

        return self._answer(context, diff)

    def Create(self, request: Any, context: Any) -> Any:
        def create() -> Any:
            made = self._package.create(
                request.type, request.urn, from_struct(request.properties), preview=request.preview
            )
            return provider_pb2.CreateResponse(id=made.resource_id, properties=to_struct(made.outputs))

        return self._answer(context, create)

    def Read(self, request: Any, context: Any) -> Any:
        def read() -> Any:
            found = self._package.read(
                request.type, request.id, from_struct(request.inputs), from_struct(request.properties)
            )
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=found.resource_id, inputs=to_struct(found.inputs), properties=to_struct(found.outputs)
            )

        return self._answer(context, read)

    def Update(self, request: Any, context: Any) -> Any:
        def update() -> Any:
            outputs = self._package.update(
                request.type,
                request.id,
                from_struct(request.old_inputs),
                from_struct(request.olds),
                from_struct(request.news),
                preview=request.preview,
            )
            return provider_pb2.UpdateResponse(properties=to_struct(outputs))

        return self._answer(context, update)

    def Delete(self, request: Any, context: Any) -> Any:
        def delete() -> Empty:
            self._package.delete(
                request.type, request.id, from_struct(request.old_inputs), from_struct(request.properties)
            )
            return Empty()

        return self._answer(context, delete)

    def Invoke(self, request: Any, context: Any) -> Any:
        def invoke() -> Any:
            answer = self._package.invoke(request.tok, from_struct(request.args), preview=request.preview)
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(to_struct(answer))  # the field has a keyword's name
            return response

        return self._answer(context, invoke)

    def Cancel(self, request: Any, context: Any) -> Empty:
        return Empty()

    def _answer(self, context: Any, call: Callable[[], Reply]) -> Reply:
        """The reply of a call; what the package refuses ends the call with the package's own words."""
        try:
            return call()
        except PartiallyCreatedError as error:
            _abort_partially_created(context, error)
        except RefusedError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"sandbox: {error}")
        except Exception as error:  # the border: nothing of ours may show a traceback to a user
            log.exception("the %s stand-in failed", self._package.name)
            text = f"sandbox defect in the {self._package.name} stand-in: {type(error).__name__}: {error}"
            context.abort(grpc.StatusCode.INTERNAL, text)
        raise AssertionError("abort() always raises")


def _diff_response(difference: Difference) -> Any:
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if difference.changes else none,
        diffs=sorted({path.partition(".")[0].partition("[")[0] for path in difference.changes}),
        replaces=sorted(difference.replaces),
        deleteBeforeReplace=difference.delete_before_replace,
        hasDetailedDiff=True,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[kind, path in difference.replaces], inputDiff=True)
            for path, kind in difference.changes.items()
        },
    )


def _abort_partially_created(context: Any, error: PartiallyCreatedError) -> None:
    """End the call as the engine expects of a resource that exists but did not complete."""
    detail = AnyMessage()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=error.resource_id, properties=to_struct(error.outputs), reasons=[f"sandbox: {error}"]
        )
    )
    status = Status(code=grpc.StatusCode.UNKNOWN.value[0], message=f"sandbox: {error}", details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, f"sandbox: {error}")
