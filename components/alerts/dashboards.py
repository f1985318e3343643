"""What an operator sees at a glance: a dashboard of the portal, and one of Grafana that the portal shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import dashboard, portal

from components.cell import Cell
from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class DashboardsArgs:
    """What the dashboards show.

    title: of the portal's. lenses: of the portal's, with the resources' ARM ids in them. grafana: Grafana's JSON model,
    in which ``words`` stand for what is not known before a deployment. words: value by word.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    title: str
    lenses: Sequence[Mapping[str, Any]]
    grafana: Mapping[str, Any]
    words: Mapping[str, pulumi.Input[str]]


class Dashboards(AmoraComponent):
    """Both dashboards: ``Microsoft.Portal`` and ``Microsoft.Dashboard``, which is Grafana without a server of ours."""

    token = "amora:monitoring:Dashboards"

    def __init__(self, name: str, args: DashboardsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._portal(name, args)
        self._grafana(name, args)
        self.register_outputs({})

    def _portal(self, name: str, args: DashboardsArgs) -> None:
        portal.Dashboard(
            f"{name}-portal",
            dashboard_name=args.cell.names.of("Microsoft.Portal/dashboards"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            properties={"lenses": list(args.lenses)},  # pyright: ignore[reportArgumentType] - parts are of many types
            # The portal shows this tag instead of the name (learn.microsoft.com, The structure of Azure dashboards).
            tags={**args.cell.tags, "hidden-title": args.title},
            opts=self.child("azure-native:portal:Dashboard"),
        )

    def _grafana(self, name: str, args: DashboardsArgs) -> None:
        shell = dashboard.Dashboard(
            f"{name}-grafana",
            dashboard_name=args.cell.names.of("Microsoft.Dashboard/dashboards"),
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:dashboard:Dashboard"),
        )
        text = json.dumps(args.grafana, sort_keys=True)
        model = pulumi.Output.all(**args.words).apply(lambda known: _filled(text, known))
        dashboard.DashboardDefinition(
            f"{name}-grafana-model",
            dashboard_name=shell.name,
            definition_name="default",
            resource_group_name=args.resource_group_name,
            properties=dashboard.DashboardDefinitionPropertiesArgs(serialized_data=model),
            opts=self.child("azure-native:dashboard:DashboardDefinition"),
        )


def _filled(text: str, known: Mapping[str, Any]) -> str:
    for word, value in known.items():
        text = text.replace(word, value)
    return text
