"""The edge of a cell: HAProxy in the external environment, the only thing clients reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Final, Literal

import pulumi
from pulumi_azure_native import app, keyvault

from components import ports
from components.app_identity import AppIdentity
from components.brokers.interface import Backend
from components.cell import Cell
from components.component import AmoraComponent
from components.container_app import (
    FILES_PATH,
    AppSecret,
    AppSpec,
    Image,
    Scale,
    container_app,
    files_mount,
    http_probe,
    variables,
)
from components.edge.config import EdgeConfig, IllegalEdgeError, Ports, render
from components.edge.metrics import EdgeMetrics, metrics_container
from components.role_assignment import role_assignment
from components.vault_secret import stored_secret

FILE: Final = "haproxy.cfg"
SECRET: Final = "edge-haproxy-cfg"
"""Name of the file's secret in the vault and in the app."""

MARGIN_SECONDS: Final = 30
"""Between the end of the drain and the end of the grace period, in which HAProxy says what it ended."""

GRACE_LIMIT_SECONDS: Final = 600
"""The longest grace period (Microsoft.App REST, template.terminationGracePeriodSeconds)."""

# The script is not a secret and changes with the code: it stands in the app itself.
_SCRIPT: Final = Path(__file__).with_name("run.sh").read_text(encoding="utf-8")
_PORTS: Final = Ports()
_PROBE_FAILURES: Final = 10
_probe: Final = partial(http_probe, path="/alive", port=_PORTS.alive)


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomDomain:
    """A host name of ours on the edge's HTTP ingress.

    name: such as ``ws.amora.example.com``. binding: ``Disabled`` puts the name on the app without a certificate, which
    must come before a managed certificate is asked for (github.com/microsoft/azure-container-apps issue 796);
    ``SniEnabled`` binds certificate_id; ``Auto`` leaves both to Azure.
    """

    name: str
    binding: Literal["Auto", "Disabled", "SniEnabled"]
    certificate_id: pulumi.Input[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EdgeArgs:
    """What the edge needs.

    environment_id, static_ip, default_domain: the external environment, its one public address, and the domain its apps
    answer in. vault_id, vault_name,
    vault_scope_name: where ``haproxy.cfg`` is kept. identity: pulls the image; the edge gives it the right to read its
    file and nothing else of the vault. registry_server, image: what runs. backends: every place for a broker node, in
    use or not. min_replicas, max_replicas: 2 to 10. cpu, memory_gigabytes: vCPU and GiB of a replica.
    scale_at_cpu_percent: load above which a replica is added. drain_seconds: 30 to 570 that a stopping replica keeps
    its connections. promoted: whether this region takes clients; a standby turns them away and its health is 503.
    front_door_ids: ids of the Front Door profiles in front of the WebSocket; none: clients come to the ingress
    straight. custom_domain: our name on that ingress. metrics: where HAProxy's metrics go, None for nowhere. ready:
    what must be effective first: the vault, the image.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    static_ip: pulumi.Input[str]
    default_domain: pulumi.Input[str]
    vault_id: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    vault_scope_name: str
    identity: AppIdentity
    registry_server: str
    image: Image
    backends: tuple[Backend, ...]
    min_replicas: int
    max_replicas: int
    cpu: float
    memory_gigabytes: float
    scale_at_cpu_percent: int
    drain_seconds: int
    promoted: bool
    front_door_ids: tuple[pulumi.Input[str], ...] = ()
    custom_domain: CustomDomain | None = None
    metrics: EdgeMetrics | None = None
    ready: tuple[pulumi.Resource, ...] = ()


class Edge(AmoraComponent):
    """HAProxy between clients and nodes: 8883 passed through as TLS, 443 as WebSocket over the HTTP ingress.

    fqdn: host name of the HTTP ingress, and the origin of a Front Door. static_ip: the public address of 8883.
    mqtt_endpoint: address and port for devices. app_id: ARM id of the app. custom_domain_verification_id: what a TXT
    record ``asuid.<name>`` holds before a name of ours is put on the ingress.
    """

    token = "amora:edge:Edge"
    fqdn: pulumi.Output[str]
    static_ip: pulumi.Output[str]
    mqtt_endpoint: pulumi.Output[str]
    app_id: pulumi.Output[str]
    custom_domain_verification_id: pulumi.Output[str]

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        grace = args.drain_seconds + MARGIN_SECONDS
        if grace > GRACE_LIMIT_SECONDS:
            most = GRACE_LIMIT_SECONDS - MARGIN_SECONDS
            raise IllegalEdgeError(f"drain_seconds: found {args.drain_seconds}; allowed: at most {most}")
        text = haproxy_cfg(args)
        file = self._file(args, text)
        right = self._right_to_read(name, args, file)
        made = container_app(
            self,
            f"{name}-app",
            AppSpec(
                cell=args.cell,
                resource_group_name=args.resource_group_name,
                environment_id=args.environment_id,
                role="edge",
                identity=args.identity,
                registry_server=args.registry_server,
                containers=_containers(args, text),
                # The address is no secret, though all that comes of a secret's properties counts as one.
                secrets=(AppSecret(name=SECRET, uri=pulumi.Output.unsecret(file.properties.secret_uri_with_version)),),
                files={FILE: SECRET},
                ingress=_ingress(args.custom_domain),
                scale=_scale(args),
                grace_seconds=grace,
                depends_on=(right, *args.ready),
            ),
        )
        # As Azure makes it. Its own word stands among the configuration, which a preview of a change does not know.
        self.fqdn = pulumi.Output.concat(made.name, ".", args.default_domain)
        self.static_ip = pulumi.Output.from_input(args.static_ip)
        self.mqtt_endpoint = pulumi.Output.concat(args.static_ip, f":{ports.MQTT_TLS}")
        self.app_id = made.id
        self.custom_domain_verification_id = made.custom_domain_verification_id
        self.register_outputs(
            {
                "fqdn": self.fqdn,
                "staticIp": self.static_ip,
                "mqttEndpoint": self.mqtt_endpoint,
                "appId": self.app_id,
                "customDomainVerificationId": self.custom_domain_verification_id,
            }
        )

    def _file(self, args: EdgeArgs, text: pulumi.Output[str]) -> keyvault.Secret:
        return stored_secret(
            self,
            SECRET,
            vault_name=args.vault_name,
            resource_group_name=args.resource_group_name,
            value=text,
            content_type="text/plain",
            expires=None,
            tags={**args.cell.tags, "usedBy": "the edge, as its configuration"},
        )

    def _right_to_read(self, name: str, args: EdgeArgs, file: keyvault.Secret) -> pulumi.Resource:
        """On the file's secret alone: what faces the internet must not be able to read the broker's."""
        return role_assignment(
            self,
            f"{name}-file",
            # Text, not the secret's id: that is unknown while a change of the file is planned, and a right on an
            # unknown scope is planned anew.
            scope=pulumi.Output.concat(args.vault_id, f"/secrets/{SECRET}"),
            scope_name=f"{args.vault_scope_name}/secrets/{SECRET}",
            identity_name=args.identity.name,
            principal_id=args.identity.principal_id,
            role="Key Vault Secrets User",
            depends_on=[file],
        )


def haproxy_cfg(args: EdgeArgs) -> pulumi.Output[str]:
    """The edge's configuration, known when the nodes' addresses and the Front Door ids are."""
    hosts = pulumi.Output.all(*(backend.host for backend in args.backends))
    return pulumi.Output.all(hosts, pulumi.Output.all(*args.front_door_ids)).apply(
        lambda known: _rendered(args, hosts=known[0], front_door_ids=known[1])
    )


def _rendered(args: EdgeArgs, hosts: Sequence[str], front_door_ids: Sequence[str]) -> str:
    return render(
        EdgeConfig(
            nodes=[replace(node, host=host) for node, host in zip(args.backends, hosts, strict=True)],
            cpu=args.cpu,
            memory_gigabytes=args.memory_gigabytes,
            drain_seconds=args.drain_seconds,
            promoted=args.promoted,
            front_door_ids=front_door_ids,
            ports=_PORTS,
        )
    )


def _containers(args: EdgeArgs, text: pulumi.Output[str]) -> tuple[app.ContainerArgs, ...]:
    haproxy = _container(args, text)
    if args.metrics is None:
        return (haproxy,)
    beside = metrics_container(args.metrics, cell=args.cell, client_id=args.identity.client_id, port=_PORTS.metrics)
    return (haproxy, beside)


def _container(args: EdgeArgs, text: pulumi.Output[str]) -> app.ContainerArgs:
    return app.ContainerArgs(
        name="haproxy",
        image=args.image.reference,
        command=["/bin/sh", "-c", _SCRIPT],
        # What follows `sh -c` and the script: its name in messages, and its first argument.
        args=["edge", f"{FILES_PATH}/{FILE}"],
        # A change of a secret makes no new revision, and running replicas keep the file they have read
        # (learn.microsoft.com, Manage secrets in Azure Container Apps): its digest makes the revision.
        env=variables({"HAPROXY_CFG_SHA256": text.apply(lambda known: sha256(known.encode()).hexdigest())}, {}),
        resources=app.ContainerResourcesArgs(cpu=args.cpu, memory=f"{args.memory_gigabytes:g}Gi"),
        probes=_probes(args.drain_seconds + MARGIN_SECONDS),
        volume_mounts=[files_mount()],
    )


def _probes(grace_seconds: int) -> list[app.ContainerAppProbeArgs]:
    """None of them asks for the nodes: a replica is not made better by a restart when a node is gone.

    Startup waits until the first health checks have judged every place for a node, which HAProxy takes for up before.
    A draining HAProxy listens no more: readiness shall see that at once, and liveness not before the drain is over. A
    HAProxy whose threads hang ends itself (its watchdog), so liveness may be slow.
    """
    return [
        _probe("Startup", initial_delay_seconds=5, period_seconds=2, failure_threshold=_PROBE_FAILURES),
        _probe("Readiness", period_seconds=5, failure_threshold=2),
        _probe("Liveness", period_seconds=ceil(grace_seconds / _PROBE_FAILURES), failure_threshold=_PROBE_FAILURES),
    ]


def _ingress(domain: CustomDomain | None) -> app.IngressArgs:
    return app.IngressArgs(
        external=True,
        transport="http",
        target_port=_PORTS.web_socket,
        allow_insecure=False,
        client_certificate_mode="ignore",
        additional_port_mappings=[
            app.IngressPortMappingArgs(external=True, target_port=_PORTS.mqtt, exposed_port=ports.MQTT_TLS)
        ],
        custom_domains=[
            app.CustomDomainArgs(name=domain.name, binding_type=domain.binding, certificate_id=domain.certificate_id)
        ]
        if domain is not None
        else None,
        traffic=[app.TrafficWeightArgs(latest_revision=True, weight=100)],
    )


def _scale(args: EdgeArgs) -> Scale:
    # learn.microsoft.com, Container Apps scaling: KEDA's cpu scaler with the type in its metadata. Connections would be
    # the better measure, but the tcp rule counts new ones only, and the http rule no idle WebSocket.
    rule = app.ScaleRuleArgs(
        name="cpu",
        custom=app.CustomScaleRuleArgs(
            type="cpu", metadata={"type": "Utilization", "value": str(args.scale_at_cpu_percent)}
        ),
    )
    return Scale(least=args.min_replicas, most=args.max_replicas, rules=(rule,))
