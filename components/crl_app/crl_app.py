"""Serves the revocation lists of the device-issuing CAs inside the network, by plain HTTP from the store's blobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Final

import pulumi
from pulumi_azure_native import app

from components import ports
from components.app_identity import AppIdentity, AppIdentityArgs, Right
from components.cell import Cell
from components.component import AmoraComponent
from components.container_app import AppSpec, Image, Scale, container_app, http_probe
from components.private_name import private_name

REPOSITORY: Final = "docker/library/nginx"
"""Path of the image below public.ecr.aws: the Docker Official Image, which has curl and BusyBox too."""

# github.com/docker-library/repo-info repos/nginx/remote/1.30.5-alpine.md at 35d0d2e1b83352ed6b2de8c0784080e1784106bc:
# the manifest for linux/amd64.
DIGEST: Final = "sha256:8f84ed99befc3891b8f329c5c202785278a2cfb7c25107d57fb2a134a3117433"

ROUND_SECONDS: Final = 60
"""Between two looks into the store: a published list is served after that."""

# What runs is not secret and changes with the code: it stands in the app itself.
_FOLDER: Final = Path(__file__).parent
_SCRIPT: Final = (_FOLDER / "run.sh").read_text(encoding="utf-8")
_CONFIGURATION: Final = (_FOLDER / "nginx.conf").read_text(encoding="utf-8")
_CONTAINER: Final = "crl"
_PORT: Final = 8080
_FEWEST_REPLICAS: Final = 2
# The trusted CAs: the current generation and the one before it.
_TRUSTED: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CrlAppArgs:
    """What the app needs.

    environment_ids, static_ips: the core environments and their addresses, in the same order; the app runs in each.
    network_id: where its name answers. host: that name, such as ``crl.amora.example.com``; it stands in every device's
    certificate and outlives environments and regions. container_url: of the blobs. rights: to read them and to pull the
    image. issuing_generation: of the device-issuing CA. ready: store and registry.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environment_ids: tuple[pulumi.Input[str], ...]
    static_ips: tuple[pulumi.Input[str], ...]
    network_id: pulumi.Input[str]
    host: str
    container_url: str
    rights: tuple[Right, ...]
    registry_server: str
    issuing_generation: int
    ready: tuple[pulumi.Resource, ...]


class CrlApp(AmoraComponent):
    """nginx, at least twice, and beside it the loop that brings the lists.

    url: where the lists lie, known before a deployment. app_ids: of the apps, for alerts. overdue_query: what asks the
    workspace for lists of which less than half the time is left. ready: what checks certificates depends on it.
    """

    token = "amora:trust:CrlApp"
    url: str
    app_ids: list[pulumi.Output[str]]
    overdue_query: str
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: CrlAppArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        made = [self._app(name, args, number, id_) for number, id_ in enumerate(args.environment_ids, start=1)]
        answers = private_name(
            self,
            name,
            cell=args.cell,
            resource_group_name=args.resource_group_name,
            network_id=args.network_id,
            host=args.host,
            addresses=args.static_ips,
        )
        self.url = f"http://{args.host}:{ports.CRL}"
        self.app_ids = [each.id for each in made]
        self.overdue_query = overdue_query(_app_name(args.cell, number) for number in range(1, len(made) + 1))
        self.ready = [*made, *answers]
        self.register_outputs({"url": self.url, "appIds": self.app_ids})

    def _app(self, name: str, args: CrlAppArgs, number: int, environment_id: pulumi.Input[str]) -> app.ContainerApp:
        replicas = ceil(_FEWEST_REPLICAS / len(args.environment_ids))
        identity = AppIdentity(
            f"{name}-{number}-identity",
            AppIdentityArgs(
                cell=args.cell, resource_group_name=args.resource_group_name, app=_role(number), rights=args.rights
            ),
            pulumi.ResourceOptions(parent=self),
        )
        return container_app(
            self,
            f"{name}-{number}-app",
            AppSpec(
                cell=args.cell,
                resource_group_name=args.resource_group_name,
                environment_id=environment_id,
                role=_role(number),
                identity=identity,
                registry_server=args.registry_server,
                containers=(_container(args, identity),),
                ingress=_ingress(),
                scale=Scale(least=replicas, most=replicas),
                grace_seconds=30,
                depends_on=args.ready,
            ),
        )


def lists(issuing_generation: int) -> tuple[str, ...]:
    """Names of the trusted CAs' lists, oldest first: a generation is trusted until the one after the next."""
    oldest = max(issuing_generation - _TRUSTED + 1, 1)
    return tuple(f"device-ca-{generation}.crl" for generation in range(oldest, issuing_generation + 1))


def overdue_query(app_names: Iterable[str]) -> str:
    """What asks the workspace (KQL, table ContainerAppConsoleLogs) for lists that are due, expired or absent."""
    names = ", ".join(f'"{each}"' for each in app_names)
    return f"""ContainerAppConsoleLogs
| where ContainerAppName in ({names}) and ContainerName == "{_CONTAINER}" and Log startswith "{{"
| extend line = parse_json(Log)
| extend list = tostring(line.list), state = tostring(line.state)
| where state != "current"
| summarize secondsLeft = min(tolong(line.secondsLeft)), store = take_any(tostring(line.store)) by list, state"""


def _role(number: int) -> str:
    return f"crl-{number}"


def _app_name(cell: Cell, number: int) -> str:
    return cell.names.of("Microsoft.App/containerApps", _role(number))


def _ingress() -> app.IngressArgs:
    """TCP: HTTP ingress answers to an app's own name, which ends with its environment; ours must outlive it."""
    return app.IngressArgs(
        external=True,
        transport="tcp",
        target_port=_PORT,
        exposed_port=ports.CRL,
        traffic=[app.TrafficWeightArgs(latest_revision=True, weight=100)],
    )


def _container(args: CrlAppArgs, identity: AppIdentity) -> app.ContainerArgs:
    script_arguments = [_CONFIGURATION, str(ROUND_SECONDS), args.container_url]
    return app.ContainerArgs(
        name=_CONTAINER,
        image=Image(server=args.registry_server, repository=REPOSITORY, digest=DIGEST).reference,
        # The image would run as root.
        command=["/bin/su", "-s", "/bin/sh", "-c", _SCRIPT, "nginx"],
        args=[_CONTAINER, *script_arguments, identity.client_id, *lists(args.issuing_generation)],
        resources=app.ContainerResourcesArgs(cpu=0.25, memory="0.5Gi"),
        probes=[
            http_probe("Startup", "/healthz", _PORT, period_seconds=2, failure_threshold=10),
            http_probe("Readiness", "/ready", _PORT, period_seconds=10, failure_threshold=3),
            http_probe("Liveness", "/healthz", _PORT, period_seconds=10, failure_threshold=3),
        ],
    )
