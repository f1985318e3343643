"""The public zone and the names in it."""

import pulumi
import pytest

from components.cell import Cell
from components.dns_records import DnsRecord, DnsRecords, DnsRecordsArgs
from components.dns_zone import DnsZone, DnsZoneArgs
from components.naming import Names
from tests.recorded_program import record

CELL = Cell(names=Names("test", "eu1"), location="westeurope", zones=(), tags={}, protect=True, locks=True)


def zone(*, dnssec=False, reports=("ops@example.com", "other@example.com")):
    return DnsZone(
        "dns",
        DnsZoneArgs(cell=CELL, resource_group_name="rg", zone="amora.example.com", dnssec=dnssec, reports=reports),
    )


def records(*wanted):
    return DnsRecords("records", DnsRecordsArgs(resource_group_name="rg", zone_name="a.example.com", records=wanted))


@pytest.mark.parametrize(
    ("reports", "told"),
    [((), []), (("a@example.com", "b@example.com"), [{"flags": 0, "tag": "iodef", "value": "mailto:a@example.com"}])],
)
def test_one_authority_may_issue_and_no_wildcard(reports, told):
    authority = record(lambda: zone(reports=reports)).one("dns-caa").inputs
    assert (authority["relativeRecordSetName"], authority["recordType"]) == ("@", "CAA")
    assert authority["caaRecords"] == [
        {"flags": 0, "tag": "issue", "value": "digicert.com"},
        {"flags": 0, "tag": "issuewild", "value": ";"},
        *told,
    ]


def test_the_lock_keeps_the_zone_and_leaves_other_records_free():
    recording = record(zone)
    (lock,) = recording.of("authorization:ManagementLockByScope")
    assert lock.inputs["scope"].endswith("/dnsZones/amora.example.com/CAA/@")
    assert recording.one("dns-zone").protect
    assert recording.one("dns-caa").protect


def test_the_parent_is_told_the_name_servers_and_with_dnssec_the_signers():
    def program(*, dnssec):
        made = zone(dnssec=dnssec)
        pulumi.export("servers", made.name_servers)
        pulumi.export("signers", made.delegation_signers)

    plain = record(lambda: program(dnssec=False)).outputs
    assert len(plain["servers"]) == 4
    assert all(".azure-dns." in each for each in plain["servers"])
    assert plain["signers"] == []
    (signer,) = record(lambda: program(dnssec=True)).outputs["signers"]
    assert signer.split()[1:3] == ["13", "2"]


@pytest.mark.parametrize(
    ("wanted", "inputs"),
    [
        (
            DnsRecord(name="mqtt", type="A", values=("203.0.113.7",)),
            {"aRecords": [{"ipv4Address": "203.0.113.7"}], "ttl": 300},
        ),
        (
            DnsRecord(name="ws", type="CNAME", values=("edge.example.net",), seconds=60),
            {"cnameRecord": {"cname": "edge.example.net"}, "ttl": 60},
        ),
        (
            DnsRecord(name="_dnsauth.ws", type="TXT", values=("token",)),
            {"txtRecords": [{"value": ["token"]}], "ttl": 300},
        ),
    ],
)
def test_a_record_says_what_it_was_given(wanted, inputs):
    (made,) = record(lambda: records(wanted)).of("dns:RecordSet")
    assert inputs.items() <= made.inputs.items()
    assert (made.inputs["recordType"], made.inputs["relativeRecordSetName"]) == (wanted.type, wanted.name)


def test_a_canonical_name_is_one():
    with pytest.raises(ValueError, match="too many"):
        record(lambda: records(DnsRecord(name="ws", type="CNAME", values=("a.example.net", "b.example.net"))))
