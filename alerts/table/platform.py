"""What the apps run on: replicas, their sizes, what ends unasked, jobs, the registry, the way out."""

from __future__ import annotations

from typing import Final

from alerts.alert import Alert, Figure, Log, Metric, same

_APP: Final = "Microsoft.App/containerApps"
_AMBA: Final = "Azure Monitor Baseline Alerts, Microsoft.App/containerApps"
_RESTARTS: Final = (
    "RestartCount counts since a replica began and never falls, so the events are counted: "
    "azureossd.github.io, Container Apps: backoff restarts and container exits"
)

ALERTS: Final = (
    Alert(
        id="app-restarting",
        area="platform",
        title="Containers of an app end unasked again and again",
        severity=2,
        signal=Log(
            query="""ContainerAppSystemLogs
| where isnotempty(ContainerAppName) and Reason in ("ContainerTerminated", "ContainerBackOff", "Error")
| extend exitCode = toint(extract(@"exit code '(\\d+)'", 1, Log))
| where Reason == "ContainerBackOff" or (isnotnull(exitCode) and exitCode !in (0, 143))""",
            threshold=same(3),
            window="PT30M",
            dimensions=("ContainerAppName",),
        ),
        source=_RESTARTS,
    ),
    Alert(
        id="node-replica-missing",
        area="platform",
        title="A broker node has no running replica",
        severity=1,
        signal=Metric(
            target="node",
            type=_APP,
            name="Replicas",
            aggregation="Maximum",
            operator="LessThan",
            threshold=same(1),
            window="PT5M",
            frequency="PT1M",
        ),
        source=_AMBA,
    ),
    Alert(
        id="edge-replicas-low",
        area="platform",
        title="The edge has fewer replicas than the planned connections need",
        severity=1,
        signal=Metric(
            target="edge",
            type=_APP,
            name="Replicas",
            aggregation="Maximum",
            operator="LessThan",
            threshold=Figure("edge_least"),
            window="PT5M",
            frequency="PT1M",
        ),
        source=f"{_AMBA}; capacity arithmetic of the settings",
    ),
    Alert(
        id="edge-at-its-limit",
        area="platform",
        title="The edge runs as many replicas as it may and cannot grow",
        severity=2,
        signal=Metric(
            target="edge",
            type=_APP,
            name="Replicas",
            aggregation="Maximum",
            operator="GreaterThanOrEqual",
            threshold=Figure("edge_most"),
            window="PT30M",
        ),
        source="scale rule of the edge: edge.maxReplicas",
    ),
    Alert(
        id="node-cpu-high",
        area="platform",
        title="A broker node's container is short of CPU",
        severity=2,
        signal=Metric(
            target="node",
            type=_APP,
            name="UsageNanoCores",
            aggregation="Average",
            operator="GreaterThan",
            threshold=Figure("node_nano_cores"),
        ),
        source=f"{_AMBA}, with the size of a node instead of 0.9 cores",
    ),
    Alert(
        id="node-memory-high",
        area="platform",
        title="A broker node's container is short of memory and will be killed when it runs out",
        severity=2,
        signal=Metric(
            target="node",
            type=_APP,
            name="WorkingSetBytes",
            aggregation="Average",
            operator="GreaterThan",
            threshold=Figure("node_bytes"),
        ),
        source=f"{_AMBA}, with the size of a node instead of 500 MB",
    ),
    Alert(
        id="edge-cpu-high",
        area="platform",
        title="Replicas of the edge are short of CPU though it scales by CPU",
        severity=2,
        signal=Metric(
            target="edge",
            type=_APP,
            name="UsageNanoCores",
            aggregation="Average",
            operator="GreaterThan",
            threshold=Figure("edge_nano_cores"),
        ),
        source=_AMBA,
    ),
    Alert(
        id="edge-memory-high",
        area="platform",
        title="Replicas of the edge are short of memory",
        severity=2,
        signal=Metric(
            target="edge",
            type=_APP,
            name="WorkingSetBytes",
            aggregation="Average",
            operator="GreaterThan",
            threshold=Figure("edge_bytes"),
        ),
        source=_AMBA,
    ),
    Alert(
        id="crl-app-down",
        area="platform",
        title="The app that serves revocation lists has no running replica",
        severity=2,
        signal=Metric(
            target="crl",
            type=_APP,
            name="Replicas",
            aggregation="Maximum",
            operator="LessThan",
            threshold=same(1),
            window="PT5M",
            frequency="PT1M",
        ),
        source="decision 0072: without its list EMQX checks no certificate of a device",
    ),
    Alert(
        id="job-failed",
        area="platform",
        title="A job of the platform ended with an error",
        severity=2,
        signal=Log(
            query="""ContainerAppSystemLogs
| where isnotempty(JobName) and Reason == "ProcessExited"
| extend exitCode = toint(extract(@"exit code:\\s*(\\d+)", 1, Log))
| where exitCode != 0""",
            threshold=same(0),
            dimensions=("JobName",),
        ),
        source="NHSDigital/dtos-devops-templates, infrastructure/modules/container-app-job/alerts.tf",
    ),
    Alert(
        id="registry-storage-high",
        area="platform",
        title="The registry holds nearly as much as its tier includes; more is billed",
        severity=3,
        signal=Metric(
            target="registry",
            type="Microsoft.ContainerRegistry/registries",
            name="StorageUsed",
            aggregation="Average",
            operator="GreaterThan",
            threshold=Figure("registry_bytes"),
            window="P1D",
            frequency="PT1H",
        ),
        source="learn.microsoft.com, Azure Container Registry service tiers",
    ),
    Alert(
        id="outbound-unavailable",
        area="platform",
        title="The NAT gateway loses connections on their way out",
        severity=1,
        signal=Metric(
            target="nat",
            type="Microsoft.Network/natGateways",
            name="DatapathAvailability",
            aggregation="Average",
            operator="LessThan",
            threshold=same(90),
            window="PT5M",
            frequency="PT1M",
        ),
        source="Azure Monitor Baseline Alerts, Microsoft.Network/natGateways",
        needs=("nat",),
    ),
    Alert(
        id="outbound-ports-exhausted",
        area="platform",
        title="Connections fail for want of outbound ports",
        severity=2,
        signal=Metric(
            target="nat",
            type="Microsoft.Network/natGateways",
            name="SNATConnectionCount",
            aggregation="Total",
            operator="GreaterThan",
            threshold=same(0),
            window="PT15M",
            dimensions={"ConnectionState": ("Failed",)},
        ),
        source="Azure Monitor Baseline Alerts, Microsoft.Network/natGateways",
        needs=("nat",),
    ),
)
