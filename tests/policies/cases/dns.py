from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN

ZONE = Kind("dns:Zone", baselines.ZONE)
CAA = Kind("dns:RecordSet", baselines.CAA_RECORDS, name="caa", links={"zoneName": ("subject",)})
_OF_ZONE = {"zoneName": ("subject",)}
SIGNING = Kind("dns:DnssecConfig", {"zoneName": "amora.example.com"}, name="signing", links=_OF_ZONE)
PRIVATE = Kind("privatedns:PrivateZone", {"privateZoneName": "privatelink.azurecr.io"})()
LINK = Kind(
    "privatedns:VirtualNetworkLink",
    {"privateZoneName": "privatelink.azurecr.io"},
    name="link",
    links={"privateZoneName": ("subject",)},
)
HOST = Kind("dns:RecordSet", baselines.HOST_RECORDS)

CASES: CaseTable = {
    "DNS-01": StackCases(
        passes=((ZONE(), CAA()),),
        fails=(
            ((ZONE(),), "subject", "found nothing, wanted issue digicert.com"),
            ((ZONE(), CAA(links={})), "subject", "found nothing"),
            ((ZONE(), CAA({"caaRecords.0.value": "letsencrypt.org"})), "subject", "found issue letsencrypt.org"),
            ((ZONE(), CAA({"caaRecords.0.tag": "issuewild"})), "subject", "found issuewild"),
        ),
        unread=(((ZONE(), CAA({"caaRecords.0.value": UNKNOWN})), "caaRecords.0.value"),),
        assumed=((ZONE(), CAA({"zoneName": UNKNOWN})),),
    ),
    "DNS-02": Cases(
        passes=(HOST(), HOST({"relativeRecordSetName": "@"})),
        fails=(
            (HOST({"relativeRecordSetName": "*"}), "found *"),
            (HOST({"relativeRecordSetName": "*.ws"}), "a host's name"),
        ),
        unread=unread(HOST, "relativeRecordSetName", "recordType"),
        not_applicable=(CAA(name="subject"),),
    ),
    "DNS-03": StackCases(
        passes=((ZONE(), SIGNING()), (ZONE({"zoneType": "private"}),)),
        fails=(
            ((ZONE(),), "subject", "a DnssecConfig of the zone"),
            ((ZONE(), SIGNING(links={})), "subject", "found nothing"),
        ),
        unread=(((ZONE.unknown("zoneType"),), "zoneType"),),
        assumed=((ZONE(), SIGNING({"zoneName": UNKNOWN})),),
    ),
    "DNS-04": StackCases(
        passes=((PRIVATE, LINK()),),
        fails=(((PRIVATE,), "subject", "a link to a network"), ((PRIVATE, LINK(links={})), "subject", "found nothing")),
        assumed=((PRIVATE, LINK({"privateZoneName": UNKNOWN})),),
    ),
}
