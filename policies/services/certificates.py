"""Certificates that the program issues itself: authorities of devices and nodes, servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policies.finding import Finding
from policies.resources import Resource
from policies.rule import Rule, Severity

_SELF_SIGNED: Final = "tls:index/selfSignedCert:SelfSignedCert"
_ISSUED: Final = "tls:index/locallySignedCert:LocallySignedCert"
_SIGNING: Final = frozenset({"cert_signing", "crl_signing"})
_SERVING: Final = frozenset({"server_auth", "client_auth"})
_YEAR: Final = 365 * 24
# The longest a certificate may hold, in hours, by whether it is an authority's (what settings allow for a root CA).
_LONGEST: Final[Mapping[bool, int]] = {True: 30 * _YEAR, False: 10 * _YEAR}

ENDS = Rule(
    id="CERT-01",
    title="A certificate ends: an authority's after 30 years, any other after 10",
    severity=Severity.HIGH,
    applies_to=(_SELF_SIGNED, _ISSUED),
    protects="every device and client, from a key that was stolen and works for ever",
    references=("RFC 5280 §4.1.2.5", "NIST SP 800-57"),
    remedy="set validityPeriodHours to less (certificates.* in the stack file)",
)


@ENDS.check
def _(certificate: Resource) -> Finding | None:
    path = "validityPeriodHours"
    longest = _LONGEST[certificate.flag("isCaCertificate", default=False)]
    hours = certificate.number(path, 0)
    return None if 0 < hours <= longest else Finding(path, f"{hours:g}", f"1 to {longest}")


ONE_PURPOSE = Rule(
    id="CERT-02",
    title="A certificate is an authority's or serves, never both",
    severity=Severity.CRITICAL,
    applies_to=(_SELF_SIGNED, _ISSUED),
    protects="every device and client: whoever holds a server's key could issue certificates",
    references=("RFC 5280 §4.2.1.3", "RFC 5280 §4.2.1.9"),
    remedy="set isCaCertificate and cert_signing of allowedUses for an authority, neither for anything else",
)


@ONE_PURPOSE.check
def _(certificate: Resource) -> Finding | None:
    authority = certificate.flag("isCaCertificate", default=False)
    wrong = sorted((_SERVING if authority else _SIGNING) & set(certificate.texts("allowedUses")))
    if not wrong:
        return None
    wanted = "signing alone, of an authority" if authority else "uses of a server or of a client"
    return Finding("allowedUses", ", ".join(wrong), wanted)
