"""One EMQX node: a Container App with one replica, known by its environment's address and ports nobody else has.

Replicas of one app cannot reach each other (microsoft/azure-container-apps issue 531), so a node is an app of its own.
Its distribution and RPC ports are the same inside and outside, since EMQX derives them from the node's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import pulumi
from pulumi_azure_native import app

from components import ports
from components.app_identity import AppIdentity
from components.brokers.emqx.configuration import (
    API_PORT,
    MQTT_PORT,
    WEB_SOCKET_PORT,
    node_name,
    start_script,
)
from components.cell import Cell
from components.container_app import AppSecret, AppSpec, Image, Scale, container_app, files_mount, http_probe, variables

if TYPE_CHECKING:
    from components.component import AmoraComponent

HEALTH_PATH: Final = "/status"
GRACE_SECONDS: Final = 180
"""Between the request to stop and the end: EMQX closes its connections in an orderly way first."""

# A node whose text changes is made anew under its name: two revisions side by side would be two nodes of one name,
# which Mnesia takes for a partition.
_REPLACED_FOR: Final = ("template", "configuration", "identity", "workloadProfileName")

# Releases from here on take a licence key and know the security profile (github.com/emqx/emqx at e5.9.0 and 6.2.1).
_LICENSED: Final = (5, 9)
_WITH_PROFILE: Final = (6, 2)

_probe: Final = partial(http_probe, path=HEALTH_PATH, port=API_PORT, timeout_seconds=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """What runs in a slot. version: EMQX's, such as ``5.8.9``. image: by digest."""

    version: str
    image: Image

    @property
    def release(self) -> tuple[int, ...]:
        """The version as numbers."""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def takes_licence(self) -> bool:
        """Whether this release knows licence keys."""
        return self.release >= _LICENSED

    @property
    def metrics_role(self) -> str | None:
        """The least role that reads metrics: EMQX's viewer.

        The open-source edition knows one role for keys, which may do everything; it takes a line that names another for
        an error and none of the lines after it (github.com/emqx/emqx apps/emqx_management/src/emqx_mgmt_auth.erl at
        v5.8.9).
        """
        return "viewer" if self.takes_licence else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Common:
    """What every node of a cluster has.

    secrets: of all nodes, each under its name in the vault. files: file name to the name of the secret with its
    content. secret_variables: environment variable to the name of a secret. licence_secret: name of the secret with the
    licence key, None without one. init_containers: what runs before EMQX. depends_on: what must be effective first.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    cpu: float
    memory_gigabytes: float
    cluster_tls: bool
    secrets: tuple[AppSecret, ...]
    files: Mapping[str, str]
    secret_variables: Mapping[str, str]
    licence_secret: str | None = None
    init_containers: tuple[app.InitContainerArgs, ...] = ()
    depends_on: tuple[pulumi.Resource, ...] = field(default_factory=tuple)

    def secrets_of(self, node: Node) -> tuple[AppSecret, ...]:
        """The secrets a node names: the licence key only where its release takes one."""
        unused = self.licence_secret if not node.takes_licence else None
        return tuple(each for each in self.secrets if each.name != unused)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """Where a node stands, and who it is there.

    environment_id: the core environment. host: that environment's address. identity: the node's own. rights: its role
    assignments on secrets. after: the node before it: a plan that replaces several still takes them one by one.
    """

    environment_id: pulumi.Input[str]
    host: pulumi.Input[str]
    identity: AppIdentity
    rights: tuple[pulumi.Resource, ...]
    after: pulumi.Resource | None


def emqx_node(owner: AmoraComponent, slot: int, node: Node, common: Common, seat: Seat) -> app.ContainerApp:
    """Make the node of a slot.

    Args:
        owner: the cluster.
        slot: 1 to 10.
        node: what runs in it.
        common: what every node has.
        seat: where it stands.
    """
    return container_app(
        owner,
        f"emqx-{slot}",
        AppSpec(
            cell=common.cell,
            resource_group_name=common.resource_group_name,
            environment_id=seat.environment_id,
            role=f"emqx-{slot}",
            identity=seat.identity,
            registry_server=node.image.server,
            containers=(_container(slot, node, common, seat.host),),
            init_containers=common.init_containers,
            secrets=common.secrets_of(node),
            files=common.files,
            ingress=_ingress(slot),
            scale=Scale(least=1, most=1),
            grace_seconds=GRACE_SECONDS,
            depends_on=(*common.depends_on, *seat.rights, *([seat.after] if seat.after else [])),
            replace_on=_REPLACED_FOR,
        ),
    )


def _container(slot: int, node: Node, common: Common, host: pulumi.Input[str]) -> app.ContainerArgs:
    plain: dict[str, pulumi.Input[str]] = {
        "EMQX_NODE__NAME": pulumi.Output.from_input(host).apply(lambda address: node_name(slot, address)),
        # In the file too; the image's entry point sets `manual` where this variable is missing.
        "EMQX_RPC__PORT_DISCOVERY": "stateless",
    }
    if node.release >= _WITH_PROFILE:
        plain["EMQX_SECURITY_PROFILE"] = "hardened"
    secret = dict(common.secret_variables)
    if common.licence_secret and node.takes_licence:
        secret["EMQX_LICENSE__KEY"] = common.licence_secret
    return app.ContainerArgs(
        name="emqx",
        image=node.image.reference,
        command=["/bin/sh", "-c", start_script(cluster_tls=common.cluster_tls, metrics_role=node.metrics_role)],
        env=variables(plain, secret),
        resources=app.ContainerResourcesArgs(cpu=common.cpu, memory=f"{common.memory_gigabytes:g}Gi"),
        probes=[
            # A node that joins restarts its applications and waits for the tables of the others: 150 s in all.
            _probe("Startup", period_seconds=15, failure_threshold=10),
            # Far above the pause of a healing cluster: a restart would lose the sessions that the pause keeps.
            _probe("Liveness", period_seconds=30, failure_threshold=6),
            _probe("Readiness", period_seconds=5, failure_threshold=3),
        ],
        volume_mounts=[files_mount()],
    )


def _ingress(slot: int) -> app.IngressArgsDict:
    """External to the environment, which is itself internal to the network."""
    inside = {
        "websocket": WEB_SOCKET_PORT,
        "api": API_PORT,
        "distribution": ports.of_slot("distribution", slot),
        "rpc": ports.of_slot("rpc", slot),
    }
    # A dictionary: the class would add `allowInsecure`, which TCP does not have (azure-container-apps issue 375).
    return {
        "external": True,
        "transport": "tcp",
        "target_port": MQTT_PORT,
        "exposed_port": ports.of_slot("mqtt", slot),
        "additional_port_mappings": [
            {"external": True, "target_port": target, "exposed_port": ports.of_slot(purpose, slot)}
            for purpose, target in inside.items()
        ],
    }
