"""The Front Doors, before anything stands behind them: the edge must know their ids."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_azure_native import cdn

from components.diagnostics import diagnostics
from components.entry.interface import EntryHosts, EntryHostsArgs, edge_host

# Until the edge has answered an upgrade, 16 to 240; an open WebSocket has a limit of its own (learn.microsoft.com,
# Azure Front Door and WebSocket).
_ANSWER_SECONDS: Final = 60


class FrontDoorProfiles(EntryHosts):
    """One profile a host: a profile holds 3,000 WebSockets."""

    token = "amora:entry:FrontDoorProfiles"

    def __init__(self, name: str, args: EntryHostsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        profiles = [self._profile(name, args, number) for number in range(1, len(args.hosts) + 1)]
        self.front_door_ids = tuple(each.front_door_id for each in profiles)
        self.profile_ids = tuple(each.id for each in profiles)
        self.profile_names = tuple(each.name for each in profiles)
        self.edge_host = edge_host(args.cell, args.environment_domain)
        self.register_outputs({"frontDoorIds": list(self.front_door_ids)})

    def _profile(self, name: str, args: EntryHostsArgs, number: int) -> cdn.Profile:
        profile = cdn.Profile(
            f"{name}-{number}-profile",
            profile_name=args.cell.names.of("Microsoft.Cdn/profiles", str(number)),
            resource_group_name=args.resource_group_name,
            location="global",
            sku=cdn.SkuArgs(name=f"{args.sku}_AzureFrontDoor"),
            origin_response_timeout_seconds=_ANSWER_SECONDS,
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:cdn:Profile"),
        )
        diagnostics(self, f"{name}-{number}-profile", profile.id, args.workspace_id)
        return profile
