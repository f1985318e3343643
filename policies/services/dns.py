"""DNS zones: the names every device knows, and those inside the network."""

from __future__ import annotations

from typing import Final

from policies.finding import Finding
from policies.judgements import NOTHING, about
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule

_ZONE: Final = "azure-native:dns:Zone"
_SIGNING: Final = "azure-native:dns:DnssecConfig"
_PRIVATE_ZONE: Final = "azure-native:privatedns:PrivateZone"
_ZONE_LINK: Final = "azure-native:privatedns:VirtualNetworkLink"
_RECORDS: Final = "azure-native:dns:RecordSet"
# Who issues Azure's managed certificates (learn.microsoft.com, Custom domain names and managed certificates).
_ISSUER: Final = "digicert.com"

CAA = StackRule(
    id="DNS-01",
    title="The zone says who may issue certificates for its names",
    severity=Severity.MEDIUM,
    about=(_ZONE,),
    protects="the platform's names, and Azure's managed certificates, which only digicert.com issues",
    references=(
        "RFC 8659",
        "learn.microsoft.com, Custom domain names and managed certificates in Azure Container Apps",
    ),
    remedy=f"add a CAA record set at the zone's apex with issue {_ISSUER}",
)


@CAA.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_ZONE), lambda zone: _open_to_issuers(stack, zone))


def _open_to_issuers(stack: Stack, zone: Resource) -> Finding | None:
    records = [
        record
        for records in stack.linking(zone, _RECORDS, "zoneName")
        if records.same("recordType", "CAA") or records.has("caaRecords")
        for record in records.items("caaRecords")
    ]
    if any(record.same("tag", "issue") and record.same("value", _ISSUER) for record in records):
        return None
    found = ", ".join(f"{record.text('tag')} {record.text('value')}" for record in records)
    return Finding("caaRecords", found or NOTHING, f"issue {_ISSUER}")


NO_WILDCARD = Rule(
    id="DNS-02",
    title="No record answers for names nobody made",
    severity=Severity.LOW,
    applies_to=(_RECORDS,),
    when=lambda records: not records.same("recordType", "CAA"),
    protects="the names of the platform, from a service somebody else puts behind one",
    references=("learn.microsoft.com, Prevent dangling DNS entries and avoid subdomain takeover",),
    remedy="name the host in relativeRecordSetName",
)


@NO_WILDCARD.check
def _(records: Resource) -> Finding | None:
    name = records.text("relativeRecordSetName")
    return Finding("relativeRecordSetName", name, "a host's name") if name.startswith("*") else None


SIGNED = StackRule(
    id="DNS-03",
    title="The zone of production is signed",
    severity=Severity.MEDIUM,
    about=(_ZONE,),
    protects="every client, from an answer that somebody forged on the way",
    references=("Azure.DNS.DNSSEC", "learn.microsoft.com, Overview of DNSSEC in Azure DNS"),
    remedy="set domain.dnssec to true and hand the signers to the parent zone",
    levels=IN_PROD,
    advice_while="domain.dnssec=false",
)


@SIGNED.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_ZONE), lambda zone: _unsigned(stack, zone))


def _unsigned(stack: Stack, zone: Resource) -> Finding | None:
    # Azure has private zones of this type too, which it cannot sign.
    signed = stack.linking(zone, _SIGNING, "zoneName") or zone.same("zoneType", "Private")
    return None if signed else Finding("", NOTHING, "a DnssecConfig of the zone")


LINKED = StackRule(
    id="DNS-04",
    title="A private zone is linked to a network",
    severity=Severity.MEDIUM,
    about=(_PRIVATE_ZONE,),
    protects="whoever asks for its names: without a link the public answer comes back, which is closed",
    references=("learn.microsoft.com, What is a virtual network link?",),
    remedy="add a VirtualNetworkLink of the zone (components/private_dns.py)",
)


@LINKED.check
def _(stack: Stack) -> Judged:
    return about(stack.of(_PRIVATE_ZONE), lambda zone: _unlinked(stack, zone))


def _unlinked(stack: Stack, zone: Resource) -> Finding | None:
    return None if stack.linking(zone, _ZONE_LINK, "privateZoneName") else Finding("", NOTHING, "a link to a network")
