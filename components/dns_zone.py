"""The public DNS zone of the platform: who may issue certificates for it, and what its parent must be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_azure_native import dns

from components.cell import Cell
from components.component import AmoraComponent
from components.lock import delete_lock

# The authority of Azure's managed certificates, on Front Door and on Container Apps: a CAA record must allow it
# (learn.microsoft.com, "Custom domain names and free managed certificates in Azure Container Apps").
AUTHORITY: Final = "digicert.com"

_APEX: Final = "@"
_CAA_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class DnsZoneArgs:
    """What the zone needs.

    zone: its name, such as ``amora.example.com``. dnssec: whether it is signed; the parent must then know the signers.
    reports: e-mail addresses an authority reports refused requests to; the first is published.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    zone: str
    dnssec: bool
    reports: tuple[str, ...]


class DnsZone(AmoraComponent):
    """A zone whose certificates come from one authority.

    name_servers, delegation_signers: what goes into the parent zone as NS and DS records; no signers without DNSSEC.
    """

    token = "amora:network:DnsZone"
    zone: str
    zone_id: pulumi.Output[str]
    name: pulumi.Output[str]
    name_servers: pulumi.Output[list[str]]
    delegation_signers: pulumi.Output[list[str]]

    def __init__(self, name: str, args: DnsZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        zone = dns.Zone(
            f"{name}-zone",
            zone_name=args.zone,
            resource_group_name=args.resource_group_name,
            location="global",
            zone_type=dns.ZoneType.PUBLIC,
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:dns:Zone", protect=args.cell.protect),
        )
        authority = self._authority(name, args, zone)
        if args.cell.locks:
            # A lock is inherited: on the zone it would keep every record that ever was. On one record it keeps that
            # record and the zone, and leaves the others free (learn.microsoft.com, "How to protect DNS zones and
            # records").
            delete_lock(
                self, f"{name}-zone", authority.id, "Keeps the whole zone: without it no device finds the platform."
            )
        self.zone = args.zone
        self.zone_id = zone.id
        self.name = zone.name
        self.name_servers = zone.name_servers.apply(list)
        self.delegation_signers = self._signers(name, args, zone)
        self.register_outputs({"zoneId": self.zone_id, "nameServers": self.name_servers})

    def _authority(self, name: str, args: DnsZoneArgs, zone: dns.Zone) -> dns.RecordSet:
        records = [
            ("issue", AUTHORITY),
            ("issuewild", ";"),
            *(("iodef", f"mailto:{each}") for each in args.reports[:1]),
        ]
        return dns.RecordSet(
            f"{name}-caa",
            relative_record_set_name=_APEX,
            record_type="CAA",
            zone_name=zone.name,
            resource_group_name=args.resource_group_name,
            ttl=_CAA_SECONDS,
            caa_records=[dns.CaaRecordArgs(flags=0, tag=tag, value=value) for tag, value in records],
            opts=self.child("azure-native:dns:RecordSet", protect=args.cell.protect),
        )

    def _signers(self, name: str, args: DnsZoneArgs, zone: dns.Zone) -> pulumi.Output[list[str]]:
        if not args.dnssec:
            return pulumi.Output.from_input([])
        signing = dns.DnssecConfig(
            f"{name}-dnssec",
            zone_name=zone.name,
            resource_group_name=args.resource_group_name,
            opts=self.child("azure-native:dns:DnssecConfig", protect=args.cell.protect),
        )
        return signing.signing_keys.apply(_delegation_records)


def _delegation_records(keys: Sequence[Any]) -> list[str]:
    """The DS records of the signing keys, in a zone file's notation."""
    return [signer.record for key in keys for signer in key.delegation_signer_info]
