"""Names in the public zone: what the components before it want published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
from pulumi_azure_native import dns

from components.component import AmoraComponent


@dataclass(frozen=True, kw_only=True, slots=True)
class DnsRecord:
    """A record of the public zone.

    name: below the zone, such as ``mqtt`` or ``_dnsauth.ws``. values: addresses, the one canonical name, or texts.
    seconds: for which others may remember it.
    """

    name: str
    type: Literal["A", "CNAME", "TXT"]
    values: tuple[pulumi.Input[str], ...]
    seconds: int = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class DnsRecordsArgs:
    """What the records need: the zone they stand in, and themselves."""

    resource_group_name: pulumi.Input[str]
    zone_name: pulumi.Input[str]
    records: tuple[DnsRecord, ...]


class DnsRecords(AmoraComponent):
    """Records of the zone. ready: what waits until a name answers depends on it."""

    token = "amora:network:DnsRecords"
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: DnsRecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.ready = [
            dns_record(self, each, resource_group_name=args.resource_group_name, zone_name=args.zone_name)
            for each in args.records
        ]
        self.register_outputs({"names": [each.name for each in args.records]})


def dns_record(
    owner: AmoraComponent,
    record: DnsRecord,
    *,
    resource_group_name: pulumi.Input[str],
    zone_name: pulumi.Input[str],
    depends_on: Sequence[pulumi.Resource] = (),
) -> pulumi.Resource:
    """Publish a record.

    Args:
        owner: the component the name belongs to.
        record: what is published.
        resource_group_name: the zone's group.
        zone_name: the zone.
        depends_on: what the name points to; it goes after the name.
    """
    return dns.RecordSet(
        f"{record.name}-{record.type.lower()}",
        relative_record_set_name=record.name,
        record_type=record.type,
        zone_name=zone_name,
        resource_group_name=resource_group_name,
        ttl=record.seconds,
        **_content(record),
        opts=owner.child("azure-native:dns:RecordSet", depends_on=depends_on),
    )


def _content(record: DnsRecord) -> dict[str, Any]:
    match record.type:
        case "A":
            return {"a_records": [dns.ARecordArgs(ipv4_address=each) for each in record.values]}
        case "CNAME":
            (canonical,) = record.values
            return {"cname_record": dns.CnameRecordArgs(cname=canonical)}
        case "TXT":
            return {"txt_records": [dns.TxtRecordArgs(value=[each]) for each in record.values]}
