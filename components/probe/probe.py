"""The probe's app: one device and one app of the topic contract, going in and out by the public endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import pulumi
from pulumi_azure_native import app

from components import ports
from components.app_identity import AppIdentity
from components.cell import Cell
from components.component import AmoraComponent
from components.container_app import (
    FILES_PATH,
    AppSpec,
    Image,
    Scale,
    container_app,
    files_mount,
    http_probe,
    variables,
)
from components.secrets_in_use import Keeping, Kept, SecretsInUse, VaultPlace

CACHED_AS: Final = "amora/probe"
"""Repository of the image in our registry."""

_ROLE: Final = "probe"
_CERTIFICATE: Final = "probe-device.pem"
_probe: Final = partial(http_probe, path="/metrics", port=ports.PROBE_METRICS)


@dataclass(frozen=True, kw_only=True, slots=True)
class AppLogin:
    """The app side's credentials in the identity tenant.

    token_url: where tokens come from. client_id, secret: of its registration. scope: what it asks for.
    username_claim: the claim that is its username, as the broker compares it.
    """

    token_url: str
    client_id: str
    secret: pulumi.Output[str]
    scope: str
    username_claim: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeArgs:
    """What the probe needs.

    environment_id: a core environment, whose way out leads to where clients come in. image: by digest. identity: pulls
    the image and reads the two secrets. vault: where they are kept. device_id: of its device. device: PEM with the
    device's certificate chain and key. trust: PEM of the roots that vouch for the MQTT host. mqtt_host and
    web_socket_host: the public names. login: of the app side. interval_seconds: between two rounds.
    latency_milliseconds: the goal, a bound of the histogram. ready: what must be effective first.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    image: Image
    identity: AppIdentity
    vault: VaultPlace
    device_id: str
    device: pulumi.Output[str]
    trust: pulumi.Input[str]
    mqtt_host: str
    web_socket_host: str
    login: AppLogin
    interval_seconds: int
    latency_milliseconds: int
    ready: tuple[pulumi.Resource, ...]


class Probe(AmoraComponent):
    """One replica: two would be two devices of one name.

    address: where the collector of the same environment reads the metrics.
    """

    token = "amora:monitoring:Probe"
    address: str

    def __init__(self, name: str, args: ProbeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        secrets = SecretsInUse(
            self,
            name,
            Keeping(
                cell=args.cell,
                resource_group_name=args.resource_group_name,
                vault=args.vault,
                depends_on=args.ready,
                used_by="the probe",
            ),
        )
        secrets.file(_CERTIFICATE, secrets.kept(Kept("probe-device", args.device)))
        secrets.variable("PROBE_CLIENT_SECRET", secrets.kept(Kept("probe-client-secret", args.login.secret)))
        container_app(
            self,
            f"{name}-app",
            AppSpec(
                cell=args.cell,
                resource_group_name=args.resource_group_name,
                environment_id=args.environment_id,
                role=_ROLE,
                identity=args.identity,
                registry_server=args.image.server,
                containers=(_container(args, secrets),),
                secrets=secrets.app_secrets,
                files=secrets.files,
                ingress=_ingress(),
                scale=Scale(least=1, most=1),
                grace_seconds=30,
                depends_on=(*args.ready, *secrets.rights(name, args.identity, secrets.app_secrets)),
            ),
        )
        self.address = f"{args.cell.names.of('Microsoft.App/containerApps', _ROLE)}:{ports.PROBE_METRICS}"
        self.register_outputs({"address": self.address})


def _container(args: ProbeArgs, secrets: SecretsInUse) -> app.ContainerArgs:
    told: dict[str, pulumi.Input[str]] = {
        "PROBE_DEVICE_ID": args.device_id,
        "PROBE_MQTT": f"{args.mqtt_host}:{ports.MQTT_TLS}",
        "PROBE_CERTIFICATE_FILE": f"{FILES_PATH}/{_CERTIFICATE}",
        "PROBE_TRUST": args.trust,
        "PROBE_WEB_SOCKET": f"wss://{args.web_socket_host}/mqtt",
        "PROBE_TOKEN_URL": args.login.token_url,
        "PROBE_CLIENT_ID": args.login.client_id,
        "PROBE_SCOPE": args.login.scope,
        "PROBE_USERNAME_CLAIM": args.login.username_claim,
        "PROBE_INTERVAL_SECONDS": str(args.interval_seconds),
        # A message that takes as long as a round is lost to whoever waits for it.
        "PROBE_TIMEOUT_SECONDS": str(args.interval_seconds),
        "PROBE_LATENCY_SECONDS": f"{args.latency_milliseconds / 1000:g}",
        "PROBE_METRICS_PORT": str(ports.PROBE_METRICS),
    }
    return app.ContainerArgs(
        name="probe",
        image=args.image.reference,
        env=variables(told, secrets.variables),
        resources=app.ContainerResourcesArgs(cpu=0.25, memory="0.5Gi"),
        # It answers for itself alone: endpoints that are down are its findings, no reason to begin anew.
        probes=[
            _probe("Startup", period_seconds=2, failure_threshold=10),
            _probe("Readiness", period_seconds=10, failure_threshold=3),
            _probe("Liveness", period_seconds=30, failure_threshold=3),
        ],
        volume_mounts=[files_mount()],
    )


def _ingress() -> app.IngressArgsDict:
    """For apps of the same environment alone."""
    # A dictionary: the class would add `allowInsecure`, which TCP does not have (azure-container-apps issue 375).
    return {
        "external": False,
        "transport": "tcp",
        "target_port": ports.PROBE_METRICS,
        "exposed_port": ports.PROBE_METRICS,
    }
