"""One run of the program under Pulumi's mocks, read: what it declares, and where each value comes from."""

from __future__ import annotations

import asyncio
import gc
import re
import runpy
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final
from unittest.mock import patch

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, settings, stack
from pulumi.runtime.config import set_all_config

from ops.arm_template.answers import NO_ANSWER, disguised, leaves
from ops.arm_template.origins import (
    SUBSCRIPTION,
    Deployer,
    Drawn,
    FunctionResult,
    Origins,
    ResourceId,
    ResourceProperty,
)
from ops.arm_template.stack_file import PROJECT, StackConfig
from ops.stack_file import ROOT
from sandbox import arm, clock, wire
from sandbox.azure import functions, ids, outputs
from sandbox.protocol.package import Created, Values
from sandbox.random_package import RandomPackage
from sandbox.store import StoredResource
from sandbox.tls_package import TlsPackage

GENERATED: Final = {"random": RandomPackage(), "tls": TlsPackage()}
"""Packages that make values outside of Azure, by name."""

_CLIENT_CONFIG: Final = "azure-native:authorization:getClientConfig"
# A shorter text is found where it is not meant.
_SHORTEST: Final = 8


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource that the program declares.

    inputs: in the SDK's spelling, secrets marked. id: its ARM id of this run; empty for one without ARM type.
    dependencies: URNs of what must be there first, by inputs or by ``depends_on``, components expanded.
    """

    token: str
    name: str
    urn: str
    inputs: Values
    id: str
    dependencies: tuple[str, ...]

    @property
    def neutral_id(self) -> str:
        """The ARM id, the same in every run."""
        return re.sub(r"^/subscriptions/[^/]+", f"/subscriptions/{SUBSCRIPTION}", self.id)

    @property
    def package(self) -> str:
        """The Pulumi package: ``azure-native``, ``random``..."""
        return self.token.partition(":")[0]


@dataclass
class Reading:
    """What a run declared, in its order, and the origins of its values. moment: what it took for now."""

    moment: datetime
    origins: Origins
    resources: list[Declared] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)


class Answers:
    """Answers a run: Azure with disguised outputs, random and tls with real ones.

    made_elsewhere: what random and tls have made, by URN.
    """

    def __init__(self, seed: str, moment: datetime, config: StackConfig) -> None:
        self._seed = seed
        subscription = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed} subscription"))
        self.reading = Reading(moment, Origins(subscription))
        self._made: dict[str, StoredResource] = {}
        self.made_elsewhere: dict[str, Created] = {}
        for path, placeholder in config.placeholders.items():
            self.reading.origins.add(placeholder, path)

    def get(self, resource_id: str) -> StoredResource | None:
        """A resource of this run, as the store of the sandbox gives it to functions."""
        own = resource_id.replace(ids.SUBSCRIPTION_ID, self.reading.origins.subscription_id)
        return self._made.get(own.lower())

    def resource(self, token: str, name: str, urn: str, inputs: Values) -> tuple[str, Values]:
        """Id and outputs of a resource."""
        if token.partition(":")[0] in GENERATED:
            made = self.generated(token, name, urn, inputs)
            self._note_drawn(urn, wire.plain(inputs), wire.plain(made.outputs))
            return made.resource_id, made.outputs
        if token not in arm.known_tokens():
            return name, inputs
        opened = wire.plain(inputs)
        resource_id = arm.resource_id(token, opened, self.reading.origins.subscription_id)
        parsed = ids.parse(resource_id)
        if parsed is None:
            raise ValueError(f"{token} {name} has no ARM id: {resource_id}")
        added = self.added(token, parsed, opened, urn)
        self._made[resource_id.lower()] = StoredResource(resource_id, token, parsed.type, opened, added, 0)
        self.reading.origins.add(resource_id, ResourceId(self.reading.origins.neutral(resource_id)))
        return resource_id, outputs.merged(opened, added)

    def generated(self, token: str, name: str, urn: str, inputs: Values) -> Created:
        """What random or tls makes."""
        package = GENERATED[token.partition(":")[0]]
        completed, _ = package.check(token, name, {}, inputs, b"")
        made = package.create(token, name, completed, preview=False)
        self.made_elsewhere[urn] = made
        return made

    def added(self, token: str, parsed: ids.ArmId, opened: Values, urn: str) -> Values:
        """What Azure adds to a resource."""
        origins = self.reading.origins
        added = disguised(outputs.computed(parsed, arm.api_version(token), opened), f"{self._seed} {urn}")
        given = {value for _, value in leaves(opened)}
        for path, value in leaves(added):
            if path[0] not in NO_ANSWER and value not in given:
                neutral = tuple(origins.neutral(step) if isinstance(step, str) else step for step in path)
                origins.add(value, ResourceProperty(urn, neutral))
        return added

    def _note_drawn(self, urn: str, inputs: Values, made: Values) -> None:
        given = {value for _, value in leaves(inputs)}
        for path, value in leaves(made):
            if isinstance(value, str) and len(value) >= _SHORTEST and value not in given:
                self.reading.origins.add(value, Drawn(urn, path))

    def function(self, token: str, arguments: Values) -> Values:
        """The answer of a function."""
        package = GENERATED.get(token.partition(":")[0])
        if package is not None:
            return wire.encode(package.invoke(token, arguments, preview=False))
        origins = self.reading.origins
        if token == _CLIENT_CONFIG:
            answer = disguised(functions.call(self, token, {}), self._seed)  # pyright: ignore[reportArgumentType]
            answer["subscriptionId"] = origins.subscription_id
            for what, value in answer.items():
                origins.add(value, Deployer(what))
            return answer
        answer = functions.call(self, token, arguments)  # pyright: ignore[reportArgumentType]
        if token in LIST_FUNCTIONS:
            asked = disguised(answer, f"{self._seed} {token} {sorted(arguments.items())}")
            for path, value in leaves(asked):
                origins.add(value, FunctionResult(token, _asked(token, arguments), path))
            return asked
        return answer


def _asked(token: str, arguments: Values) -> str:
    """The id of the resource whose keys are listed, with a neutral subscription."""
    resource = LIST_FUNCTIONS[token]
    return arm.resource_id(resource, wire.plain(arguments), SUBSCRIPTION)


LIST_FUNCTIONS: Final[Mapping[str, str]] = {
    "azure-native:redis:listRedisKeys": "azure-native:redis:Redis",
    "azure-native:redisenterprise:listDatabaseKeys": "azure-native:redisenterprise:Database",
}
"""Functions that are ARM's ``listKeys`` (a POST of that name), and the resource that they ask."""


