"""The collector's container: a Container App of its own in the core, and beside HAProxy in each replica of the edge."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pulumi
from pulumi_azure_native import app

from components.container_app import Image, files_mount, http_probe

CPU: Final = 0.25
MEMORY_GIGABYTES: Final = 0.5
"""vCPU and GiB of the container: the smallest Container Apps gives."""

PORT: Final = 9090
"""Where the container's probes ask; exposed nowhere."""

# What runs is not secret and changes with the code: it stands in the app itself.
_SCRIPT: Final = (Path(__file__).parent / "run.sh").read_text(encoding="utf-8")


def collector_container(image: Image, configuration: pulumi.Input[str], *, reads_files: bool) -> app.ContainerArgs:
    """The container.

    Args:
        image: Prometheus 3 by digest, with a shell.
        configuration: the text of ``prometheus.yml``; it names no secret.
        reads_files: whether the configuration names files of the app, such as passwords.
    """
    return app.ContainerArgs(
        name="collector",
        image=image.reference,
        command=["/bin/sh", "-c", _SCRIPT],
        # What follows `sh -c` and the script: its name in messages, then its arguments.
        args=["collector", configuration, "--agent", f"--web.listen-address=:{PORT}"],
        resources=app.ContainerResourcesArgs(cpu=CPU, memory=f"{MEMORY_GIGABYTES:g}Gi"),
        probes=[
            http_probe("Startup", "/-/healthy", PORT, period_seconds=2, failure_threshold=10),
            http_probe("Readiness", "/-/ready", PORT, period_seconds=10, failure_threshold=3),
            http_probe("Liveness", "/-/healthy", PORT, period_seconds=10, failure_threshold=3),
        ],
        volume_mounts=[files_mount()] if reads_files else None,
    )
