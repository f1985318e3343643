"""Rules of public DNS zones and their records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.arm.rules.rule import Rule, between, known
from sandbox.protocol.package import Values

_RECORDS: Final = "microsoft.network/dnszones/"
_OVERVIEW: Final = "learn.microsoft.com, Overview of DNS zones and records"


def _apex(values: Values) -> Iterator[tuple[str, str]]:
    if known(values, "relativeRecordSetName") == "@":
        yield "relativeRecordSetName", "'@'; a CNAME cannot stand at the zone's apex"


def _caa(values: Values) -> Iterator[tuple[str, str]]:
    for number, record in enumerate(known(values, "caaRecords") or []):
        flags, tag = known(record, "flags"), known(record, "tag")
        if isinstance(flags, int | float) and not 0 <= flags <= 255:
            yield f"caaRecords[{number}].flags", f"{flags:g} is outside 0 to 255"
        if isinstance(tag, str) and not (tag.isalnum() and tag.isascii()):
            yield f"caaRecords[{number}].tag", f"{tag!r}; letters and digits, such as issue, issuewild, iodef"


RULES: Final = (
    *(
        between(f"dns-ttl-{kind}", f"{_RECORDS}{kind}", "ttl", 1, 2_147_483_647, _OVERVIEW)
        for kind in ("a", "caa", "cname", "txt")
    ),
    between("private-dns-ttl", "microsoft.network/privatednszones/a", "ttl", 1, 2_147_483_647, _OVERVIEW),
    Rule("dns-apex", (f"{_RECORDS}cname",), "relation", _OVERVIEW, _apex),
    Rule("dns-caa", (f"{_RECORDS}caa",), "range", "RFC 8659 §4.1; Azure DNS REST: CaaRecord", _caa),
)
