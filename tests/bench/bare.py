"""The bare program: what a stack declares, written flat with the SDK alone.

Made from the recorded inventory, so it declares the same resources with the same inputs and the same order of creation:
one constructor call a resource, no settings, no components, no options but ``depends_on``. It is what the project's own
program is measured against.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pulumi import _types

from sandbox.wire import Secret
from sandbox.workspace import PROJECT_NAME
from tests.recorded_program import ROOT, Recorded, Recording

# How the SDK's classes name what Azure draws.
_ATTRIBUTES = {
    "clientId": "client_id",
    "principalId": "principal_id",
    "properties.secretUriWithVersion": "properties.secret_uri_with_version",
}


def write_project(folder: Path, stack: str, recording: Recording) -> None:
    """A Pulumi project with the bare program of a stack, on the project's own virtual environment."""
    folder.mkdir(parents=True, exist_ok=True)
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": str(ROOT / ".venv")}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": PROJECT_NAME, "runtime": runtime}), encoding="utf-8")
    (folder / f"Pulumi.{stack}.yaml").write_text("config: {}\n", encoding="utf-8")
    (folder / "__main__.py").write_text(source(recording), encoding="utf-8")


def source(recording: Recording) -> str:
    """The text of the bare program."""
    declared = custom(recording)
    references = {
        **{value: (name, "id") for value, name in recording.arm_ids().items()},
        **{value: (name, _ATTRIBUTES[key]) for value, (name, key) in recording.drawn().items()},
    }
    lines = ["import pulumi", *imports(declared), ""]
    for each in declared:
        # A resource is declared after what it names: only those are references.
        known = {value: f"{_variable(name)}.{key}" for value, (name, key) in references.items() if name != each.name}
        properties = _arguments(each, known)
        options = (
            f"opts=pulumi.ResourceOptions(depends_on=[{', '.join(map(_variable, _dependencies(each, declared)))}])"
        )
        lines.append(
            f"{_variable(each.name)} = {_class(each.token)}({', '.join([repr(each.name), *properties, options])})"
        )
    return "\n".join(lines) + "\n"


def custom(recording: Recording) -> list[Recorded]:
    """The resources that are not components, in the order of their registration.

    Raises:
        ValueError: two have one name, so that dependencies cannot be told apart.
    """
    found = [each for each in recording.resources if each.custom]
    names = [each.name for each in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"resources of different types share a name: {sorted(twice)}")
    return found


def imports(declared: Iterable[Recorded]) -> list[str]:
    """Import statements of the SDK modules that declare the resources."""
    return sorted({f"import {_module(each.token)}" for each in declared})


def classes(declared: Iterable[Recorded]) -> list[str]:
    """The SDK's classes of the resources, by their full names; naming one loads its module."""
    return sorted({_class(each.token) for each in declared})


def _module(token: str) -> str:
    package, module, _ = token.split(":")
    sdk = "pulumi_" + package.replace("-", "_")
    return sdk if module.startswith("index") else f"{sdk}.{module}"


def _class(token: str) -> str:
    return f"{_module(token)}.{token.rsplit(':', 1)[1]}"


def _variable(name: str) -> str:
    return "r_" + name.replace("-", "_").replace(".", "_")


def _dependencies(each: Recorded, declared: list[Recorded]) -> list[str]:
    names = {other.name for other in declared}
    return [name for name in each.dependencies if name in names]


def _arguments(each: Recorded, references: Mapping[str, str]) -> list[str]:
    resource = getattr(importlib.import_module(_module(each.token)), each.token.rsplit(":", 1)[1])
    module = importlib.import_module(resource.__module__)
    # Each file of the SDK exports the class of the arguments first, then the resource's own.
    python_names = _types.input_type_py_to_pulumi_names(getattr(module, module.__all__[0]))
    # `resource_name` is the constructor's own first argument: a property of that name carries an underscore there.
    by_property = {
        name: "resource_name_" if python == "resource_name" else python for python, name in python_names.items()
    }
    return [f"{by_property[name]}={_literal(value, references)}" for name, value in each.inputs.items()]


def _literal(value: Any, references: Mapping[str, str]) -> str:
    if isinstance(value, Secret):
        return f"pulumi.Output.secret({_literal(value.value, references)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_literal(item, references)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(item, references) for item in value) + "]"
    if isinstance(value, str) and value in references:
        return references[value]
    return repr(value)
