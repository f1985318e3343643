"""Azure's provider namespaces that a subscription must have registered before the platform is deployed.

azure-native sends plain PUT requests, which do not register a namespace by themselves as ARM template deployments do
(pulumi-azure-native#3479; Azure/bicep#14935 for Microsoft.ContainerService behind Microsoft.App).
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import Final

from ops.errors import ExitCode, OpsError

REQUIRED: Final[Mapping[str, str]] = {
    "Microsoft.AlertsManagement": "Prometheus rules, maintenance of alerts",
    "Microsoft.App": "Container Apps environments, apps and jobs",
    "Microsoft.AzureActiveDirectory": "the identity tenant",
    "Microsoft.Cache": "managed Redis",
    "Microsoft.Cdn": "Front Door",
    "Microsoft.Consumption": "budgets",
    "Microsoft.ContainerRegistry": "container registry",
    "Microsoft.ContainerService": "wanted by Microsoft.App when an environment is created",
    "Microsoft.Dashboard": "dashboards with Grafana",
    "Microsoft.DBforPostgreSQL": "PostgreSQL flexible server",
    "Microsoft.Insights": "Application Insights, diagnostics, alerts",
    "Microsoft.KeyVault": "Key Vault",
    "Microsoft.ManagedIdentity": "user-assigned identities",
    "Microsoft.Monitor": "Azure Monitor workspace, the metrics of broker and edge",
    "Microsoft.Network": "networks, DNS, private endpoints",
    "Microsoft.OperationalInsights": "Log Analytics",
    "Microsoft.Portal": "the portal's dashboard",
    "Microsoft.Storage": "backups, CRL",
}
"""Namespace and what of the platform needs it."""


def register_command(namespace: str) -> list[str]:
    """The Azure CLI's command that registers a namespace and waits for it."""
    return ["az", "provider", "register", "--namespace", namespace, "--wait"]


def register_all() -> None:
    """Register every required namespace in the subscription the Azure CLI is logged in to.

    Raises:
        OpsError: there is no Azure CLI, or it refuses.
    """
    for namespace in REQUIRED:
        try:
            subprocess.run(register_command(namespace), check=True, capture_output=True, text=True)
        except FileNotFoundError as error:
            raise OpsError(
                ExitCode.NO_PULUMI,
                "there is no `az` on the PATH",
                "Install the Azure CLI and log in, or run the commands of `python -m ops namespaces` elsewhere.",
            ) from error
        except subprocess.CalledProcessError as error:
            raise OpsError(
                ExitCode.UNREADABLE,
                f"{namespace} could not be registered: {error.stderr.strip()}",
                "The login needs the right Microsoft.*/register/action on the subscription (Contributor has it).",
            ) from error
