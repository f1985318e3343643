"""One Container Apps job as the platform runs them: like an app, but started by hand or by the clock, and then over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import app

from components.app_identity import AppIdentity
from components.cell import Cell
from components.container_app import AppSecret, registry_credentials, secret_references
from components.role_propagation import survives_lagging_roles

if TYPE_CHECKING:
    from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class JobSpec:
    """One job.

    environment_id: the Container Apps environment. role: its part of the Azure name, such as ``operators``. identity:
    reads the secrets and pulls the image. registry_server: host name of the cell's registry. container: what runs.
    secrets: the job's secrets. schedule: cron expression in UTC with five fields, None for a start by hand.
    longest_seconds: after which an execution is ended. retries: of a failed execution. depends_on: what must be
    effective first.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    role: str
    identity: AppIdentity
    registry_server: str
    container: app.ContainerArgs
    secrets: tuple[AppSecret, ...]
    schedule: str | None
    longest_seconds: int
    retries: int
    depends_on: tuple[pulumi.Resource, ...]


def container_job(owner: AmoraComponent, name: str, spec: JobSpec) -> app.Job:
    """Make a Container Apps job that belongs to a component, under a logical name."""
    return app.Job(
        name,
        job_name=spec.cell.names.of("Microsoft.App/jobs", spec.role),
        resource_group_name=spec.resource_group_name,
        location=spec.cell.location,
        environment_id=spec.environment_id,
        workload_profile_name="Consumption",
        identity=app.ManagedServiceIdentityArgs(
            type="UserAssigned", user_assigned_identities=[spec.identity.identity_id]
        ),
        configuration=app.JobConfigurationArgs(
            trigger_type="Schedule" if spec.schedule else "Manual",
            schedule_trigger_config=_scheduled(spec.schedule) if spec.schedule else None,
            manual_trigger_config=None if spec.schedule else _by_hand(),
            replica_timeout=spec.longest_seconds,
            replica_retry_limit=spec.retries,
            registries=[registry_credentials(spec.registry_server, spec.identity)],
            secrets=secret_references(spec.secrets, spec.identity),
        ),
        template=app.JobTemplateArgs(containers=[spec.container]),
        tags=dict(spec.cell.tags),
        opts=owner.child(
            "azure-native:app:Job",
            depends_on=[*spec.identity.assignments, *spec.depends_on],
            hooks=survives_lagging_roles(name),
        ),
    )


def _scheduled(expression: str) -> app.JobConfigurationScheduleTriggerConfigArgs:
    return app.JobConfigurationScheduleTriggerConfigArgs(
        cron_expression=expression, parallelism=1, replica_completion_count=1
    )


def _by_hand() -> app.JobConfigurationManualTriggerConfigArgs:
    return app.JobConfigurationManualTriggerConfigArgs(parallelism=1, replica_completion_count=1)
