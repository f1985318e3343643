"""Jobs that talk to EMQX's API from inside the network: the operators' way in, the export of what EMQX keeps, and back.

API and dashboard are never public. Whoever may start a job in the resource group reaches the API through it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pulumi
from pulumi_azure_native import app

from components.app_identity import AppIdentity, Right
from components.brokers.emqx.configuration import API_USER
from components.brokers.interface import Backend
from components.cell import Cell
from components.component import AmoraComponent
from components.container_app import Image, variables
from components.container_job import JobSpec, container_job
from components.secrets_in_use import Keeping, SecretsInUse, VaultPlace

_SCRIPTS: Final = Path(__file__).parent / "jobs"
_SHARED: Final[Mapping[str, tuple[str, ...]]] = {"export.sh": ("data.sh",), "import.sh": ("data.sh",)}
_KEY: Final = "emqx-api-key"

_HOURS_A_DAY: Final = 24
_HOURS_A_WEEK: Final = 168


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiJobArgs:
    """What a job needs to reach the API.

    environment_id: a core environment. identity: of this job; it pulls the image already. image: one with ``sh`` and
    ``curl`` 7.76 or later. nodes: every place where the API may answer, so that a node more changes no job. vault,
    key_uri: where the API's key is, and its ``secretUriWithVersion``. depends_on: what must be effective first.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    identity: AppIdentity
    image: Image
    nodes: Sequence[Backend]
    vault: VaultPlace
    key_uri: pulumi.Input[str]
    depends_on: tuple[pulumi.Resource, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportJobArgs:
    """What the import needs besides. container_url: address of the blob container; the identity reads there already."""

    api: ApiJobArgs
    container_url: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportJobArgs:
    """What the export needs besides.

    hours: 1 to 168 that two exports are apart at most. container_url: address of the blob container; the identity
    writes there already.
    """

    api: ApiJobArgs
    hours: int
    container_url: pulumi.Input[str]


class OperatorsJob(AmoraComponent):
    """One request to EMQX's API; an execution is started with its own ``REQUEST_`` variables."""

    token = "amora:broker:EmqxOperatorsJob"
    job_id: pulumi.Output[str]
    right_to_start: Right

    def __init__(self, name: str, args: ApiJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        asked = {"REQUEST_METHOD": "GET", "REQUEST_PATH": "/api/v5/nodes", "REQUEST_BODY": "", "REQUEST_NODE": ""}
        work = _Work(role="operators", script="api.sh", values=asked, schedule=None, longest_seconds=300, retries=0)
        self.job_id = _job(self, name, args, work).id
        self.right_to_start = _right_to_start(args.cell, work.role, self.job_id)
        self.register_outputs({"jobId": self.job_id})


class ExportJob(AmoraComponent):
    """EMQX's data export, into blobs that keep their versions."""

    token = "amora:broker:EmqxExportJob"
    job_id: pulumi.Output[str]

    def __init__(self, name: str, args: ExportJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        where = {"CONTAINER_URL": args.container_url, "IDENTITY_CLIENT_ID": args.api.identity.client_id}
        work = _Work(
            role="emqx-export",
            script="export.sh",
            values=where,
            schedule=schedule(args.hours),
            longest_seconds=900,
            retries=2,
        )
        self.job_id = _job(self, name, args.api, work).id
        self.register_outputs({"jobId": self.job_id})


class ImportJob(AmoraComponent):
    """Brings an export back; an execution is started with its own ``IMPORT_`` variables."""

    token = "amora:broker:EmqxImportJob"
    job_id: pulumi.Output[str]
    right_to_start: Right

    def __init__(self, name: str, args: ImportJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        asked: dict[str, pulumi.Input[str]] = {
            "IMPORT_FILE": "",
            "IMPORT_NODE": "",
            "CONTAINER_URL": args.container_url,
            "IDENTITY_CLIENT_ID": args.api.identity.client_id,
        }
        work = _Work(
            role="emqx-import", script="import.sh", values=asked, schedule=None, longest_seconds=900, retries=0
        )
        self.job_id = _job(self, name, args.api, work).id
        self.right_to_start = _right_to_start(args.api.cell, work.role, self.job_id)
        self.register_outputs({"jobId": self.job_id})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """What a job does. retries: none where a request that changes something must not be sent twice."""

    role: str
    script: str
    values: Mapping[str, pulumi.Input[str]]
    schedule: str | None
    longest_seconds: int
    retries: int


def _job(owner: AmoraComponent, name: str, args: ApiJobArgs, work: _Work) -> app.Job:
    keeping = Keeping(
        cell=args.cell,
        resource_group_name=args.resource_group_name,
        vault=args.vault,
        depends_on=args.depends_on,
        used_by="the jobs at EMQX's API",
    )
    secrets = SecretsInUse(owner, name, keeping)
    secrets.variable("API_KEY", secrets.named(_KEY, args.key_uri))
    plain = {"API_USER": API_USER, "API_ADDRESSES": _addresses(args.nodes), **work.values}
    spec = JobSpec(
        cell=args.cell,
        resource_group_name=args.resource_group_name,
        environment_id=args.environment_id,
        role=work.role,
        identity=args.identity,
        registry_server=args.image.server,
        container=app.ContainerArgs(
            name=work.role,
            image=args.image.reference,
            command=["/bin/sh", "-c", script_text(work.script)],
            env=variables(plain, secrets.variables),
            resources=app.ContainerResourcesArgs(cpu=0.25, memory="0.5Gi"),
        ),
        secrets=secrets.app_secrets,
        schedule=work.schedule,
        longest_seconds=work.longest_seconds,
        retries=work.retries,
        depends_on=(*args.depends_on, *secrets.rights(name, args.identity, secrets.app_secrets)),
    )
    return container_job(owner, f"{name}-job", spec)


def _right_to_start(cell: Cell, role: str, job_id: pulumi.Output[str]) -> Right:
    """Whoever has it starts the job with any command, and so has the job's own rights too."""
    scope_name = f"Microsoft.App/jobs/{cell.names.of('Microsoft.App/jobs', role)}"
    return Right(name=f"start-{role}", role="Container Apps Jobs Operator", scope=job_id, scope_name=scope_name)


def schedule(hours: int) -> str:
    """A cron expression whose times are never more than so many hours apart (at the end of a day or month, less).

    Raises:
        ValueError: hours is not 1 to 168.
    """
    if not 1 <= hours <= _HOURS_A_WEEK:
        raise ValueError(f"hours: found {hours}; allowed: 1 to {_HOURS_A_WEEK}")
    if hours < _HOURS_A_DAY:
        return f"17 */{hours} * * *"
    return f"17 2 */{hours // _HOURS_A_DAY} * *"


def script_text(name: str) -> str:
    """A job's script: ``api.sh``, ``export.sh`` or ``import.sh``."""
    files = (*_SHARED.get(name, ()), name)
    return "".join((_SCRIPTS / each).read_text(encoding="utf-8") for each in files)


def _addresses(nodes: Sequence[Backend]) -> pulumi.Output[str]:
    """``emqx-1=http://10.40.0.9:18091 emqx-2=...``: the scripts try them in this order."""
    each = [pulumi.Output.concat(node.name, "=http://", node.host, f":{node.health_port}") for node in nodes]
    return pulumi.Output.all(*each).apply(" ".join)
