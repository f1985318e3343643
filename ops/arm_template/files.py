"""What is written of an export: the template, its parameters file, and a page that says how to deploy both."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2

from ops.arm_template.comparison import Computed
from ops.arm_template.export import Export
from ops.arm_template.limits import exceeded
from ops.arm_template.origins import Deployer, Drawn, SecretSetting
from ops.errors import ExitCode, OpsError

_SCHEMA: Final = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
# Whose vault it is, and where, is the deployer's to say.
_VAULT: Final = (
    "/subscriptions/<subscription>/resourceGroups/<resource group>/providers/Microsoft.KeyVault/vaults/<vault>"
)
_ENVIRONMENT: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - Markdown, of the project's own names
)


def files(export: Export, template: Path, readme: Path | None) -> dict[Path, str]:
    """Text by file.

    Args:
        export: what is written.
        template: the template's file; the parameters file lies beside it, with ``.parameters`` before the ending.
        readme: the page; None for none.

    Raises:
        OpsError: the template is beyond what Resource Manager takes.
    """
    beyond = exceeded(export.template)
    if beyond:
        raise OpsError(
            ExitCode.NO_ARM_FORM,
            "Resource Manager takes no such template: " + "; ".join(beyond),
            "Split the stack, or make its texts shorter.",
        )
    parameters = template.with_suffix(".parameters.json")
    found = {template: _json(export.template), parameters: _json(_parameters(export))}
    if readme is not None:
        found[readme] = page(export, template.name, parameters.name)
    return found


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def secret_name(parameter: str) -> str:
    """The name that a parameter's value has in the deployer's vault: ``emqxApiKey`` as ``emqx-api-key``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", parameter).lower()


def _parameters(export: Export) -> dict[str, Any]:
    """Values are taken from a vault, so that none stands in a file."""
    given: dict[str, Any] = {}
    for name in sorted(export.parameters):
        if export.template["parameters"][name]["type"].startswith("secure"):
            given[name] = {"reference": {"keyVault": {"id": _VAULT}, "secretName": secret_name(name)}}
        else:
            given[name] = {"value": None}
    return {"$schema": _SCHEMA, "contentVersion": "1.0.0.0", "parameters": given}


def page(export: Export, template: str, parameters: str) -> str:
    """How to deploy the template, what it needs, and what it lacks."""
    kinds = {Drawn: "drawn", SecretSetting: "a setting", Computed: "computed", Deployer: "of the deployer"}
    rows = [
        {
            "name": name,
            "secret": secret_name(name),
            "kind": kinds[type(source)],
            "description": export.template["parameters"][name]["metadata"]["description"],
        }
        for name, source in sorted(export.parameters.items())
    ]
    return _ENVIRONMENT.get_template("readme.md.j2").render(
        export=export,
        template=template,
        parameters=parameters,
        rows=rows,
        total=sum(export.counts.values()),
        bytes=len(_json(export.template).encode()),
    )


def summary(export: Export) -> Mapping[str, Any]:
    """What the command says of an export, ready for JSON."""
    return {
        "stack": export.stack,
        "resources": sum(export.counts.values()),
        "types": len(export.counts),
        "parameters": sorted(export.parameters),
        "withoutArmForm": {package: list(names) for package, names in export.missing.resources.items()},
        "computed": list(export.missing.computed),
        "needAnswersFirst": {name: list(needs) for name, needs in export.missing.late.items()},
        "outputsLeftOut": dict(export.missing.outputs),
        "digests": export.missing.digests,
    }