class _Mocks(mocks.Mocks):
    """Hands out what the monitor has prepared, since only a monitor is shown URNs."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.prepared: tuple[str, Values] | None = None

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """A resource; a component has nothing but its inputs."""
        return self.prepared or (args.name, dict(args.inputs))

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """A function call."""
        return self.answers.function(args.token, wire.decode(args.args)), []


class _Monitor(mocks.MockMonitor):
    """Answers a registration with its options in sight, which mocks are not shown."""

    def __init__(self, answers: Answers) -> None:
        self.handing_out = _Mocks(answers)
        super().__init__(self.handing_out)
        self._answers = answers
        # The SDK registers from a pool of threads.
        self._one_at_a_time = Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Register a resource, and keep it."""
        with self._one_at_a_time:
            return self._register(request)

    def _register(self, request: Any) -> Any:
        self.handing_out.prepared = None
        if not request.custom:
            return super().RegisterResource(request)
        inputs = wire.decode(MessageToDict(request.object))
        urn = self.make_urn(request.parent, request.type, request.name)
        resource_id, state = self._answers.resource(request.type, request.name, urn, inputs)
        self.handing_out.prepared = resource_id, wire.encode(state)
        self._answers.reading.resources.append(
            Declared(
                token=request.type,
                name=request.name,
                urn=urn,
                inputs=inputs,
                id=resource_id if request.type in arm.known_tokens() else "",
                dependencies=tuple(request.dependencies),
            )
        )
        return super().RegisterResource(request)


def read(answers: Answers, config: StackConfig) -> Reading:
    """Run the project's program with these answers."""
    return read_program(lambda: runpy.run_path(str(ROOT / "__main__.py")) and None, answers, config)


def read_program(program: Callable[[], Any], answers: Answers, config: StackConfig) -> Reading:
    """Run a program with these answers.

    Raises:
        pulumi.RunError: the program refuses the settings.
    """
    reading = answers.reading

    async def run() -> None:
        runtime: Any = settings.SETTINGS
        runtime.rpc_manager.clear()
        runtime.outputs.clear()
        settings.set_root_resource(None)  # pyright: ignore[reportArgumentType] - set_mocks makes one
        monitor = _Monitor(answers)
        mocks.set_mocks(monitor.handing_out, project=PROJECT, stack=config.stack, preview=False)
        await stack.wait_for_rpcs()
        # That one is finished already: the program ends its stack itself.
        settings.set_root_resource(None)  # pyright: ignore[reportArgumentType]
        runtime.monitor = monitor
        set_all_config(dict(config.values), list(config.secret_keys))
        await stack.run_in_stack(program)
        root: Any = settings.get_root_resource()
        reading.outputs = {name: await _resolved(value) for name, value in root.outputs.items()}

    try:
        with patch.object(clock, "now", lambda: reading.moment):
            asyncio.run(run())
    finally:
        # The program leaves it off: its own process ends with it, this one does not.
        gc.enable()
    return reading


async def _resolved(value: Any) -> Any:
    output = pulumi.Output.from_input(value)
    opened = await output.future()
    return wire.Secret(opened) if await output.is_secret() else opened
