"""The real ``__main__.py`` of a stack under Pulumi's mocks, recorded: every resource with its inputs and options.

The mock refuses what the sandbox refuses at Check, so an illegal request fails here too, without an engine.
"""

from __future__ import annotations

import asyncio
import gc
import json
import runpy
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import yaml
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, resource, settings, stack
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto.source_pb2 import StackTrace

from components.program_run import registrations_begun
from sandbox import arm, clock, wire
from sandbox.azure import functions, ids, outputs
from sandbox.property_path import value_at
from sandbox.random_package import RandomPackage
from sandbox.store import StoredResource
from sandbox.tls_package import TlsPackage

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "amora-sync"
GENERATED = {"random": RandomPackage(), "tls": TlsPackage()}
# The stand-ins' clock during a recording: one moment, so that two recordings of a program are the same.
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
# Ids Azure draws at random; here they follow from the resource, for the same reason.
DRAWN = {"clientId", "frontDoorId", "immutableId", "principalId"}
# Those of them that a resource may name of another, as paths in its outputs.
NAMED_BY_OTHERS = {
    "managedidentity:UserAssignedIdentity": ("clientId", "principalId"),
    "keyvault:Secret": ("properties.secretUriWithVersion",),
}


def _still(resource_id: str, key: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{resource_id.lower()}#{key}"))


def _computed(token: str, inputs: dict[str, Any]) -> tuple[ids.ArmId, dict[str, Any]]:
    """A resource's id and Azure's outputs of it; what Azure draws, ids and a secret's version, follows from the id."""
    resource_id = arm.resource_id(token, inputs, ids.SUBSCRIPTION_ID)
    parsed = ids.parse(resource_id)
    assert parsed is not None, resource_id
    drawn = outputs.computed(parsed, arm.api_version(token), inputs)
    stilled = {**drawn, **{key: _still(resource_id, key) for key in DRAWN & drawn.keys()}}
    secret = drawn.get("properties")
    if isinstance(secret, dict) and "secretUriWithVersion" in secret:
        version = uuid.UUID(_still(resource_id, "version")).hex
        stilled["properties"] = {**secret, "secretUriWithVersion": f"{secret['secretUri']}/{version}"}
    return parsed, stilled


@dataclass(frozen=True)
class Recorded:
    """One registered resource: decoded inputs and the options that matter.

    property_dependencies: URNs of the resources whose outputs went into an input, by the input's name.
    """

    token: str
    name: str
    custom: bool
    inputs: Mapping[str, Any]
    parent: str
    protect: bool
    replace_on_changes: tuple[str, ...]
    ignore_changes: tuple[str, ...]
    delete_before_replace: bool
    dependencies: tuple[str, ...]
    secret_outputs: tuple[str, ...]
    retained: bool
    error_hooks: tuple[str, ...]
    aliases: tuple[str, ...]
    urn: str
    property_dependencies: Mapping[str, tuple[str, ...]]


@dataclass
class Recording:
    """What a run of a program declared."""

    resources: list[Recorded] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of(self, token: str) -> list[Recorded]:
        return [each for each in self.resources if each.token == f"azure-native:{token}"]

    def arm_ids(self) -> dict[str, str]:
        """ARM id to logical name of every resource that Azure would hold."""
        return {
            arm.resource_id(each.token, wire.plain(dict(each.inputs)), ids.SUBSCRIPTION_ID): each.name
            for each in self.resources
            if each.token in arm.known_tokens()
        }

    def drawn(self) -> dict[str, tuple[str, str]]:
        """Value to logical name and output of what Azure draws and others name: identities' ids, secrets' addresses."""
        found: dict[str, tuple[str, str]] = {}
        for token, paths in NAMED_BY_OTHERS.items():
            for each in self.of(token):
                _, computed = _computed(each.token, wire.plain(dict(each.inputs)))
                found |= {value_at(computed, path): (each.name, path) for path in paths}
        return found

    def one(self, name: str) -> Recorded:
        (found,) = [each for each in self.resources if each.name == name]
        return found


class RefusedByMockError(Exception):
    """The mock refused a resource as the sandbox would."""


class SandboxMocks(mocks.Mocks):
    """Answers with Azure's ids and outputs, and refuses what ARM would refuse."""

    def __init__(self) -> None:
        self._made: dict[str, StoredResource] = {}

    def get(self, resource_id: str) -> StoredResource | None:
        """A resource of this run, as the store of the sandbox gives it to functions."""
        return self._made.get(resource_id.lower())

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        inputs = wire.decode(args.inputs)
        package = GENERATED.get(args.typ.partition(":")[0])
        if package is not None:
            completed, failures = package.check(args.typ, args.name, {}, inputs, b"")
            if failures:
                raise RefusedByMockError(f"{args.name}: {failures[0].path}: {failures[0].reason}")
            made = package.create(args.typ, args.name, completed, preview=False)
            return made.resource_id, wire.encode(made.outputs)
        if not args.typ.startswith("azure-native:"):
            return args.resource_id or args.name, dict(args.inputs)
        opened = wire.plain(inputs)
        errors = [f for f in arm.check(args.typ, opened) if f.severity == "error"]
        if errors:
            raise RefusedByMockError(f"{args.name}: {errors[0].path}: {errors[0].message}")
        parsed, added = _computed(args.typ, opened)
        self._made[parsed.text.lower()] = StoredResource(parsed.text, args.typ, parsed.type, opened, added, 0)
        return parsed.text, outputs.merged(opened, added)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return functions.FUNCTIONS[args.token](self, args.args), []  # pyright: ignore[reportArgumentType]


class RecordingMonitor(mocks.MockMonitor):
    """Keeps what the mocks are not shown: the options of a registration; refuses a second one of the same URN."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(SandboxMocks())
        self._recording = recording
        self._seen: set[tuple[str, str]] = set()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        key = (request.type, request.name)
        if key in self._seen:
            raise RefusedByMockError(f"duplicate resource {request.type} {request.name}")
        self._seen.add(key)
        response = super().RegisterResource(request)
        self._recording.resources.append(
            Recorded(
                token=request.type,
                name=request.name,
                custom=request.custom,
                inputs=wire.decode(MessageToDict(request.object)),
                parent=request.parent.rsplit("::", 1)[-1],
                protect=request.protect,
                replace_on_changes=tuple(request.replaceOnChanges),
                ignore_changes=tuple(request.ignoreChanges),
                delete_before_replace=request.deleteBeforeReplace,
                dependencies=tuple(urn.rsplit("::", 1)[-1] for urn in request.dependencies),
                secret_outputs=tuple(request.additionalSecretOutputs),
                retained=request.retainOnDelete,
                error_hooks=tuple(request.hooks.on_error),
                aliases=tuple(alias.spec.type or alias.urn for alias in request.aliases),
                urn=response.urn,
                property_dependencies={name: tuple(each.urns) for name, each in request.propertyDependencies.items()},
            )
        )
        return response


def stack_config(name: str) -> dict[str, str]:
    """A stack file's configuration as the engine hands it to a program: text, objects as JSON."""
    content = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))
    config = content.get("config") or {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def record(
    program: Callable[[], Any],
    stack_name: str = "dev",
    config: Mapping[str, str] | None = None,
    *,
    at: datetime = MOMENT,
    secret_keys: Iterable[str] = (),
    finished: bool = True,
) -> Recording:
    """Run a program under the recording mocks, wholly, and give what it declared.

    ``at`` is what it takes for now; ``secret_keys`` are those of the configuration that are encrypted; ``finished``:
    it ends as the project's own does, and the runtime waits for a tenth of the time.
    """
    recording = Recording()

    async def whole() -> None:
        program()
        if finished:
            await registrations_begun()

    async def run() -> None:
        runtime: Any = settings.SETTINGS
        runtime.rpc_manager.clear()
        runtime.outputs.clear()
        settings.set_root_resource(None)  # pyright: ignore[reportArgumentType] - set_mocks makes one
        mocks.set_mocks(SandboxMocks(), project=PROJECT, stack=stack_name, preview=False)
        await stack.wait_for_rpcs()
        settings.set_root_resource(None)  # pyright: ignore[reportArgumentType] - and this one is finished already
        runtime.monitor = RecordingMonitor(recording)
        set_all_config(dict(config or {}), list(secret_keys))
        await stack.run_in_stack(whole)
        root: Any = settings.get_root_resource()
        assert root is not None
        recording.outputs = {name: await _resolved(value) for name, value in root.outputs.items()}

    try:
        # Where in its source a program declares a resource nobody asks here; below a test that is 60 frames each.
        with patch.object(clock, "now", lambda: at), patch.object(resource, "_get_stack_trace", StackTrace):
            asyncio.run(run())
    finally:
        # The program leaves it off: its own process ends with it, this one does not.
        gc.enable()
    return recording


async def _resolved(value: Any) -> Any:
    output = pulumi.Output.from_input(value)
    opened = await output.future()
    return wire.Secret(opened) if await output.is_secret() else opened


@cache
def record_stack(name: str) -> Recording:
    """The project's own program with a stack file's configuration. Recorded once a process: treat it as read-only."""
    config = stack_config(name)
    return record(lambda: _run(ROOT / "__main__.py"), name, config)


def record_changed(name: str, changes: Mapping[str, Any], *, secret_keys: Iterable[str] = ()) -> Recording:
    """The project's own program with a stack file's configuration and some keys of it replaced.

    Args:
        name: of the stack.
        changes: by key without the namespace; objects as objects.
        secret_keys: of those, what the stack's file would have encrypted.
    """
    texts = {
        f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in changes.items()
    }
    config = {**stack_config(name), **texts}
    secret = [f"{PROJECT}:{key}" for key in secret_keys]
    return record(lambda: _run(ROOT / "__main__.py"), name, config, secret_keys=secret)


def _run(path: Path) -> None:
    runpy.run_path(str(path))
