"""The collector of a cell: one Prometheus in the core that scrapes every broker node and writes into the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi

from components.app_identity import AppIdentity
from components.brokers.interface import MetricsEndpoint
from components.cell import Cell
from components.collector.config import CollectorConfig, Job, Login, RemoteWrite, Target, render
from components.collector.container import PORT, collector_container
from components.component import AmoraComponent
from components.container_app import FILES_PATH, AppSpec, Image, Scale, container_app
from components.secrets_in_use import Keeping, SecretsInUse, VaultPlace

OWN_METRICS: Final = (
    "prometheus_remote_storage_samples_total",
    "prometheus_remote_storage_samples_failed_total",
    "prometheus_remote_storage_samples_dropped_total",
    "prometheus_remote_storage_samples_pending",
    "prometheus_remote_storage_highest_timestamp_in_seconds",
    "prometheus_remote_storage_queue_highest_sent_timestamp_seconds",
    "process_resident_memory_bytes",
)
"""What the collector says of itself: whether what it scrapes arrives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScrapedApp:
    """An app of the same environment that has metrics. address: its name and the port it is reached at inside."""

    name: str
    address: pulumi.Input[str]
    path: str = "/metrics"


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectorArgs:
    """What the collector needs.

    environment_id: a core environment. image: Prometheus. identity: pulls the image, reads the passwords of the nodes'
    metrics and writes into the workspace. write_url: where. nodes: the broker's nodes. apps: what else is scraped.
    vault, secret_uris: where the passwords are, by name. interval_seconds: between two scrapes. ready: registry, vault,
    and what is scraped.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    image: Image
    identity: AppIdentity
    write_url: pulumi.Input[str]
    nodes: tuple[MetricsEndpoint, ...]
    apps: tuple[ScrapedApp, ...]
    vault: VaultPlace
    secret_uris: dict[str, pulumi.Output[str]]
    interval_seconds: int
    ready: tuple[pulumi.Resource, ...]


class Collector(AmoraComponent):
    """Prometheus as an agent, once: a second one would write every sample twice.

    What it has not written when it ends is lost, a scrape or two where it comes back at once.
    """

    token = "amora:monitoring:Collector"

    def __init__(self, name: str, args: CollectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        secrets = _secrets(self, name, args)
        container_app(
            self,
            f"{name}-app",
            AppSpec(
                cell=args.cell,
                resource_group_name=args.resource_group_name,
                environment_id=args.environment_id,
                role="collector",
                identity=args.identity,
                registry_server=args.image.server,
                containers=(collector_container(args.image, prometheus_yml(args), reads_files=True),),
                secrets=secrets.app_secrets,
                files=secrets.files,
                ingress=None,
                scale=Scale(least=1, most=1),
                # Enough for what is left in its queue.
                grace_seconds=60,
                depends_on=(*args.ready, *secrets.rights(name, args.identity, secrets.app_secrets)),
            ),
        )
        self.register_outputs({})


def _secrets(owner: Collector, name: str, args: CollectorArgs) -> SecretsInUse:
    secrets = SecretsInUse(
        owner,
        name,
        Keeping(
            cell=args.cell,
            resource_group_name=args.resource_group_name,
            vault=args.vault,
            depends_on=args.ready,
            used_by="the collector",
        ),
    )
    for key in sorted({node.key_secret for node in args.nodes}):
        secrets.file(key, secrets.named(key, args.secret_uris[key]))
    return secrets


def prometheus_yml(args: CollectorArgs) -> pulumi.Output[str]:
    """The collector's configuration, known when the nodes' addresses and the workspace's endpoint are."""
    hosts = pulumi.Output.all(*(node.host for node in args.nodes))
    addresses = pulumi.Output.all(*(each.address for each in args.apps))
    return pulumi.Output.all(hosts, addresses, args.write_url, args.identity.client_id).apply(
        lambda known: _rendered(args, *known)
    )


def _rendered(
    args: CollectorArgs, hosts: Sequence[str], addresses: Sequence[str], write_url: str, client_id: str
) -> str:
    nodes = [node_job(node, host) for node, host in zip(args.nodes, hosts, strict=True)]
    apps = [_app_job(each, address) for each, address in zip(args.apps, addresses, strict=True)]
    return render(
        CollectorConfig(
            environment=args.cell.names.environment,
            region=args.cell.names.region,
            interval_seconds=args.interval_seconds,
            jobs=(*nodes, *apps, own_job()),
            write=RemoteWrite(url=write_url, client_id=client_id),
        )
    )


def node_job(node: MetricsEndpoint, host: str) -> Job:
    """The scrape job of a node: each of its paths, under the node's name."""
    return Job(
        name=node.name,
        label=node.kind,
        targets=tuple(
            Target(
                address=f"{host}:{node.port}",
                path=path,
                labels={"instance": node.name, "node": node.name, "endpoint": path.rsplit("/", 1)[-1]},
            )
            for path in node.paths
        ),
        parameters=node.parameters,
        login=Login(user=node.user, password_file=f"{FILES_PATH}/{node.key_secret}"),
    )


def own_job() -> Job:
    """The scrape job of the collector itself."""
    target = Target(address=f"127.0.0.1:{PORT}", path="/metrics", labels={"instance": "collector"})
    return Job(name="collector", label="collector", targets=(target,), keep=OWN_METRICS)


def _app_job(each: ScrapedApp, address: str) -> Job:
    target = Target(address=address, path=each.path, labels={"instance": each.name})
    return Job(name=each.name, label=each.name, targets=(target,))
