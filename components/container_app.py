"""One Container App as the platform runs them: secrets by version from the vault, image by digest from our registry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import pulumi
from pulumi_azure_native import app

from components.app_identity import AppIdentity
from components.cell import Cell
from components.role_propagation import survives_lagging_roles

if TYPE_CHECKING:
    from components.component import AmoraComponent

FILES_PATH: Final = "/mnt/amora"
"""Folder in every container where the app's files are mounted, read-only."""

ProbeKind = Literal["Startup", "Readiness", "Liveness"]

_FILES_VOLUME: Final = "files"
_PROFILE: Final = "Consumption"


@dataclass(frozen=True, kw_only=True, slots=True)
class AppSecret:
    """A secret of the vault under the name an app knows it by.

    name: lower-case letters, digits and hyphens. uri: ``secretUriWithVersion``; an address without a version would
    restart every replica by itself within 30 minutes of a change (learn.microsoft.com, Container Apps secrets).
    """

    name: str
    uri: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """An image in the cell's registry: what runs is named by digest, so that nobody can put another in its place.

    server: the registry's host name in text known before a deployment. repository: path in it. digest: ``sha256:...``.

    Raises:
        ValueError: the digest is none.
    """

    server: str
    repository: str
    digest: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", self.digest):
            raise ValueError(
                f"image {self.repository}: digest {self.digest!r}; allowed: sha256: and 64 hexadecimal digits in lower "
                "case. A tag can be moved to another image."
            )

    @property
    def reference(self) -> str:
        """What a container names."""
        return f"{self.server}/{self.repository}@{self.digest}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """Replicas at least and at most, and the rules that choose between."""

    least: int
    most: int
    rules: tuple[app.ScaleRuleArgs, ...] = ()


def http_probe(
    kind: ProbeKind,
    path: str,
    port: int,
    *,
    period_seconds: int,
    failure_threshold: int,
    timeout_seconds: int = 2,
    initial_delay_seconds: int | None = None,
) -> app.ContainerAppProbeArgs:
    """A probe of a container over plain HTTP; `failure_threshold` answers in a row that are bad or late fail it."""
    return app.ContainerAppProbeArgs(
        type=kind,
        http_get=app.ContainerAppProbeHttpGetArgs(path=path, port=port, scheme="HTTP"),
        initial_delay_seconds=initial_delay_seconds,
        period_seconds=period_seconds,
        timeout_seconds=timeout_seconds,
        failure_threshold=failure_threshold,
    )


def files_mount() -> app.VolumeMountArgs:
    """The mount of the app's files, for a container that reads them."""
    return app.VolumeMountArgs(volume_name=_FILES_VOLUME, mount_path=FILES_PATH)


def variables(values: Mapping[str, pulumi.Input[str]], secrets: Mapping[str, str]) -> list[app.EnvironmentVarArgs]:
    """A container's environment variables: plain ones by value, secret ones by the name of the app's secret."""
    plain = [app.EnvironmentVarArgs(name=name, value=value) for name, value in values.items()]
    return [*plain, *(app.EnvironmentVarArgs(name=name, secret_ref=secret) for name, secret in secrets.items())]


def secret_references(secrets: Iterable[AppSecret], identity: AppIdentity) -> list[app.SecretArgs]:
    """An app's secrets as addresses in the vault that its identity reads."""
    return [
        app.SecretArgs(name=secret.name, key_vault_url=secret.uri, identity=identity.identity_id) for secret in secrets
    ]


def registry_credentials(server: str, identity: AppIdentity) -> app.RegistryCredentialsArgs:
    """The registry an app's identity pulls from."""
    return app.RegistryCredentialsArgs(server=server, identity=identity.identity_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class AppSpec:
    """One app.

    environment_id: the Container Apps environment. role: its part of the Azure name, such as ``emqx-1``. identity:
    reads the secrets and pulls the image. registry_server: host name of the cell's registry. containers: what runs;
    those that read files carry :func:`files_mount`. init_containers: what runs to its end before. secrets: the app's
    secrets. files: file name below :data:`FILES_PATH` to the name of the secret with its content. ingress: how it is
    reached, None for not at all. scale: replicas. grace_seconds: 0 to 600 between the request to stop and the end.
    depends_on: what must be effective first: vault reachable, rights given. replace_on: property paths whose change
    makes the app anew instead of a new revision beside the old one.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    role: str
    identity: AppIdentity
    registry_server: str
    containers: tuple[app.ContainerArgs, ...]
    init_containers: tuple[app.InitContainerArgs, ...] = ()
    secrets: tuple[AppSecret, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    ingress: app.IngressArgs | app.IngressArgsDict | None
    scale: Scale
    grace_seconds: int
    depends_on: tuple[pulumi.Resource, ...]
    replace_on: tuple[str, ...] = ()


def container_app(owner: AmoraComponent, name: str, spec: AppSpec) -> app.ContainerApp:
    """Make a Container App that belongs to a component, under a logical name."""
    return app.ContainerApp(
        name,
        container_app_name=spec.cell.names.of("Microsoft.App/containerApps", spec.role),
        resource_group_name=spec.resource_group_name,
        location=spec.cell.location,
        managed_environment_id=spec.environment_id,
        workload_profile_name=_PROFILE,
        identity=app.ManagedServiceIdentityArgs(
            type="UserAssigned", user_assigned_identities=[spec.identity.identity_id]
        ),
        configuration=app.ConfigurationArgs(
            active_revisions_mode="Single",
            ingress=spec.ingress,  # pyright: ignore[reportArgumentType] - the SDK takes both and types one
            registries=[registry_credentials(spec.registry_server, spec.identity)],
            secrets=secret_references(spec.secrets, spec.identity),
        ),
        template=app.TemplateArgs(
            containers=list(spec.containers),
            init_containers=list(spec.init_containers) or None,
            scale=app.ScaleArgs(
                min_replicas=spec.scale.least, max_replicas=spec.scale.most, rules=list(spec.scale.rules)
            ),
            termination_grace_period_seconds=spec.grace_seconds,
            volumes=_volumes(spec.files),
        ),
        tags=dict(spec.cell.tags),
        opts=owner.child(
            "azure-native:app:ContainerApp",
            depends_on=[*spec.identity.assignments, *spec.depends_on],
            replace_on=spec.replace_on,
            hooks=survives_lagging_roles(name),
        ),
    )


def _volumes(files: Mapping[str, str]) -> list[app.VolumeArgs]:
    mounted = [app.SecretVolumeItemArgs(path=path, secret_ref=secret) for path, secret in files.items()]
    return [app.VolumeArgs(name=_FILES_VOLUME, storage_type="Secret", secrets=mounted)] if mounted else []
