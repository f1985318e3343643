"""The template of a stack, what must be given to it, and what of the stack has no form in ARM."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ops.arm_template.assembly import GROUP, Assembly
from ops.arm_template.comparison import Answer, Comparison, Computed, Digest, Given, Object, Text, sealed
from ops.arm_template.dependencies import graph
from ops.arm_template.origins import Deployer, Drawn, FunctionResult, Origin, ResourceProperty, SecretSetting
from ops.arm_template.output_paths import NoSuchPropertyError
from ops.arm_template.reading import Declared, Reading
from ops.arm_template.writer import kind_of
from ops.errors import ExitCode, OpsError
from sandbox import arm
from sandbox.wire import Secret

MOMENTS: Final = (
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=59, seconds=25873),
)
"""What the two readings take for now. Whole days apart, a moment could be taken for a difference of days."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What ARM cannot say or do by itself.

    resources: names of resources without an ARM form, by package. computed: parameters that the program computes.
    late: parameters whose value needs what Azure answers first, with the properties it needs.
    outputs: outputs that are left out, with the reason.
    digests: how many SHA-256 digests became ``uniqueString``.
    """

    resources: Mapping[str, tuple[str, ...]]
    computed: tuple[str, ...]
    late: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, str]
    digests: int


@dataclass(frozen=True, slots=True)
class Export:
    """A template, and what belongs to it.

    location: the region of its (first) resource group. parameters: name to what it is the value of, for those that a
    deployment must give. counts: resources in the template by ARM type. versions: their API versions.
    """

    stack: str
    location: str
    template: dict[str, Any]
    parameters: Mapping[str, Drawn | SecretSetting | Computed | Deployer]
    missing: Missing
    counts: Mapping[str, int]
    versions: Mapping[str, str]


def export(one: Reading, two: Reading, stack: str) -> Export:
    """The template of a stack.

    Args:
        one: a reading of its program.
        two: another, with other answers at another moment.
        stack: its name.

    Raises:
        OpsError: something of the program has no form in ARM and is no parameter either.
    """
    comparison = Comparison(one, two)
    assembly = _assembly(comparison, stack)
    try:
        outputs, left_out = _outputs(assembly, comparison)
        template = assembly.template(outputs)
    except NoSuchPropertyError as error:
        raise OpsError(
            ExitCode.NO_ARM_FORM, f"an output cannot be referred to: {error}", "Take another output, or mend the types."
        ) from error
    kinds = {urn: arm.arm_type(each.token, sealed(each.inputs)) for urn, each in assembly.resources.items() if each.id}
    groups = [each for each in assembly.resources.values() if each.token == GROUP]
    return Export(
        stack=stack,
        location=min((str(each.inputs["location"]) for each in groups), default=""),
        template=template,
        parameters=dict(assembly.parameters.needed),
        missing=_missing(assembly, comparison, left_out),
        counts=dict(sorted(Counter(kinds.values()).items())),
        versions={kind: arm.api_version(assembly.resources[urn].token) for urn, kind in kinds.items()},
    )


def _assembly(comparison: Comparison, stack: str) -> Assembly:
    resources = {each.urn: each for each in sorted(comparison.one.resources, key=lambda each: (each.name, each.urn))}
    others = {each.urn: each for each in comparison.two.resources}
    if resources.keys() != others.keys():
        raise OpsError(
            ExitCode.NO_ARM_FORM,
            f"which resources there are depends on what Azure answers: {sorted(resources.keys() ^ others.keys())}",
            "Make what is declared depend on settings alone.",
        )
    bodies = {urn: (_body(each), _body(others[urn])) for urn, each in resources.items() if each.id}
    for first, second in bodies.values():
        comparison.learn(first, second)
    understood = {urn: comparison.understand(one, two, (resources[urn].name,)) for urn, (one, two) in bodies.items()}
    repeated = Counter(
        json.dumps([name, value], sort_keys=True)
        for first, second in bodies.values()
        for name, value in first.items()
        if value == second.get(name)
    )
    return Assembly(stack, resources, understood, comparison.computed, graph(comparison.one.resources), repeated)


def _body(each: Declared) -> dict[str, Any]:
    return arm.to_arm(each.token, sealed(each.inputs))


def _outputs(assembly: Assembly, comparison: Comparison) -> tuple[dict[str, Any], dict[str, str]]:
    """The stack's outputs that a template may show, and why others are left out."""
    found: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for name, value in comparison.one.outputs.items():
        if isinstance(value, Secret):
            left_out[name] = "secret"
            continue
        other = comparison.two.outputs[name]
        understood = comparison.understand(sealed(value), sealed(other), (f"output {name}",))
        if any(isinstance(each, Given) for each in _inside(understood)):
            left_out[name] = "computed by the program"
        elif any(isinstance(each, Drawn | SecretSetting | FunctionResult) for each in _origins(understood)):
            left_out[name] = "made of values that are given as secure parameters"
        elif value is None:
            left_out[name] = "empty"
        else:
            found[name] = {"type": kind_of(value), "value": assembly.innermost.value(understood, name)}
    return found, left_out


def _missing(assembly: Assembly, comparison: Comparison, left_out: Mapping[str, str]) -> Missing:
    without: dict[str, list[str]] = {}
    for each in assembly.resources.values():
        if not each.id:
            without.setdefault(each.package, []).append(each.name)
    needed = assembly.parameters.needed
    late = {
        name: tuple(sorted(found))
        for name, source in sorted(needed.items())
        if isinstance(source, Drawn) and (found := _answers_behind(source.urn, assembly, comparison.one))
    }
    return Missing(
        resources={package: tuple(names) for package, names in sorted(without.items())},
        computed=tuple(sorted(name for name, source in needed.items() if isinstance(source, Computed))),
        late=late,
        outputs=left_out,
        digests=sum(isinstance(each, Digest) for body in assembly.understood.values() for each in _inside(body)),
    )


def _answers_behind(urn: str, assembly: Assembly, reading: Reading) -> set[str]:
    """Which of Azure's answers a drawn value was made with."""
    found: set[str] = set()
    waiting, seen = [urn], set[str]()
    while waiting:
        urn = waiting.pop()
        if urn in seen:
            continue
        seen.add(urn)
        inputs = sealed(assembly.resources[urn].inputs)
        for origin in _origins(Comparison(reading, reading).understand(inputs, inputs, (urn,))):
            if isinstance(origin, ResourceProperty):
                found.add(f"{'.'.join(map(str, origin.path))} of {assembly.resources[origin.urn].name}")
            elif isinstance(origin, Drawn):
                waiting.append(origin.urn)
    return found


def _inside(understood: Any) -> Iterator[Any]:
    yield understood
    if isinstance(understood, Object):
        for key, item in understood.items:
            yield key
            yield from _inside(item)
    elif isinstance(understood, list):
        for item in understood:
            yield from _inside(item)


def _origins(understood: Any) -> Iterator[Origin]:
    for each in _inside(understood):
        if isinstance(each, Text | Digest):
            yield from (part for part in each.parts if not isinstance(part, str))
        elif isinstance(each, Answer):
            yield each.origin
