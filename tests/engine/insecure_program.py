"""The project's own program with a deliberately insecure change, for the engine lane.

Pulumi hands every registration to a transform before the provider and the policy pack see it. What depends on a
resource that was refused is not registered, and rules about the stack are not asked any more: only changes to resources
that no other of them needs go together.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi

ROOT = Path(__file__).resolve().parents[2]


def public_database(server: dict[str, Any]) -> None:
    """Reachable from the internet instead of standing in its subnet."""
    server["network"] = {"publicNetworkAccess": "Enabled"}


def open_security_group(group: dict[str, Any]) -> None:
    """SSH for everyone, before all other rules."""
    opened = {
        "name": "ssh",
        "priority": 105,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "22",
    }
    group["securityRules"] = [opened, *group["securityRules"]]


def unpinned_image(app: dict[str, Any]) -> None:
    """A tag in place of the digest."""
    container = app["template"]["containers"][0]
    container["image"] = container["image"].partition("@")[0] + ":latest"


def removed_diagnostics(setting: dict[str, Any]) -> None:
    """A setting that sends metrics and no logs."""
    setting["logs"], setting["metrics"] = [], [{"category": "AllMetrics", "enabled": True}]


def secret_in_environment(app: dict[str, Any]) -> None:
    """A password as the plain value of a variable."""
    container = app["template"]["containers"][0]
    container["env"] = [*container.get("env", []), {"name": "REDIS_PASSWORD", "value": SECRET}]


def public_dashboard(app: dict[str, Any]) -> None:
    """EMQX's dashboard as a port of the edge."""
    ingress = app["configuration"]["ingress"]
    dashboard = {"external": True, "targetPort": 18083, "exposedPort": 18083}
    ingress["additionalPortMappings"] = [*ingress.get("additionalPortMappings", []), dashboard]


SECRET = "Correct-horse-battery-staple-7"
CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "public database": ("database-server", public_database),
    "open security group": ("edge-nsg", open_security_group),
    "unpinned image": ("crl-1-app", unpinned_image),
    "removed diagnostics": ("vault-vault-diagnostics", removed_diagnostics),
    "secret in the environment": ("crl-1-app", secret_in_environment),
    "public dashboard": ("edge-app", public_dashboard),
}
"""What each change is called, the resource it is made to, and what it does to its inputs."""


def run(*changes: str) -> None:
    """Declare the stack with some of the changes."""
    chosen = [CHANGES[each] for each in changes]

    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        insecure = [change for name, change in chosen if name == args.name]
        if not insecure:
            return None
        props = dict(args.props)
        for each in insecure:
            each(props)
        return pulumi.ResourceTransformResult(props=props, opts=args.opts)

    pulumi.runtime.register_resource_transform(transform)
    runpy.run_path(str(ROOT / "__main__.py"))
